"""Light and dark: words can be read on everything, and the system is followed as it changes."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup_ui import theme
from pickup_ui.models.shot_state import Status
from pickup_ui.models.strip import Paint
from pickup_ui.qt import (
    QApplication,
    QColor,
    QFont,
    QGuiApplication,
    QPalette,
    QPushButton,
    Qt,
    QToolButton,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from pickup_ui.theme import Colors

BOTH = pytest.mark.parametrize("colors", [theme.DARK, theme.LIGHT], ids=["dark", "light"])


def contrast(one: str, other: str) -> float:
    """WCAG 2, written down once more so that the theme is not measured by itself."""

    def light(text: str) -> float:
        color = QColor(text)
        parts = [
            v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
            for v in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, whose theme is as before afterwards."""
    was = theme.colors().dark
    yield qapp
    theme.apply(qapp, dark=was)


def _colours_of(widget: QWidget) -> Counter[str]:
    """How many pixels have which colour."""
    image = widget.grab().toImage()
    size = image.size()
    return Counter(
        image.pixelColor(x, y).name() for x in range(size.width()) for y in range(size.height())
    )


class TestReadable:
    """WCAG 2: 4.5 to 1 for text, 3 to 1 for what shows where the focus is."""

    @BOTH
    def test_words_on_every_ground(self, colors: Colors):
        words = [colors.text, colors.dim, colors.bad, colors.good, *colors.states.values()]
        grounds = [colors.window, colors.surface, colors.raised, colors.lane]
        weak = [(w, g) for w, g in product(words, grounds) if contrast(w, g) < 4.5]
        assert weak == []

    @BOTH
    def test_words_on_what_is_filled_and_on_the_screen(self, colors: Colors):
        assert contrast(colors.on_fill, colors.fill) >= 4.5
        assert contrast(colors.on_screen, colors.screen) >= 4.5

    @BOTH
    def test_names_on_clips_of_every_kind(self, colors: Colors):
        assert set(colors.boxes) == set(Paint)
        weak = {p: contrast(colors.text, c) for p, c in colors.boxes.items()}
        assert {p: c for p, c in weak.items() if c < 4.5} == {}

    @BOTH
    def test_the_focus_is_seen(self, colors: Colors):
        grounds = [colors.window, colors.surface, colors.raised]
        assert all(contrast(colors.accent, ground) >= 3 for ground in grounds)
        # On what is filled with the accent the ring has the colour of words.
        assert contrast(colors.text, colors.window) >= 3

    @BOTH
    def test_what_is_switched_on_is_seen_and_quieter_than_what_is_to_be_done(
        self, colors: Colors, dressed: QApplication, qtbot: QtBot
    ):
        theme.apply(dressed, dark=colors.dark)
        holder = QWidget()
        qtbot.addWidget(holder)
        switch, done = QToolButton(holder), QPushButton("Choose", holder)
        switch.setText("Loop")
        switch.setCheckable(True)
        switch.setObjectName("flat")
        done.setObjectName("primary")
        for one in (switch, done):
            one.resize(60, 28)
        off = _colours_of(switch)
        switch.setChecked(True)
        on, loud = _colours_of(switch), _colours_of(done)
        new = [c for c in on if on[c] - off[c] > 40]
        assert any(contrast(c, colors.window) >= 3 for c in new)
        assert 10 * on[colors.fill] < loud[colors.fill], "a line, and no filled button"

    @BOTH
    def test_every_state_has_its_own_colour(self, colors: Colors):
        assert set(colors.states) == set(Status)
        assert len({QColor(c).rgb() for c in colors.states.values()}) == len(Status)

    @pytest.mark.parametrize("dark", [True, False])
    @given(color=st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
    def test_names_on_clips_in_any_colour_of_the_editors(self, dark: bool, color: str):
        before = theme._current
        theme._current = theme.DARK if dark else theme.LIGHT
        try:
            assert contrast(theme.muted(color).name(), theme.colors().text) >= 4.5
        finally:
            theme._current = before

    def test_an_editors_colour_stays_its_own(self):
        red, green = theme.muted("#ff0000"), theme.muted("#00ff00")
        assert red.red() > red.green()
        assert green.green() > green.red()

    @given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
    def test_contrast_is_counted_as_wcag_does(self, color: str):
        assert theme.contrast(QColor(color), QColor("#777777")) == pytest.approx(
            contrast(color, "#777777")
        )


class TestMarkers:
    @pytest.mark.parametrize("name", ["RED", "red", "Red"])
    def test_otios_names_are_known_in_any_case(self, name: str):
        assert theme.marker(name) == QColor("#d9534a")

    def test_a_colour_that_qt_knows_is_taken(self):
        assert theme.marker("#12AB34") == QColor("#12ab34")
        assert theme.marker("Tomato") == QColor("tomato")

    @pytest.mark.parametrize("name", ["", "no such colour"])
    def test_others_have_the_accent(self, name: str):
        assert theme.marker(name) == theme.color("accent")


class TestPuttingOn:
    @pytest.mark.parametrize("dark", [True, False])
    def test_palette_and_sheet_are_of_one_theme(self, dressed: QApplication, dark: bool):
        theme.apply(dressed, dark=dark)
        colors = theme.colors()
        assert colors.dark is dark
        role = QPalette.ColorRole
        assert dressed.palette().color(role.Window) == QColor(colors.window)
        assert dressed.palette().color(role.Highlight) == QColor(colors.fill)
        assert colors.text in dressed.styleSheet()
        other = theme.LIGHT if dark else theme.DARK
        assert other.window not in dressed.styleSheet()

    def test_nothing_is_left_to_fill_in(self, dressed: QApplication):
        theme.apply(dressed, dark=True)
        assert "$" not in dressed.styleSheet()

    @pytest.mark.parametrize("dark", [True, False])
    def test_the_sheet_finds_its_drawings(self, dressed: QApplication, dark: bool):
        theme.apply(dressed, dark=dark)
        paths = [part.split('"')[1] for part in dressed.styleSheet().split("url(")[1:]]
        assert len(paths) >= 5
        assert all(Path(path).is_file() for path in paths)

    def test_the_system_is_followed_at_run_time(self, dressed: QApplication):
        hints = QGuiApplication.styleHints()
        theme.follow_system(dressed)
        for scheme, dark in ((Qt.ColorScheme.Light, False), (Qt.ColorScheme.Dark, True)) * 2:
            hints.colorSchemeChanged.emit(scheme)
            assert theme.colors().dark is dark
            assert dressed.palette().window().color() == QColor(theme.colors().window)

    def test_an_unknown_scheme_is_dark_as_in_an_editing_program(self, dressed: QApplication):
        theme.follow_system(dressed)
        QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        assert theme.colors().dark


def test_figures_are_of_one_width(qapp: QApplication):
    from pickup_ui.qt import QFontMetrics

    metrics = QFontMetrics(theme.numbers_font(QFont(qapp.font())))
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1
