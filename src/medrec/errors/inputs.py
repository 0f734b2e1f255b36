"""What was typed or given and cannot be used."""

from __future__ import annotations

from medrec.errors.base import MedRecError


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


class StaleVersion(InputRefused):
    """An amendment made from a version that is no longer the last."""

    template = (
        "The record is at version {last} and yours was made from version {base}. Nothing was "
        "written: look at the newer one, then write yours again on top of it."
    )


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

    template = "This account is already registered as a doctor."
    next_command = "Use `medrec doctor update`."


class AlreadyVerified(InputRefused):
    """The doctor's announced profile is verified already."""

    template = "{doctor} is already verified with this profile. Nothing was changed."


class NoReason(InputRefused):
    """A refusal without a word why."""

    template = "Say why: the doctor reads the reason. Nothing was changed."


class NothingToDecline(InputRefused):
    """The doctor has no open request."""

    template = "{doctor} has no open request to you."


class NothingToWithdraw(InputRefused):
    """The account has no open request to the patient."""

    template = "You have no open request to {patient}: it was answered or withdrawn."


class FingerprintDiffers(InputRefused):
    """The fingerprint given is not that of the key on chain."""

    template = (
        "The key of {holder} is not the one with fingerprint {given}. Nothing was sent: ask for "
        "the code again, and have the network checked if it is the same."
    )


class NoDisplay(InputRefused):
    """No screen on which a window could open."""

    template = (
        "There is no display here for the desktop. `make demo` shows the whole of MedRec in the "
        "terminal."
    )
    next_command = "`medrec --help` lists the commands."
