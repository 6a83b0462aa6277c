"""Sentences that the panel shows speak of things that are there, not of a command line's flags."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import pickup
import pickup_ui
from pickup_ui.strings import counted, tr

CORE, UI = Path(pickup.__file__).parent, Path(pickup_ui.__file__).parent
FLAG = re.compile(r"(?<![\w-])--[a-z]+")

OWN_COMMAND = {
    "fill/run.py": "“pickup fill” itself; the panel orders by its own way",
    "hosts/file.py": "a sequence named by the caller; the panel names those that there are",
    "jobs/reconcile.py": "“pickup jobs resolve”, which it names",
    "jobs/disk.py": "arguments of another program",
    "providers/catalog/changing.py": "“--of”, of a retake that the panel does not order",
}
"""Where a flag may be spoken of, and why the panel does not show it."""


def sentences(file: Path) -> list[str]:
    """The texts of a module that are no docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare
    ]


def shown() -> list[Path]:
    parts = ("cut", "fill", "hosts", "jobs", "media", "providers", "shots")
    core = [file for part in parts for file in (CORE / part).rglob("*.py")]
    return [*core, *UI.rglob("*.py")]


def test_no_sentence_asks_for_a_flag():
    texts = {
        file: [text for text in sentences(file) if FLAG.search(text)]
        for file in shown()
        if not (file.is_relative_to(CORE) and file.relative_to(CORE).as_posix() in OWN_COMMAND)
    }
    assert len(texts) > 100, "it looks at them at all"
    assert {str(file): found for file, found in texts.items() if found} == {}


def test_the_exceptions_are_there():
    assert [name for name in OWN_COMMAND if not (CORE / name).is_file()] == []


class TestStrings:
    def test_names_are_filled_in(self):
        assert tr("{a} of {b}", a=1, b="two") == "1 of two"

    def test_a_text_without_values_keeps_its_braces(self):
        assert tr("a {brace}") == "a {brace}"

    @pytest.mark.parametrize(("n", "said"), [(0, "0 gaps"), (1, "1 gap"), (2, "2 gaps")])
    def test_counts(self, n: int, said: str):
        assert counted(n, "{n} gap", "{n} gaps") == said

    def test_what_is_filled_in_is_not_read_as_a_pattern(self):
        assert tr("{what}", what="{0} {secret}") == "{0} {secret}"
