"""Where the takes of Resolve's timelines lie: a folder for each, known by Resolve's own ids.

Names change, ids do not. A duplicate that we made shares the folder of its original: it may take
the original's place, and what has been paid for must be found there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pickup.files import write_text
from pickup.home import home

if TYPE_CHECKING:
    from pathlib import Path


def project_folder(name: str, project: str) -> Path:
    """That of a project; one that was renamed keeps its folder.

    Args:
        name: the project's.
        project: its id.
    """
    root, suffix = home() / "resolve", f"-{plain(project)}"
    known = sorted(path for path in root.glob(f"*{suffix}") if path.is_dir())
    return known[0] if known else root / f"{plain(name)}{suffix}"


def cut_path(project: Path, name: str, timeline: str) -> Path:
    """The OTIO of a timeline, beside which its `.pickup` folder lies; renamed, it keeps both.

    Args:
        project: its project's folder.
        name: the timeline's.
        timeline: its id.
    """
    own = plain(timeline)
    shared = _sharing(project, timeline)
    folder = project / (plain(shared.read_text("utf-8")) if shared.is_file() else own)
    before = sorted(folder.glob("*.pickup"))
    stem = before[0].stem if before else plain(name, " '&+,") or "timeline"
    return folder / f"{stem}.otio"


def share(project: Path, original: str, duplicate: str) -> None:
    """Let a duplicate have the takes of its original, both given by their ids."""
    root = _sharing(project, original)
    owner = root.read_text("utf-8") if root.is_file() else plain(original)
    write_text(_sharing(project, duplicate), owner)


def unshare(project: Path, duplicate: str) -> None:
    """Forget a duplicate that is gone."""
    _sharing(project, duplicate).unlink(missing_ok=True)


def _sharing(project: Path, timeline: str) -> Path:
    return project / f"{plain(timeline)}.shares"


def plain(name: str, also: str = "") -> str:
    """A name as part of a path; characters of `also` may stay."""
    kept = (c if c.isalnum() or c in "-_" or c in also else "_" for c in name[:80])
    return "".join(kept).strip()
