"""What the contracts refuse: one class for each custom error, with the user's sentence."""

from __future__ import annotations

from medrec.errors.base import MedRecError


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

    template = "{doctor} is {status}: only a verified doctor can do this."


class NoAccess(ChainRefusal):
    """There is no grant."""

    template = "You have no access to this patient. You may ask for it."
    next_command = "Type `medrec access request`."


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

    template = "The patient's keys have changed meanwhile. Nothing was changed: do it again."


class StateMoved(ChainRefusal):
    """What was to be changed is not any more what it was when it was looked at."""

    template = (
        "This has been changed meanwhile, from another place. Nothing was changed: look at it "
        "again, and repeat what is still to be done."
    )


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
    """The one veto has been used: a registrar and two delegates have agreed since."""

    template = (
        "You have stopped a replacement once already. The registry and two of your delegates have "
        "agreed on this one, and it cannot be stopped again."
    )


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
