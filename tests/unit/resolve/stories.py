"""Whole stories on the fake: what is placed and how, under which lies, while what else happens.

A story is told, and whatever came of it is held against what may be: every clip exact or reported,
nothing else moved, and where something has moved, the timeline brought back.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.unit.resolve.scenes import HEAD, build, clock, placements, take

from pickup.errors import PickupError
from pickup_resolve import journal
from pickup_resolve.api import Resolve
from pickup_resolve.errors import LostError
from pickup_resolve.host import ResolveHost
from pickup_resolve.placing import Outcome, place
from pickup_resolve.settings import PlaceSettings
from pickup_resolve.testing import Lie, placeholder
from pickup_resolve.testing.media import MediaFacts

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from tests.unit.resolve.scenes import Scene

    from pickup.cut.model import Cut
    from pickup.cut.placement import Placement
    from pickup_resolve.testing.items import FakeTimelineItem
    from pickup_resolve.testing.timeline import FakeTimeline

Ours = dict[tuple[str, int, int], tuple[str, int]]
"""By kind, start and end: the file shown, and its first frame."""


@dataclass(frozen=True)
class Clip:
    """How one gap is filled: above all tracks or in its hole, with sound, with how many takes."""

    above: bool = False
    sound: bool = False
    takes: int = 1
    active: int = 0


@dataclass(frozen=True)
class Story:
    """What happens: `clips` fill the first gaps, and `retaken` of them get another take then."""

    lies: frozenset[Lie]
    rate: Fraction
    version: tuple[int, ...]
    clips: tuple[Clip, ...]
    retaken: int = 0
    backup: bool = True


def tell(folder: Path, story: Story) -> None:
    """Tell a story and hold every placement against what may be.

    Raises:
        AssertionError: something is silently wrong.
    """
    scene = build(folder, story.lies, story.rate, story.version)
    resolve = Resolve.of(scene.fake)
    try:
        cut = ResolveHost(resolve).read().cuts[0]
    except PickupError:
        assert {Lie.EXPORT_WITHOUT_FILE, Lie.NO_PROJECT} & story.lies
        return
    gaps = placements(folder, cut)
    wanted = [_filled(folder, cut, one, clip) for one, clip in zip(gaps, story.clips, strict=False)]
    outcome = placed(scene, resolve, wanted, backup=story.backup)
    if outcome is not None:
        landed = [one for one in wanted if shot_of(one) not in outcome.failed]
        again = [_retaken(folder, cut, one) for one in landed[: story.retaken]]
        placed(scene, resolve, again, backup=story.backup)


def shot_of(placement: Placement) -> str:
    return str(placement.take.metadata["shot"])


def _filled(folder: Path, cut: Cut, one: Placement, clip: Clip) -> Placement:
    takes = [take(folder, cut, shot_of(one), one.duration, n) for n in range(1, clip.takes + 1)]
    if clip.sound:
        for each in takes:
            facts = MediaFacts(each.frames, str(each.rate), clock(each.rate), audio=True)
            placeholder(each.path, facts)
        takes = [replace(each, audio_channels=2) for each in takes]
    track = None if clip.above else one.track
    return replace(one, takes=tuple(takes), active=min(clip.active, clip.takes - 1), track=track)


def _retaken(folder: Path, cut: Cut, one: Placement) -> Placement:
    newest = take(folder, cut, shot_of(one), one.duration, 9)
    return replace(one, takes=(*one.takes, newest), active=len(one.takes))


def placed(
    scene: Scene, resolve: Resolve, wanted: list[Placement], *, backup: bool = True
) -> Outcome | None:
    """Place clips, and see that the timeline shows what it should; None after a refusal."""
    before, ours = theirs(scene.timeline), ours_of(scene.timeline)
    tracks = {kind: len(found) for kind, found in scene.timeline._tracks.items()}
    outcome, refusal = None, None
    try:
        outcome = place(resolve, resolve.timeline(), wanted, PlaceSettings(backup=backup))
    except PickupError as error:
        refusal = error
    timeline = current(scene)
    assert bool(journal.pending()) == isinstance(refusal, LostError)
    if isinstance(refusal, LostError):
        assert not backup, "with a duplicate, everything can be brought back"
        return None
    assert timeline._name == "Scene 4"
    assert theirs(timeline, ids=timeline is scene.timeline) == (
        before if timeline is scene.timeline else without_ids(before)
    )
    if outcome is not None:
        _expect(ours, wanted, outcome, timeline)
    assert ours_of(timeline) == ours
    for kind, found in timeline._tracks.items():
        assert all(track.items for track in found[tracks[kind] :]), "an empty track is left"
    return outcome


def _expect(ours: Ours, wanted: list[Placement], outcome: Outcome, timeline: FakeTimeline) -> None:
    origin = timeline._start
    for one in wanted:
        if shot_of(one) in outcome.failed:
            continue
        start, end = origin + one.start, origin + one.end
        fresh = ("video", start, end) not in ours
        ours["video", start, end] = (one.take.path.name, HEAD)
        silent = any(f"{shot_of(one)} is there without" in note for note in outcome.notes)
        if one.take.audio_channels and fresh and not silent:
            ours["audio", start, end] = (one.take.path.name, HEAD)
            (item,) = [i for i in _items(timeline, "video") if (i._start, i._end) == (start, end)
                       and _is_ours(i)]  # fmt: skip
            assert [other._start for other in item._linked] == [start]


def current(scene: Scene) -> FakeTimeline:
    found = scene.fake.project._current
    assert found is not None
    return found


def _items(timeline: FakeTimeline, kind: str) -> list[FakeTimelineItem]:
    return [item for track in timeline._tracks[kind] for item in track.items]


def _is_ours(item: FakeTimelineItem) -> bool:
    return item._media is not None and "_t0" in item._media._name


def ours_of(timeline: FakeTimeline) -> Ours:
    found: Ours = {}
    for kind in ("video", "audio"):
        for item in filter(_is_ours, _items(timeline, kind)):
            assert item._media is not None
            key = (kind, item._start, item._end)
            assert key not in found, f"two of ours stand on {key}"
            found[key] = (item._media._name, item._left)
    return found


def theirs(timeline: FakeTimeline, *, ids: bool = True) -> list[tuple[Any, ...]]:
    """Everything that is not ours: where it stands, what it shows, what it wears."""
    return sorted(
        (kind, number, i._start, i._end, i._name, i._left, i._color, i._enabled,
         i._id if ids else "")
        for kind, tracks in timeline._tracks.items()
        for number, track in enumerate(tracks, 1)
        for i in track.items if not _is_ours(i)
    )  # fmt: skip


def without_ids(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(*one[:-1], "") for one in found]


def _drop(scene: Scene) -> None:
    """A clip of the editor's own into the seventh gap."""
    track = scene.timeline._tracks["video"][0]
    stood = track.sorted()
    at = max(item._end for item in stood) + 50
    _add(scene, "Dropped", at, at + 9)


def _cover(scene: Scene) -> None:
    """One into a gap that is being filled."""
    _add(scene, "Dropped", *_first_gap(scene))


def _first_gap(scene: Scene) -> tuple[int, int]:
    stood = [item for item in scene.timeline._tracks["video"][0].sorted() if not _is_ours(item)]
    for one, other in itertools.pairwise(stood):
        if one._kind != "transition" and other._start - one._end >= 5:
            return one._end + 2, one._end + 5
    raise AssertionError("the scene has gaps")


def _add(scene: Scene, name: str, start: int, end: int) -> None:
    from pickup_resolve.testing.items import FakeTimelineItem

    donor = scene.timeline._tracks["video"][0].sorted()[0]
    new = FakeTimelineItem(scene.fake, scene.timeline, name, start, end, media=donor._media)
    if not scene.timeline._tracks["video"][0].overlapping(start, end):
        scene.timeline._tracks["video"][0].items.append(new)


def _trim(scene: Scene) -> None:
    scene.timeline._tracks["video"][0].sorted()[-1]._end -= 1


def _delete(scene: Scene) -> None:
    track = scene.timeline._tracks["video"][0]
    track.items.remove(next(item for item in track.items if not _is_ours(item)))


def _lock(scene: Scene) -> None:
    scene.timeline._tracks["video"][0].locked = True


def _leave(scene: Scene) -> None:
    """To another timeline."""
    other = scene.timeline._copy("Scene 5")
    scene.fake.project._timelines.append(other)
    scene.fake.project._current = other


def _turn(scene: Scene) -> None:
    scene.fake.page = "fairlight"


def _ask(scene: Scene) -> None:
    scene.fake.modal = "Save changes?"


def _quit(scene: Scene) -> None:
    scene.fake.gone = True


def _tidy(scene: Scene) -> None:
    """Clips of ours out of the media pool."""
    pool = scene.fake.project._pool
    gone = [clip for clip in pool._root._all_clips() if "_t0" in clip._name][:2]
    for clip in gone:
        clip._deleted = True
    for folder in pool._root._tree():
        folder._clips = [clip for clip in folder._clips if not clip._deleted]


def _rename(scene: Scene) -> None:
    scene.timeline._name = "Scene 4 v2"


EVENTS = {
    one.__name__.strip("_"): one
    for one in (_drop, _cover, _trim, _delete, _lock, _leave, _turn, _ask, _quit, _tidy, _rename)
}
"""What may happen while clips are being placed."""
