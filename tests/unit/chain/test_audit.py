"""The hash chains, against ABI encoding and frozen vectors."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from medrec.chain import audit
from medrec.chain.keccak import checksum, keccak256
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, ChainHead, Digest, Epoch, TxHash

AUDIT = Address("0x5A7fF764C1406b3c9CF10Cd71718147342501Ecb")
WHO = Address("0x99C851eaa3c3976914D63b822C67e201EC0BFBb8")
ENTRY = AuditEntry(
    subject=WHO,
    actor=AUDIT,
    ref=b"\1" * 32,
    meta_word=35 << 184 | 1_700_000_000 << 144,
    digest=Digest(b"\2" * 32),
    head=ChainHead(bytes(27)),
    block=7,
    log_index=0,
    transaction=TxHash(b"\3" * 32),
)
addresses = st.binary(min_size=20, max_size=20).map(checksum)
digests = st.binary(min_size=32, max_size=32)
heads = st.binary(min_size=27, max_size=27)


@given(chain_id=st.integers(1, 2**64), contract=addresses, subject=addresses)
def test_genesis_is_the_abi_encoding(chain_id: int, contract: Address, subject: Address) -> None:
    types = ["string", "uint256", "address", "address"]
    expected = keccak256(encode(types, ["medrec/audit/1", chain_id, contract, subject]))[:27]
    assert audit.genesis_head(chain_id, contract, subject) == expected


@given(head=heads, subject=addresses, actor=addresses, ref=digests, digest=digests,
       meta=st.integers(0, 2**256 - 1))  # fmt: skip
def test_the_next_head_is_six_words(
    head: bytes, subject: Address, actor: Address, ref: bytes, digest: bytes, meta: int
) -> None:
    entry = replace(
        ENTRY, subject=subject, actor=actor, ref=ref, digest=Digest(digest), meta_word=meta
    )
    types = ["bytes27", "address", "address", "bytes32", "uint256", "bytes32"]
    expected = keccak256(encode(types, [head, subject, actor, ref, meta, digest]))[:27]
    assert audit.next_head(ChainHead(head), entry) == expected


@given(chain=heads, author=addresses, epoch=st.integers(0, 2**32 - 1), digest=digests)
def test_a_records_chain_is_four_words(
    chain: bytes, author: Address, epoch: int, digest: bytes
) -> None:
    types = ["bytes27", "address", "uint32", "bytes32"]
    expected = keccak256(encode(types, [chain, author, epoch, digest]))[:27]
    found = audit.next_record_chain(ChainHead(chain), author, Epoch.unpack(epoch), Digest(digest))
    assert found == expected


def test_frozen_vectors() -> None:
    genesis = audit.genesis_head(31337, AUDIT, WHO)
    # As ContractAudit gave it on a chain of that id.
    assert genesis.hex() == "b3d4b51d78cbd5474e25a5adc071548169f3a1bf1a853baadad907"
    following = "e34a69e502dfcc9c25379e1b60fddfa7fa3b9f28cd1b10a7ee439a"
    assert audit.next_head(genesis, ENTRY).hex() == following
    chain = audit.next_record_chain(audit.EMPTY_RECORD, WHO, Epoch(1, 2), ENTRY.digest)
    assert chain.hex() == "46ea47b24c1c04333bb4b49c930a330dfef0c50e301a84d57ba2a9"


def chained(count: int) -> list[AuditEntry]:
    """A chain of entries that holds."""
    head, entries = audit.genesis_head(1, AUDIT, WHO), []
    for number in range(count):
        entry = replace(ENTRY, digest=Digest(number.to_bytes(32, "big")))
        head = audit.next_head(head, entry)
        entries.append(replace(entry, head=head))
    return entries


def test_a_chain_that_holds() -> None:
    genesis = audit.genesis_head(1, AUDIT, WHO)
    assert audit.first_wrong(genesis, chained(5)) is None
    assert audit.first_wrong(genesis, []) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", AUDIT),
        ("actor", WHO),
        ("ref", bytes(32)),
        ("meta_word", 1),
        ("digest", Digest(b"\7" * 32)),
        ("head", ChainHead(b"\7" * 27)),
    ],
)
def test_every_changed_field_is_found(field: str, value: object) -> None:
    entries = chained(5)
    entries[2] = replace(entries[2], **{field: value})  # type: ignore[arg-type]
    assert audit.first_wrong(audit.genesis_head(1, AUDIT, WHO), entries) == 2


def test_what_is_left_out_added_or_swapped_is_found() -> None:
    genesis, entries = audit.genesis_head(1, AUDIT, WHO), chained(5)
    assert audit.first_wrong(genesis, entries[1:]) == 0
    assert audit.first_wrong(genesis, [*entries[:2], *entries[3:]]) == 2
    assert audit.first_wrong(genesis, [*entries[:2], entries[1], *entries[2:]]) == 2
    assert audit.first_wrong(genesis, [*entries[:3], entries[4], entries[3]]) == 3
    assert audit.first_wrong(audit.genesis_head(2, AUDIT, WHO), entries) == 0
