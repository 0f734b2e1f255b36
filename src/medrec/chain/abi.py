"""What the generated proxies stand on: functions by selector, and the transport of their reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Protocol

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError

from medrec.domain.ids import Address


class AbiMismatch(ValueError):
    """Bytes that are not what the ABI says: a node that lies, or another contract."""


class Transport(Protocol):
    """Where view calls go."""

    async def call(self, to: Address, data: bytes, block: str) -> bytes:
        """The return data of eth_call at a block tag or 0x-number."""
        ...


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a contract: name, 4-byte selector, and the ABI types on both sides."""

    name: str
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...] = ()

    def encode(self, *arguments: object) -> bytes:
        """The calldata.

        Raises:
            eth_abi.exceptions.EncodingError: an argument out of its type's range (our bug).
        """
        return self.selector + encode(self.inputs, [_plain(a) for a in arguments])

    def decode_call(self, data: bytes) -> tuple[Any, ...]:
        """The arguments in calldata of this function.

        Raises:
            AbiMismatch: when they are not.
        """
        if data[:4] != self.selector:
            raise AbiMismatch(f"not a call of {self.name}")
        return decode_words(self.inputs, data[4:])

    async def read(
        self, transport: Transport, to: Address, block: str, *arguments: object
    ) -> tuple[Any, ...]:
        """The values that the view returns.

        Raises:
            AbiMismatch: when the return data are not of the output types.
        """
        data = await transport.call(to, self.encode(*arguments), block)
        return decode_words(self.outputs, data)


def decode_words(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """ABI-decoded values.

    Raises:
        AbiMismatch: when the bytes do not hold them.
    """
    try:
        return tuple(decode(types, data))
    except (DecodingError, OverflowError, UnicodeDecodeError) as error:
        raise AbiMismatch(f"not ({','.join(types)})") from error


def words(data: str, count: int) -> bytes:
    """The data of an event with static fields: exactly ``count`` words, from JSON-RPC's hex.

    Raises:
        AbiMismatch: when there are more or fewer.
    """
    raw = bytes.fromhex(data[2:])
    if len(raw) != 32 * count:
        raise AbiMismatch(f"{len(raw)} bytes of event data where {32 * count} are due")
    return raw


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(_plain(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
