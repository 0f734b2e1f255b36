"""The generated proxies: what they encode and decode, against eth_abi and web3."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from medrec.chain.abi import AbiMismatch, Function, words
from medrec.chain.keccak import checksum, keccak256
from medrec.chain.proxies import contract_audit, contract_doctor, forwarder, user_authentication
from medrec.chain.proxies.contract_audit import AuditEntry, ContractAudit, decode_audit_entry
from medrec.chain.proxies.contract_patient import ContractPatient
from medrec.config import contracts_dir
from medrec.domain.ids import Address

ROOT = Path(__file__).resolve().parents[3]
WHO = Address("0x99C851eaa3c3976914D63b822C67e201EC0BFBb8")
addresses = st.binary(min_size=20, max_size=20).map(checksum)
digests = st.binary(min_size=32, max_size=32)


def generator() -> ModuleType:
    """tools/generate_proxies.py."""
    path = ROOT / "tools" / "generate_proxies.py"
    spec = importlib.util.spec_from_file_location("generate_proxies", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Answers:
    """A transport that answers what it was given, and remembers the question."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.asked: tuple[Address, bytes, str] | None = None

    async def call(self, to: Address, data: bytes, block: str) -> bytes:
        self.asked = (to, data, block)
        return self.data


def test_generating_again_gives_the_same() -> None:
    module = generator()
    files = module.build(contracts_dir())
    assert files == {path: path.read_text() for path in files}
    assert all("do not edit" in text for text in files.values())


@pytest.mark.parametrize(
    "module", [contract_audit, contract_doctor, forwarder, user_authentication]
)
def test_selectors_are_those_of_the_signatures(module: ModuleType) -> None:
    functions: dict[bytes, Function] = module.FUNCTIONS
    assert functions
    for selector, function in functions.items():
        signature = f"{function.name}({','.join(function.inputs)})"
        assert keccak256(signature.encode())[:4] == selector == function.selector


def test_every_function_of_the_abis_is_there() -> None:
    for name, module in generator().MODULES.items():
        abi = json.loads((contracts_dir() / f"{name}.json").read_text())["abi"]
        proxy = importlib.import_module(f"medrec.chain.proxies.{module}")
        functions = {item["name"] for item in abi if item["type"] == "function"}
        assert functions == {f.name for f in proxy.FUNCTIONS.values()}
        for item in abi:
            if item["type"] == "event":
                types = ",".join(i["type"] for i in item["inputs"])
                topic = keccak256(f"{item['name']}({types})".encode()).hex()
                assert "0x" + topic == getattr(proxy, item["name"]).TOPIC


@given(patient=addresses, record=digests, epoch=st.integers(0, 2**32 - 1), digest=digests)
def test_calldata_is_the_abi_encoding(
    patient: Address, record: bytes, epoch: int, digest: bytes
) -> None:
    data = ContractPatient.add_record(patient, record, epoch, digest, WHO)
    types = ["address", "bytes32", "uint32", "bytes32", "address"]
    selector = keccak256(b"addRecord(address,bytes32,uint32,bytes32,address)")[:4]
    assert data == selector + encode(types, [patient, record, epoch, digest, WHO])


def test_structs_and_bytes_in_calldata() -> None:
    receipt = contract_audit.Receipt(WHO, WHO, bytes(32), 7, bytes(32), WHO)
    data = ContractAudit.submit_receipt(receipt, b"\1" * 65)
    decoded = contract_audit.SUBMIT_RECEIPT.decode_call(data)
    assert decoded[0] == (WHO.lower(), WHO.lower(), bytes(32), 7, bytes(32), WHO.lower())
    assert decoded[1] == b"\1" * 65
    with pytest.raises(AbiMismatch):
        contract_audit.AUDIT_HEAD.decode_call(data)
    with pytest.raises(AbiMismatch):
        contract_audit.SUBMIT_RECEIPT.decode_call(data[:-40])


async def test_views_ask_and_decode() -> None:
    transport = Answers(encode(["bytes27"], [b"\5" * 27]))
    proxy = ContractAudit(WHO, transport)
    assert await proxy.audit_head(WHO, block="0x10") == b"\5" * 27
    asked = contract_audit.AUDIT_HEAD.encode(WHO)
    assert transport.asked == (WHO, asked, "0x10")


@pytest.mark.parametrize("data", [b"", bytes(31), b"\xff" * 32])
async def test_views_refuse_what_is_not_of_their_type(data: bytes) -> None:
    with pytest.raises(AbiMismatch):
        await ContractAudit(WHO, Answers(data)).audit_head(WHO)


async def test_structs_come_back_with_spelled_addresses() -> None:
    types = ["(uint8,bool,bool,uint32,address,address,uint40,bool,uint32,uint40,uint8)"]
    values = [(1, True, False, 65536, WHO.lower(), "0x" + "00" * 20, 0, False, 604800, 0, 3)]
    patient = await ContractPatient(WHO, Answers(encode(types, values))).patient_of(WHO)
    assert (patient.status, patient.verified, patient.epoch) == (1, True, 65536)
    assert (patient.controller, patient.turn) == (WHO, 3)


def log_of(
    subject: Address, actor: Address, ref: bytes, meta: int, digest: bytes, head: bytes
) -> dict[str, Any]:
    """An AuditEntry's topics and data as JSON-RPC gives them."""
    return {
        "topics": [
            AuditEntry.TOPIC,
            "0x" + subject[2:].lower().rjust(64, "0"),
            "0x" + actor[2:].lower().rjust(64, "0"),
            "0x" + ref.hex(),
        ],
        "data": "0x" + encode(["uint256", "bytes32", "bytes27"], [meta, digest, head]).hex(),
    }


@given(subject=addresses, actor=addresses, ref=digests, meta=st.integers(0, 2**256 - 1),
       digest=digests, head=st.binary(min_size=27, max_size=27))  # fmt: skip
def test_events_decode_to_what_was_encoded(
    subject: Address, actor: Address, ref: bytes, meta: int, digest: bytes, head: bytes
) -> None:
    log = log_of(subject, actor, ref, meta, digest, head)
    assert AuditEntry.decode(log["topics"], log["data"]) == AuditEntry(
        subject, actor, ref, meta, digest, head
    )


def test_events_that_are_none_are_refused() -> None:
    log = log_of(WHO, WHO, bytes(32), 1, bytes(32), bytes(27))
    topics, data = log["topics"], log["data"]
    wrong: list[tuple[list[str], str]] = [
        ([], data),
        (topics[:3], data),
        (["0x" + "00" * 32, *topics[1:]], data),
        ([topics[0], "0x" + "ff" * 32, *topics[2:]], data),
        (topics, "0x"),
        (topics, data[:-2]),
        (topics, data + "00" * 32),
        (topics, "0x" + "zz" * 96),
    ]
    for bad_topics, bad_data in wrong:
        with pytest.raises(ValueError, match=r"topic|log|bytes|hexadecimal"):
            decode_audit_entry(bad_topics, bad_data)


def test_words_of_an_event() -> None:
    assert words("0x" + "01" * 64, 2) == b"\1" * 64
    with pytest.raises(AbiMismatch):
        words("0x" + "01" * 63, 2)
