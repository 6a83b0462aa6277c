"""The `.pickup` folder beside a cut: plan, reference frames, takes, report."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup.errors import RequestError
from pickup.files import read_text, sha256_of, write_text

if TYPE_CHECKING:
    from pathlib import Path

_FILLED = re.compile(r"\.filled(-\d+)?$")


@dataclass(frozen=True, slots=True)
class PickupFolder:
    """Where everything of one cut lies.

    Attributes:
        root: `scene.pickup` beside `scene.otio`; a filled cut shares the folder of its original.
    """

    root: Path

    @classmethod
    def of(cls, cut: Path) -> PickupFolder:
        cut = cut.absolute()
        return cls(cut.with_name(f"{_FILLED.sub('', cut.stem)}.pickup"))

    @property
    def plan(self) -> Path:
        return self.root / "plan.json"

    @property
    def frames(self) -> Path:
        return self.root / "frames"

    @property
    def takes(self) -> Path:
        return self.root / "takes"

    @property
    def report(self) -> Path:
        return self.root / "report.html"


def default_out(cut: Path, suffix: str = "") -> Path:
    """`scene.filled.otio` for `scene.otio`, or a numbered name where that one is not ours to write.

    Ours is what nobody has touched since it was written by an earlier run.
    """
    cut = cut.absolute()
    stem, ending = _FILLED.sub("", cut.stem), suffix or cut.suffix
    state = _State(PickupFolder.of(cut))
    number = 1
    while True:
        name = f"{stem}.filled{ending}" if number == 1 else f"{stem}.filled-{number}{ending}"
        out = cut.with_name(name)
        if out != cut and (not out.exists() or state.is_ours(out)):
            return out
        number += 1


def check_out(cut: Path, out: Path) -> None:
    """Raises `RequestError` when `out` holds what somebody else has written."""
    empty = out.is_file() and out.stat().st_size == 0
    if out.exists() and not empty and not _State(PickupFolder.of(cut)).is_ours(out):
        raise RequestError(
            f"{out.name} exists, and is not as Pickup last wrote it. "
            "Choose another name with -o, or move it away."
        )


def remember(cut: Path, out: Path, content: Path | None = None) -> None:
    """Note what was written, so that a later change by somebody else is seen.

    Args:
        cut: the original.
        out: the result's name.
        content: the result itself, where it is noted before it gets its name.
    """
    _State(PickupFolder.of(cut)).note(out, content or out)


def is_ours(out: Path, cut: Path | None = None) -> bool:
    """Whether a file is as an earlier run wrote it: a result, and no new cut of the editor's."""
    beside = sorted(out.absolute().parent.glob("*.pickup"))
    folders = [PickupFolder.of(cut or out), *map(PickupFolder, beside)]
    return any(_State(folder).is_ours(out) for folder in folders)


class _State:
    """`state.json`: names and fingerprints of what was written."""

    def __init__(self, folder: PickupFolder) -> None:
        self._path = folder.root / "state.json"

    def is_ours(self, out: Path) -> bool:
        known = self._read().get(str(out.absolute()))
        return known is not None and known == _fingerprint(out)

    def note(self, out: Path, content: Path) -> None:
        state = self._read() | {str(out.absolute()): _fingerprint(content)}
        write_text(self._path, json.dumps(state, indent=2) + "\n")

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(read_text(self._path))
        except (OSError, ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}


def _fingerprint(path: Path) -> str:
    if path.is_file():
        return sha256_of(path)
    inside = sorted(p for p in path.rglob("*") if p.is_file() and p.parent == path)
    return ",".join(sha256_of(p) for p in inside)
