"""Who may open what, in tiles, in words, and as checks."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from medrec.domain.categories import GENERAL, GRANTABLE, Category, Permission
from medrec.views.common.matrix import (
    CategoryMatrix,
    MatrixTiles,
    caption,
    matrix_width,
    opened,
    tile_rects,
    tile_words,
)
from medrec.views.common.matrix_rows import MatrixRows
from medrec.views.common.tokens import Family
from medrec.views.common.words import category_name, family_note, family_title

P, M, V, L = Category.PROBLEMS, Category.MEDICATIONS, Category.VITALS, Category.LABORATORY


def permission(read: object = (), write: object = ()) -> Permission:
    return Permission(frozenset(read), frozenset(write))  # type: ignore[arg-type]


class TestWords:
    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (permission(), "Identity only"),
            (permission([Category.IDENTITY]), "Identity only"),
            (permission(GRANTABLE), "Everything"),
            (permission(GENERAL), "Everything but sensitive"),
            (permission(GENERAL, [P, V]), "Everything but sensitive; writes problems, vitals"),
            (permission([P, M, V, L]), "Problems, medications, vitals, laboratory"),
            (permission([P, V], [P, V]), "Problems, vitals; writes all of it"),
            (permission([Category.IMAGING]), "Imaging"),
            (permission([Category.GENETIC, P], [P]), "Problems, genetics; writes problems"),
            (
                permission(set(GRANTABLE) - {Category.GENETIC}),
                "Everything but genetics",
            ),
            (
                permission(set(GRANTABLE) - {L, Category.MENTAL}),
                "Everything but laboratory and mental health",
            ),
            (
                permission([Category.ALLERGIES, Category.IMMUNIZATIONS]),
                "Allergies",
            ),
        ],
    )
    def test_a_permission_in_words(self, given: Permission, words: str):
        assert caption(given) == words

    def test_a_tile_says_what_is_open_in_part(self):
        given = permission([Category.GENETIC, Category.MENTAL, P], [Category.GENETIC])
        assert tile_words(given, Family.SENSITIVE) == "Sensitive: read 2 of 4, write 1 of 4"
        assert tile_words(given, Family.PROBLEMS) == "Problems: read"
        assert tile_words(given, Family.VITALS) == "Vitals: closed"
        assert tile_words(given, Family.IDENTITY) == "Identity: read"
        assert tile_words(permission([P], [P]), Family.PROBLEMS) == "Problems: read, write"
        assert opened(given, Family.SENSITIVE) == (2, 4)

    def test_everything_has_a_name(self):
        assert len({category_name(c) for c in Category}) == len(Category)
        for family in Family:
            assert family_title(family)
            assert family_note(family)


class TestTiles:
    def test_eight_in_a_row_mirrored_from_right_to_left(self):
        from PyQt6.QtCore import QRectF

        rect = QRectF(0, 0, 300, 40)
        tiles = tile_rects(rect)
        assert len(tiles) == 8
        assert tiles[0].left() == 0
        assert tile_rects(rect, mirrored=True)[0].right() == 300

    def test_it_says_itself(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
        tiles = MatrixTiles(permission(GENERAL, [P]))
        qtbot.addWidget(tiles)
        assert tiles.accessibleName() == "Everything but sensitive; writes problems"
        assert "Sensitive: closed" in tiles.accessibleDescription()
        assert tiles.sizeHint().width() == matrix_width()
        said = []
        monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _widget: said.append(text))
        tiles.resize(tiles.sizeHint())
        for x in (5, matrix_width() - 10):
            spot = QPoint(x, tiles.height() // 2)
            QApplication.sendEvent(tiles, QHelpEvent(QHelpEvent.Type.ToolTip, spot, spot))
        assert said == ["Identity: read", "Sensitive: closed"]
        tiles.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        tiles.grab()

    def test_to_look_at(self, qtbot: QtBot):
        matrix = CategoryMatrix(permission([P]))
        qtbot.addWidget(matrix)
        matrix.set_permission(permission([P, V, Category.GENETIC]))
        assert matrix.permission == permission([P, V, Category.GENETIC])
        matrix.grab()


class TestRows:
    @pytest.fixture
    def rows(self, qtbot: QtBot):
        made = MatrixRows(permission([P]))
        qtbot.addWidget(made)
        made.resize(700, 600)
        made.show()
        return made

    def test_reading_is_chosen_by_family(self, qtbot: QtBot, rows: MatrixRows):
        read, _ = rows.line(Family.SENSITIVE)
        with qtbot.waitSignal(rows.changed) as said:
            qtbot.keyClick(read, Qt.Key.Key_Space)
        assert Category.GENETIC in said.args[0].read
        assert opened(rows.permission, Family.SENSITIVE) == (4, 4)
        assert rows.permission.write == frozenset()

    def test_writing_takes_reading_along_and_closing_takes_writing_away(self, rows: MatrixRows):
        read, write = rows.line(Family.VITALS)
        write.click()
        assert rows.permission == permission([P, V], [V])
        assert read.isChecked()
        read.click()
        assert rows.permission == permission([P])
        assert not write.isChecked()

    def test_a_part_is_shown_as_a_part(self, rows: MatrixRows):
        rows.set_permission(permission([Category.IMAGING]))
        read, _ = rows.line(Family.DOCUMENTS)
        assert read.part
        assert not read.isChecked()
        rows.grab()
        read.click()
        assert opened(rows.permission, Family.DOCUMENTS) == (3, 3)

    def test_a_family_opens_into_its_categories(self, rows: MatrixRows):
        parts = rows._parts[Family.DOCUMENTS]
        assert all(not part.isVisible() for part in parts)
        rows._families[Family.DOCUMENTS].opener.click()
        assert all(part.isVisible() for part in parts)
        parts[0].read.click()
        assert rows.permission == permission([P, Category.IMAGING])
        rows._families[Family.DOCUMENTS].opener.click()
        assert all(not part.isVisible() for part in parts)

    def test_identity_is_always_there(self, rows: MatrixRows):
        read, write = rows.line(Family.IDENTITY)
        assert read.isChecked()
        assert not read.isEnabled()
        assert not write.isVisible()

    def test_notes_and_names(self, rows: MatrixRows):
        rows.set_notes({Family.VITALS: "18 records"})
        read, write = rows.line(Family.VITALS)
        assert read.accessibleName() == "Read Vitals"
        assert write.accessibleName() == "Write Vitals"

    def test_within_the_matrix(self, qtbot: QtBot):
        matrix = CategoryMatrix(permission([P]), editable=True)
        qtbot.addWidget(matrix)
        assert matrix.rows is not None
        with qtbot.waitSignal(matrix.changed):
            matrix.rows.line(Family.VITALS)[0].click()
        assert matrix.permission == permission([P, V])
        matrix.set_permission(permission())
        assert matrix.permission == permission()


def test_rows_are_no_higher_than_their_words_need(qtbot: QtBot):
    matrix = CategoryMatrix(Permission(), editable=True)
    qtbot.addWidget(matrix)
    matrix.resize(680, 400)
    matrix.show()
    assert matrix.minimumSizeHint().height() < 520
