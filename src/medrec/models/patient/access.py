"""Sharing: who has what until when, who asks, whose access has ended, whom it can be given to."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PyQt6.QtCore import QObject, QSortFilterProxyModel

from medrec.domain.categories import Permission
from medrec.domain.ids import Address
from medrec.models.rows import RowsModel
from medrec.models.session import Session
from medrec.services import access_overview as overview
from medrec.services.access_before import ShareBefore, SharesBefore, shares_before
from medrec.services.access_overview import Asked, DoctorCard, EndedShare, Share
from medrec.services.origins import Missing


def said(permission: Permission) -> str:
    """A permission as a screen reader says it."""
    read, write = permission.names()
    parts = [f"read {', '.join(read) or 'nothing'}"]
    if write:
        parts.append(f"write {', '.join(write)}")
    return "; ".join(parts)


class SharesModel(RowsModel[Share]):
    """Running grants, and those that wait in the outbox to begin."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        session.outboxChanged.connect(self._on_outbox)

    async def query(self) -> Sequence[Share]:
        """The grants as they are now."""
        return await overview.shares(self.session.context)

    def key(self, row: Share) -> Hashable:
        """The doctor."""
        return row.doctor.doctor

    def text(self, row: Share) -> str:
        """The doctor, and what may be read and written."""
        return f"{row.doctor.name}: {said(row.permission)}"

    def find(self, doctor: Address) -> Share | None:
        """A doctor's grant."""
        return next((row for row in self.rows if row.doctor.doctor == doctor), None)

    def _on_outbox(self) -> None:
        if self._query is not None:
            self.reload()


class SharesBeforeModel(RowsModel[ShareBefore]):
    """Grants that run in networks of before; ``missing`` may hide some, ``ending`` soon."""

    missing: Missing | None = None
    ending = False

    async def query(self) -> Sequence[ShareBefore]:
        """The grants as they are now, where there is a network of before."""
        context = self.session.context
        found = await shares_before(context) if context.origins else SharesBefore()
        self.missing, self.ending = found.missing, found.ending
        return found.rows

    def key(self, row: ShareBefore) -> Hashable:
        """The doctor and the network."""
        return row.share.doctor.doctor, row.origin.place

    def text(self, row: ShareBefore) -> str:
        """The doctor, what may be read, and where."""
        return f"{row.share.doctor.name}: {said(row.share.permission)}; {row.origin.name}"

    def of(self, doctor: Address) -> list[ShareBefore]:
        """A doctor's grants of before."""
        return [row for row in self.rows if row.share.doctor.doctor == doctor]


class RequestsModel(RowsModel[Asked]):
    """Requests that wait for an answer."""

    async def query(self) -> Sequence[Asked]:
        """The open requests."""
        return await overview.asked(self.session.context)

    def key(self, row: Asked) -> Hashable:
        """The doctor: one request a doctor is open."""
        return row.doctor.doctor

    def text(self, row: Asked) -> str:
        """Who asks for what and why."""
        return f"{row.doctor.name}: {said(row.permission)}. {row.reason}"

    def find(self, doctor: Address) -> Asked | None:
        """A doctor's open request."""
        return next((row for row in self.rows if row.doctor.doctor == doctor), None)


class EndedModel(RowsModel[EndedShare]):
    """Grants that are over."""

    async def query(self) -> Sequence[EndedShare]:
        """The ended grants, the last on top."""
        return await overview.ended(self.session.context)

    def key(self, row: EndedShare) -> Hashable:
        """The doctor."""
        return row.doctor.doctor

    def text(self, row: EndedShare) -> str:
        """Whose access ended."""
        return row.doctor.name


class DirectoryModel(RowsModel[DoctorCard]):
    """The register of verified doctors."""

    async def query(self) -> Sequence[DoctorCard]:
        """Those whom a verifier vouches for now, by name."""
        return await overview.directory(self.session.context)

    def key(self, row: DoctorCard) -> Hashable:
        """The doctor."""
        return row.doctor

    def text(self, row: DoctorCard) -> str:
        """Name and specialty."""
        return f"{row.name}, {row.specialty}" if row.specialty else row.name

    def concerns(self, subject: str) -> bool:
        """A register changes with the common entries only; another patient's do not matter."""
        return subject != self.session.me


class DirectoryFilter(QSortFilterProxyModel):
    """The doctors whose name, specialty or address holds every word that was typed."""

    def __init__(self, source: DirectoryModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = source
        self._words: tuple[str, ...] = ()
        self.setSourceModel(source)

    def set_text(self, text: str) -> None:
        """Filter by other words."""
        self._words = tuple(text.casefold().split())
        self.invalidateRowsFilter()

    def filterAcceptsRow(self, source_row: int, _parent: object) -> bool:
        """Whether a row is shown (Qt)."""
        row = self._rows.rows[source_row]
        held = f"{row.name} {row.specialty} {row.doctor}".casefold()
        return all(word in held for word in self._words)
