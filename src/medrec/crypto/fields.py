"""Reading decoded objects field by field, refusing whatever is not exactly as agreed."""

from __future__ import annotations

import re
from collections.abc import Collection

from medrec.crypto.codec import Link, decode
from medrec.domain.ids import Address, Cid, Digest, Epoch
from medrec.errors import BadObject

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


class Fields:
    """A map with exactly the expected keys, and typed access to each.

    Every method raises BadObject when the field is of another type, size or range.
    """

    __slots__ = ("_fields", "_what")

    def __init__(self, obj: object, names: Collection[str], what: str) -> None:
        if not isinstance(obj, dict) or obj.keys() != set(names):
            raise BadObject(why=f"{what} has other fields than it must have.")
        self._fields: dict[str, object] = obj
        self._what = what

    @classmethod
    def decode(cls, data: bytes, names: Collection[str], what: str, version: int = 1) -> Fields:
        """Decode strictly and require the version in ``v``."""
        obj = decode(data)
        if isinstance(obj, dict) and obj.get("v") != version:
            raise BadObject(why=f"{what} is of a version that this MedRec does not know.")
        return cls(obj, {*names, "v"}, what)

    def bad(self, name: str) -> BadObject:
        """The refusal of one field."""
        return BadObject(why=f"“{name}” of {self._what} is malformed.")

    def integer(self, name: str, most: int = (1 << 64) - 1) -> int:
        """An integer from 0 to ``most``."""
        value = self._fields[name]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self.bad(name)
        return value

    def boolean(self, name: str) -> bool:
        """A truth value."""
        value = self._fields[name]
        if not isinstance(value, bool):
            raise self.bad(name)
        return value

    def raw(self, name: str, size: int | None = None) -> bytes:
        """Bytes, of exactly ``size`` where one is given."""
        value = self._fields[name]
        if not isinstance(value, bytes) or (size is not None and len(value) != size):
            raise self.bad(name)
        return value

    def text(self, name: str) -> str:
        """Text (of up to 65,536 characters: the codec sees to that)."""
        value = self._fields[name]
        if not isinstance(value, str):
            raise self.bad(name)
        return value

    def address(self, name: str) -> Address:
        """An address."""
        return self.as_address(name, self._fields[name])

    def as_address(self, name: str, value: object) -> Address:
        """``value``, found inside the field ``name``, as an address."""
        if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
            raise self.bad(name)
        return Address(value)

    def digest(self, name: str) -> Digest:
        """A 32-byte digest."""
        return Digest(self.raw(name, 32))

    def epoch(self, name: str) -> Epoch:
        """An epoch in its packed form."""
        return Epoch.unpack(self.integer(name, 0xFFFF_FFFF))

    def items(self, name: str) -> list[object]:
        """A list."""
        value = self._fields[name]
        if not isinstance(value, list):
            raise self.bad(name)
        return value

    def mapping(self, name: str) -> dict[str, object]:
        """A map."""
        value = self._fields[name]
        if not isinstance(value, dict):
            raise self.bad(name)
        return value

    def value(self, name: str) -> object:
        """The field as decoded."""
        return self._fields[name]

    def link(self, name: str) -> Cid:
        """A link's CID."""
        return self.as_link(name, self._fields[name])

    def optional_link(self, name: str) -> Cid | None:
        """A link's CID, or None for null."""
        return None if self._fields[name] is None else self.link(name)

    def links(self, name: str) -> tuple[Cid, ...]:
        """The CIDs of a list of links."""
        return tuple(self.as_link(name, value) for value in self.items(name))

    def as_link(self, name: str, value: object) -> Cid:
        """``value``, found inside the field ``name``, as a link's CID."""
        if not isinstance(value, Link):
            raise self.bad(name)
        return value.cid
