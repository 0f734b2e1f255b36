from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QEvent, QPointF, Qt, QTimer
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from medrec.views.common.plots import (
    Bars,
    BarStack,
    LinePlot,
    PlotPoint,
    PlotSeries,
    PointTable,
    Sparkline,
    SparkTile,
    paint_sparkline,
    warm_up,
)
from medrec.views.common.theme import apply_theme, tokens
from medrec.views.common.tokens import Family, Theme

DAY = 86_400.0
START = 1_770_000_000.0


def series(name: str, *values: float, high: float | None = None) -> PlotSeries:
    points = tuple(
        PlotPoint(
            START + i * 30 * DAY,
            value,
            out="high" if high is not None and value > high else "",
            author="Dr. Lukas Meyer",
        )
        for i, value in enumerate(values)
    )
    return PlotSeries(name, points, "mmHg", None, high)


SYSTOLIC = series("Systolic", 148, 146, 138, 128, high=139)
DIASTOLIC = series("Diastolic", 94, 90, 86, 82, high=89)


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, Theme.DARK)
    yield
    apply_theme(qapp, Theme.LIGHT)


def colours(image: QImage) -> set[str]:
    steps = range(0, image.width(), 2)
    rows = range(0, image.height(), 2)
    return {QColor(image.pixel(x, y)).name().upper() for x in steps for y in rows}


def shown(qtbot: QtBot, widget: QWidget, width: int = 600, height: int = 240) -> QImage:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    if isinstance(widget, LinePlot):
        qtbot.waitUntil(lambda: widget._canvas is not None and not widget._next_turn.isActive())
    QApplication.processEvents()
    return widget.grab().toImage()


def test_a_plot_draws_bands_lines_and_dangers(qtbot: QtBot) -> None:
    plot = LinePlot()
    plot.set_series([SYSTOLIC, DIASTOLIC], "Blood pressure")
    seen = colours(shown(qtbot, plot))
    look = tokens()
    assert {look.band_1, look.band_2, look.plot_1, look.plot_2, look.danger} <= seen
    assert plot.accessibleName() == "Blood pressure"
    assert "last 128 mmHg" in plot.accessibleDescription()


@pytest.mark.usefixtures("dark")
def test_a_plot_takes_the_colours_of_the_theme(qtbot: QtBot) -> None:
    plot = LinePlot()
    plot.set_series([SYSTOLIC])
    assert {tokens().band_1, tokens().plot_1} <= colours(shown(qtbot, plot))


def test_the_theme_may_change_while_it_is_shown(qtbot: QtBot, qapp: QApplication) -> None:
    plot = LinePlot()
    plot.set_series([SYSTOLIC])
    shown(qtbot, plot)
    apply_theme(qapp, Theme.DARK)
    try:
        assert tokens().plot_1 in colours(plot.grab().toImage())
    finally:
        apply_theme(qapp, Theme.LIGHT)


def test_a_plot_runs_from_left_to_right_in_arabic_too(qtbot: QtBot) -> None:
    plot = LinePlot()
    plot.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    plot.set_series([SYSTOLIC])
    shown(qtbot, plot)
    canvas = plot._canvas
    assert canvas is not None
    first, last = (canvas._where(SYSTOLIC.points[i]).x() for i in (0, -1))
    assert first < last


def test_a_plot_is_made_in_one_turn_and_drawn_in_the_next(qtbot: QtBot) -> None:
    plot = LinePlot()
    qtbot.addWidget(plot)
    plot.set_series([SYSTOLIC])
    plot.show()
    assert plot._canvas is None, "whoever shows it does not wait"
    stages: list[str] = []

    def look() -> None:
        canvas = plot._canvas
        stages.append("nothing" if canvas is None else "drawn" if canvas._series else "made")

    turn = QTimer(plot)
    turn.timeout.connect(look)
    turn.start(0)
    qtbot.waitUntil(lambda: "drawn" in stages)
    assert "made" in stages, "others have a turn between making and drawing"


def test_a_table_that_is_asked_for_first_stays(qtbot: QtBot) -> None:
    plot = LinePlot()
    plot.set_series([SYSTOLIC])
    plot.show_table(True)
    shown(qtbot, plot)
    assert plot._stack.currentWidget() is plot._view
    plot.show_table(False)
    assert plot._stack.currentWidget() is plot._canvas


def test_nothing_to_show_is_no_fault(qtbot: QtBot) -> None:
    plot = LinePlot()
    plot.set_series([])
    shown(qtbot, plot)
    plot.set_series([PlotSeries("Empty", ())])
    assert plot.series == ()
    assert plot.legend.isHidden()


def test_one_point_is_shown(qtbot: QtBot) -> None:
    plot = LinePlot()
    plot.set_series([series("Weight", 71.4)])
    assert tokens().plot_1 in colours(shown(qtbot, plot))


def test_the_pointer_and_the_arrows_tell_a_point(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, *more: told.append(text))
    plot = LinePlot()
    plot.set_series([SYSTOLIC])
    shown(qtbot, plot)
    canvas = plot._canvas
    assert canvas is not None
    where = canvas._where(SYSTOLIC.points[0])
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        where,
        QPointF(canvas.mapToGlobal(where.toPoint())),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    canvas.mouseMoveEvent(move)
    assert told[-1].startswith("Systolic 148 mmHg\n")
    assert told[-1].endswith("Dr. Lukas Meyer")
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert told[-1].startswith("Systolic 128 mmHg")
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert told[-1].startswith("Systolic 138 mmHg")


def test_the_same_data_is_a_table(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    plot = LinePlot()
    plot.set_series([SYSTOLIC])
    shown(qtbot, plot)
    qtmodeltester.check(plot.table)
    assert plot.table.index(0, 2).data() == "128 mmHg"
    assert plot.table.index(3, 2).data() == "148 mmHg (high)"
    plot.show_table(True)
    view = plot._view
    assert view is not None
    assert view.isVisible()
    plot.show_table(False)
    assert not view.isVisible()


def test_an_empty_table(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(PointTable())


def test_the_legend_names_ranges_and_shrinks(qtbot: QtBot) -> None:
    plot = LinePlot()
    qtbot.addWidget(plot)
    qtbot.addWidget(plot.legend)
    plot.set_series([SYSTOLIC, DIASTOLIC])
    assert plot.legend.accessibleName() == "Systolic range ≤ 139, Diastolic range ≤ 89"
    wide = plot.legend.sizeHint().width()
    plot.legend.set_compact(True)
    assert plot.legend.sizeHint().width() < wide


def test_warming_up_imports_what_plots_need() -> None:
    warm_up()


def test_bars_are_stacked_and_told(qtbot: QtBot) -> None:
    bars = Bars()
    stacks = [BarStack("Looks", "accent", (4, 0)), BarStack("Writes", "success", (1, 0))]
    bars.set_bars(["7 Sep", "14 Sep"], stacks, "Entries a week")
    seen = colours(shown(qtbot, bars))
    assert {tokens().accent, tokens().success} <= seen
    assert bars.accessibleDescription() == "7 Sep: Looks 4, Writes 1; 14 Sep: none"
    qtbot.mouseMove(bars, bars.rect().center())


def test_no_bars_are_no_fault(qtbot: QtBot) -> None:
    bars = Bars()
    bars.set_bars([], [])
    shown(qtbot, bars)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([148, 140, 128], 90, 139),
        ([6.9, 6.8], 4, 6),
        ([2, 3], 10, 12),
        ([5], None, None),
        ([60, 60], 60, None),
        ([float("nan")], 1, 2),
        ([], 1, 2),
    ],
)
def test_sparklines_of_all_kinds(
    qtbot: QtBot, values: list[float], low: float | None, high: float | None
) -> None:
    image = QImage(68, 32, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    paint_sparkline(painter, image.rect(), values, low, high)
    painter.end()
    drawn = tokens().plot_1 in colours(image)
    assert drawn == any(math.isfinite(value) for value in values)
    spark = Sparkline(values, low, high)
    shown(qtbot, spark, 68, 32)
    spark.set_values([1, 2])
    assert spark.values == (1, 2)


def test_a_tile_says_all_that_it_shows(qtbot: QtBot) -> None:
    tile = SparkTile(Family.LABORATORY, "HbA1c")
    assert tile.accessibleName() == "HbA1c, no value yet"
    tile.show_values("6.8", "%", "3 Nov 2026", [7.1, 6.8], 4, 6, "high")
    assert tile.accessibleName() == "HbA1c, 6.8 %, High, 3 Nov 2026"
    seen = colours(shown(qtbot, tile, 240, 112))
    assert {tokens().band_1, tokens().plot_1, tokens().danger_soft} <= seen
    with qtbot.waitSignal(tile.clicked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(tile.clicked):
        qtbot.keyClick(tile, Qt.Key.Key_Return)


def test_a_tile_mirrors_its_words_but_not_its_line(qtbot: QtBot) -> None:
    tile = SparkTile(Family.VITALS, "Heart rate")
    tile.show_values("68", "bpm", "Today", [60, 70, 68])
    left = shown(qtbot, tile, 240, 112)
    tile.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert tile.grab().toImage() != left
