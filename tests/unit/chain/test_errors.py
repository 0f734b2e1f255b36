"""Every custom error of every ABI has a class, a rule and a sentence."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from medrec.chain.errors import (
    DOCTOR_STATUS,
    NO_GRANT,
    PATIENT_STATUS,
    POWERS,
    REASONS,
    ROLES,
    RULES,
    refusal,
    refusal_of,
)
from medrec.chain.keccak import keccak256
from medrec.chain.proxies import errors as theirs
from medrec.config import contracts_dir
from medrec.domain import calls
from medrec.domain.calls import Call
from medrec.domain.ids import Address, ChainHead, Digest, Epoch, RecordId
from medrec.domain.times import told
from medrec.errors import (
    AccountRegistered,
    ChainRefusal,
    ConsultationNotLogged,
    ContractFault,
    DelegationTooWeak,
    IdentityAlreadyVerified,
    NoAccess,
    NothingToRevoke,
    NotTheAuthorsKind,
    PatientExists,
    RoleMissing,
)

WHO = Address("0x99C851eaa3c3976914D63b822C67e201EC0BFBb8")
OTHER = Address("0x5A7fF764C1406b3c9CF10Cd71718147342501Ecb")
VALUES: dict[str, Any] = {"address": WHO, "bytes": b"\1", "string": "text", "uint": 7}


def custom_errors() -> dict[str, dict[str, Any]]:
    """Every custom error of the artifacts, by signature."""
    found = {}
    for path in sorted(contracts_dir().glob("*.json")):
        for item in json.loads(path.read_text())["abi"]:
            if item["type"] == "error":
                types = ",".join(i["type"] for i in item["inputs"])
                found[f"{item['name']}({types})"] = item
    return found


ERRORS = custom_errors()
LIBRARIES = Path(__file__).resolve().parents[3] / "contracts" / "libraries"


def sample(kind: str) -> Any:
    """A value of an ABI type."""
    return next(value for prefix, value in VALUES.items() if kind.startswith(prefix))


def test_there_are_errors() -> None:
    assert len(ERRORS) > 50


@pytest.mark.parametrize("signature", sorted(ERRORS))
def test_every_custom_error_becomes_a_sentence(signature: str) -> None:
    types = [item["type"] for item in ERRORS[signature]["inputs"]]
    values = [sample(kind) for kind in types]
    data = keccak256(signature.encode())[:4] + encode(types, values)
    decoded = theirs.decode_error(data)
    assert type(decoded).__name__ == ERRORS[signature]["name"]
    assert type(decoded) in RULES
    ours = refusal_of(data)
    assert type(ours) is not ChainRefusal
    assert ours.sentence.endswith(".")
    assert "{" not in ours.sentence


def test_every_class_of_the_proxies_has_a_rule() -> None:
    assert set(theirs.ERRORS.values()) | {theirs.UnknownError} == set(RULES)


def constants(file: str, start: str) -> set[int]:
    """The numbers of a Solidity library's constants whose names start so."""
    source = (LIBRARIES / file).read_text()
    return {
        int(number)
        for name, number in re.findall(r"uint(?:8|16) internal constant (\w+) = (\d+);", source)
        if re.fullmatch(start, name)
    }


@pytest.mark.parametrize(
    ("named", "file", "start"),
    [
        (POWERS.keys(), "Words.sol", "POWER_[A-Z]+"),
        (DOCTOR_STATUS.keys() - {0}, "Words.sol", "DOCTOR_(PENDING|VERIFIED|SUSPENDED|REFUSED)"),
        (PATIENT_STATUS.keys(), "Words.sol", "PATIENT_[A-Z]+"),
    ],
)
def test_every_number_in_an_error_has_a_word(named: set[int], file: str, start: str) -> None:
    assert named == constants(file, start)


def test_every_reason_of_a_refused_look_has_a_sentence() -> None:
    source = (LIBRARIES / "Actions.sol").read_text().split("library Reasons")[1]
    numbers = {int(n) for n in re.findall(r"constant \w+ = (\d+);", source)}
    assert numbers
    assert REASONS.keys() | {NO_GRANT} == numbers


def test_every_role_has_a_name() -> None:
    sources = [path.read_text() for path in LIBRARIES.parent.rglob("*.sol")]
    roles = {name for text in sources for name in re.findall(r'keccak256\("(\w+_ROLE)"\)', text)}
    assert roles
    assert ROLES.keys() - {bytes(32)} == {keccak256(name.encode()) for name in roles}


@pytest.mark.parametrize(
    "data", [b"", b"\1\2", b"\xde\xad\xbe\xef", b"\xde\xad\xbe\xef" + bytes(31)]
)
def test_what_is_none_of_ours(data: bytes) -> None:
    assert isinstance(theirs.decode_error(data), theirs.UnknownError)
    assert isinstance(refusal_of(data), ContractFault)


def test_cut_arguments_are_no_error_of_ours() -> None:
    assert isinstance(theirs.decode_error(theirs.StaleEpoch.selector), theirs.UnknownError)
    assert isinstance(
        theirs.decode_error(theirs.StaleEpoch.selector + b"\xff" * 32), theirs.UnknownError
    )


def test_soliditys_own_errors() -> None:
    reverted = theirs.Error.selector + encode(["string"], ["why"])
    assert "why" in refusal_of(reverted).sentence
    panic = theirs.Panic.selector + encode(["uint256"], [0x11])
    assert "0x11" in refusal_of(panic).sentence


def test_an_error_can_be_raised_and_chained() -> None:
    with pytest.raises(theirs.StaleEpoch) as caught:
        raise theirs.StaleEpoch(3)
    assert caught.value.current == 3
    assert hash(caught.value) != hash(theirs.StaleEpoch(3))


RECORD = RecordId(b"\3" + bytes.fromhex(OTHER[2:]) + bytes(11))
UPDATE = calls.UpdateRecord(WHO, RECORD, ChainHead(bytes(27)), Epoch(0, 0), Digest(bytes(32)))
ARCHIVE = calls.ArchiveRecord(WHO, RECORD, ChainHead(bytes(27)), Digest(bytes(32)))
REVOKE = calls.RevokeAccess(WHO, (OTHER,), Epoch(0, 0), Digest(bytes(32)))
VERIFY = calls.VerifyIdentity(WHO, 0, Digest(bytes(32)), Digest(bytes(32)))


@pytest.mark.parametrize(
    ("error", "call", "expected"),
    [
        (theirs.AlreadyRegistered(WHO), calls.RegisterPatient(), PatientExists),
        (theirs.AlreadyRegistered(WHO), VERIFY, IdentityAlreadyVerified),
        (theirs.AlreadyRegistered(WHO), None, AccountRegistered),
        (theirs.NoGrant(OTHER), REVOKE, NothingToRevoke),
        (theirs.NoGrant(OTHER), UPDATE, NoAccess),
        (theirs.ConsultationRefused(WHO, RECORD, 2), None, NoAccess),
        (theirs.ConsultationRefused(WHO, RECORD, 4), None, ConsultationNotLogged),
        (theirs.ConsultationRefused(WHO, RECORD, 99), None, ConsultationNotLogged),
    ],
)
def test_what_depends_on_the_call(
    error: theirs.ContractError, call: Call | None, expected: type[ChainRefusal]
) -> None:
    assert type(refusal(error, call)) is expected


@pytest.mark.parametrize(
    ("creator", "call", "who"),
    [
        (OTHER, UPDATE, "a doctor with access"),
        (WHO, UPDATE, "the patient"),
        (OTHER, ARCHIVE, "its author"),
        (WHO, ARCHIVE, "the patient"),
    ],
)
def test_who_may_change_a_record(creator: Address, call: Call, who: str) -> None:
    found = refusal(theirs.WrongCreator(creator, OTHER), call)
    assert isinstance(found, NotTheAuthorsKind)
    assert f"only {who} may change it" in found.sentence


def test_roles_and_powers_have_names() -> None:
    role = keccak256(b"VERIFIER_ROLE")
    missing = refusal(theirs.AccessControlUnauthorizedAccount(WHO, role))
    assert isinstance(missing, RoleMissing)
    assert "verifier" in missing.sentence
    weak = refusal(theirs.DelegateLacksPower(1, 5))
    assert isinstance(weak, DelegationTooWeak)
    assert "(grant)" in weak.sentence


def test_times_are_told_as_people_read_them() -> None:
    ended = refusal(theirs.GrantEnded(1_790_000_000))
    assert f"ended on {told(1_790_000_000)}." in ended.sentence
