"""One theme in force: palette and style sheet from the tokens, followed from the system."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from string import Template

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication, QWidget

from medrec.config import resources_dir
from medrec.views.common.fonts import Type, font, load_fonts
from medrec.views.common.tokens import TOKENS, Family, Theme, Tokens, family_colours

TYPE = "type"
"""The property that remembers the role of a widget's font, so that text can be made larger."""


class ThemeBus(QObject):
    """Tells widgets that cache colours that the theme has changed."""

    changed = pyqtSignal()
    systemChanged = pyqtSignal()
    """The system may want another theme now."""
    themeAsked = pyqtSignal(str)
    """The reader wants a theme by its name; "" follows the system."""
    calmAsked = pyqtSignal(bool)
    """The reader wants less motion, or not."""
    calmChanged = pyqtSignal()


theme_bus = ThemeBus()


class _State:
    theme = Theme.LIGHT
    chosen: Theme | None = None
    following = False
    calm = False


def current() -> Theme:
    """The theme in force."""
    return _State.theme


def chosen() -> str:
    """The theme that was asked for; "" while the system's is followed."""
    return _State.chosen.value if _State.chosen is not None else ""


def tokens() -> Tokens:
    """The colours of the theme in force."""
    return TOKENS[_State.theme]


def colour(name: str) -> QColor:
    """A token of the theme in force by its name ("text_2"); a hex value is taken as it is."""
    return QColor(name if name.startswith("#") else str(getattr(tokens(), name)))


def family_colour(family: Family) -> tuple[str, str]:
    """The colours of a family's icon and tile in the theme in force."""
    return family_colours(_State.theme, family)


def system_theme(app: QApplication) -> Theme:
    """What the system asks for; more contrast goes before dark."""
    hints = app.styleHints()
    if hints is None:
        return Theme.LIGHT
    accessibility = hints.accessibility()
    wish = accessibility.contrastPreference() if accessibility is not None else None
    if wish is Qt.ContrastPreference.HighContrast:
        return Theme.CONTRAST
    dark = hints.colorScheme() is Qt.ColorScheme.Dark
    return Theme.DARK if dark else Theme.LIGHT


def set_calm(calm: bool) -> None:
    """Whether the reader asked for less motion."""
    _State.calm = calm
    theme_bus.calmChanged.emit()


def calm() -> bool:
    """Whether the reader asked for less motion."""
    return _State.calm


def duration(milliseconds: int) -> int:
    """How long a motion takes: nothing when the reader or the system wants none."""
    app = QApplication.instance()
    style = app.style() if isinstance(app, QApplication) else None
    if _State.calm or style is None:
        return 0
    hint = style.styleHint(style.StyleHint.SH_Widget_Animation_Duration)
    return milliseconds if hint else 0


def apply_theme(app: QApplication, theme: Theme | None = None) -> None:
    """Put a theme in force in every widget; None follows the system from now on."""
    from medrec.views.common import focus

    load_fonts()
    if not _State.following:
        _State.following = True
        _follow_system(app)
        app.setStyle("Fusion")
    _State.chosen = theme
    _State.theme = theme or system_theme(app)
    app.setPalette(palette(tokens()))
    app.setFont(font(Type.BODY))
    app.setStyleSheet(style_sheet(_State.theme))
    focus.install(app)
    for widget in app.allWidgets():
        role = widget.property(TYPE)
        if role:
            widget.setFont(font(Type(role)))
    theme_bus.changed.emit()
    for window in app.topLevelWidgets():
        window.update()


def set_type(widget: QWidget, role: Type) -> None:
    """Give a widget the font of a role, also after the reader's text size has changed."""
    widget.setProperty(TYPE, role.value)
    widget.setFont(font(role))


def set_look(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet selects by, and let it take effect."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
    widget.update()


def ground(widget: QWidget, name: str) -> None:
    """Fill a container with a ground ("window", "rail", "surface", "raised", "sunken", "hero")."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    set_look(widget, "ground", name)


def _follow_system(app: QApplication) -> None:
    hints = app.styleHints()
    if hints is None:
        return

    def follow() -> None:
        if _State.chosen is None and system_theme(app) is not _State.theme:
            apply_theme(app, None)

    hints.colorSchemeChanged.connect(follow)
    # PyQt 6.11 offers contrastPreferenceChanged as a method, so that it cannot be connected.
    # Whoever changes it comes back from the system's settings: medrec.views.common.focus sees that.
    theme_bus.systemChanged.connect(follow)


@cache
def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme."""
    look = TOKENS[theme]
    names = {f.name: str(getattr(look, f.name)) for f in fields(look)}
    names["label_colours"] = "\n".join(
        f'QLabel[colour="{name}"] {{ color: {value}; background: transparent; }}'
        for name, value in names.items()
        if value.startswith("#")
    )
    template = (resources_dir() / "style" / "medrec.qss").read_text(encoding="utf-8")
    return Template(template).substitute(names)


def palette(look: Tokens) -> QPalette:
    """The palette of a theme, also for inactive and disabled widgets."""
    made = QPalette()
    role = QPalette.ColorRole
    values = {
        role.Window: look.window,
        role.WindowText: look.text,
        role.Base: look.surface,
        role.AlternateBase: look.sunken,
        role.Text: look.text,
        role.PlaceholderText: look.text_3,
        role.Button: look.raised,
        role.ButtonText: look.text,
        role.BrightText: look.danger,
        role.ToolTipBase: look.text,
        role.ToolTipText: look.surface,
        role.Highlight: look.accent,
        role.HighlightedText: look.on_accent,
        role.Link: look.accent_text,
        role.LinkVisited: look.accent_text,
        role.Light: look.raised,
        role.Midlight: look.hover,
        role.Mid: look.border_2,
        role.Dark: look.strong,
        role.Shadow: look.scrim,
        role.Accent: look.accent,
    }
    disabled = (role.WindowText, role.Text, role.ButtonText, role.HighlightedText)
    for name, value in values.items():
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            made.setColor(group, name, QColor(value))
        grey = look.text_3 if name in disabled else value
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(grey))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(look.sunken))
    made.setColor(QPalette.ColorGroup.Disabled, role.Button, QColor(look.sunken))
    made.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(look.sunken))
    return made
