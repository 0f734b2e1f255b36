"""The error tree: one root, and each class carries the sentence that the user reads.

    MedRecError
    ├── InputRefused      what was typed or given cannot be used
    ├── AccountError      vaults, passwords, keys, words
    ├── NetworkError      the node, the store, the network file
    ├── IntegrityError    something does not match what the chain or the author vouches for
    ├── JobError          a job could not go on
    └── ChainRefusal      a contract refused, one class for each custom error

A sentence says what happened and what to do next. ``{names}`` are filled from the facts given to
the constructor, which also stay readable on ``facts``. Facts never hold secrets.
"""

from __future__ import annotations

from typing import ClassVar


class MedRecError(Exception):
    """The root. ``sentence`` is for people, ``code`` (the class's name) for scripts."""

    template: ClassVar[str] = "Something went wrong."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.template.format(**facts))

    @property
    def sentence(self) -> str:
        """What the user reads."""
        return str(self.args[0])

    @property
    def code(self) -> str:
        """The name that scripts match."""
        return type(self).__name__


# --- what was typed or given -----------------------------------------------------------------


class InputRefused(MedRecError):
    """What was typed or given cannot be used."""

    template = "{what} cannot be used: {why}"


class BadAddress(InputRefused):
    """Not an Ethereum address."""

    template = "“{text}” is not an address: an address is 0x and 40 hexadecimal digits."


class BadCategory(InputRefused):
    """Not a category."""

    template = "“{text}” is not a category. Categories: {known}."


class BadDate(InputRefused):
    """Not a date, or not in the future."""

    template = "“{text}” cannot be the end: {why} Give a day to come as YYYY-MM-DD."


class BadFields(InputRefused):
    """The JSON of `--from` lacks fields or has wrong ones."""

    template = "The data given cannot be used: {why}"


class BadRecordId(InputRefused):
    """Not a record id."""

    template = "“{text}” is not a record: a record is 64 hexadecimal digits, see `record list`."


class EmptyFile(InputRefused):
    """A file without a byte."""

    template = "{name} is empty. Nothing was saved."


class FileUnreadable(InputRefused):
    """A file that cannot be read or written."""

    template = "{name} cannot be used: {why}"


class NotFhir(InputRefused):
    """JSON, but not valid FHIR R4."""

    template = "{name} is not valid FHIR: {why} Nothing was saved."


class NotJson(InputRefused):
    """Text that should be JSON and is not."""

    template = "{name} is not complete JSON (line {line}, column {column}). Nothing was saved."


class FileExists(InputRefused):
    """The output file is already there."""

    template = "{name} is already there and was left as it is. Choose another name."


class NoSuchAttachment(InputRefused):
    """The record has no such attachment."""

    template = "The record has no attachment called “{name}”. It has: {known}."


class NoSuchRecord(InputRefused):
    """No such record for this patient."""

    template = "This patient has no record {record}."


class NoSuchVersion(InputRefused):
    """No such version of the record."""

    template = "The record has no version {version}; its last is {last}."


class UnknownPatient(InputRefused):
    """Nobody registered as a patient has that address."""

    template = "Nobody is registered as a patient under {patient}. Check the address."


class UnknownDoctor(InputRefused):
    """Nobody registered as a doctor has that address."""

    template = "Nobody is registered as a doctor under {doctor}. Check the address."


class NoSuchGrant(InputRefused):
    """The doctor has no running access."""

    template = "{doctor} has no access to your record now. Nothing was changed."


class DoctorExists(InputRefused):
    """The account is registered as a doctor already."""

    template = "This account is already registered as a doctor. Use `medrec doctor update`."


class AlreadyVerified(InputRefused):
    """The doctor's announced profile is verified already."""

    template = "{doctor} is already verified with this profile. Nothing was changed."


class NothingToDecline(InputRefused):
    """The doctor has no open request."""

    template = "{doctor} has no open request to you."


class FingerprintDiffers(InputRefused):
    """The fingerprint given is not that of the key on chain."""

    template = (
        "The key of {holder} is not the one with fingerprint {given}. Nothing was sent: ask for "
        "the code again, and have the network checked if it is the same."
    )


# --- accounts ---------------------------------------------------------------------------------


class AccountError(MedRecError):
    """Vaults, passwords, keys and words."""

    template = "The account cannot be used: {why}"


class NoSuchAccount(AccountError):
    """No vault of that name in this home."""

    template = "There is no account “{name}” here. `medrec account list` shows those there are."


class AccountExists(AccountError):
    """A vault of that name is already there."""

    template = "There is already an account “{name}” here. Choose another name."


class BadAccountName(AccountError):
    """A name that cannot be a file's name."""

    template = "“{name}” cannot be an account's name: use letters, digits, dot, dash, underscore."


class ChooseAccount(AccountError):
    """Several accounts and none chosen."""

    template = "Say which account with --account NAME. There are: {names}."


class WrongPasswordOrKey(AccountError):
    """The vault does not open."""

    template = (
        "The password or the 8-character key is wrong: the account did not open. "
        "Check both and try again."
    )


class BadKeyFormat(AccountError):
    """Not an 8-character key."""

    template = "That is not an 8-character key: it looks like XXXX-XXXX, letters and digits."


class WeakPassword(AccountError):
    """A password too short to protect a vault."""

    template = "The password is too short: take at least {least} characters."


class SecretNeeded(AccountError):
    """No terminal to ask on and nothing in the environment."""

    template = (
        "{what} is needed and there is no terminal to ask on. Set {variable} in the environment."
    )


class WordsWouldBeLost(AccountError):
    """No terminal and no --show-secrets."""

    template = (
        "The 24 words and the key are shown only once, and there is no terminal to show them on. "
        "Nothing was created. Run it in a terminal, or add --show-secrets."
    )


class ChooseSource(AccountError):
    """None or several of the ways to bring an account along."""

    template = "Say what to import: one of --words, --private-key or --keystore FILE."


class BadWords(AccountError):
    """Not a BIP-39 phrase."""

    template = "These are not the words of an account: {why}"


class BadPrivateKey(AccountError):
    """Not a secp256k1 private key."""

    template = "That is not a private key: it has 64 hexadecimal digits."


class BadKeystore(AccountError):
    """Not a V3 keystore, or the wrong password for it."""

    template = "The keystore did not open: {why}"


class VaultDamaged(AccountError):
    """The vault file was changed or cut."""

    template = "The account's file is damaged: {why} Restore it from a copy or from the words."


class PasswordChangedElsewhere(AccountError):
    """The vault opens, but its authenticator is no longer the registered one."""

    template = (
        "This copy of the account is out of date: the password or key was changed on another "
        "device. Use the new ones there, or restore the account from its words."
    )


class NotYours(AccountError):
    """The account's role does not allow the command."""

    template = "This account is not {needed}. {hint}"


class NotRegisteredYet(AccountError):
    """The account has to register first."""

    template = "This account is not registered yet. First: `medrec {command}`."


class DatabaseDamaged(AccountError):
    """The local database does not open."""

    template = (
        "The local database of this account does not open: {why} It can be deleted: everything "
        "confirmed is read again from the network, but what still waited in it is lost."
    )


class DatabaseTooNew(AccountError):
    """The local database was written by a newer program."""

    template = (
        "The local database of this account was written by a newer MedRec (its version {found}, "
        "this program knows {known}). Nothing was changed: use the newer program."
    )


class DatabaseBusy(AccountError):
    """Another process holds the local database for too long."""

    template = (
        "Another MedRec is using the local database of this account. Nothing was changed: "
        "try again in a moment."
    )


class DatabaseUnwritable(AccountError):
    """The disk does not take or give the local database's bytes."""

    template = "The local database of this account cannot be used: {why} Nothing was changed."


# --- the network ------------------------------------------------------------------------------


class NetworkError(MedRecError):
    """The node, the store or the network file."""

    template = "The network cannot be used: {why}"


class NoNetwork(NetworkError):
    """No network file given or found."""

    template = (
        "No network is set. Start one for trying with `medrec devnet up`, or open the file that "
        "your administrator gave you with --network FILE."
    )


class BadNetworkFile(NetworkError):
    """A network file that cannot be understood."""

    template = "The network file {name} cannot be used: {why}"


class NodeDown(NetworkError):
    """No Ethereum node answers."""

    template = (
        "The Ethereum node at {url} does not answer. What you saved waits in the outbox; "
        "try again when the node is back."
    )


class NodeRefused(NetworkError):
    """The node answered with an error of its own."""

    template = "The Ethereum node refused: {why}"


class WrongChain(NetworkError):
    """The node serves another chain."""

    template = (
        "The node serves chain {found}, but the network file is for chain {expected}. "
        "Ask your administrator for the right file."
    )


class WrongCode(NetworkError):
    """A contract's code is not what the network file says."""

    template = (
        "The contract {contract} at {address} is not the one the network file describes. "
        "Nothing was sent. Ask your administrator for the right file."
    )


class StoreDown(NetworkError):
    """The content store does not answer."""

    template = (
        "The store at {location} does not answer. What you saved waits in the outbox; "
        "try again when the store is back."
    )


class StoreRefused(NetworkError):
    """The content store answered with an error of its own."""

    template = "The store at {location} refused: {why}"


class NoFunds(NetworkError):
    """The account cannot pay the fee."""

    template = "The account {address} cannot pay the fee for this. Ask your clinic to fund it."


class NotFunded(NetworkError):
    """The network gives no fees."""

    template = "This network does not fund accounts by itself: ask your clinic."


class FeeTooLow(NetworkError):
    """The node wants a higher fee."""

    template = "The node wants a higher fee. It is sent again with one."


class NonceTaken(NetworkError):
    """Another transaction of the wallet took the nonce."""

    template = "Another transaction of this account came first. It is sent again."


class ToolMissing(NetworkError):
    """A program that the devnet needs is not there."""

    template = "{tool} is not installed. Run `make setup`, then try again."


class DevnetFailed(NetworkError):
    """The devnet did not start or stop."""

    template = "The devnet {what}: {why}"


class DemoFailed(NetworkError):
    """The demo found something that it should not have."""

    template = "The demo stopped: {why}"


class DeploymentFailed(NetworkError):
    """A migration step failed or read back something else."""

    template = "The deployment stopped at step {step}: {why} It can be run again."


# --- integrity --------------------------------------------------------------------------------


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


# --- jobs -------------------------------------------------------------------------------------


class JobError(MedRecError):
    """A job could not go on."""

    template = "It could not go on: {why}"


class NoSuchJob(JobError):
    """No such job in the outbox."""

    template = "There is no job {job} in the outbox."


class CannotCancel(JobError):
    """The transaction was already sent."""

    template = "Job {job} cannot be cancelled: {why}"


class CannotRetry(JobError):
    """The job ended; nothing of it is kept."""

    template = "Job {job} was refused for good and nothing of it waits. Do it again from the start."


class SlotSpoiled(JobError):
    """Somebody who no longer has access still holds the current key of the category."""

    template = (
        "Somebody whose access to {category} has ended still holds its key. Nothing was written: "
        "it can be as soon as the patient's MedRec has been online and changed the key."
    )


class StillWaiting(JobError):
    """Sent but not confirmed in time."""

    template = "It was sent and waits for confirmation. `medrec outbox list` shows it."


class OutboxBusy(JobError):
    """Another process or task drives the outbox."""

    template = (
        "Another MedRec of this account is sending just now. What you saved waits in the outbox; "
        "`medrec outbox retry` goes on."
    )


class WaitsInOutbox(JobError):
    """The first part of the way is done; the rest waits for the world."""

    template = "Saved here, not yet shared: {why} `medrec outbox retry` goes on."


# --- what the contracts refuse ------------------------------------------------------------------


class ChainRefusal(MedRecError):
    """A contract refused: one class for each custom error, in medrec.errors for the sentence."""

    template = "The contract refused this ({error}). Nothing was changed."


class PatientExists(ChainRefusal):
    """The patient is registered already."""

    template = "This account is already registered. Nothing was changed."


class IdentityTaken(ChainRefusal):
    """The identity belongs to another patient."""

    template = (
        "This identity is already registered to another patient account. Nothing was changed: "
        "compare the papers, and release the other one first if it is the same person."
    )


class DoctorNotVerified(ChainRefusal):
    """The doctor is pending, refused or suspended."""

    template = "The doctor {doctor} is {status}: only a verified doctor can do this."


class NoAccess(ChainRefusal):
    """There is no grant."""

    template = "You have no access to this patient. Ask for it with `medrec access request`."


class AccessEnded(ChainRefusal):
    """The grant has ended."""

    template = "Your access to this patient ended on {ended}. Ask for it again."


class CategoryNotShared(ChainRefusal):
    """The grant does not cover the category."""

    template = "Your access to this patient does not cover {category}. Ask for it."


class NotTheAuthorsKind(ChainRefusal):
    """A patient changes what a doctor wrote, or the reverse."""

    template = (
        "This record was written by {creator}: only {who} may change it. "
        "Ask for a correction instead."
    )


class VersionConflict(ChainRefusal):
    """Somebody wrote a newer version first."""

    template = (
        "Somebody wrote a newer version meanwhile. Yours was kept as a draft: look at the new "
        "one, then write yours again on top of it."
    )


class EpochStale(ChainRefusal):
    """The keys have changed meanwhile."""

    template = "The patient's keys have changed meanwhile. It is sealed again and sent."


class AccountRegistered(ChainRefusal):
    """The user is registered already."""

    template = "This account is already registered. Nothing was changed."


class IdentityAlreadyVerified(ChainRefusal):
    """The patient's identity is verified already."""

    template = "The identity of {patient} is verified already. Nothing was changed."


class NobodyRegistered(ChainRefusal):
    """The address is not registered as what the function needs."""

    template = "{id} is not registered for this. Check the address."


class UserInactive(ChainRefusal):
    """Not a registered, active user."""

    template = "{id} is not an active user here. Register first, or ask your clinic."


class PatientInactive(ChainRefusal):
    """The patient is deceased, transferred or erased."""

    template = (
        "The record of {patient} is closed ({status}): nothing can be written or shared any more."
    )


class NotTheController(ChainRefusal):
    """The caller does not act for this patient."""

    template = (
        "This account does not act for {patient}: only the patient, or a delegate, can do this."
    )


class NoSuchDelegation(ChainRefusal):
    """The principal never named the caller as a delegate."""

    template = "{principal} has not named this account as a delegate. Ask them to."


class DelegationOver(ChainRefusal):
    """The delegation has ended."""

    template = "The delegation that you act by ended on {ended}. Ask for it again."


class DelegationTooWeak(ChainRefusal):
    """The delegation lacks the power."""

    template = "Your delegation does not allow this ({needed}). Ask for that power."


class DelegationTooNarrow(ChainRefusal):
    """The act goes beyond the delegation's slots."""

    template = "Your delegation does not cover these categories. Ask for a wider one."


class DelegationTooShort(ChainRefusal):
    """A delegate's grant may end at the latest then."""

    template = "As a delegate you may share until {latest} at most. Choose an earlier end."


class NothingToRevoke(ChainRefusal):
    """The patient never granted anything to the grantee."""

    template = "{grantee} has no access from you: there is nothing to revoke."


class SlotOutOfRange(ChainRefusal):
    """There are only slots 0 to 15."""

    template = "There is no category slot {slot}, or it is not yours to write. Nothing was changed."


class ScopeRefused(ChainRefusal):
    """Scope bits that must be zero are set."""

    template = "These categories cannot be shared this way. Choose them again."


class EndRefused(ChainRefusal):
    """The end lies in the past."""

    template = "The end, {end}, has passed already. Choose a later one."


class EpochRefused(ChainRefusal):
    """Keys go on to the next epoch only."""

    template = "The new keys are not the ones that follow. Update the view and try again."


class KindRefused(ChainRefusal):
    """No such kind of grant, role, or powers."""

    template = "There is no such kind ({kind}). Nothing was changed."


class StatusRefused(ChainRefusal):
    """No such status, or not one that may be set."""

    template = "The status {status} cannot be set. Nothing was changed."


class BatchRefused(ChainRefusal):
    """Packed consultations of a wrong length."""

    template = "The looks were not packed as they must be ({length} bytes). Nothing was logged."


class NarrowingRefused(ChainRefusal):
    """A live grant can only be widened."""

    template = (
        "What this doctor has until {until} can only be widened. To narrow it, revoke it first, "
        "then share again."
    )


class ProfileMoved(ChainRefusal):
    """The doctor's profile is another than the one looked at."""

    template = "The doctor's profile was changed meanwhile. Look at the new one, then do it again."


class RecordIdTaken(ChainRefusal):
    """A record of this id exists."""

    template = "There is already a record {record}. Nothing was changed: write it again."


class RecordNotFound(ChainRefusal):
    """The patient has no record of this id."""

    template = "The chain has no record {record} of this patient."


class RecordIsArchived(ChainRefusal):
    """The record is archived."""

    template = "The record is archived: it can be read, but no longer changed."


class RequestIsOpen(ChainRefusal):
    """A request to this patient is open already."""

    template = "You have already asked this patient for access, and the answer is still open."


class NoOpenRequest(ChainRefusal):
    """No request to this patient is open."""

    template = "There is no open request of this doctor to this patient."


class ConsultationNotLogged(ChainRefusal):
    """The look cannot be logged."""

    template = "The look could not be logged, so nothing is shown: {why}"


class ReceiptsAnchored(ChainRefusal):
    """The root of receipts was anchored before."""

    template = "These receipts are anchored already. Nothing was changed."


class ReceiptUsed(ChainRefusal):
    """The receipt was proven or submitted before."""

    template = "This receipt was brought in before. Nothing was changed."


class SignatureRefused(ChainRefusal):
    """A signature or proof is not that of the account it should be from."""

    template = "The signature is not that of the account it should be from. Nothing was changed."


class KeyRefused(ChainRefusal):
    """The X25519 key has low order."""

    template = "This encryption key is not a safe one: anybody could read what is sealed to it."


class KeyVersionRefused(ChainRefusal):
    """Key versions follow one another."""

    template = (
        "The encryption key was changed meanwhile (version {current}). Update the view and try "
        "again."
    )


class DelayRefused(ChainRefusal):
    """The delay of a replacement is 3 to 30 days."""

    template = "The delay before a wallet is replaced is 3 to 30 days. Choose one in between."


class VetoUsed(ChainRefusal):
    """The one veto has been used."""

    template = "You have stopped a replacement once already; it cannot be stopped again."


class NoReplacement(ChainRefusal):
    """No replacement by this wallet has been announced."""

    template = "No replacement by this wallet has been announced."


class ReplacementTooEarly(ChainRefusal):
    """The delay has not passed yet."""

    template = "The wallet can be replaced from {ready} on. Try again then."


class OwnGrant(ChainRefusal):
    """Nobody grants to, or requests from, themselves."""

    template = "Nobody shares with themselves. Give another account's address."


class PeerOnly(ChainRefusal):
    """A function for the contracts among themselves."""

    template = "Only the contracts themselves may do this."


class RoleMissing(ChainRefusal):
    """The account lacks the role that the function needs."""

    template = "This account may not do that: it needs the role of {role}. Ask your administrator."


class RoleHandoverRefused(ChainRefusal):
    """The default admin's role changes hands in two steps, after a delay."""

    template = "The administrator's role cannot be handed over this way: {why}"


class RelayRefused(ChainRefusal):
    """The forwarder does not take the request."""

    template = "The relayed request was refused: {why} Sign it again."


class ContractFault(ChainRefusal):
    """A contract failed where it should not."""

    template = "The contract stopped with a fault of its own ({why}). Nothing was changed."
