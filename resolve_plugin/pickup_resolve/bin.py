"""Media on its way into the media pool: its bin, its import, and what is written on it."""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pickup.timing import RateError, snap_rate
from pickup_resolve.errors import ResolveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from pickup.cut.placement import Placement, TakeMedia
    from pickup_resolve.api import Folder, MediaItem, Pool

RECORD = "pickup.record"
"""The key of third-party metadata under which a clip carries its whole record, as JSON."""

SHOT = "pickup.shot"
_NUMBERED = re.compile(r"^(.*?)(\d+)(\.[^.]+)$")


@contextlib.contextmanager
def inside(pool: Pool, name: str) -> Iterator[Folder]:
    """Work in a bin, which is made where it is missing; afterwards the old one is current again.

    Raises:
        ResolveError: the bin cannot be made or entered.
    """
    before = pool.current()
    root = pool.root()
    try:
        folder = next((one for one in root.folders() if one.name() == name), None)
        folder = folder or pool.add_folder(root, name)
        if folder is None:
            raise ResolveError(
                f"{pool.boundary.build} made no bin “{name}” in the media pool. "
                "Make one by hand, then run again."
            )
        pool.enter(folder)
        now = pool.current()
        if now is None or now.id() != folder.id():
            raise ResolveError(
                f"{pool.boundary.build} did not open the bin “{name}”. "
                "Open it in the media pool, then run again."
            )
        yield folder
    finally:
        if before is not None:
            pool.enter(before)


Known = dict[PurePath, tuple["MediaItem", dict[str, str]]]
"""Clips of the media pool and their properties, by the file that they show."""


def import_all(pool: Pool, takes: Sequence[TakeMedia]) -> Known:
    """Import the files of many takes in one call; those that it does not answer for are left out.

    Which clip is of which file, the clips themselves say: their order does not.
    """
    files = {take.path for take in takes if not take.sequence_files}
    known: Known = {}
    for media in pool.import_media(sorted(map(str, files))) if files else []:
        facts = media.properties()
        path = PurePath(facts.get("File Path", ""))
        if path in files:
            known[path] = media, facts
    return known


def imported(
    pool: Pool, folder: Folder, take: TakeMedia, known: Known
) -> tuple[MediaItem, Fraction]:
    """A take as a clip of the media pool, and its frames per second there.

    Raises:
        ResolveError: Resolve does not take the file, or takes it for something else.
    """
    media, facts = known.get(take.path) or _import(pool, folder, take)
    frames = facts.get("Frames", "")
    if frames.isdecimal() and int(frames) != take.frames:
        raise ResolveError(
            f"Resolve sees {frames} frames in {take.path.name}, which has {take.frames}."
        )
    return media, _rate(facts, take.rate)


def _import(pool: Pool, folder: Folder, take: TakeMedia) -> tuple[MediaItem, dict[str, str]]:
    found = pool.import_media([_as_imported(take)])
    media = found[0] if found else _in_bin(folder, take)
    if media is None:
        raise ResolveError(
            f"Resolve did not import {take.path.name}. Its edition or platform may not read the "
            "codec: try --deliver prores422hq."
        )
    return media, media.properties()


def _rate(facts: dict[str, str], otherwise: Fraction) -> Fraction:
    try:
        return snap_rate(facts.get("FPS", "").split()[0])
    except (IndexError, RateError):
        return otherwise


def _as_imported(take: TakeMedia) -> Any:
    numbered = _NUMBERED.match(take.path.name)
    if not take.sequence_files or numbered is None:
        return str(take.path)
    prefix, number, suffix = numbered.groups()
    pattern = take.path.with_name(f"{prefix.replace('%', '%%')}%0{len(number)}d{suffix}")
    last = int(number) + take.sequence_files - 1
    return {"FilePath": str(pattern), "StartIndex": int(number), "EndIndex": last}


def _in_bin(folder: Folder, take: TakeMedia) -> MediaItem | None:
    """The clip of a file that was imported before, for which the import answers nothing."""
    for clip in folder.clips():
        if shows(clip.path(), take.path):
            return clip
    return None


def shows(shown: str, file: PurePath) -> bool:
    """Whether a path as Resolve shows it is that of a file; a sequence is shown with its range."""
    # A name with accents may come back composed otherwise than it was written.
    path, file = (PurePath(unicodedata.normalize("NFC", str(one))) for one in (shown, file))
    if not shown or path.parent != file.parent:
        return False
    numbered = _NUMBERED.match(file.name)
    whole = numbered is not None and path.name.startswith(f"{numbered[1]}[{numbered[2]}-")
    return path.name == file.name or whole


def describe(media: MediaItem, take: TakeMedia, placement: Placement, scene: str = "") -> list[str]:
    """Write on a clip what it is; what Resolve did not keep, as sentences.

    Args:
        media: the clip.
        take: what it holds.
        placement: for which shot.
        scene: the timeline that the shot belongs to.
    """
    record = dict(take.metadata)
    if take.reel:
        media.set_property("Reel Name", take.reel)
    media.set_metadata(_fields(record, take, placement, scene))
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    media.set_third_party({RECORD: text, SHOT: str(record.get("shot", placement.name))})
    if media.third_party(RECORD) != text:
        return ["Resolve did not keep the record of some clips; it stands in their sidecars."]
    return []


def _fields(
    record: dict[str, Any], take: TakeMedia, placement: Placement, scene: str
) -> dict[str, str]:
    """The fields that Resolve shows; it takes text only."""
    model = ":".join(str(record[key]) for key in ("provider", "model") if record.get(key))
    made = f"Synthetic. Made by Pickup with {model}." if model else "Synthetic. Made by Pickup."
    fields = {
        "Description": str(record.get("prompt") or placement.note),
        "Comments": made,
        "Keywords": "Pickup, synthetic",
        "Scene": scene,
        "Shot": str(record.get("shot", placement.name)),
        "Take": str(record.get("take", "")),
        "Reel Number": take.reel,
    }
    return {key: text for key, text in fields.items() if text}


def record_of(media: MediaItem) -> dict[str, Any] | None:
    """The record that `describe` wrote on a clip, or None where it is not one of ours."""
    try:
        record = json.loads(media.third_party(RECORD))
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
