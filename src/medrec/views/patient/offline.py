"""What a patient reads while the network is away: the record stays readable, writing waits."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from medrec.views.common import dates
from medrec.views.common.badges import Tone
from medrec.views.common.banner import Banner


class OfflineBanner(Banner):
    """Shown only while the network is away, or while the record is an earlier copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", Tone.WARNING, "cloud-off", parent=parent)
        self.hide()

    def show_state(self, online: bool, waiting: int, since: int | None) -> None:
        """``waiting`` changes lie in the outbox; ``since`` is when the record was last read."""
        self.setVisible(not online or since is not None)
        said = [self.tr("You are offline.")]
        if waiting == 1:
            said.append(self.tr("1 change waits on this computer and goes out by itself."))
        elif waiting:
            said.append(
                self.tr("{n} changes wait on this computer and go out by themselves.").format(
                    n=waiting
                )
            )
        elif since is not None:
            said.append(
                self.tr("You see your record as of {when}.").format(
                    when=_inside(dates.day_time(since))
                )
            )
        else:
            said.append(self.tr("What was opened before stays readable."))
        self.set_text(" ".join(said))


def _inside(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:1].isalpha() else text
