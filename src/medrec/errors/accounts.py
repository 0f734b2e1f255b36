"""Vaults, passwords, keys and words."""

from __future__ import annotations

from medrec.errors.base import MedRecError


class AccountError(MedRecError):
    """Vaults, passwords, keys and words."""

    template = "The account cannot be used: {why}"


class NoSuchAccount(AccountError):
    """No vault of that name in this home."""

    template = "There is no account “{name}” here."
    next_command = "`medrec account list` shows those there are."


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
        "Password and 8-character key do not fit together: the account did not open. "
        "Check both; nothing is locked."
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


class KeyWouldBeLost(AccountError):
    """No terminal, no --show-secrets, and no key of the user's own."""

    template = (
        "The 8-character key is shown only once, and there is no terminal to show it on. Nothing "
        "was created. Run it in a terminal, add --show-secrets, or set MEDREC_KEY."
    )


class NoKeyringHere(AccountError):
    """The system has no keyring that protects what it holds."""

    template = (
        "This system has no keyring that could keep the key. Nothing was kept: "
        "type the key each time, or set MEDREC_KEY."
    )


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


class AccountClosed(AccountError):
    """The account was closed by its owner."""

    template = (
        "This account was closed and signs in nowhere any more. Its entries stay on the network, "
        "its records stay sealed. Register with a new account to begin again."
    )


class PasswordChangedHere(AccountError):
    """The old vault opens, but a change of password was confirmed; the new vault waits."""

    template = (
        "The password and the key of this account were changed. Sign in with the new password and "
        "the new key: they open it on this computer too."
    )


class PasswordChangeWaits(AccountError):
    """A change of password is on its way already."""

    template = (
        "A change of your password still waits in the outbox. Until it is through, the old "
        "password and key go on. Change again after that."
    )


class NotYours(AccountError):
    """The account's role does not allow the command."""

    template = "This account is not {needed}. {hint}"


class NotRegisteredYet(AccountError):
    """The account has to register first."""

    template = "This account is not registered yet."
    next_command = "First: `medrec {command}`."


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
