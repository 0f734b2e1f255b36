"""An account in the making: nothing is written before its words and key are known to be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrec.chain.wallets import LocalWallets
from medrec.errors import AccountExists, BadKeystore, BadPrivateKey, BadWords, WeakPassword
from medrec.services.accounts import Accounts
from medrec.services.new_account import (
    ASKED,
    Brought,
    SecretKind,
    create_drafted,
    draft_account,
    import_recognised,
    recognise,
)
from medrec.store.vaults import VaultFolder

PASSWORD = "correct horse battery"
WORDS = "test test test test test test test test test test test junk"
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PRIVATE_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """The accounts of an empty home."""
    return Accounts(VaultFolder(tmp_path), LocalWallets(None))


def test_a_draft_asks_for_three_words_and_tells_which_are_wrong():
    draft = draft_account()
    assert len(draft.words) == 24
    assert len(set(draft.asked)) == ASKED == 3
    assert list(draft.asked) == sorted(draft.asked)
    right = [draft.words[place - 1] for place in draft.asked]
    assert draft.wrong(right) == ()
    assert draft.wrong([f"  {word.upper()} " for word in right]) == ()
    assert draft.wrong([right[0], "né", ""]) == draft.asked[1:]
    assert draft.words[0] not in repr(draft)
    assert draft.key not in repr(draft)
    assert draft_account().asked != draft.asked or draft_account().words != draft.words


async def test_a_draft_becomes_an_account_under_its_label(accounts: Accounts, tmp_path: Path):
    draft = draft_account()
    assert not any(tmp_path.iterdir()), "nothing is written by drafting"
    with pytest.raises(WeakPassword):
        await create_drafted(accounts, "Amina Haddad", draft, "short")
    assert not any(tmp_path.iterdir())
    made = await create_drafted(accounts, "Amina Haddad", draft, PASSWORD)
    assert (made.name, made.key) == ("amina-haddad", draft.key)
    opened = await accounts.unlock(made.name, PASSWORD, draft.key)
    assert opened.wallet.address == made.address
    known = accounts.named()[0]
    assert (known.name, known.label, known.address) == (
        "amina-haddad",
        "Amina Haddad",
        made.address,
    )
    with pytest.raises(AccountExists):
        await create_drafted(accounts, "  amina   HADDAD", draft_account(), PASSWORD)


async def test_labels_in_any_script_get_names_of_files(accounts: Accounts):
    assert accounts.free_name("José Müller-Ñandú!") == "jose-muller-nandu"
    assert accounts.free_name("أمينة حداد") == "account"
    assert accounts.free_name("../../etc/passwd") == "etc-passwd"
    draft = draft_account()
    await create_drafted(accounts, "أمينة حداد", draft, PASSWORD)
    assert accounts.free_name("李小龍") == "account-2"
    assert accounts.named()[0].label == "أمينة حداد"
    with pytest.raises(AccountExists):
        accounts.free_name("أمينة حداد")


async def test_what_is_brought_is_recognised_before_anything_is_written(
    accounts: Accounts, tmp_path: Path
):
    wallets = LocalWallets(None)
    keystore = wallets.seal_keystore(bytes.fromhex(PRIVATE_KEY[2:]), "of the file")
    for brought in (
        Brought(SecretKind.WORDS, WORDS.upper()),
        Brought(SecretKind.KEY, PRIVATE_KEY),
        Brought(SecretKind.KEYSTORE, keystore, "of the file"),
    ):
        found = await recognise(accounts, brought)
        assert (found.address, found.here) == (ADDRESS, "")
        assert found.key not in repr(found)
        assert PRIVATE_KEY[2:] not in repr(found)
    assert not any(tmp_path.iterdir())
    made = await import_recognised(accounts, "Mine", found, PASSWORD)
    assert (await accounts.unlock("mine", PASSWORD, found.key)).wallet.address == made.address
    again = await recognise(accounts, Brought(SecretKind.WORDS, WORDS))
    assert again.here == "Mine"
    await import_recognised(accounts, "Words", again, PASSWORD)


@pytest.mark.parametrize(
    ("brought", "error"),
    [
        (Brought(SecretKind.WORDS, "test " * 11), BadWords),
        (Brought(SecretKind.WORDS, WORDS.replace("junk", "test")), BadWords),
        (Brought(SecretKind.KEY, "not a key"), BadPrivateKey),
        (Brought(SecretKind.KEY, "00" * 32), BadPrivateKey),
        (Brought(SecretKind.KEYSTORE, "{}", "x"), BadKeystore),
    ],
)
async def test_what_is_no_secret_is_refused(
    accounts: Accounts, brought: Brought, error: type[Exception]
):
    with pytest.raises(error):
        await recognise(accounts, brought)
