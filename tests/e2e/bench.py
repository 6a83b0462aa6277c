"""A folder with cuts in it, commands run on them, and what must hold of every refusal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.e2e.hostile import listing

from pickup.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

QUICK = ["--raster", "32x32", "--handles", "0", "--no-lettering"]


class Bench:
    """A folder with a cut in it, and commands run on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def put(self, name: str, data: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
        return path

    def run(self, *arguments: Any) -> tuple[int, str, str]:
        status = run([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        assert "unforeseen" not in said.err, said.err
        return status, said.out, said.err

    def refused(self, *arguments: Any, status: int = 2) -> str:
        """What a command says that must do nothing but say one thing."""
        before = listing(self.folder)
        found, out, err = self.run(*arguments)
        assert listing(self.folder) == before
        assert (found, out) == (status, "")
        return one_sentence(err)

    def fills(self, cut: Path, *options: str) -> tuple[str, dict[str, Any]]:
        """What a fill says that must work, and its plan."""
        original = cut.read_bytes()
        status, out, err = self.run("fill", cut, *QUICK, *options)
        assert (status, cut.read_bytes()) == (0, original), err
        plan = json.loads((cut.with_name(f"{cut.stem}.pickup") / "plan.json").read_text("utf-8"))
        assert harmless(out + err)
        status, found, _ = self.run(
            "gaps", cut.with_name(f"{cut.stem}.filled{cut.suffix}"), "--json"
        )
        assert status == 0
        assert all(not sequence["gaps"] for sequence in json.loads(found)["sequences"])
        return out + err, plan


def one_sentence(err: str) -> str:
    assert err.startswith("pickup: ")
    assert err.endswith((".\n", "?\n", "”.\n")), err
    assert err.count("\n") == 1, err
    assert harmless(err)
    return err


def harmless(text: str) -> bool:
    """Nothing in it steers a terminal."""
    return not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
