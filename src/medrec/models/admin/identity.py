"""The identities verified lately, by any registrar."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from PyQt6.QtCore import QObject

from medrec.domain.ids import Address, short_address
from medrec.models.rows import RowsModel
from medrec.models.session import Session
from medrec.services import identities
from medrec.services.identities import VerifiedIdentity
from medrec.services.names import YOU


class IdentitiesModel(RowsModel[VerifiedIdentity]):
    """Who was verified, the newest first; nobody's name is kept."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.registrars: Mapping[Address, str] = {}

    async def query(self) -> Sequence[VerifiedIdentity]:
        """The verified identities, with the registrars' names."""
        found = await identities.lately(self.session.context)
        named = await self.session.names(sorted({row.by for row in found}))
        self.registrars = {
            who: self.tr("you") if name == YOU else name if name != who else short_address(who)
            for who, name in named.items()
        }
        return found

    def key(self, row: VerifiedIdentity) -> Hashable:
        """The patient and the block: an identity may be released and verified again."""
        return row.patient, row.block

    def text(self, row: VerifiedIdentity) -> str:
        """“Patient 0x8f3A…c41E, verified by you”."""
        sentence = self.tr("Patient %1, verified by %2")
        return sentence.replace("%1", short_address(row.patient)).replace("%2", self.registrar(row))

    def registrar(self, row: VerifiedIdentity) -> str:
        """Who verified it."""
        return self.registrars.get(row.by, short_address(row.by))
