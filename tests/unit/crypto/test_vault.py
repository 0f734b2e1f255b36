"""The vault: passwords, keys, damage, and files that were planted."""

from __future__ import annotations

import random

import nacl.exceptions
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from medrec.crypto import vault as module
from medrec.crypto.codec import decode, encode
from medrec.crypto.kdf import blake2b
from medrec.crypto.vault import (
    KEY_ALPHABET,
    MODERATE,
    SECP256K1_ORDER,
    KdfParams,
    VaultContents,
    VaultKind,
    new_key,
    open_vault,
    parse_key,
    seal_vault,
)
from medrec.crypto.words import new_words, seed
from medrec.errors import (
    AccountError,
    BadKeyFormat,
    BadPrivateKey,
    BadWords,
    VaultDamaged,
    WrongPasswordOrKey,
)
from tests.unit.crypto.builders import flipped

PASSWORD = "correct horse é"
KEY = "AB12-CD34"
WORDS = new_words()
CONTENTS = VaultContents.from_words(WORDS, "ana", 1_750_000_000)


@pytest.fixture(scope="module")
def sealed() -> tuple[bytes, bytes]:
    """A vault at MODERATE and its authenticator's secret."""
    return seal_vault(CONTENTS, PASSWORD, KEY)


@pytest.fixture(scope="module")
def vault(sealed: tuple[bytes, bytes]) -> bytes:
    """The bytes of the vault."""
    return sealed[0]


@pytest.fixture
def no_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever derives a key in this test has already lost."""

    def refuse(*_: object) -> bytes:
        raise AssertionError("derived from a file that should have been refused")

    monkeypatch.setattr(bindings, "crypto_pwhash_alg", refuse)


def resealed(vault: bytes, **changes: object) -> bytes:
    """A vault with changed fields and a checksum that fits: what an attacker can plant."""
    fields = decode(vault)
    assert isinstance(fields, dict)
    body = {k: v for k, v in {**fields, **changes}.items() if k != "sum"}
    return encode({**body, "sum": blake2b(encode(body), "medrec/vaultsum", size=16)})


def test_it_opens_with_password_and_key(sealed: tuple[bytes, bytes]) -> None:
    vault, authenticator = sealed
    opened = open_vault(vault, PASSWORD, "ab12cd34")
    assert opened.contents == CONTENTS
    assert opened.authenticator_secret == authenticator
    assert opened.contents.account_secret() == seed(WORDS)


def test_the_same_password_in_another_normal_form(vault: bytes) -> None:
    decomposed = PASSWORD.replace("é", "e\u0301")
    assert decomposed != PASSWORD
    assert open_vault(vault, decomposed, KEY).contents == CONTENTS


@pytest.mark.parametrize(
    ("password", "key"),
    [(PASSWORD + " ", KEY), ("", KEY), (PASSWORD, "AB12-CD35")],
    ids=["another password", "no password", "another key"],
)
def test_a_wrong_secret(vault: bytes, password: str, key: str) -> None:
    with pytest.raises(WrongPasswordOrKey):
        open_vault(vault, password, key)


def test_every_vault_has_its_own_salt_and_authenticator(sealed: tuple[bytes, bytes]) -> None:
    vault, authenticator = seal_vault(CONTENTS, PASSWORD, KEY)
    assert vault != sealed[0]
    assert authenticator != sealed[1]


def test_a_private_key_is_kept_as_it_is() -> None:
    private = (7).to_bytes(32, "big")
    vault, _ = seal_vault(VaultContents.from_key(private, "ben"), "a", KEY)
    contents = open_vault(vault, "a", KEY).contents
    assert (contents.kind, contents.account_secret()) == (VaultKind.KEY, private)


@pytest.mark.parametrize(
    "key",
    [b"", bytes(32), SECP256K1_ORDER.to_bytes(32, "big"), b"\xff" * 32, b"\x01" * 31],
    ids=["empty", "zero", "order", "over", "short"],
)
def test_what_is_no_private_key(key: bytes) -> None:
    with pytest.raises(BadPrivateKey):
        VaultContents.from_key(key, "ben")


def test_what_are_no_words() -> None:
    with pytest.raises(BadWords):
        VaultContents.from_words("one two three", "ben")


def test_secrets_do_not_show(vault: bytes) -> None:
    opened = open_vault(vault, PASSWORD, KEY)
    shown = repr(opened) + str(opened) + repr(CONTENTS)
    assert not any(word in shown for word in WORDS.split() if len(word) > 5)
    assert repr(opened.authenticator_secret) not in shown


def test_the_file_says_nothing(vault: bytes) -> None:
    assert b"ana" not in vault
    assert not any(word.encode() in vault for word in WORDS.split() if len(word) > 4)
    assert len(vault) == len(seal_vault(CONTENTS, "another", new_key())[0])


@given(bit=st.integers(0, 1 << 20))
def test_a_flipped_bit_is_damage(vault: bytes, bit: int) -> None:
    with pytest.raises(VaultDamaged):
        open_vault(flipped(vault, bit), PASSWORD, KEY)


@given(size=st.integers(0, 1200))
def test_a_cut_file_is_damage(vault: bytes, size: int) -> None:
    with pytest.raises(VaultDamaged):
        open_vault(vault[: min(size, len(vault) - 1)], PASSWORD, KEY)


@pytest.mark.parametrize("junk", [b"", b"{}", b"\xa0", b"PK\x03\x04" * 50])
@pytest.mark.usefixtures("no_derivation")
def test_another_file_is_no_vault(junk: bytes) -> None:
    with pytest.raises(VaultDamaged):
        open_vault(junk, PASSWORD, KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"passes": 2},
        {"passes": 9},
        {"passes": 0},
        {"passes": 1 << 63},
        {"memory": (256 << 20) - 1},
        {"memory": 8192},
        {"memory": (1 << 30) + 1},
        {"kdf": "argon2i13"},
        {"kdf": "scrypt"},
        {"v": 2},
        {"salt": bytes(8)},
        {"commit": b""},
        {"passes": "3"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("no_derivation")
def test_a_planted_file_is_refused_before_anything_is_derived(
    vault: bytes, changes: dict[str, object]
) -> None:
    with pytest.raises(VaultDamaged):
        open_vault(resealed(vault, **changes), PASSWORD, KEY)


def test_the_header_is_authenticated(vault: bytes) -> None:
    """The right secrets over a body that was swapped: not a wrong password, a damaged file."""
    fields = decode(vault)
    assert isinstance(fields, dict)
    with pytest.raises(VaultDamaged):
        open_vault(resealed(vault, box=flipped(fields["box"], 700)), PASSWORD, KEY)
    dearer = resealed(vault, passes=4)
    with pytest.raises(WrongPasswordOrKey):
        open_vault(dearer, PASSWORD, KEY)


def test_a_planted_salt_opens_nothing_and_gives_no_authenticator(vault: bytes) -> None:
    with pytest.raises(WrongPasswordOrKey):
        open_vault(resealed(vault, salt=bytes(16)), PASSWORD, KEY)


def test_what_is_sealed_too_cheaply_never_opens() -> None:
    cheap, _ = seal_vault(CONTENTS, PASSWORD, KEY, KdfParams(1, 8 << 20))
    with pytest.raises(VaultDamaged, match="not allowed"):
        open_vault(cheap, PASSWORD, KEY)


def test_the_cost_is_moderate() -> None:
    assert MODERATE.passes == bindings.crypto_pwhash_argon2id_OPSLIMIT_MODERATE
    assert MODERATE.memory == bindings.crypto_pwhash_argon2id_MEMLIMIT_MODERATE


def test_too_little_memory_is_said(vault: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bytes:
        raise nacl.exceptions.RuntimeError("key derivation failed")

    monkeypatch.setattr(bindings, "crypto_pwhash_alg", full)
    with pytest.raises(AccountError, match="memory"):
        open_vault(vault, PASSWORD, KEY)


def test_a_password_that_is_no_unicode_still_works() -> None:
    """A terminal or an environment in another encoding gives lone surrogates."""
    vault, _ = seal_vault(CONTENTS, "caf\udce9", KEY)
    assert open_vault(vault, "caf\udce9", KEY).contents == CONTENTS


def test_a_malformed_key_is_said_before_the_wait(vault: bytes) -> None:
    with pytest.raises(BadKeyFormat):
        open_vault(vault, PASSWORD, "AB12-CD3")


@given(st.binary(min_size=32, max_size=32))
def test_the_authenticator_is_always_a_scalar(secret: bytes) -> None:
    scalar = module._scalar(secret)
    assert 0 < int.from_bytes(scalar, "big") < SECP256K1_ORDER
    assert scalar != secret


def test_what_is_no_scalar_is_hashed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given_out = iter([bytes(32), b"\xff" * 32, SECP256K1_ORDER.to_bytes(32, "big"), b"\x01" * 32])
    asked: list[bytes] = []

    def fake(data: bytes, person: str, *, key: bytes) -> bytes:
        asked.append(data)
        assert (person, key) == ("medrec/authkey", b"seed")
        return next(given_out)

    monkeypatch.setattr(module, "blake2b", fake)
    assert module._scalar(b"seed") == b"\x01" * 32
    assert asked == [b"\x00", b"\x01", b"\x02", b"\x03"]


def test_new_keys_have_the_form_and_use_the_whole_alphabet() -> None:
    keys = [new_key() for _ in range(500)]
    assert all(parse_key(key) == key and key[4] == "-" and len(key) == 9 for key in keys)
    assert set("".join(keys)) == set(KEY_ALPHABET) | {"-"}
    assert len(set(keys)) == 500


@given(st.text(KEY_ALPHABET, min_size=8, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_keys_are_read_however_they_are_typed(key: str, rnd: random.Random) -> None:
    def typed(character: str) -> str:
        looks = {"0": "0Oo", "1": "1IiLl"}.get(character, character + character.lower())
        return rnd.choice(looks)

    text = "".join(typed(c) for c in key)
    canonical = f"{key[:4]}-{key[4:]}"
    for written in (text, f"{text[:4]}-{text[4:]}", f" {text[:4]} – {text[4:]}\n"):
        assert parse_key(written) == canonical


@pytest.mark.parametrize(
    "text", ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFGU", "ABCD_EFGH", "ÀBCD-EFGH", "ABCD-EFG\x00"]
)
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(BadKeyFormat):
        parse_key(text)
