"""Accounts: made, brought along, opened, signed in with."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain.keccak import keccak256
from medrec.chain.wallets import LocalWallet, LocalWallets
from medrec.crypto.vault import parse_key
from medrec.errors import (
    AccountExists,
    BadAccountName,
    BadKeyFormat,
    BadKeystore,
    BadPrivateKey,
    BadWords,
    NoSuchAccount,
    PasswordChangedElsewhere,
    WeakPassword,
    WrongPasswordOrKey,
)
from medrec.services.accounts import FEES, Accounts, ensure_funds, sign_in
from medrec.store.vaults import VaultFolder
from tests.support.liar import always, lying
from tests.support.world import Recorder, World

PASSWORD = "correct horse battery"
# The first of anvil's and hardhat's well-known accounts (BIP-39, m/44'/60'/0'/0/0).
WORDS = "test test test test test test test test test test test junk"
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PRIVATE_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """The accounts of an empty home."""
    return Accounts(VaultFolder(tmp_path), LocalWallets(None))


async def test_a_new_account(accounts: Accounts, tmp_path: Path):
    made = await accounts.create("alice", PASSWORD)
    assert made.words is not None
    assert len(made.words.split()) == 24
    assert parse_key(made.key.replace("-", "").lower()) == made.key
    assert made.words not in repr(made)
    assert made.key not in repr(made)
    opened = await accounts.unlock("alice", PASSWORD, made.key)
    assert opened.wallet.address == made.address
    assert opened.authenticator.address != made.address
    assert "secret" not in repr(opened)
    assert accounts.listed() == [("alice", made.address)]
    assert accounts.address("alice") == made.address
    secrets_of_it = [made.words.encode(), made.key.encode(), PASSWORD.encode()]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert not [s for s in secrets_of_it if s in file.read_bytes()]


async def test_wrong_passwords_and_keys_are_told_alike(accounts: Accounts):
    made = await accounts.create("alice", PASSWORD)
    other = "ABCD-EFGH" if made.key != "ABCD-EFGH" else "ABCD-EFGJ"
    with pytest.raises(WrongPasswordOrKey):
        await accounts.unlock("alice", PASSWORD + " ", made.key)
    with pytest.raises(WrongPasswordOrKey):
        await accounts.unlock("alice", PASSWORD, other)
    with pytest.raises(BadKeyFormat):
        await accounts.unlock("alice", PASSWORD, "short")
    with pytest.raises(NoSuchAccount):
        await accounts.unlock("bob", PASSWORD, made.key)
    with pytest.raises(NoSuchAccount):
        accounts.address("bob")


async def test_the_same_words_and_the_same_key_are_the_same_wallet(accounts: Accounts):
    by_words = await accounts.import_words("words", f"  {WORDS.upper()} ", PASSWORD)
    by_key = await accounts.import_key("key", PRIVATE_KEY, PASSWORD)
    assert by_words.address == by_key.address == ADDRESS
    assert by_words.words is None
    one = await accounts.unlock("words", PASSWORD, by_words.key)
    two = await accounts.unlock("key", PASSWORD, by_key.key)
    assert one.wallet.address == two.wallet.address == ADDRESS
    assert one.authenticator.address != two.authenticator.address
    assert one.root != two.root, "words give more than one private key"


async def test_a_keystore_out_and_in(accounts: Accounts):
    made = await accounts.import_key("alice", PRIVATE_KEY.removeprefix("0x"), PASSWORD)
    keystore = await accounts.export_keystore("alice", PASSWORD, made.key)
    assert json.loads(keystore)["version"] == 3
    assert PRIVATE_KEY[2:] not in keystore
    again = await accounts.import_keystore("again", keystore, PASSWORD, "another password")
    assert again.address == ADDRESS
    with pytest.raises(BadKeystore):
        await accounts.import_keystore("third", keystore, "wrong", PASSWORD)
    assert [name for name, _ in accounts.listed()] == ["again", "alice"]


async def test_a_key_of_ones_own(accounts: Accounts):
    made = await accounts.import_key("alice", PRIVATE_KEY, PASSWORD, "abcd-efgh")
    assert parse_key(made.key) == parse_key("ABCDEFGH")
    assert (await accounts.unlock("alice", PASSWORD, "ABCDEFGH")).wallet.address == ADDRESS


async def test_what_is_refused_leaves_nothing(accounts: Accounts, tmp_path: Path):
    with pytest.raises(BadWords):
        await accounts.import_words("alice", "test " * 12, PASSWORD)
    for key in ("", "0x", "zz", PRIVATE_KEY + "00", "0x" + "00" * 32, "0x" + "ff" * 32):
        with pytest.raises(BadPrivateKey):
            await accounts.import_key("alice", key, PASSWORD)
    with pytest.raises(BadKeystore):
        await accounts.import_keystore("alice", "{}", PASSWORD, PASSWORD)
    with pytest.raises(WeakPassword):
        await accounts.create("alice", "short")
    with pytest.raises(BadKeyFormat):
        await accounts.import_key("alice", PRIVATE_KEY, PASSWORD, "no key")
    for name in ("", "../alice", "a/b", ".hidden", "x" * 300):
        with pytest.raises((BadAccountName, NoSuchAccount)):
            await accounts.create(name, PASSWORD)
    assert accounts.listed() == []
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


async def test_a_name_is_taken_once(accounts: Accounts):
    made = await accounts.import_key("alice", PRIVATE_KEY, PASSWORD)
    with pytest.raises(AccountExists):
        await accounts.create("alice", PASSWORD)
    assert (await accounts.unlock("alice", PASSWORD, made.key)).wallet.address == ADDRESS


async def test_signing_in(world: World):
    patient, nobody = await world.patient(), await world.person("nobody")
    assert isinstance(patient.wallet, LocalWallet)
    right = LocalWallet(keccak256(patient.wallet._key.secret), world.network)
    assert right.address == patient.authenticator
    await sign_in(patient, right)
    wrong = LocalWallet(bytes(31) + b"\x07", world.network)
    with pytest.raises(PasswordChangedElsewhere):
        await sign_in(patient, wrong)
    await sign_in(nobody, wrong)


async def test_each_login_signs_a_fresh_challenge(world: World):
    """A signature that was overheard is of no use later."""
    patient = await world.patient()
    assert isinstance(patient.wallet, LocalWallet)
    right = LocalWallet(keccak256(patient.wallet._key.secret), world.network)
    heard: list[tuple[object, ...]] = []

    async def overhearing(honest: object, *args: object) -> bool:
        heard.append(args)
        return True

    listening = replace(patient, chain=lying(patient.chain, authenticates=overhearing))
    for _ in range(2):
        await sign_in(listening, right)
    assert heard[0][1] != heard[1][1]
    assert heard[0][2] != heard[1][2]


async def test_fees_are_paid_only_where_the_network_funds(world: World):
    person = world.context("poor", bytes(31) + b"\x09")
    await world.rpc("anvil_setBalance", person.me, "0x0")
    recorder = Recorder()
    unfunded = replace(world.network, funded=False)
    await ensure_funds(unfunded, person.chain, person.me, recorder)
    assert await person.chain.balance(person.me) == 0
    await ensure_funds(world.network, person.chain, person.me, recorder)
    assert await person.chain.balance(person.me) == FEES
    await ensure_funds(world.network, person.chain, person.me, recorder)
    assert recorder.said == ["Funding the account"], "once"
    rich = lying(person.chain, balance=always(FEES))
    await ensure_funds(world.network, rich, person.me, recorder)
