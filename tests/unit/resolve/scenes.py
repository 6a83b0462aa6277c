"""A scene on the fake: sixty items and twelve gaps, and what may be said of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, Raster
from pickup.cut.placement import Placement, TakeMedia
from pickup_resolve.testing import FakeResolve, Lie, placeholder
from pickup_resolve.testing.items import FakeMediaPoolItem, FakeTimelineItem
from pickup_resolve.testing.media import MediaFacts

if TYPE_CHECKING:
    from pathlib import Path

    from pickup_resolve.testing.timeline import FakeTimeline

RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(60000, 1001),
)
GROUPS, IN_GROUP = 12, 5
HEAD = 8

Ranges = dict[tuple[str, int], list[tuple[str, int, int]]]


@dataclass
class Scene:
    """The fake with its timeline, and where everything stood at first."""

    fake: FakeResolve
    folder: Path
    before: Ranges

    @property
    def timeline(self) -> FakeTimeline:
        return self.fake.timeline


def clock(rate: Fraction) -> int:
    """The frame of 01:00:00:00."""
    return 3600 * round(rate)


def build(
    folder: Path,
    lies: tuple[Lie, ...] | frozenset[Lie] = (),
    rate: Fraction = Fraction(24),
    version: tuple[int, ...] = (21, 0, 0, 47),
    *,
    studio: bool = True,
) -> Scene:
    fake = FakeResolve(version, studio=studio, lies=lies, rate=rate, start=clock(rate))
    timeline = fake.timeline
    source = FakeMediaPoolItem(
        fake, str(folder / "A004.mov"), MediaFacts(10_000, str(rate), clock(rate))
    )
    fake.project._pool._root._clips.append(source)
    picture, sound = timeline._tracks["video"][0], timeline._tracks["audio"][0]
    at = timeline._start
    for group in range(GROUPS):
        for number in range(IN_GROUP):
            length = 20 + (7 * group + 3 * number) % 23
            item = FakeTimelineItem(
                fake, timeline, f"A{group:02d}{number}", at, at + length, media=source
            )
            item._left = 100 * group + 20 * number
            picture.items.append(item)
            if number == 2:
                picture.items.append(_transition(fake, timeline, at))
            at += length
        at += 13 + 5 * group
    sound.items.append(FakeTimelineItem(fake, timeline, "Music", timeline._start, at, media=source))
    top = timeline._add_track("video")
    title = FakeTimelineItem(
        fake, timeline, "Title", timeline._start + 3, timeline._start + 18, kind="title"
    )
    top.items.append(title)
    timeline._markers[30.0] = {
        "color": "Red", "name": "look", "note": "here", "duration": 1, "customData": "hidden",
    }  # fmt: skip
    return Scene(fake, folder, ranges(timeline))


def _transition(fake: FakeResolve, timeline: FakeTimeline, cut: int) -> FakeTimelineItem:
    return FakeTimelineItem(
        fake, timeline, "Cross Dissolve", cut - 4, cut + 4, kind="transition", transition=(4, 4)
    )


def ranges(timeline: FakeTimeline) -> Ranges:
    return {
        (kind, number): [(i._name, i._start, i._end) for i in track.sorted()]
        for kind, tracks in timeline._tracks.items()
        for number, track in enumerate(tracks, 1)
        if track.items
    }


def take(folder: Path, cut: Cut, shot: str, frames: int, number: int = 1) -> TakeMedia:
    """A conformed take of so many visible frames: a placeholder with handles at both ends."""
    total = frames + 2 * HEAD
    path = folder / "scene.pickup" / "takes" / f"{shot}_t{number:02d}.mov"
    placeholder(path, MediaFacts(total, str(cut.rate), clock(cut.rate)))
    return TakeMedia(
        path=path,
        name=path.stem,
        rate=cut.rate,
        frames=total,
        head=HEAD,
        start=clock(cut.rate),
        drop_frame=False,
        reel=shot.upper(),
        raster=Raster(1920, 1080),
        metadata={
            "schema": "pickup.take/1",
            "shot": shot,
            "gap": "g0",
            "take": number,
            "provider": "animatic",
            "model": "v1",
            "prompt": "close on her hands",
            "synthetic": True,
        },
    )


def as_images(one: Placement, folder: Path, first: int = 1001) -> Placement:
    """The same with its take as a sequence of images, the first of which has that number."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = one.take.path.stem
    for number in range(first, first + one.take.frames):
        (folder / f"{stem}.{number:04d}.dpx").write_bytes(b"dpx")
    path = folder / f"{stem}.{first:04d}.dpx"
    return replace(one, takes=(replace(one.take, path=path, sequence_files=one.take.frames),))


def placements(folder: Path, cut: Cut) -> list[Placement]:
    """One take for each gap of a cut."""
    return [
        Placement(
            start=gap.start,
            end=gap.start + gap.duration,
            name=f"pk{10 * number:03d}_t01",
            takes=(take(folder, cut, f"pk{10 * number:03d}", gap.duration),),
            track=gap.track,
            note="close on her hands",
        )
        for number, gap in enumerate(find_gaps(cut).gaps, 1)
    ]


def check(scene: Scene, wanted: list[Placement], failed: set[str]) -> int:
    """Nothing of before has moved, and every clip is exact or reported; how many landed.

    The current timeline is looked at, which after a restore is the duplicate.
    """
    timeline = scene.fake.project._current
    assert timeline is not None
    assert timeline._name == "Scene 4"
    origin = timeline._start
    expected = {key: list(items) for key, items in scene.before.items()}
    landed = 0
    for placement in wanted:
        shot = placement.take.metadata["shot"]
        if shot in failed:
            continue
        track = 2 if placement.track is None else placement.track
        found = ranges(timeline).get(("video", track + 1), [])
        name = placement.take.path.name
        entry = (name, origin + placement.start, origin + placement.end)
        assert entry in found, f"{shot} is neither there nor reported"
        items = timeline._tracks["video"][track].items
        assert [i._left for i in items if i._name == name] == [HEAD]
        expected.setdefault(("video", track + 1), []).append(entry)
        landed += 1
    now = ranges(timeline)
    order = {key: sorted(items, key=lambda i: (i[1], i[2])) for key, items in expected.items()}
    assert now == order
    return landed
