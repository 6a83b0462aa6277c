"""Export, fill, import, recut, export again: every shot is recognised, and placed anew."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from benchmarks.xmeml_cuts import premiere_like
from tests.unit.premiere.conftest import fill_fast, read_back, written_by
from tests.unit.premiere.xml_recuts import XmlRecut

from pickup.cut.gap import FILLED_KINDS, GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import Raster
from pickup.fill.prepare import ShotSettings
from pickup.fill.run import fill
from pickup.fill.values import FillOptions, Silent
from pickup.media.probe import probe
from pickup_premiere.evidence import Evidence
from pickup_premiere.exchange import ExchangeHost
from pickup_premiere.recut import Verdict, look_again
from pickup_ui.work.opening import Preferences, open_cut
from pickup_ui.work.placing import chosen, place

FORGETTING = {
    Evidence.METADATA: (),
    Evidence.FILE: ("logginginfo",),
}


def look(path: Any, cut: Any) -> Any:
    return look_again(path, cut)


def placed_anew(path: Any) -> Any:
    """The file that the panel writes of an export, when it is asked to place what it offers."""
    opened = open_cut(ExchangeHost(path), Preferences())
    return place(opened, chosen(opened)).written.path


def verdicts(found):
    return [(r.shot.id, r.verdict) for r in found.shots]


@pytest.mark.parametrize("by", list(FORGETTING))
def test_a_recut_of_the_filled_sequence(export, by):
    made = fill_fast(export)
    out = written_by(ExchangeHost(export), made).path
    recut = XmlRecut(out)
    first, second = made.shots[0], made.shots[1]
    assert recut.trim_out(first.gap.start, 5) == 1
    recut.ripple(second.gap.start - 48, 37)
    recut.forget(*FORGETTING[by])
    again = recut.save(export.with_name("Long cut v2.xml"))
    _, found = look(again, read_back(again).cuts[0])
    assert verdicts(found) == [
        (first.id, Verdict.RETRIM),
        *((shot.id, Verdict.MOVED) for shot in made.shots[1:]),
    ]
    assert {r.by for r in found.shots} == {by}
    lengthened = found.shots[0]
    assert (lengthened.where.start, lengthened.where.end) == (
        first.gap.start - 5,
        first.gap.start + first.frames,
    )
    assert lengthened.head == first.handles - 5
    assert {r.moved for r in found.shots[1:]} == {37}


def test_a_recut_of_the_old_sequence_without_the_pickups(export):
    made = fill_fast(export)
    recut = XmlRecut(export)
    recut.trim_out(made.shots[0].gap.start, 5)
    recut.trim_out(made.shots[2].gap.start, 30)
    recut.ripple(made.shots[1].gap.start - 48, 37)
    recut.save(export)
    _, found = look(export, read_back(export).cuts[0])
    assert [r.verdict for r in found.shots] == [
        Verdict.RETRIM,
        Verdict.MOVED,
        Verdict.RETAKE,
        Verdict.MOVED,
    ]
    assert found.shots[2].grown == 30
    # The ripple itself has opened a hole that was not there before.
    assert [gap.duration for gap in found.new_gaps] == [37]


def test_the_re_trimmed_pickup_takes_its_old_place(export):
    made = fill_fast(export)
    recut = XmlRecut(written_by(ExchangeHost(export), made).path)
    first = made.shots[0]
    recut.trim_out(first.gap.start, 5)
    again = recut.save(export.with_name("Long cut v2.xml"))
    document = read_back(again)
    out = placed_anew(again)
    cut = read_back(out).cuts[0]
    assert len(cut.video_tracks) == len(document.cuts[0].video_tracks)
    top = cut.video_tracks[-1].items
    assert len(top) == len(made.shots)
    assert (top[0].start, top[0].end) == (first.gap.start - 5, first.gap.start + first.frames)
    take = made.folder.takes / f"{first.id}_t01.mp4"
    assert top[0].media.path == take
    shown = top[0].source_frame(top[0].start, cut.rate) - top[0].media.start * cut.rate
    assert shown == first.handles - 5
    assert find_gaps(cut, GapOptions(min_frames=1)).gaps == ()
    _, settled = look(out, cut)
    assert {r.verdict for r in settled.shots} <= {Verdict.SAME, Verdict.MOVED}


def test_a_lengthened_neighbour_shortens_the_pickup(export):
    made = fill_fast(export)
    recut = XmlRecut(written_by(ExchangeHost(export), made).path)
    first = made.shots[0]
    assert recut.trim_out(first.gap.start, -6) == 1
    again = recut.save(export.with_name("Long cut v2.xml"))
    document = read_back(again)
    _, found = look(again, document.cuts[0])
    assert (found.shots[0].verdict, found.shots[0].grown) == (Verdict.RETRIM, -6)
    cut = read_back(placed_anew(again)).cuts[0]
    item = cut.video_tracks[-1].items[0]
    assert (item.start, item.duration) == (first.gap.start + 6, first.frames - 6)


def test_the_whole_way_with_real_takes(tmp_path):
    path = tmp_path / "Scene.xml"
    path.write_bytes(premiere_like(30))
    options = FillOptions(shots=ShotSettings(raster=Raster(96, 64)))
    done: Any = fill(ExchangeHost(path), options, Silent())
    assert not done.failed
    placed = read_back(done.out).cuts[0].video_tracks[-1].items
    (shot,) = done.filled
    assert [(i.start, i.duration) for i in placed] == [(shot.shot.gap.start, shot.shot.frames)]
    seen = probe(placed[0].media.path)
    assert (seen.width, seen.height, seen.rate) == (96, 64, placed[0].media.rate)
    with av.open(str(placed[0].media.path), options={"export_xmp": "1"}) as movie:
        packet = movie.metadata["xmp"].encode()
    assert packet == placed[0].media.path.with_suffix(".xmp").read_bytes()
    assert shot.shot.gap.id.encode() in packet
    recut = XmlRecut(done.out)
    recut.trim_out(shot.shot.gap.start, 8)
    again = recut.save(tmp_path / "Scene again.xml")
    document = read_back(again)
    _, found = look(again, document.cuts[0])
    assert [r.verdict for r in found.shots] == [Verdict.RETRIM]
    out = placed_anew(again)
    item = read_back(out).cuts[0].video_tracks[-1].items[0]
    assert item.duration == shot.shot.frames + 8
    assert item.source_frame(item.start, Fraction(24000, 1001)) == shot.chosen.start


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name",
    [
        "premiere/nick_filtered_premiere.xml",
        "otio-fcp-adapter/premiere_example.xml",
        "otio-fcp-adapter/premiere_generators.xml",
    ],
)
@pytest.mark.parametrize("imported", [True, False], ids=["with-pickups", "without"])
def test_real_exports_after_a_recut(corpus: Path, tmp_path, name, imported):
    path = tmp_path / Path(name).name
    shutil.copy(corpus / "timelines" / name, path)
    made = fill_fast(path, kinds=frozenset(GapKind) if imported else FILLED_KINDS)
    source = written_by(ExchangeHost(path), made).path if made.shots and imported else path
    recut = XmlRecut(source)
    trimmed = [s for s in made.shots[:1] if recut.trim_out(s.gap.start, 3)]
    middle = made.shots[len(made.shots) // 2].gap.start if made.shots else 0
    recut.ripple(middle, 29)
    again = recut.save(tmp_path / "again.xml")
    cut = read_back(again).cuts[0]
    _, found = look(again, cut)
    assert len(found.shots) == len(made.shots)
    assert not [r.shot.id for r in found.shots if r.verdict is Verdict.GONE]
    if imported:
        assert {r.by for r in found.shots} <= {Evidence.METADATA}
        later = [r for r in found.shots if r.shot.start > middle]
        assert {r.item.start - r.shot.start for r in later} <= {29}
    if trimmed:
        # Another track may show a picture where the trimmed clip was.
        assert found.shots[0].grown in (0, 3)
