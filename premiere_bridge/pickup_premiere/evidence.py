"""By what a shot is known again: what its clip carries, or what its gap lies between.

Hosts drop one thing or another, so any one of them is enough; the surest is asked first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pickup.cut.model import ItemKind
from pickup_premiere.earlier import GAP_ID, stems_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from pickup.cut.gap import Gap, Neighbour
    from pickup.cut.model import Cut, Item
    from pickup_premiere.earlier import EarlierShot, Side

_NEAR = 5
"""Seconds within which a neighbour's frame may have been trimmed."""


class Evidence(Enum):
    """What a shot was recognised by, the surest first."""

    METADATA = "its record"
    FILE = "its media file"
    NAME = "its name"
    NOTE = "its log note"
    MARKER = "its marker"
    GAP_ID = "its gap"
    NEIGHBOURS = "the clips around it"
    OVERLAP = "its place"


@dataclass(frozen=True, slots=True)
class Finding:
    """A clip in a cut that is one of ours; `take` is its number where it shows."""

    item: Item
    shot: EarlierShot
    by: Evidence
    take: int | None = None


class ItemReader:
    """Finds the clips of earlier shots among the items of a cut."""

    def __init__(self, earlier: Sequence[EarlierShot]) -> None:
        self._by_gap = {gap: shot for shot in earlier for gap in shot.gaps}
        self._by_stem = {
            stem.lower(): (shot, take.record.take)
            for shot in earlier
            for take in shot.takes
            for stem in stems_of(take)
        }

    def read(self, cut: Cut) -> list[Finding]:
        """The clips in the picture, by their start."""
        clips = [
            item
            for track in reversed(cut.video_tracks)
            for item in track.items
            # What is switched off shows nothing: its gap is open.
            if item.kind is ItemKind.CLIP and item.duration > 0 and item.enabled and track.enabled
        ]
        found = [finding for item in clips if (finding := self._of(item)) is not None]
        known = {finding.shot.id for finding in found}
        rest = {id(finding.item) for finding in found}
        for marker in cut.markers:
            shot = self._by_note(marker.comment)
            if shot is not None and shot.id not in known:
                under = [i for i in clips if id(i) not in rest and _may_be_ours(i, marker.start)]
                if under:
                    found.append(Finding(under[0], shot, Evidence.MARKER))
                    known.add(shot.id)
        return sorted(found, key=lambda finding: finding.item.start)

    def _of(self, item: Item) -> Finding | None:
        named = self._by_file(item)
        known = self._claimed(item, named)
        if known is None or _is_anothers(item, known[0]):
            return None
        shot, by, take = known
        if named is not None and named[0].id == shot.id:
            take = named[1]  # The editor may have put another take under the same clip.
        return Finding(item, shot, by, take)

    def _claimed(
        self, item: Item, named: tuple[EarlierShot, int] | None
    ) -> tuple[EarlierShot, Evidence, int | None] | None:
        """Whose clip it says it is."""
        record = item.pickup or {}
        if record.get("gap"):
            # Every production has a pk010: a record of a gap unknown here is somebody else's.
            of_gap, take = self._by_gap.get(str(record["gap"])), record.get("take")
            if of_gap is None:
                return None
            return of_gap, Evidence.METADATA, take if isinstance(take, int) else None
        if named is not None:
            return named[0], Evidence.FILE, named[1]
        for name in (item.name, PurePath(item.name).stem):
            if name.lower() in self._by_stem:
                shot, number = self._by_stem[name.lower()]
                return shot, Evidence.NAME, number
        noted = self._by_note(item.note)
        return None if noted is None else (noted, Evidence.NOTE, None)

    def _by_file(self, item: Item) -> tuple[EarlierShot, int] | None:
        if item.media is None:
            return None
        path = item.media.path or PurePath(item.media.url)
        names = (path.stem, PurePath(item.media.name).stem)
        return next((self._by_stem[n.lower()] for n in names if n.lower() in self._by_stem), None)

    def _by_note(self, note: str) -> EarlierShot | None:
        for gap in GAP_ID.findall(note):
            if gap in self._by_gap:
                return self._by_gap[gap]
        return None


def _is_anothers(item: Item, shot: EarlierShot) -> bool:
    """Whether a clip plays what cannot be a take of the shot: it begins and lasts otherwise.

    So plays footage that the editor has put into our clip, and the pk010 of another film. Where the
    document says neither timecode nor length, its other words are believed.
    """
    media = item.media
    if media is None or not media.start or not media.duration or not media.rate:
        return False
    first, frames = round(media.start * media.rate), round(media.duration * media.rate)
    return bool(shot.takes) and all(
        first != take.start and abs(frames - take.frames) > 1 for take in shot.takes
    )


def _may_be_ours(item: Item, frame: int) -> bool:
    """Whether a clip that has lost all else may be the one that a marker of ours stood on.

    A clip whose media is on the disk under another name is the editor's own.
    """
    own = item.media is not None and item.media.path is not None and item.media.path.is_file()
    return item.start <= frame < item.end and not own


def same_media(old: Side, new: Neighbour) -> bool:
    """Whether two neighbours play the same file, however the documents write its address."""
    url, now = old.media, new.media.url
    if url and now:
        return url == now or _file_name(url) == _file_name(now)
    return bool(old.name) and old.name == new.name


def _keys_of(shot: EarlierShot) -> set[str]:
    """What a gap must share with a shot to be compared with it: an id, or a neighbour."""
    keys = set(shot.gaps)
    for side in (shot.before, shot.after):
        if side is not None:
            keys |= {_file_name(side.media), side.name} - {""}
    return keys


def _keys(side: Neighbour | None) -> set[str]:
    return set() if side is None else {_file_name(side.media.url), side.name} - {""}


@lru_cache(maxsize=65536)
def _file_name(url: str) -> str:
    return unquote(url).replace("\\", "/").rpartition("/")[2].lower()


class GapMatcher:
    """Pairs shots that have no clip with the gaps of a cut."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = rate

    def match(
        self, shots: Sequence[EarlierShot], gaps: Sequence[Gap]
    ) -> dict[str, tuple[Gap, Evidence]]:
        """By shot id; each gap goes to one shot, the likeliest pairs first."""
        pairs = []
        by_key: dict[str, list[Gap]] = defaultdict(list)
        for gap in gaps:
            for key in {gap.id, *_keys(gap.before), *_keys(gap.after)}:
                by_key[key].append(gap)
        alone = [gap for gap in gaps if gap.before is None and gap.after is None]
        for shot in shots:
            near = [gap for key in _keys_of(shot) for gap in by_key.get(key, ())] + alone
            if shot.before is None and shot.after is None:
                near = list(gaps)
            for gap in {gap.id: gap for gap in near}.values():
                likeness = self._likeness(shot, gap)
                if likeness is not None:
                    pairs.append((*likeness, gap.start, shot.start, shot, gap))
        pairs.sort(key=lambda pair: pair[:5])
        matched: dict[str, tuple[Gap, Evidence]] = {}
        taken: set[str] = set()
        for rank, *_, shot, gap in pairs:
            if shot.id not in matched and gap.id not in taken:
                matched[shot.id] = gap, _RANKS[rank]
                taken.add(gap.id)
        return matched

    def _likeness(self, shot: EarlierShot, gap: Gap) -> tuple[int, int, int] | None:
        """Rank, frames of difference, and difference in place: smaller is likelier."""
        place = abs(gap.start - shot.start)
        if gap.id in shot.gaps:
            return 0, 0, place
        head = self._shift(shot.before, gap.before)
        tail = self._shift(shot.after, gap.after)
        known = [abs(shift) for shift in (head, tail) if shift is not None]
        near = _NEAR * self._rate
        if known and max(known) <= near:
            at_edges = shot.before is None or shot.after is None
            return (1 if len(known) == 2 or at_edges else 2), sum(known), place
        if len(known) == 2 and min(known) <= near:
            return 2, min(known), place
        unknown = (shot.before or shot.after) is None or (gap.before or gap.after) is None
        overlap = min(gap.end, shot.end) - max(gap.start, shot.start)
        if unknown and 2 * overlap >= min(gap.duration, shot.duration):
            return 3, -overlap, place
        return None

    def head_shift(self, shot: EarlierShot, gap: Gap) -> int | None:
        """Frames by which a gap now begins earlier in the shot's own time, if it can be known."""
        grown = gap.duration - shot.duration
        head, tail = self._shift(shot.before, gap.before), self._shift(shot.after, gap.after)
        said = [] if head is None else [head]
        if tail is not None:
            said.append(grown + tail)
        return min(said, key=abs) if said else None

    def _shift(self, old: Side | None, new: Neighbour | None) -> int | None:
        """Frames of the cut from the neighbour's new frame to its old one, if it is the same."""
        if old is None or new is None or not same_media(old, new):
            return None
        return round((old.frame - new.frame) * self._rate / (new.media.rate or self._rate))


_RANKS = (Evidence.GAP_ID, Evidence.NEIGHBOURS, Evidence.NEIGHBOURS, Evidence.OVERLAP)
