"""The register of doctors: who waits, who is verified, suspended, refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.domain.ids import ZERO_ADDRESS, Address
from medrec.models.admin.words import doctor_title
from medrec.models.rows import RowsModel
from medrec.models.session import Session
from medrec.services import verification
from medrec.services.names import YOU
from medrec.services.verification import Candidate, Standing


class VerificationModel(RowsModel[Candidate]):
    """The doctors of one standing; `counts` has all of them."""

    countsChanged = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.standing = Standing.WAITING
        self.counts: Counter[Standing] = Counter()
        self.verifiers: Mapping[Address, str] = {}
        self._all: tuple[Candidate, ...] = ()

    async def query(self) -> Sequence[Candidate]:
        """Every registered doctor."""
        found = await verification.candidates(self.session.context)
        deciders = {row.decision.by for row in found if row.decision is not None}
        named = await self.session.names(sorted(deciders))
        self.verifiers = {who: self._called(who, name) for who, name in named.items()}
        return found

    def key(self, row: Candidate) -> Hashable:
        """The doctor's id."""
        return row.address

    def text(self, row: Candidate) -> str:
        """“Dr. Ingrid Solheim, Paediatrics”."""
        title = doctor_title(row.name, row.address)
        again = self.tr("asked again") if row.again else ""
        return ", ".join(part for part in (title, row.specialty, again, row.problem) if part)

    def concerns(self, subject: str) -> bool:
        """Doctors stand in the common register."""
        return subject == ZERO_ADDRESS

    def set_rows(self, rows: Sequence[Candidate]) -> None:
        """Take over all doctors, and show those of the standing."""
        self._all = tuple(rows)
        counts = Counter(row.standing for row in rows)
        super().set_rows([row for row in rows if row.standing is self.standing])
        if counts != self.counts:
            self.counts = counts
            self.countsChanged.emit()

    def show_standing(self, standing: Standing) -> None:
        """Show the doctors of another standing."""
        if standing is not self.standing:
            self.standing = standing
            if self._query is not None and self._query.state is not None and self.error is None:
                self.set_rows(self._all)

    def find(self, address: Address) -> Candidate | None:
        """A doctor of any standing."""
        return next((row for row in self._all if row.address == address), None)

    def search(self, text: str) -> list[Candidate]:
        """The doctors of any standing whose name, specialty or licence holds a text."""
        wanted = text.strip().casefold()
        return [
            row
            for row in self._all
            if wanted and wanted in f"{row.name} {row.specialty} {row.licence}".casefold()
        ]

    def decider(self, who: Address) -> str:
        """Who decided: “you”, a name, or the address."""
        return self.verifiers.get(who, who)

    def _called(self, who: Address, name: str) -> str:
        return self.tr("you") if name == YOU else name
