"""Clips put into documents: exact, valid in place, and nothing else touched."""

from __future__ import annotations

import difflib
import re
from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.formats_fcpxml.documents import (
    RESOURCES,
    Desk,
    build,
    clip,
    gap,
    placed,
)

from pickup.cut.formats.base import ReadOptions, WriteOptions
from pickup.cut.gap import GapKind
from pickup.cut.gaps import GapOptions, find_gaps
from pickup.cut.model import ItemKind
from pickup.errors import CutError

if TYPE_CHECKING:
    import pathlib

    from pickup.cut.model import Cut
    from pickup.cut.placement import Placement


def ours(cut: Cut) -> list[tuple[int, int, str]]:
    return sorted(
        (i.start, i.end, i.name) for t in cut.video_tracks for i in t.items if i.pickup is not None
    )


def others(cut: Cut) -> list[tuple[object, ...]]:
    return sorted(
        (t.kind, i.kind.value, i.name, i.start, i.end, i.enabled, str(i.source_start), str(i.speed))
        for t in cut.tracks
        for i in t.items
        if i.pickup is None and i.kind is not ItemKind.HOLE
    )


def deleted(before: bytes, after: bytes) -> str:
    """What of `before` is no longer in `after`, as text: by tags first, then by characters."""
    a, b = (re.split(r"(?<=>)", data.decode()) for data in (before, after))
    gone = ""
    for op, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op in ("delete", "replace"):
            old, new = "".join(a[i:j]), "".join(b[k:m])
            inner = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            gone += "".join(old[x:y] for o, x, y, _, _ in inner if o in ("delete", "replace"))
    return gone


def check(desk: Desk, text: str, placements: list[Placement]) -> tuple[str, Cut]:
    """Fill, and check all that holds for every filling."""
    document = desk.read_file(text)
    before = others(document.cuts[0])
    data, cut, notes = desk.fill(document, placements)
    assert not notes
    assert ours(cut) == sorted((p.start, p.end, p.name) for p in placements)
    assert others(cut) == before
    assert deleted(text.encode(), data) in ("", "/", "//", "///")
    root = ET.fromstring(data)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert {e.get("ref") for e in root.iter() if e.get("ref")} <= set(ids)
    return data.decode(), cut


GAPPED = clip("0s", "2s") + gap("2s", "4s") + clip("6s", "2s")


def test_a_clip_is_connected_to_the_gap_that_it_fills(desk: Desk):
    text, cut = check(desk, build(GAPPED), [placed(50, 150)])
    assert find_gaps(cut).gaps == ()
    assert re.search(r'<gap [^>]*><asset-clip lane="1" offset="3600s"', text)


def test_a_self_closing_gap_is_opened(desk: Desk):
    spine = GAPPED.replace("></gap>", "/>")
    text, _ = check(desk, build(spine), [placed(60, 100)])
    assert "</asset-clip></gap>" in text


def test_the_gap_keeps_its_children_in_the_order_of_the_dtd(desk: Desk):
    body = (
        "<note>n</note>"
        '<asset-clip ref="r3" lane="-1" offset="3600s" name="S" duration="1s"/>'
        '<marker start="3601s" value="m"/><metadata/>'
    )
    text, _ = check(desk, build(gap("0s", "4s", body)), [placed(0, 100)])
    element = ET.fromstring(text).find(".//gap")
    assert element is not None
    assert [c.tag for c in element] == ["note", "asset-clip", "asset-clip", "marker", "metadata"]


def test_source_and_metadata_of_a_placed_clip(desk: Desk):
    text, cut = check(desk, build(GAPPED), [placed(50, 150, channels=2, note="Rain & <wind>")])
    item = cut.video_tracks[1].items[0]
    assert item.source_start == Fraction(5008, 25)
    assert item.media is not None
    assert str(item.media.path) == "/takes/SH010 t1.mov"
    assert [item.media.start, item.media.duration] == [200, Fraction(116, 25)]
    assert (item.media.reel, item.media.has_audio) == ("PK010", True)
    assert item.pickup == {
        "schema": "pickup.clip/1",
        "shot": "SH010",
        "take": 1,
        "prompt": "rain",
    }
    assert item.note == "Rain & <wind>"
    asset = ET.fromstring(text).find(".//asset[@name='SH010_t1']")
    assert asset is not None
    assert asset.get("format") == "r1"
    assert (asset.get("audioChannels"), asset.get("audioRate")) == ("2", "48000")


def test_the_prompt_stands_in_for_a_note(desk: Desk):
    _, cut = check(desk, build(GAPPED), [placed(50, 150)])
    assert cut.video_tracks[1].items[0].note == "rain"


def test_a_format_is_added_only_where_none_is_equal(desk: Desk):
    text, _ = check(desk, build(GAPPED), [placed(50, 150)])
    assert text.count("<format ") == 1
    resources = RESOURCES.replace('width="1920"', 'width="2048"')
    text, _ = check(desk, build(GAPPED, resources=resources), [placed(50, 90), placed(90, 150)])
    assert text.count("<format ") == 2
    assert 'name="FFVideoFormat1080p25"' in text


def test_an_asset_is_written_once(desk: Desk):
    text, _ = check(desk, build(GAPPED), [placed(50, 90), placed(90, 130)])
    assert text.count("/takes/SH010%20t1.mov") == 1


def test_several_takes_become_an_audition(desk: Desk):
    placement = placed(50, 150, takes=3, active=1)
    text, cut = check(desk, build(GAPPED), [placement])
    audition = ET.fromstring(text).find(".//audition")
    assert audition is not None
    assert [c.get("name") for c in audition] == ["SH010", "SH010_t1", "SH010_t3"]
    assert audition.get("lane") == "1"
    pickup = cut.video_tracks[1].items[0].pickup
    assert pickup is not None
    assert pickup["take"] == 2


@pytest.mark.parametrize(
    ("version", "tag", "source"),
    [("1.5", "clip", "src"), ("1.8", "asset-clip", "src"), ("1.9", "asset-clip", "media-rep")],
)
def test_each_version_is_written_as_it_wants(desk: Desk, version: str, tag: str, source: str):
    text, _ = check(desk, build(GAPPED, version=version), [placed(50, 150, channels=2)])
    root = ET.fromstring(text)
    element = root.find(".//gap")
    assert element is not None
    assert [child.tag for child in element] == [tag]
    asset = root.find(".//asset[@name='SH010_t1']")
    assert asset is not None
    assert (asset.get("src") is not None) == (source == "src")
    assert (asset.find("media-rep") is not None) == (source == "media-rep")


def test_placements_over_other_elements_stay_above(desk: Desk):
    body = clip("100s", "4s", lane="1") + clip("100s", "4s", lane="2")
    text, cut = check(desk, build(clip("0s", "4s", body)), [placed(25, 75)])
    assert 'lane="3" offset="101s"' in text
    assert cut.video_tracks[3].items[0].pickup


def test_a_clip_stays_below_the_titles_over_its_hole(desk: Desk):
    title = '<title ref="r5" lane="{}" offset="3600s" name="T" start="3600s" duration="4s"/>'
    text, cut = check(desk, build(gap("0s", "4s", title.format(1))), [placed(0, 100, track=0)])
    assert 'lane="-1"' in text
    names = [i.name for t in cut.video_tracks for i in t.items if i.kind is not ItemKind.HOLE]
    assert names == ["SH010", "T"]
    text, _ = check(desk, build(gap("0s", "4s", title.format(3))), [placed(0, 100, track=0)])
    assert '<asset-clip lane="2"' in text


def test_a_clip_may_go_into_the_hole_of_its_lane(desk: Desk):
    body = clip("3600s", "1s", lane="2") + clip("3603s", "1s", lane="2")
    body += '<title ref="r5" lane="5" offset="3600s" name="T" duration="4s"/>'
    text, _ = check(desk, build(gap("0s", "4s", body)), [placed(25, 75, track=1)])
    assert '<asset-clip lane="2" offset="3601s"' in text


def test_clips_that_overlap_get_lanes_of_their_own(desk: Desk):
    placements = [placed(50, 150, name="S1"), placed(60, 140, name="S2")]
    text, _ = check(desk, build(GAPPED), placements)
    assert 'lane="1"' in text
    assert 'lane="2"' in text


def test_conformed_parents_get_offsets_in_their_own_time(desk: Desk):
    resources = RESOURCES.replace('frameDuration="1/25s"', 'frameDuration="1/24s"')
    body = '<conform-rate srcFrameRate="25"/>'
    text = build(clip("0s", "100s", body, enabled="0"), resources=resources)
    check(desk, text, [placed(240, 480, rate=Fraction(24))])


def test_a_spine_that_ends_early_is_led_on(desk: Desk):
    sound = '<asset-clip ref="r3" lane="-1" offset="100s" name="S" duration="9s"/>'
    text = build(clip("0s", "2s", sound))
    placements = [placed(60, 100, name="S1"), placed(120, 225, name="S2")]
    data, cut = check(desk, text, placements)
    assert '<gap name="Gap" offset="2s" start="3600s" duration="7s">' in data
    assert [(g.start, g.end) for g in find_gaps(cut, GapOptions(min_frames=1)).gaps] == [
        (50, 60),
        (100, 120),
    ]


def test_a_spine_with_time_left_out_is_filled(desk: Desk):
    wipe = '<transition offset="29/5s" duration="2/5s"/>'
    text = build(clip("0s", "2s") + wipe + clip("6s", "2s"))
    data, cut = check(desk, text, [placed(50, 150)])
    assert find_gaps(cut).gaps == ()
    assert data.index('offset="2s"') < data.index("<transition")


@pytest.mark.parametrize("spine", ["<spine></spine>", "<spine/>", "<spine>\n</spine>"])
def test_an_empty_spine_is_begun(desk: Desk, spine: str):
    text = build("").replace("<spine></spine>", spine)
    document = desk.read_file(text)
    _, cut, _ = desk.fill(document, [placed(0, 50)])
    assert ours(cut) == [(0, 50, "SH010")]


def test_documents_that_begin_late(desk: Desk):
    sequence = 'format="r1" tcStart="3600s"'
    spine = clip("3600s", "2s") + gap("3602s", "4s")
    check(desk, build(spine, sequence=sequence), [placed(50, 150)])
    check(desk, build(clip("3600s", "2s"), sequence=sequence), [placed(50, 150)])


@pytest.mark.parametrize(
    "resources", ["", "<resources/>", "<import-options/>\n<resources> </resources>"]
)
def test_resources_are_made_where_they_are_not(desk: Desk, resources: str):
    text = build(gap("0s", "4s"), sequence='tcStart="0s"')
    head, tail = text.index("<resources>"), text.index("</resources>") + len("</resources>")
    document = desk.read_file(text[:head] + resources + text[tail:])
    data, cut, _ = desk.fill(document, [placed(0, 96, rate=Fraction(24))])
    assert ours(cut) == [(0, 96, "SH010")]
    root = ET.fromstring(data)
    assert [c.tag for c in root][-2:] == ["resources", "library"]


def test_indentation_is_followed(desk: Desk):
    spine = "\n        <gap offset='0s' duration='4s'>\n        </gap>\n    "
    data, _ = check(desk, build(spine), [placed(0, 100)])
    assert '\n            <asset-clip lane="1"' in data
    assert "</asset-clip>\n        </gap>" in data


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_stay(desk: Desk, codec: str):
    declared = {"utf-8-sig": "UTF-8", "latin-1": "ISO-8859-1"}.get(codec, "UTF-16")
    text = build(GAPPED.replace('name="A"', 'name="Füße"')).replace('"UTF-8"', f'"{declared}"')
    raw = text.encode(codec)
    document = desk.read_file(raw)
    data, cut, _ = desk.fill(document, [placed(50, 150, note="雨")])
    assert cut.video_tracks[1].items[0].note == "雨"
    assert deleted(raw.decode(codec).encode(), data.decode(codec).encode()) == ""
    assert data[:2] == raw[:2]


def test_hostile_words_stay_words(desk: Desk):
    words = "\"'&<>]]>\x00\x0b\ud800 \n\t"
    document = desk.read_file(build(GAPPED))
    _, cut, _ = desk.fill(document, [placed(50, 150, name="a\"'&<>\n", note=words)])
    item = cut.video_tracks[1].items[0]
    assert item.name == "a\"'&<>\n"
    assert item.note == "\"'&<>]]>"


def test_image_sequences_are_refused_with_the_next_step(desk: Desk):
    document = desk.read_file(build(GAPPED))
    placement = placed(50, 150)
    take = placement.take
    object.__setattr__(take, "sequence_files", 116)
    with pytest.raises(CutError, match=r"no image sequences.*Deliver prores422hq"):
        desk.fill(document, [placement])


def test_a_take_that_is_too_short_is_refused(desk: Desk):
    document = desk.read_file(build(GAPPED))
    placement = placed(50, 150)
    object.__setattr__(placement, "end", 400)
    with pytest.raises(CutError, match="shorter than its gap"):
        desk.fill(document, [placement])


def test_bundles_are_copied_whole(desk: Desk, tmp_path: pathlib.Path):
    bundle = tmp_path / "a.fcpxmld"
    bundle.mkdir()
    (bundle / "Info.fcpxml").write_text(build(GAPPED))
    (bundle / "tracking.bin").write_bytes(b"kept")
    document = desk.format.read(bundle, ReadOptions())
    out = tmp_path / "b.fcpxmld"
    out.touch()
    desk.format.write(document, document.cuts[0], [placed(50, 150)], out, WriteOptions())
    assert (out / "tracking.bin").read_bytes() == b"kept"
    assert ours(desk.format.read(out, ReadOptions()).cuts[0]) == [(50, 150, "SH010")]
    assert (bundle / "Info.fcpxml").read_text() == build(GAPPED)


def test_only_the_asked_for_sequence_changes(desk: Desk):
    text = build(GAPPED)
    project = text[text.index("<project") : text.index("</event>")]
    document = desk.read_file(text.replace(project, project + project.replace('"P"', '"Q"')))
    out = desk.folder / "out.fcpxml"
    desk.format.write(document, document.cuts[1], [placed(50, 150)], out, WriteOptions())
    first, second = desk.format.read(out, ReadOptions()).cuts
    assert (ours(first), ours(second)) == ([], [(50, 150, "SH010")])


class TestRetake:
    def filled(self, desk: Desk, **options: object) -> str:
        document = desk.read_file(build(GAPPED))
        return desk.fill(document, [placed(50, 150, **options)])[0].decode()  # type: ignore[arg-type]

    def test_a_new_take_replaces_the_old_one(self, desk: Desk):
        first = self.filled(desk)
        document = desk.read_file(first)
        data, cut, notes = desk.fill(document, [placed(50, 150, takes=2, active=1)])
        assert notes == []
        assert ours(cut) == [(50, 150, "SH010")]
        assert data.count(b"<asset ") == 4
        assert data.count(b'name="SH010_t1"') == 2

    def test_the_same_take_again_leaves_the_document_as_long(self, desk: Desk):
        first = self.filled(desk)
        data, cut, _ = desk.fill(desk.read_file(first), [placed(50, 150)])
        assert re.sub(r'"r\d+"', '""', data.decode()) == re.sub(r'"r\d+"', '""', first)
        assert len(cut.video_tracks) == 2

    def test_an_audition_is_replaced_whole(self, desk: Desk):
        first = self.filled(desk, takes=3)
        data, cut, _ = desk.fill(desk.read_file(first), [placed(50, 150)])
        assert b"<audition" not in data
        assert ours(cut) == [(50, 150, "SH010")]

    def test_another_shot_is_no_retake(self, desk: Desk):
        first = self.filled(desk)
        _, cut, _ = desk.fill(desk.read_file(first), [placed(50, 150, name="SH020")])
        assert ours(cut) == [(50, 150, "SH010"), (50, 150, "SH020")]

    def test_what_was_attached_to_the_old_take_stays(self, desk: Desk):
        mark = '<marker start="201s" value="mine"/><metadata>'
        first = self.filled(desk).replace("</note><metadata>", f"</note>{mark}")
        _, cut, notes = desk.fill(desk.read_file(first), [placed(50, 150)])
        assert notes == []
        assert [m.name for m in cut.markers] == ["mine"]
        assert ours(cut) == [(50, 150, "SH010")]

    def test_a_take_at_another_time_goes_above_what_is_attached(self, desk: Desk):
        mark = '<marker start="201s" value="mine"/><metadata>'
        first = self.filled(desk).replace("</note><metadata>", f"</note>{mark}")
        _, cut, notes = desk.fill(desk.read_file(first), [placed(50, 150, first=9000)])
        assert "stays below" in notes[0]
        assert ours(cut) == [(50, 150, "SH010")] * 2


spans = st.lists(st.tuples(st.booleans(), st.integers(1, 60)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(spans=spans, rate=st.sampled_from([Fraction(25), Fraction(24000, 1001), Fraction(60)]))
def test_any_gaps_can_be_filled(
    tmp_path_factory: pytest.TempPathFactory,
    spans: list[tuple[bool, int]],
    rate: Fraction,
):
    desk = Desk(tmp_path_factory.mktemp("cut"))
    parts, position = [], 0
    for is_gap, frames in [*spans, (False, 3)]:
        at, length = (f"{Fraction(n) / rate}s" for n in (position, frames))
        parts.append(gap(at, length) if is_gap else clip(at, length))
        position += frames
    step = f'frameDuration="{1 / rate}s"'
    text = build("".join(parts), resources=RESOURCES.replace('frameDuration="1/25s"', step))
    cut = desk.read_file(text).cuts[0]
    assert cut.duration == position
    found = find_gaps(cut, GapOptions(min_frames=1, kinds=frozenset([GapKind.EMPTY]))).gaps
    names = [f"S{n}" for n in range(len(found))]
    _, filled = check(
        desk,
        text,
        [placed(g.start, g.end, name=n, rate=rate) for g, n in zip(found, names, strict=True)],
    )
    assert find_gaps(filled, GapOptions(min_frames=1)).gaps == ()
