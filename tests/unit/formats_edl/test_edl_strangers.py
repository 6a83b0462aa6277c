"""Lists from elsewhere: the corpus against its truth, the stock adapter, and noise."""

from __future__ import annotations

import contextlib
import csv
import itertools
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.formats.edl import EdlFormat
from pickup.cut.formats.edl.skyline import Skyline
from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import CutFile, ItemKind
from pickup.errors import CutError
from pickup.timing import nominal

from .conftest import placement

if TYPE_CHECKING:
    from pathlib import Path

FILLED = GapOptions(kinds=frozenset({GapKind.EMPTY, GapKind.MARKED}))


def truths(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "timelines" / "truth.tsv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream, delimiter="\t") if row["kind"] == "edl"]


def corpus_cut(corpus: Path, row: dict[str, str]) -> CutFile:
    return EdlFormat().read(corpus / "timelines" / row["path"], ReadOptions())


@pytest.mark.corpus
def test_gaps_are_the_true_ones(corpus: Path) -> None:
    rows = truths(corpus)
    assert len(rows) > 40
    for row in rows:
        cut = corpus_cut(corpus, row).cuts[0]
        found: dict[GapKind, list[str]] = {}
        for gap in find_gaps(cut).gaps:
            found.setdefault(gap.kind, []).append(f"{gap.start}+{gap.duration}")
        empty = sorted(found.get(GapKind.EMPTY, []) + found.get(GapKind.MARKED, []), key=len)
        assert sorted(row["gap_positions"].split()) == sorted(empty[:12]), row["path"]
        assert row["black_positions"].split() == found.get(GapKind.SLUG, [])[:12], row["path"]
        assert int(row["duration_frames"]) == cut.duration, row["path"]
        assert row["rate"].startswith(f"{nominal(cut.rate)}?"), row["path"]
        if row["start_frame"] and not cut.drop_frame:
            assert int(row["start_frame"]) == cut.start, row["path"]


@pytest.mark.corpus
def test_filled_lists_keep_every_line_and_have_no_gap(corpus: Path, tmp_path: Path) -> None:
    filled = 0
    for row in truths(corpus):
        document = corpus_cut(corpus, row)
        cut = document.cuts[0]
        puts = [placement(cut, g.start, g.start + g.duration) for g in find_gaps(cut, FILLED).gaps]
        out = tmp_path / "out.edl"
        EdlFormat().write(document, cut, puts, out, WriteOptions())
        before, after = document.path.read_bytes(), out.read_bytes()
        if not puts:
            assert before == after, row["path"]
            continue
        rest = iter(after.splitlines(keepends=True))
        assert all(line in rest for line in before.splitlines(keepends=True)), row["path"]
        again = EdlFormat().read(out, ReadOptions(rate=cut.rate)).cuts[0]
        assert find_gaps(again, FILLED).gaps == (), row["path"]
        assert again.duration == cut.duration
        filled += len(puts)
    assert filled > 20


@pytest.mark.corpus
def test_the_stock_adapter_sees_the_same_clips(corpus: Path) -> None:
    otio: Any = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_cmx3600_adapter")
    agreed = 0
    for row in truths(corpus):
        document = corpus_cut(corpus, row)
        cut = document.cuts[0]
        tracks = cut.video_tracks
        if len(tracks) != 1 or cut.drop_frame or cut.rate.denominator != 1:
            continue
        if any(i.kind is not ItemKind.CLIP or i.speed != 1 for i in tracks[0].items):
            continue
        try:
            timeline = otio.adapters.read_from_file(
                str(document.path), adapter_name="cmx_3600", rate=int(cut.rate)
            )
        except (otio.exceptions.OTIOError, ValueError, IndexError):
            continue
        theirs = [
            (c.range_in_parent().start_time.value, c.source_range.start_time.value)
            for track in timeline.video_tracks()
            for c in track.find_clips()
        ]
        base = theirs[0][0]
        ours = [(i.start, i.source_start * cut.rate) for i in tracks[0].items]
        assert ours == [(start - base, source) for start, source in theirs], row["path"]
        agreed += 1
    assert agreed > 15


def test_the_stock_adapter_reads_what_is_exported(tmp_path: Path) -> None:
    otio: Any = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_cmx3600_adapter")
    source = tmp_path / "in.edl"
    source.write_text(
        "TITLE: x\n001  A V C 01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  A V C 01:00:02:00 01:00:02:00 01:00:02:00 01:00:02:00\n"
        "002  B V D 012 01:00:00:00 01:00:02:00 01:00:02:00 01:00:04:00\n"
        "* FROM CLIP NAME: a\n* TO CLIP NAME: b\n"
        "003  C V C 02:00:00:00 02:00:02:00 01:00:06:00 01:00:08:00\n"
    )
    cut = EdlFormat().read(source, ReadOptions()).cuts[0]
    out = tmp_path / "out.edl"
    EdlFormat().export(cut, [placement(cut, 96, 144)], out, WriteOptions())
    timeline = otio.adapters.read_from_file(str(out), adapter_name="cmx_3600", rate=24)
    clips = list(timeline.video_tracks()[0].find_clips())
    assert [clip.name for clip in clips] == ["A", "b", "Pickup s96", "C"]
    assert clips[2].duration().value == 48
    assert clips[2].source_range.start_time.value == 1448


TIME = st.builds(
    "{:02d}:{:02d}:{:02d}{}{:02d}".format,
    st.integers(0, 30),
    st.integers(0, 61),
    st.integers(0, 61),
    st.sampled_from(":;.,"),
    st.integers(0, 70),
)
WORDS = (
    "001 002 9999 V V2 B A AA/V NONE C D W001 K KB BL AX TAPE M2 010 -24.0 AUD * FCM: DROP FRAME "
    'TITLE: LOC: RED COMMENT: PICKUP {} {"a":1} |M:x |D:9 \t \0 Ä'
)
WORD = st.one_of(TIME, st.sampled_from(WORDS.split(" ")), st.text(max_size=6))
EVENT = st.builds(
    "{:03d}  {} {} {} {} {} {} {}".format,
    st.integers(1, 5),
    st.sampled_from(["A", "BL", "LONG_REEL_NAME"]),
    st.sampled_from(["V", "V2", "B", "A"]),
    st.sampled_from(["C", "D 010", "W001 020", "K B", "K 005", "012"]),
    TIME,
    TIME,
    TIME,
    TIME,
)
LINES = st.lists(st.one_of(EVENT, st.lists(WORD, max_size=9).map(" ".join)), max_size=12)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=LINES, ending=st.sampled_from(["\n", "\r\n", "\r"]), rate=st.sampled_from([None, 25]))
def test_noise_is_read_or_refused(
    tmp_path: Path, lines: list[str], ending: str, rate: int | None
) -> None:
    path = tmp_path / "noise.edl"
    data = ending.join(lines).encode("utf-8", "surrogatepass")
    path.write_bytes(data)
    try:
        document = EdlFormat().read(path, ReadOptions(rate=Fraction(rate) if rate else None))
    except CutError:
        return
    cut = document.cuts[0]
    for track in cut.tracks:
        clips = [i for i in track.items if i.kind is not ItemKind.TRANSITION]
        assert all(0 <= i.start < i.end <= cut.duration for i in track.items)
        assert all(a.end <= b.start for a, b in itertools.pairwise(clips))
    out = tmp_path / "out.edl"
    puts = [placement(cut, g.start, g.start + g.duration) for g in find_gaps(cut, FILLED).gaps]
    try:
        EdlFormat().write(document, cut, puts, out, WriteOptions())
    except CutError:
        # Which day an event is on is a guess in noise; one that a new event would turn is refused.
        return
    assert puts or out.read_bytes() == data
    again = EdlFormat().read(out, ReadOptions(rate=cut.rate)).cuts[0]
    assert again.duration == cut.duration
    EdlFormat().export(cut, [], out, WriteOptions())


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.edl"
    path.write_bytes(data)
    with contextlib.suppress(CutError):
        EdlFormat().read(path, ReadOptions())


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=20))
def test_skyline_is_what_was_laid_last(laid: list[tuple[int, int]]) -> None:
    skyline: Skyline[int] = Skyline()
    frames: dict[int, int] = {}
    for value, (start, length) in enumerate(laid):
        covered = skyline.lay(start, start + length, value)
        seen = [frames[f] for f in range(start, start + length) if f in frames]
        assert list(dict.fromkeys(covered)) == list(dict.fromkeys(seen))
        frames |= dict.fromkeys(range(start, start + length), value)
    shown = {f: v for start, end, v in skyline.stretches() for f in range(start, end)}
    assert shown == frames


@pytest.mark.parametrize(
    "line",
    [
        "M2 " + " " * 100_000 + "x",
        "M2 " + "1 " * 50_000 + "x",
        "FINAL CUT PRO REEL:" + " REPLACED BY" * 20_000,
        "FINAL CUT PRO REEL:" + " " * 100_000 + "x",
        "FCM" + " " * 100_000 + "x",
        "* FROM CLIP NAME:" + " " * 100_000 + "x",
        "AUD" + " 1" * 50_000 + "x",
        "LOC: 01:00:00:00" + " " * 100_000 + "x",
        "TITLE:" + " " * 100_000 + "x",
        "FRAME RATE" + " " * 100_000 + "x",
        "001 A V C" + " 1" * 50_000,
        "x |M:" + "|" * 100_000,
        "*" * 100_000,
    ],
)
def test_long_lines_are_read_at_once(tmp_path: Path, line: str) -> None:
    path = tmp_path / "long.edl"
    event = "001 A V C 01:00:00:00 01:00:01:00 01:00:00:00 01:00:01:00\n"
    path.write_text(f"{line}\n{event}{line}\n")
    begun = time.perf_counter()
    assert EdlFormat().read(path, ReadOptions()).cuts[0].duration == 24
    assert time.perf_counter() - begun < 5
