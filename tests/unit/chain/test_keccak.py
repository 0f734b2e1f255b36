"""Keccak, EIP-55 spelling, addresses of contracts and topics."""

import pytest
from eth_typing import HexAddress, HexStr
from hypothesis import given
from hypothesis import strategies as st
from web3.types import Nonce
from web3.utils.address import get_create_address

from medrec.chain.keccak import address_of_topic, checksum, create_address, keccak256
from medrec.domain.ids import Address


def test_keccak_is_not_sha3() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() == empty


@pytest.mark.parametrize(
    "address",  # https://eips.ethereum.org/EIPS/eip-55, test cases
    [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_checksums_of_the_standard(address: str) -> None:
    assert checksum(address.lower()) == address
    assert checksum(bytes.fromhex(address[2:])) == address
    assert address_of_topic("0x" + "0" * 24 + address[2:].lower()) == address


@pytest.mark.parametrize(
    "wrong", ["", "0x", "0x12", "0x" + "0" * 39, "0x" + "g" * 40, b"", bytes(19), bytes(32)]
)
def test_what_is_no_address(wrong: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"20 bytes|hexadecimal"):
        checksum(wrong)


@pytest.mark.parametrize("wrong", ["", "0x" + "0" * 40, "0x" + "1" * 64, "0" * 66])
def test_what_is_no_address_in_a_topic(wrong: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        address_of_topic(wrong)


@pytest.mark.parametrize(
    ("nonce", "expected"),  # the first contracts of a well-known sender, as go-ethereum tests them
    [
        (0, "0x333c3310824b7c685133F2BeDb2CA4b8b4DF633d"),
        (1, "0x8bDA78331C916A08481428e4b07C96d3e916D165"),
        (2, "0xC9DDEDF451bC62cE88BF9292aFb13dF35b670699"),
    ],
)
def test_addresses_of_contracts(nonce: int, expected: str) -> None:
    sender = Address("0x970E8128AB834E8EAC17Ab8E3812F010678CF791")
    assert create_address(sender, nonce).lower() == expected.lower()


@given(nonce=st.integers(0, 2**64 - 1))
def test_addresses_of_contracts_are_those_of_web3(nonce: int) -> None:
    sender = Address("0x970E8128AB834E8EAC17Ab8E3812F010678CF791")
    expected = get_create_address(HexAddress(HexStr(sender)), Nonce(nonce))
    assert str(create_address(sender, nonce)) == str(expected)
