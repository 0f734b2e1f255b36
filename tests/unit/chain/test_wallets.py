"""Wallets: signing, recovery, derivation, keystores; secrets stay secret."""

import json
import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.backends.coincurve import CoinCurveECCBackend
from eth_keys.datatypes import PrivateKey

from medrec.chain.typed_data import TYPES, signing_digest
from medrec.chain.wallets import ORDER, LocalWallet, LocalWallets, PreparedTransaction
from medrec.domain.ids import Address, Digest
from medrec.domain.network import CONTRACTS, Network, StoreConfig
from medrec.domain.typed import Credential, KeyBinding, Login, Statement
from medrec.errors import BadKeystore, BadPrivateKey, NoNetwork

KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
WHO = Address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
NETWORK = Network(
    name="test",
    chain_id=31337,
    rpc=("http://127.0.0.1:1",),
    contracts={name: Address("0x" + f"{n:02x}" * 20) for n, name in enumerate(CONTRACTS, 16)},
    code_hashes={},
    deployed_at=0,
    verifiers=frozenset(),
    registrars=frozenset(),
    store=StoreConfig("folder", "store"),
)
STATEMENTS: list[Statement] = [
    KeyBinding(key=b"\x11" * 32, key_version=7),
    Login(id=WHO, challenge=b"\x22" * 32, issued_at=1_700_000_000),
    Credential(WHO, Digest(b"\x33" * 32), b"\x44" * 32, 3, 1_900_000_000),
]


def full_message(statement: Statement) -> dict[str, object]:
    """The statement as wallets like MetaMask are given it."""
    fields = TYPES[type(statement)]
    name = type(statement).__name__
    domain = ("name", "string"), ("version", "string"), ("chainId", "uint256")
    return {
        "types": {
            "EIP712Domain": [
                *({"name": n, "type": t} for n, t in domain),
                {"name": "verifyingContract", "type": "address"},
            ],
            name: [{"name": solidity, "type": kind} for kind, solidity, _ in fields],
        },
        "primaryType": name,
        "domain": {
            "name": "MedRec",
            "version": "1",
            "chainId": NETWORK.chain_id,
            "verifyingContract": NETWORK.contracts[statement.contract],
        },
        "message": {solidity: getattr(statement, ours) for _, solidity, ours in fields},
    }


def test_libsecp256k1_does_the_curve() -> None:
    assert isinstance(PrivateKey(KEY).backend, CoinCurveECCBackend)


def test_the_address_is_that_of_the_key() -> None:
    assert LocalWallets(NETWORK).from_key(KEY).address == WHO


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: type(s).__name__)
def test_statements_are_signed_as_eip_712_by_the_reference(statement: Statement) -> None:
    ours = LocalWallet(KEY, NETWORK).sign_statement(statement)
    message = encode_typed_data(full_message=full_message(statement))
    assert ours == bytes(Account.sign_message(message, KEY).signature)
    assert LocalWallets(NETWORK).signer(statement, ours) == WHO


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: type(s).__name__)
def test_another_contract_chain_or_field_gives_another_digest(statement: Statement) -> None:
    first = signing_digest(statement, 1, WHO)
    assert first != signing_digest(statement, 2, WHO)
    assert first != signing_digest(statement, 1, NETWORK.contracts["ContractAudit"])
    for _, _, name in TYPES[type(statement)]:
        value = getattr(statement, name)
        other: Any
        if isinstance(value, int):
            other = value + 1
        elif isinstance(value, bytes):
            other = bytes(32)
        else:
            other = NETWORK.contracts["ContractAudit"]
        assert signing_digest(replace(statement, **{name: other}), 1, WHO) != first


@pytest.mark.parametrize(
    "statement",
    [
        KeyBinding(key=b"\x11" * 31, key_version=1),
        KeyBinding(key=b"\x11" * 32, key_version=1 << 32),
        KeyBinding(key=b"\x11" * 32, key_version=-1),
    ],
)
def test_a_field_that_does_not_fit_its_type_is_not_signed(statement: Statement) -> None:
    with pytest.raises(ValueError, match="is not a"):
        LocalWallet(KEY, NETWORK).sign_statement(statement)


def test_a_statement_needs_a_network() -> None:
    with pytest.raises(NoNetwork):
        LocalWallet(KEY).sign_statement(STATEMENTS[0])
    with pytest.raises(NoNetwork):
        LocalWallets().signer(STATEMENTS[0], bytes(65))


def test_what_is_no_signature_has_no_signer() -> None:
    wallets = LocalWallets(NETWORK)
    good = LocalWallet(KEY, NETWORK).sign_statement(STATEMENTS[0])
    for bad in (
        b"", good[:64], good + b"\0", bytes(65), bytes(64) + b"\x1b", b"\xff" * 64 + b"\x1b",
        good[:64] + b"\x00", good[:64] + b"\x1d",
    ):  # fmt: skip
        assert wallets.signer(STATEMENTS[0], bad) is None


def test_the_other_form_of_a_signature_is_refused() -> None:
    good = LocalWallet(KEY, NETWORK).sign_statement(STATEMENTS[0])
    high = (ORDER - int.from_bytes(good[32:64], "big")).to_bytes(32, "big")
    malleable = good[:32] + high + bytes([55 - good[64]])
    assert LocalWallets(NETWORK).signer(STATEMENTS[0], malleable) is None


def test_a_signature_over_something_else_names_somebody_else() -> None:
    good = LocalWallet(KEY, NETWORK).sign_statement(STATEMENTS[0])
    other = KeyBinding(key=b"\x11" * 32, key_version=8)
    assert LocalWallets(NETWORK).signer(other, good) != WHO


@pytest.mark.parametrize(
    "key", [b"", bytes(32), KEY[:31], KEY + b"\0", ORDER.to_bytes(32, "big"), b"\xff" * 32]
)
def test_what_is_no_private_key_is_refused(key: bytes) -> None:
    with pytest.raises(BadPrivateKey):
        LocalWallets().from_key(key)
    with pytest.raises(BadPrivateKey):
        LocalWallets().seal_keystore(key, "password")


def test_derivation_is_bip_44() -> None:
    # The seed of "test test test test test test test test test test test junk" (anvil, hardhat).
    seed = bytes.fromhex(
        "9dfc3c64c2f8bede1533b6a79f8570e5943e0b8fd1cf77107adf7b72cef42185"
        "d564a3aee24cab43f80e3c4538087d70fc824eabbad596a23c97b6ee8322ccc0"
    )
    assert LocalWallets().derive(seed) == KEY


def test_a_transaction_is_signed_by_the_wallet() -> None:
    prepared = PreparedTransaction(31337, 4, WHO, b"\x01\x02", 50_000, 2_000, 1_000)
    signed = LocalWallet(KEY).sign_transaction(prepared)
    assert signed.nonce == 4
    assert signed.raw[0] == 2
    assert Account.recover_transaction(signed.raw) == WHO


def test_only_prepared_transactions_are_signed() -> None:
    class Other:
        nonce = 1

    with pytest.raises(TypeError):
        LocalWallet(KEY).sign_transaction(Other())


def test_the_secret_does_not_show() -> None:
    wallet = LocalWallet(KEY, NETWORK)
    assert KEY.hex() not in repr(wallet) + str(wallet)
    with pytest.raises(TypeError):
        pickle.dumps(wallet)


def test_a_keystore_opens_with_its_password_only() -> None:
    wallets = LocalWallets()
    text = wallets.seal_keystore(KEY, "correct horse")
    content = json.loads(text)
    assert (content["version"], content["crypto"]["kdf"]) == (3, "scrypt")
    assert content["crypto"]["kdfparams"]["n"] >= 1 << 17
    assert KEY.hex() not in text
    assert wallets.open_keystore(text, "correct horse") == KEY
    with pytest.raises(BadKeystore, match="password is wrong"):
        wallets.open_keystore(text, "wrong horse")


def test_the_keystore_of_the_specification_opens() -> None:
    # https://github.com/ethereum/wiki/wiki/Web3-Secret-Storage-Definition, "Scrypt" and "PBKDF2"
    key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"
    text = json.dumps(
        {
            "Crypto": {
                "cipher": "aes-128-ctr",
                "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
                "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
                "kdf": "pbkdf2",
                "kdfparams": {
                    "c": 262144,
                    "dklen": 32,
                    "prf": "hmac-sha256",
                    "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
                },
                "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
            },
            "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
            "version": 3,
        }
    )
    assert LocalWallets().open_keystore(text, "testpassword").hex() == key


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "not json", '{"version": 3}', '{"version": 1, "crypto": {}}',
        '{"version": 3, "crypto": {"kdfparams": {}}}',
        '{"version": 3, "crypto": {"kdf": "scrypt", "kdfparams": {"n": "x"}}}',
        '{"version": 3, "crypto": {"kdf": "scrypt", "kdfparams": {"n": 1073741824, "r": 8}}}',
        '{"version": 3, "crypto": {"kdfparams": {"n": 2}}, "Crypto": {"kdfparams": {"n": 1e9}}}',
        '{"a":' * 3_000, "[" * 16_384, "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_keystore_is_refused(text: str) -> None:
    with pytest.raises(BadKeystore):
        LocalWallets().open_keystore(text, "password")


def test_wallets_load_neither_web3_nor_eth_account() -> None:
    code = "import sys, medrec.chain.wallets, medrec.chain.audit; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"web3", "eth_account", "eth_abi", "eth_utils", "aiohttp"} & set(loaded)


def test_the_libraries_leave_the_recursion_limit_alone() -> None:
    code = (
        "import sys; before = sys.getrecursionlimit()\n"
        "from medrec.chain.libraries import account_class, provider_class, warm_up\n"
        "account_class(); warm_up().join(); provider_class()\n"
        "assert sys.getrecursionlimit() == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
