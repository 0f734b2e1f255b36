"""The patient's pages: overview, records, sharing, activity, profile and security."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QWidget

from medrec.controllers.shell import Count, PageSpec, Shell
from medrec.models.chart import ChartModel
from medrec.models.outbox import OutboxModel
from medrec.models.patient.overview import OverviewModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.session import Session
from medrec.services.names import YOU
from medrec.views.common import dates
from medrec.views.common.icons import CATEGORY_ICONS
from medrec.views.common.shell.popovers import Hit

MOST_HITS = 8


class PatientPages(QObject):
    """What the pages of one patient share; each page is imported when it is first visited."""

    def __init__(self, session: Session, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.shell = shell
        self.chart = ChartModel(session, session.me, self)
        self.timeline = PatientTimeline(self.chart, self)
        self.outbox = OutboxModel(session, self)
        self.overview = OverviewModel(session, self.chart, self)
        self.requests = Count(self)
        self.overview.changed.connect(self._count)
        self.outbox.reload()
        self.timeline.reload()

    def build_overview(self) -> QWidget:
        """What matters now."""
        from medrec.controllers.patient.overview import OverviewController
        from medrec.views.patient.overview import OverviewPage

        page = OverviewPage(self.overview, self.outbox, self.timeline)
        OverviewController(self.session, page, self.overview, self.shell, page)
        return page

    def build_records(self) -> QWidget:
        """Everything in the record."""
        from medrec.controllers.patient.records import RecordsController
        from medrec.models.record import RecordModel
        from medrec.views.patient.records import RecordsPage

        record = RecordModel(self.session, self.session.me, self)
        page = RecordsPage(self.timeline, record, self.outbox)
        RecordsController(self.session, page, self.timeline, record, self.shell, page)
        return page

    def build_sharing(self) -> QWidget:
        """Who has what until when."""
        from medrec.controllers.patient.access import AccessController
        from medrec.views.patient.access import AccessPage

        page = AccessPage()
        AccessController(self.session, page, self.shell, page, self.requests)
        return page

    def build_activity(self) -> QWidget:
        """Who did what when, verified."""
        from medrec.controllers.patient.activity import ActivityController
        from medrec.views.patient.activity import ActivityPage

        page = ActivityPage()
        controller = ActivityController(self.session, page, self.shell, page)
        # Titles are known once the chart has opened the records.
        self.chart.changed.connect(controller.entries.reload)
        return page

    def build_profile(self) -> QWidget:
        """Own data, password, key, words."""
        from medrec.controllers.patient.profile import ProfileController
        from medrec.views.patient.profile import ProfilePage

        page = ProfilePage()
        ProfileController(self.session, page, self.shell, page)
        return page

    def find(self, text: str) -> Sequence[Hit]:
        """Records whose title or author holds the words, for the search above."""
        wanted = text.casefold().split()
        hits = []
        for record in reversed(self.chart.chart.records if self.chart.chart is not None else ()):
            row = record.row
            author = self.chart.names.get(row.author, row.author)
            said = f"{row.title} {author} {record.preview}".casefold()
            if row.title and all(word in said for word in wanted):
                who = self.tr("You") if author == YOU else author
                note = f"{who}  ·  {dates.day(record.when)}"
                facts: dict[str, object] = {"record": row.record.hex()}
                hits.append(Hit(row.title, note, CATEGORY_ICONS[row.category], "records", facts))
            if len(hits) == MOST_HITS:
                break
        return hits

    def _count(self) -> None:
        self.requests.set(len(self.overview.lately.requests))


def pages(session: Session, shell: Shell) -> list[PageSpec]:
    """The pages of a patient, in the order of the rail."""
    own = PatientPages(session, shell, shell if isinstance(shell, QObject) else session)
    add_finder = getattr(shell, "add_finder", None)
    if callable(add_finder):
        add_finder(own.find)
    tr = own.tr
    return [
        PageSpec("overview", tr("Overview"), "layout-dashboard", own.build_overview),
        PageSpec("records", tr("Records"), "folder-heart", own.build_records),
        PageSpec("sharing", tr("Sharing"), "users", own.build_sharing, own.requests),
        PageSpec("activity", tr("Activity"), "history", own.build_activity),
        PageSpec("profile", tr("Profile & security"), "user-cog", own.build_profile),
    ]
