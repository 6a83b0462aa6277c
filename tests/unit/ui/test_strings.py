"""Texts can be translated: all are collected, all are asked for, and longer ones find room."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ui.conftest import LONG

import pickup_ui
from pickup.home import home
from pickup_ui import strings
from pickup_ui.app import speak_as_system
from pickup_ui.qt import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLocale,
    QSizePolicy,
    Qt,
    QWidget,
)
from pickup_ui.strings import counted, tr
from pickup_ui.widgets.parts import Elided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pickup_ui.panel import Panel

SOURCES = Path(pickup_ui.__file__).parent
MODULES = sorted(SOURCES.rglob("*.py"))
KEYWORDS = {"tr": None, "counted": (2, 3)}


def collected() -> list[str | tuple[str, ...]]:
    """All texts, as `make strings` finds them."""
    found = extract_from_dir(str(SOURCES), [("**.py", "python")], keywords=KEYWORDS)
    return [message for _, _, message, _, _ in found]


def longer(text: str) -> str:
    """As a translation: in brackets, and two fifths longer; names in braces stay."""
    return f"⟦{text}{' ~~~~~' * (len(text) * 2 // 30)}~~⟧"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "locale"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    strings.speak([])


def write(folder: Path, language: str, catalog: Catalog) -> None:
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "pickup.mo").open("wb") as file:
        write_mo(file, catalog)


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything translated, into longer words, and the system speaks that language."""
    catalog = Catalog(locale="eo")
    for message in collected():
        if isinstance(message, tuple):
            catalog.add(message, tuple(longer(form) for form in message))
        else:
            catalog.add(message, longer(message))
    write(home() / "locale", "eo", catalog)
    monkeypatch.setattr(QLocale, "uiLanguages", lambda _: ["eo"])


class TestSpeaking:
    @pytest.mark.parametrize("languages", [[], ["en-GB", "de-DE"], ["tlh"], ["en"]])
    def test_english_where_nothing_else_is_there_or_wanted(
        self, languages: list[str], folder: Path
    ):
        write(folder, "de", Catalog(locale="de"))
        assert strings.speak(languages, [folder]) == ""
        assert tr("Order") == "Order"

    @pytest.mark.parametrize(
        ("language", "named"), [("de", "de"), ("de-AT", "de"), ("pt-BR", "pt_BR"), ("pt-BR", "pt")]
    )
    def test_a_language_is_found_by_its_country_or_without(
        self, language: str, named: str, folder: Path
    ):
        catalog = Catalog(locale=named)
        catalog.add("Order", "Bestellen")
        write(folder, named, catalog)
        assert strings.speak(["xx", language], [folder]) == language
        assert tr("Order") == "Bestellen"
        assert tr("Never translated") == "Never translated"

    def test_names_in_braces_are_filled_in_after_translating(self, folder: Path):
        catalog = Catalog(locale="de")
        catalog.add("Placed in {name}.", "In {name} eingesetzt.")
        write(folder, "de", catalog)
        strings.speak(["de"], [folder])
        assert tr("Placed in {name}.", name="a {b}.otio") == "In a {b}.otio eingesetzt."

    @pytest.mark.parametrize("broken", ["In {nme}.", "In {0}.", "In {name", "In {name!x}."])
    def test_a_mistyped_translation_is_passed_over(self, broken: str, folder: Path):
        catalog = Catalog(locale="de")
        catalog.add("Placed in {name}.", broken)
        write(folder, "de", catalog)
        strings.speak(["de"], [folder])
        assert tr("Placed in {name}.", name="x") == "Placed in x."

    @pytest.mark.parametrize(
        ("number", "text"),
        [(1, "1 luka"), (2, "2 luki"), (4, "4 luki"), (5, "5 luk"), (22, "22 luki")],
    )
    def test_a_language_counts_in_its_own_forms(self, number: int, text: str, folder: Path):
        catalog = Catalog(locale="pl")
        catalog.add(("{n} gap", "{n} gaps"), ("{n} luka", "{n} luki", "{n} luk"))
        write(folder, "pl", catalog)
        strings.speak(["pl"], [folder])
        assert counted(number, "{n} gap", "{n} gaps") == text

    @given(st.integers(0, 10**6))
    def test_english_has_two_forms(self, number: int):
        ending = "" if number == 1 else "s"
        assert counted(number, "{n} gap", "{n} gaps") == f"{number} gap{ending}"

    def test_a_damaged_file_is_passed_over(self, folder: Path):
        place = folder / "de" / "LC_MESSAGES"
        place.mkdir(parents=True)
        (place / "pickup.mo").write_bytes(b"not a catalog")
        assert strings.speak(["de"], [folder]) == ""
        assert tr("Order") == "Order"

    def test_the_home_is_looked_into_and_the_writing_turns(
        self, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("PICKUP_HOME", str(tmp_path))
        catalog = Catalog(locale="ar")
        catalog.add("Order", "اطلب")
        write(tmp_path / "locale", "ar", catalog)
        monkeypatch.setattr(QLocale, "uiLanguages", lambda _: ["ar-EG"])
        before = qapp.layoutDirection()
        try:
            speak_as_system(qapp)
            assert tr("Order") == "اطلب"
            assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
        finally:
            qapp.setLayoutDirection(before)


SHOWN = {
    **dict.fromkeys(("label", "button", "QCheckBox", "QLabel", "QPushButton", "Bar"), (0,)),
    **dict.fromkeys(("setText", "setToolTip", "setPlaceholderText", "setWindowTitle"), (0,)),
    **dict.fromkeys(("setAccessibleName", "setAccessibleDescription", "addRow"), (0,)),
    **dict.fromkeys(("addItem", "addItems", "setHeaderLabels", "say", "addSection"), (0,)),
    **{"action": (1,), "tool": (1,), "FramePicture": (1,), "_sheet": (0,), "_make": (0,)},
}
"""What shows a text to a person, and at which places of its arguments."""

KEYWORDS_SHOWN = ("tip", "spoken")
PLAIN = {"Pickup", "Esc"}
"""What is the same in every language."""


def words_outside_tr(node: ast.AST) -> Iterator[str]:
    """Letters written down in an expression that no translator would see."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in KEYWORDS:
            return
        # A value that is looked up or computed from names is none of the text's own words.
        for given in (*node.args, *(keyword.value for keyword in node.keywords)):
            if name in ("join", "get"):
                yield from words_outside_tr(given)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value.strip(" –") not in PLAIN:
            yield from re.findall(r"[^\W\d_]{2,}", node.value)
        return
    if isinstance(node, ast.FormattedValue):
        yield from words_outside_tr(node.value)
        return
    if isinstance(node, ast.Subscript | ast.Attribute | ast.Compare | ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        yield from words_outside_tr(child)


def untranslated(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        shown = [node.args[n] for n in SHOWN.get(name, ()) if n < len(node.args)]
        if name in SHOWN:
            shown += [one.value for one in node.keywords if one.arg in KEYWORDS_SHOWN]
        found += [f"{node.lineno}: {' '.join(w)}" for s in shown if (w := [*words_outside_tr(s)])]
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_text_on_the_screen_can_be_translated(module: Path):
    assert untranslated(module.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('label("Open a cut")', ["1: Open cut"]),
        ('button(tr("Open"), f, tip="Needs no key")', ["1: Needs no key"]),
        ('x.setText(f"{a} frames")', ["1: frames"]),
        ('x.setText("frames" if a else tr("none"))', ["1: frames"]),
        ('x.setText(tr("none"))', []),
        ('x.setText(f\'{counted(n, "{n} a", "{n} bs")}   {code}\')', []),
        ('label(names[slot], "dim")', []),
    ],
)
def test_what_is_forgotten_would_be_found(source: str, words: list[str]):
    assert untranslated(source) == words


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_what_is_to_be_translated_is_written_out(module: Path):
    """A text put together first is not found by those who collect it."""
    calls = [
        node
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS
    ]
    texts = [arg for node in calls for arg in (
        node.args[1:3] if getattr(node.func, "id", "") == "counted" else node.args[:1]
    )]  # fmt: skip
    assert all(isinstance(text, ast.Constant) and text.value for text in texts)


def test_both_forms_of_what_is_counted_hold_the_number():
    forms = [message for message in collected() if isinstance(message, tuple)]
    assert len(forms) > 10
    assert all("{n}" in form for message in forms for form in message)


DATA = re.compile(r"^[\W\d]*$|pk\d+|\d\d:\d\d|\.otio|^[\w-]+:[\w./-]+|^\$|^(H\.264)$")
"""What comes from the cut, the catalog or the clock."""


def spoken_by(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, QLabel | QAbstractButton) and widget.text():
            yield widget, widget.text()


@pytest.mark.usefixtures("pseudo")
class TestInAnotherLanguage:
    @pytest.fixture
    def panel(self, new_panel: Callable[..., Panel], cut: Path, qtbot: Any) -> Panel:
        made = new_panel()
        with qtbot.waitSignal(made.session.opened_changed, timeout=LONG):
            made.open(cut)
        qtbot.waitUntil(lambda: not made.tasks.running, timeout=LONG)
        return made

    def known(self, panel: Panel) -> set[str]:
        """Texts that are the user's, the cut's, or a provider's."""
        shots = [state.shot for state in panel.session.shots.values()]
        cards = panel.models.catalog
        folders = map(str, panel.settings.folders().values())
        words = (text for shot in shots for text in (shot.text, shot.words))
        return {*words, *folders, *cards.remote, *cards.problems}

    @pytest.mark.parametrize("page", ["work", "settings"])
    def test_no_english_is_left(self, panel: Panel, page: str, qtbot: Any):
        if page == "settings":
            panel.show_settings()
        QApplication.processEvents()
        known = self.known(panel)
        english = [
            text
            for _, text in spoken_by(panel)
            if not text.startswith("⟦") and text not in known and not DATA.search(text)
        ]
        assert english == []

    def test_the_first_page_is_translated(self, new_panel: Callable[..., Panel]):
        panel = new_panel(380, 720)
        texts = [text for _, text in spoken_by(panel) if text != "Pickup"]
        assert len(texts) >= 5
        assert all(text.startswith("⟦") for text in texts)

    @pytest.mark.parametrize("width", [380, 1080, 1280])
    @pytest.mark.parametrize("page", ["first", "work", "settings"])
    def test_longer_words_are_not_cut_off(self, panel: Panel, width: int, page: str, qtbot: Any):
        panel.resize(width, 720)
        pages = {"first": panel.first, "work": panel.work_page, "settings": panel.settings_page}
        panel.stack.setCurrentWidget(pages[page])
        QApplication.processEvents()
        assert panel.width() == width
        assert cut_off(panel) == []


def cut_off(panel: QWidget) -> list[str]:
    """Texts that have less room than they need."""
    found = []
    for widget, text in spoken_by(panel):
        if isinstance(widget, Elided) or isinstance(widget.parentWidget(), QComboBox):
            continue
        if widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
            continue
        needed = (
            widget.heightForWidth(widget.width()) > widget.height() + 1
            if isinstance(widget, QLabel) and widget.wordWrap()
            else widget.minimumSizeHint().width() > widget.width()
        )
        beyond = widget.mapTo(panel, widget.rect().topRight()).x() >= panel.width()
        if needed or beyond:
            found.append(f"{text} ({widget.width()} px)")
    return found
