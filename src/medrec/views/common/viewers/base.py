"""What viewers share: a bar of tools above, and the message for what cannot be shown."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from medrec.views.common.buttons import IconButton
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.states import Message


def size_text(size: int) -> str:
    """A number of bytes for people: 184 KB."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("KB", "MB", "GB"):
        value /= 1000
        if value < 999.5:
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
    return f"{value:.0f} GB"


class NotShownView(Message):
    """A file that no viewer here can show."""

    def __init__(self, name: str, media_type: str, size: int, why: str = "") -> None:
        super().__init__("file", name or media_type)
        kind = f"{media_type}, {size_text(size)}"
        told = why or self.tr("MedRec cannot show this kind of file. Save it to open it elsewhere.")
        self.set(name or media_type, f"{told}\n{kind}")


class Viewer(QWidget):
    """A bar of tools over the file itself; put tools into `bar`, the file into `column`."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.setAccessibleName(name)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        tools = QWidget()
        self.bar = QHBoxLayout(tools)
        self.bar.setContentsMargins(0, 0, 0, 0)
        self.bar.setSpacing(4)
        self.column.addWidget(tools)

    def tool(self, icon: str, name: str, keys: str = "") -> IconButton:
        """A button in the bar; what else does the same stands in its tooltip."""
        button = IconButton(icon, name)
        if keys:
            button.setToolTip(f"{name} ({keys})")
        self.bar.addWidget(button)
        return button

    def on_keys(self, keys: str, button: IconButton) -> None:
        """Let keys do what a button does, while the focus is somewhere in the viewer."""
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)

    def note(self, text: str = "") -> Label:
        """Words in the bar, such as the number of the page."""
        label = Label(text, Type.SMALL, "text_2")
        self.bar.addWidget(label)
        return label

    def show_instead(self, widget: QWidget) -> None:
        """Take the viewer away and show a widget in its place."""
        for i in reversed(range(self.column.count())):
            item = self.column.takeAt(i)
            held = item.widget() if item is not None else None
            if held is not None:
                held.hide()
                held.deleteLater()
        self.column.addWidget(widget, 1)
