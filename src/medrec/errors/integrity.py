"""What does not match what the chain or its author vouches for."""

from __future__ import annotations

from medrec.errors.base import MedRecError


class IntegrityError(MedRecError):
    """Something does not match what the chain or its author vouches for."""

    template = "{what} does not match: {why}"


class BlockMissing(IntegrityError):
    """The store does not hold a block."""

    template = "The store does not have {cid} yet. If it was just written, try again in a moment."


class Arriving(IntegrityError):
    """The record is anchored, its contents are not in the store yet."""

    template = "The record is confirmed and its contents are arriving. Try again in a moment."


class BlockChanged(IntegrityError):
    """A block's bytes do not hash to its CID."""

    template = (
        "A stored block was changed or damaged ({cid}): it is not what was written. "
        "Nothing of it is shown."
    )


class BadObject(IntegrityError):
    """A stored object that is not in our format."""

    template = "A stored object is not in a form that MedRec reads: {why}"


class WrongRecordChain(IntegrityError):
    """The versions' digests do not give the head on chain."""

    template = "The versions of this record do not give the head on the chain: the node may lie."


class OriginDiffers(IntegrityError):
    """A carried record does not go on from what the network of before shows."""

    template = (
        "This record does not go on from what the network of before shows of it: the node there "
        "may lie, or somebody wrote it under another record's name. Nothing of it is shown."
    )


class OriginUnknown(IntegrityError):
    """A carried record names a network that the file does not."""

    template = (
        "This record goes on from one in the contract {contract}, which your network file does not "
        "name, or of which its node shows nothing. Nothing of it is shown."
    )


class KeyCommitmentWrong(IntegrityError):
    """kc does not match the content key."""

    template = "The record's key is not the one its author committed to. Nothing of it is shown."


class SealBroken(IntegrityError):
    """An AEAD tag does not verify."""

    template = "The seal of {what} is broken: it was changed after it was written."


class Truncated(IntegrityError):
    """The final tag is missing."""

    template = "The end of {what} is missing: it was cut after it was written."


class NoKey(IntegrityError):
    """No key of ours opens this."""

    template = "You hold no key for this: it was written outside of what was shared with you."


class NotWrittenBy(IntegrityError):
    """An entry names an author who did not sign the transaction."""

    template = (
        "This is shown as written by {author}, who did not sign it: the node may lie. "
        "Nothing of it is shown."
    )


class BadCredential(IntegrityError):
    """A missing, forged or expired credential."""

    template = "The credential of {holder} is not valid: {why} Nothing was sealed to that key."


class KeyWentBack(IntegrityError):
    """A key version lower than one seen before."""

    template = (
        "The network shows an older key of {holder} than the one seen before: the node may lie. "
        "Nothing was sent."
    )


class LowOrderKey(IntegrityError):
    """An X25519 key of low order."""

    template = "The encryption key of {holder} is not a safe key. Nothing was sealed to it."


class AuditBroken(IntegrityError):
    """The recomputed audit chain differs."""

    template = "The audit of {subject} does not hold: entry {index} was changed, added or left out."


class HistoryForked(IntegrityError):
    """The chain shown is shorter than, or differs from, what was verified before."""

    template = (
        "The network shows another history of {subject} than the one verified before. "
        "The node may lie: compare with another node before you trust anything new."
    )


class WitnessDiffers(IntegrityError):
    """A record's witness names a block or head that this node does not show."""

    template = (
        "The writer of this record had seen a history that this node does not show. "
        "The node may lie: compare with another node."
    )
