"""Tables on a terminal and elsewhere, bars on a terminal, and no word that steers one."""

from __future__ import annotations

import io
import sys
from decimal import Decimal

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.cli.output import note, plain, say, table
from pickup.cli.progress import Bars
from pickup.fill.values import Bill

HARMFUL = "\x1b\x07\x08\x9b\u202e\u2066\x7f"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screens(monkeypatch: pytest.MonkeyPatch):
    """Makes both streams one terminal, from when it is asked for."""

    def screen(columns: int = 120) -> Terminal:
        made = Terminal()
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setattr(sys, "stdout", made)
        monkeypatch.setattr(sys, "stderr", made)
        return made

    return screen


class TestPlain:
    @given(st.text())
    def test_it_is_one_line_that_steers_nothing(self, text: str):
        shown = plain(text)
        assert not set(shown) & set(HARMFUL)
        assert len(shown.splitlines()) <= 1
        assert plain(shown) == shown

    @given(st.text(alphabet=st.characters(whitelist_categories=("L", "N", "P", "S"))))
    def test_harmless_text_is_as_it_was(self, text: str):
        assert plain(text) == text.replace("\ufffd", "\ufffd")

    @pytest.mark.parametrize("sign", HARMFUL)
    def test_each_harmful_sign_is_replaced(self, sign: str):
        assert plain(f"a{sign}b") == "a\ufffdb"

    def test_half_a_pair_of_a_broken_file_name_is_too(self):
        assert plain("a\udcffb") == "a\ufffdb"


class TestLines:
    def test_a_result_goes_to_stdout_and_a_note_to_stderr(self, capsys):
        say("done\n\n twice")
        note("worth\tknowing")
        assert capsys.readouterr() == ("done twice\n", "Note: worth knowing\n")


class TestTables:
    ROWS = (("pk010", "30", "a rainy\nstreet"), ("pk020", "7", "[red]no markup[/red]"))

    def test_elsewhere_columns_are_tabs(self, capsys):
        table(["shot", "frames", "words"], self.ROWS)
        assert capsys.readouterr().out.splitlines() == [
            "shot\tframes\twords",
            "pk010\t30\ta rainy street",
            "pk020\t7\t[red]no markup[/red]",
        ]

    def test_on_a_terminal_it_is_drawn(self, screens):
        terminal = screens()
        table(["shot", "frames", "words"], self.ROWS, right={1})
        lines = terminal.getvalue().splitlines()
        (first,) = [line for line in lines if "pk010" in line]
        (second,) = [line for line in lines if "pk020" in line]
        assert first.index("30") == second.index("7") - 1, "numbers stand to the right"
        assert "[red]no markup[/red]" in second, "a document's words are no markup"

    def test_a_long_cell_is_folded_and_not_cut(self, screens):
        terminal = screens(40)
        words = " ".join(f"word{n}" for n in range(40))
        table(["shot", "words"], [("pk010", words)])
        shown = terminal.getvalue()
        assert all(f"word{n}" in shown.replace("\n", " ") for n in range(40))
        assert max(map(len, click.unstyle(shown).splitlines())) <= 40

    def test_rows_may_be_made_as_they_are_shown(self, capsys):
        table(["n"], (str(n).split() for n in range(3)))
        assert capsys.readouterr().out == "n\n0\n1\n2\n"

    @pytest.mark.parametrize("drawn", [True, False])
    def test_no_cell_steers_a_terminal(self, screens, drawn):
        terminal = screens()
        if not drawn:
            terminal.isatty = lambda: False
        table(["name"], [(f"evil{HARMFUL}",)])
        own = {"\x1b"} if drawn else set()  # the drawing's own colours
        assert not (set(HARMFUL) - own) & set(terminal.getvalue())
        assert "evil\ufffd" in terminal.getvalue()


class TestBars:
    def test_on_a_terminal_they_tell_what_is_done(self, screens):
        terminal = screens()
        with Bars(agreed=True) as bars:
            bars.begin("Filming", 4)
            bars.advance("Filming", 2, "pk010 [bold]is queued[/bold]")
        shown = terminal.getvalue()
        assert "Filming" in shown
        assert "2/4" in shown
        assert "[bold]is queued[/bold]" in shown

    def test_nothing_to_do_is_no_bar(self, screens):
        terminal = screens()
        with Bars(agreed=True) as bars:
            bars.begin("Filming", 0)
            bars.advance("Filming", 0)
        assert "Filming" not in terminal.getvalue()

    def test_elsewhere_there_is_silence(self, capsys):
        with Bars(agreed=True) as bars:
            bars.begin("Filming", 4)
            bars.advance("Filming", 2, "pk010")
        assert capsys.readouterr() == ("", "")

    def test_they_are_gone_when_something_fails(self, screens):
        terminal = screens()

        def failing() -> None:
            with Bars(agreed=True) as bars:
                bars.begin("Filming", 4)
                raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            failing()
        assert terminal.getvalue().endswith(("\x1b[?25h", "\n")), "the cursor is back"

    def test_the_question_is_asked_between_them(self, screens, monkeypatch):
        terminal = screens()
        monkeypatch.setattr(sys, "stdin", Terminal("y\ny\n"))
        bill = Bill((("pk010 take 1", "fal:m", Decimal("0.4")),), ("pk010: its words",), ("fal",))
        with Bars(agreed=False) as bars:
            bars.begin("Reference frames", 2)
            assert bars.agree(bill)
            bars.begin("Filming", 1)
            bars.advance("Filming", 1)
        shown = terminal.getvalue()
        order = [
            "pk010 take 1: fal:m, up to $0.40",
            "Upload: pk010: its words",
            "In all up to $0.40",
        ]
        places = [shown.index(words) for words in (*order, "Order this?")]
        assert places == sorted(places)
        assert "1/1" in shown[places[-1] :]
