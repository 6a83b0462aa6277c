"""What each construct of OTIO shows, frame by frame, alone and nested at random."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Desk, Json, Made

    Found = list[tuple[int, int, str]]
    Middle = tuple[Callable[[Made], list[Json]], Found]

SHOWN = frozenset({GapKind.EMPTY, GapKind.SLUG, GapKind.TITLE, GapKind.OFFLINE})


def gaps_of(desk: Desk, timeline: Json) -> Found:
    cut = desk.read(timeline).cuts[0]
    return [
        (gap.start, gap.duration, gap.kind.value)
        for gap in find_gaps(cut, GapOptions(kinds=SHOWN)).gaps
    ]


def generator(kind: str) -> Json:
    return {
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "GeneratorReference.1",
                "generator_kind": kind,
                "parameters": {},
                "available_range": None,
            }
        }
    }


MISSING: Json = {"media_references": {"DEFAULT_MEDIA": {"OTIO_SCHEMA": "MissingReference.1"}}}
LENGTHLESS: Json = {"source_range": None, **MISSING}

MIDDLES: dict[str, Middle] = {
    "a gap": (lambda m: [m.gap(24)], [(24, 24, "empty")]),
    "gaps in a row": (lambda m: [m.gap(10), m.gap(4), m.gap(10)], [(24, 24, "empty")]),
    "a gap that is disabled": (lambda m: [m.gap(24, enabled=False)], [(24, 24, "empty")]),
    "a gap of no length": (lambda m: [m.gap(0), m.clip(24), m.gap(0)], []),
    "a clip": (lambda m: [m.clip(24)], []),
    "a disabled clip": (lambda m: [m.clip(24, enabled=False)], [(24, 24, "empty")]),
    "a clip that does not say": (lambda m: [m.clip(24, enabled=None)], []),
    "black": (lambda m: [m.clip(24, **generator("black"))], [(24, 24, "slug")]),
    "Black, by the name": (lambda m: [m.clip(24, **generator("Black"))], [(24, 24, "slug")]),
    "a slug": (lambda m: [m.clip(24, **generator("Slug"))], [(24, 24, "slug")]),
    "bars": (lambda m: [m.clip(24, **generator("SMPTEBars"))], []),
    "media that is missing": (lambda m: [m.clip(24, **MISSING)], [(24, 24, "offline")]),
    "a disabled clip of none": (
        lambda m: [m.clip(24, **MISSING, enabled=False)],
        [(24, 24, "empty")],
    ),
    "a clip of half the hole": (lambda m: [m.clip(12), m.gap(12)], [(36, 12, "empty")]),
    "a hole that is a slip": (lambda m: [m.clip(13), m.gap(11)], []),
    "a dissolve at the hole": (
        lambda m: [m.transition(0, 12), m.gap(24)],
        [(36, 12, "empty")],
    ),
    "dissolves on both sides": (
        lambda m: [m.transition(0, 6), m.gap(24), m.transition(6, 0)],
        [(30, 12, "empty")],
    ),
    "a dissolve all over it": (lambda m: [m.transition(0, 24), m.gap(24)], []),
    "a dissolve between clips": (lambda m: [m.transition(6, 6), m.clip(24)], []),
    "a nested track": (
        lambda m: [m.track(m.clip(6), m.gap(18))],
        [(30, 18, "empty")],
    ),
    "a nested stack": (
        lambda m: [m.stack(m.track(m.clip(6)), m.track(m.gap(12), m.clip(12)))],
        [],
    ),
    "a nested stack that is empty": (lambda m: [m.stack(), m.clip(24)], []),
    "a disabled stack": (
        lambda m: [m.stack(m.track(m.clip(24)), enabled=False)],
        [(24, 24, "empty")],
    ),
    "a hidden track within": (
        lambda m: [m.stack(m.track(m.clip(24), enabled=False))],
        [(24, 24, "empty")],
    ),
    "sound within": (
        lambda m: [m.stack(m.track(m.clip(24), kind="Audio"))],
        [(24, 24, "empty")],
    ),
    "a window of a track": (
        lambda m: [m.track(m.clip(20), m.gap(40), source_range=m.range(8, 24))],
        [(36, 12, "empty")],
    ),
    "a clip within the stack itself": (lambda m: [m.stack(m.clip(24))], []),
}


@pytest.mark.parametrize("name", MIDDLES)
def test_between_two_clips(desk: Desk, make: Made, name: str) -> None:
    middle, expected = MIDDLES[name]
    timeline = make.timeline(make.track(make.clip(24), *middle(make), make.clip(24)))
    assert gaps_of(desk, timeline) == expected
    assert desk.read(timeline).cuts[0].duration == 72


@pytest.mark.parametrize("name", MIDDLES)
def test_under_a_clip_that_covers_it(desk: Desk, make: Made, name: str) -> None:
    middle, _ = MIDDLES[name]
    below = make.track(make.clip(24), *middle(make), make.clip(24))
    above = make.track(make.gap(20), make.clip(32))
    assert gaps_of(desk, make.timeline(below, above)) == []


@pytest.mark.parametrize("name", MIDDLES)
def test_alone_before_a_later_clip(desk: Desk, make: Made, name: str) -> None:
    """What shows does not depend on what lies before it, transitions from there apart."""
    middle, expected = MIDDLES[name]
    if "dissolve" in name:
        return
    moved = [(start - 24, length, kind) for start, length, kind in expected]
    assert gaps_of(desk, make.timeline(make.track(*middle(make), make.clip(24)))) == moved


@pytest.mark.parametrize("kind", ["Audio", "audio", "Subtitle", "Data"])
def test_only_tracks_of_picture_show(desk: Desk, make: Made, kind: str) -> None:
    timeline = make.timeline(make.track(make.clip(24)), make.track(make.clip(60), kind=kind))
    assert gaps_of(desk, timeline) == [(24, 36, "empty")]


def test_a_clip_without_any_length_takes_no_place(desk: Desk, make: Made) -> None:
    track = make.track(make.clip(24), make.clip(24, **LENGTHLESS), make.clip(24))
    cut = desk.read(make.timeline(track)).cuts[0]
    assert cut.duration == 48
    assert not find_gaps(cut).gaps


@pytest.mark.parametrize(
    ("rate", "frames"),
    [(12.0, 12), (48.0, 48), (25.0, 25), (24000 / 1001, 24), (30000 / 1001, 30), (1.0, 1)],
)
def test_a_gap_at_another_rate_is_as_long_as_its_seconds(
    desk: Desk, make: Made, rate: float, frames: int
) -> None:
    """About a second of nothing at every rate: 24 frames of the cut."""
    track = make.track(make.clip(24), make.gap(frames, rate), make.clip(24))
    assert gaps_of(desk, make.timeline(track)) == [(24, 24, "empty")]


def test_padding_at_the_end_is_no_gap(desk: Desk, make: Made) -> None:
    timeline = make.timeline(
        make.track(make.clip(24), make.gap(100)),
        make.track(make.gap(12), make.clip(30), make.gap(82)),
        make.track(make.gap(124)),
    )
    assert gaps_of(desk, timeline) == []
    assert desk.read(timeline).cuts[0].duration == 42


# A second implementation to hold the reader against: every composition as a string of letters,
# one a frame. P is picture, a point is nothing.


def render(value: Json, made: Made) -> str:
    schema = value["OTIO_SCHEMA"].split(".")[0]
    if schema in ("Gap", "Clip"):
        length = int(value["source_range"]["duration"]["value"])
        seen = schema == "Clip" and value.get("enabled", True)
        return ("P" if seen else ".") * length
    parts = [render(child, made) for child in value["children"]]
    if schema == "Track":
        text = "".join(parts)
    else:
        length = max(map(len, parts), default=0)
        rows = [part.ljust(length, ".") for part in parts]
        text = "".join("P" if "P" in column else "." for column in zip(*rows, strict=True))
    if not value.get("enabled", True):
        text = "." * len(text)
    span = value.get("source_range")
    if span is None:
        return text
    start, length = (int(span[key]["value"]) for key in ("start_time", "duration"))
    return text.ljust(start + length, ".")[start : start + length]


def holes(text: str) -> Found:
    found: Found = []
    start = 0
    for frame, letter in enumerate(text + "P"):
        if letter == "P":
            if frame - start >= 12:
                found.append((start, frame - start, "empty"))
            start = frame + 1
    return found


def leaves(made: Made) -> st.SearchStrategy[Json]:
    lengths = st.integers(1, 30)
    return st.one_of(
        lengths.map(lambda n: made.clip(n)),
        lengths.map(lambda n: made.gap(n)),
        lengths.map(lambda n: made.clip(n, enabled=False)),
    )


def nests(made: Made, children: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    tracks = st.builds(
        lambda parts, enabled: made.track(*parts, enabled=enabled),
        st.lists(children, min_size=1, max_size=4),
        st.sampled_from([True, True, True, False]),
    )
    stacks = st.lists(tracks, min_size=1, max_size=3).map(lambda rows: made.stack(*rows))
    windows = st.builds(
        lambda value, start, length: cropped(made, value, start, length),
        stacks,
        st.integers(0, 20),
        st.integers(1, 30),
    )
    return st.one_of(tracks, stacks, windows)


def cropped(made: Made, value: Json, start: int, length: int) -> Json:
    """The composition trimmed to a window that lies within it, as far as it goes."""
    whole = len(render(value, made))
    start = min(start, whole - 1)
    return {**value, "source_range": made.range(start, min(length, whole - start))}


@pytest.fixture(scope="session")
def trees(make: Made) -> st.SearchStrategy[Json]:
    return st.recursive(leaves(make), lambda children: nests(make, children), max_leaves=12)


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_nesting_shows_what_its_frames_show(
    session_desk: Desk, make: Made, trees: st.SearchStrategy[Json], data: Any
) -> None:
    rows = [
        make.track(*data.draw(st.lists(trees, min_size=1, max_size=4)))
        for _ in range(data.draw(st.integers(1, 2)))
    ]
    # A clip at the end of every track: what is padding there is not the question here.
    length = max(len(render(row, make)) for row in rows)
    rows.append(make.track(make.gap(length), make.clip(1)))
    cut = session_desk.read(make.timeline(*rows)).cuts[0]
    expected = holes(render(make.stack(*rows), make))
    found = [(gap.start, gap.duration, gap.kind.value) for gap in find_gaps(cut).gaps]
    assert cut.duration == length + 1
    assert found == expected
    assert cut.rate == Fraction(24)
