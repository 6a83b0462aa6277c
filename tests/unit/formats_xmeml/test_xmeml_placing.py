"""What is placed is there, exactly, and everything else keeps its bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from tests.unit.formats_xmeml.xmeml_documents import (
    clip,
    file,
    indented,
    placement,
    sequence,
    take,
    track,
    transition,
    written,
    xmeml,
)

from pickup.cut.formats.base import WriteOptions
from pickup.cut.formats.xmeml import XmemlFormat
from pickup.cut.gaps import find_gaps
from pickup.cut.placement import Placement
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pickup.cut.model import CutFile, Item

    Opened = Callable[[str | bytes], CutFile]

PREMIERE = sequence(
    track(clip(0, 20), clip(60, 100, 2), clip(150, 200, 3)),
    track(clip(30, 40, 4)),
    audio=track(clip(0, 100, 5)),
).replace('id="sequence-1"', 'id="sequence-1" TL.SQAVDividerPosition="0.5" explodedTracks="true"')
DOCUMENT = xmeml(PREMIERE)


def only_inserts(before: bytes, after: bytes) -> bool:
    """Whether deleting whole stretches of lines from `after` gives `before` again."""
    rest = iter(after.splitlines(keepends=True))
    return all(any(line == other for other in rest) for line in before.splitlines(keepends=True))


def placed(document: CutFile) -> list[Item]:
    return [i for t in document.cuts[0].tracks for i in t.items if i.pickup is not None]


def tree(document: CutFile) -> etree._Element:
    return etree.fromstring(document.path.read_bytes())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_clips_go_between_their_neighbours(opened: Opened, newline: str) -> None:
    data = indented(DOCUMENT, newline)
    document = opened(data)
    filled = written(
        document,
        placement(100, 150, "g002_t01", track=0),
        placement(20, 30, "g001_t01", track=0),
        placement(40, 60, "g003_t01", track=0),
        placement(0, 30, "g004_t01", track=1),
    )
    result = filled.path.read_bytes()
    assert only_inserts(data, result)
    assert (b"\r" in result) == (newline == "\r\n")
    assert re.search(rb"[^\r]\n", result) is None or newline == "\n"
    starts = [[i.start for i in t.items] for t in filled.cuts[0].video_tracks]
    assert starts == [[0, 20, 40, 60, 100, 150], [0, 30]]
    in_order = [int(e.findtext("start") or -9) for e in tree(filled).iter("clipitem")]
    assert in_order == [0, 20, 40, 60, 100, 150, 0, 30, 0]


def test_inserted_lines_are_indented_like_the_rest(opened: Opened) -> None:
    filled = written(opened(indented(DOCUMENT)), placement(100, 150, track=0))
    lines = filled.path.read_text().splitlines()
    tabs = {len(line) - len(line.lstrip("\t")) for line in lines if "<clipitem" in line}
    assert len(tabs) == 1
    assert not [line for line in lines if line != line.rstrip() or not line.strip()]


def test_a_document_of_one_line_stays_one(opened: Opened) -> None:
    data = DOCUMENT.replace("\n", "").encode()
    filled = written(opened(data), placement(100, 150, track=0))
    result = filled.path.read_bytes()
    assert b"\n" not in result
    at = result.index(b'<clipitem id="clipitem-6"')
    end = result.index(b"</clipitem>", at) + len(b"</clipitem>")
    assert result[:at] + result[end:] == data


def test_the_new_top_track_is_shared(opened: Opened) -> None:
    data = indented(DOCUMENT)
    filled = written(opened(data), placement(100, 150), placement(20, 30, "g002_t01"))
    assert only_inserts(data, filled.path.read_bytes())
    top = filled.cuts[0].video_tracks[-1]
    assert (top.name, [i.start for i in top.items]) == ("Pickup", [20, 100])
    again = written(filled, placement(40, 60, "g003_t01"))
    assert len(again.cuts[0].video_tracks) == 3
    assert [i.start for i in again.cuts[0].video_tracks[-1].items] == [20, 40, 100]


def test_a_placed_clip_says_what_it_is(opened: Opened) -> None:
    document = opened(DOCUMENT)
    wanted = placement(100, 150, track=0)
    filled = written(document, wanted)
    (item,) = placed(filled)
    assert item.pickup == dict(wanted.take.metadata)
    assert (item.start, item.end, item.name) == (100, 150, "g001_t01")
    media = item.media
    assert media is not None
    assert (media.path, media.reel) == (wanted.take.path, "PK001")
    assert media.start == 3600
    assert item.source_frame(100, wanted.take.rate) == 86400 + 8
    assert not media.has_audio
    assert find_gaps(filled.cuts[0]).gaps != find_gaps(document.cuts[0]).gaps


def test_elements_come_in_premieres_order(opened: Opened) -> None:
    filled = written(opened(DOCUMENT), placement(100, 150, track=0))
    item = next(e for e in tree(filled).iter("clipitem") if e.findtext("name") == "g001_t01")
    tags = [str(child.tag) for child in item]
    assert tags == [
        "masterclipid",
        "name",
        "enabled",
        "duration",
        "rate",
        "start",
        "end",
        "in",
        "out",
        "pproTicksIn",
        "pproTicksOut",
        "alphatype",
        "pixelaspectratio",
        "anamorphic",
        "file",
        "marker",
        "logginginfo",
        "labels",
    ]
    assert item.findtext("in") == "8"
    assert item.findtext("pproTicksIn") == str(8 * 254016000000 // 24)
    assert item.findtext("file/pathurl") == "file://localhost/takes/Day%201/g001_t01.mov"


@pytest.mark.parametrize("target", ["resolve", "fcp", "avid"])
def test_other_targets_get_no_ticks(opened: Opened, target: str) -> None:
    filled = written(opened(DOCUMENT), placement(100, 150, audio_channels=1), target=target)
    item = next(e for e in tree(filled).iter("clipitem") if e.findtext("name") == "g001_t01")
    assert item.find("pproTicksIn") is None
    assert item.find("masterclipid") is None
    assert b"premiereChannelType" not in filled.path.read_bytes()


def test_sound_is_linked_on_tracks_of_its_own(opened: Opened) -> None:
    data = indented(DOCUMENT)
    filled = written(
        opened(data),
        placement(20, 30, track=0, audio_channels=2),
        placement(100, 150, "g002_t01", track=0, audio_channels=2),
        placement(40, 60, "g003_t01", track=0),
    )
    assert only_inserts(data, filled.path.read_bytes())
    sound = filled.cuts[0].audio_tracks
    assert [[i.start for i in t.items] for t in sound] == [[0], [20, 100], [20, 100]]
    items = {e.get("id"): e for e in tree(filled).iter("clipitem")}
    groups = [e for e in items.values() if e.find("link") is not None]
    assert len(groups) == 6
    for item in groups:
        links = item.findall("link")
        members = [items[link.findtext("linkclipref")] for link in links]
        assert item in members
        assert {m.findtext("start") for m in members} == {item.findtext("start")}
        assert [link.findtext("trackindex") for link in links] == ["1", "2", "3"]
        assert len({f.get("id") for m in members for f in m.iter("file")}) == 1
    channels = [e.findtext("sourcetrack/trackindex") for e in groups]
    assert sorted(c or "-" for c in channels) == ["-", "-", "1", "1", "2", "2"]
    clipindex = groups[1].findtext("link/clipindex")
    assert clipindex == "5", "third on its track, two clips having been placed before it"
    declared = [e.find("media/audio") is not None for e in tree(filled).iter("file") if len(e)]
    assert declared.count(True) == 2


def test_ids_are_new_and_files_are_defined_once(opened: Opened) -> None:
    same = Path("/takes/one.mov")
    filled = written(
        opened(DOCUMENT),
        placement(20, 30, track=0, path=same, audio_channels=2),
        placement(40, 60, "g002_t01", path=same, audio_channels=2),
    )
    root = tree(filled)
    ids = [e.get("id") for e in root.iter("clipitem", "sequence")]
    assert len(ids) == len(set(ids))
    defined = [e.get("id") for e in root.iter("file") if len(e)]
    assert len(defined) == len(set(defined))
    assert {e.get("id") for e in root.iter("file")} == set(defined)
    masters = {e.findtext("masterclipid") for e in root.iter("clipitem")} - {None}
    assert len(masters) == 1


def test_a_file_of_the_document_is_used_again(opened: Opened) -> None:
    filled = written(opened(DOCUMENT), placement(20, 30, track=0, path=Path("/m/a.mov")))
    assert filled.path.read_bytes().count(b"<pathurl>") == DOCUMENT.count("<pathurl>")


OPENED = ["<video><track/></video>", "<video><track /></video>",
          "<video>\n<!-- <track> --><track></track>\n</video>"]  # fmt: skip
CREATED = ["<video/>", "<video></video>", "", *OPENED]


@pytest.mark.parametrize(
    ("video", "index"), [*((v, 0) for v in OPENED), *((v, None) for v in CREATED)]
)
def test_empty_places_are_opened(opened: Opened, video: str, index: int | None) -> None:
    base = sequence(audio=track(clip(0, 50)))
    start, end = base.index("<video>"), base.index("</video>") + len("</video>")
    document = opened(xmeml(base[:start] + video + base[end:]))
    filled = written(document, placement(0, 50, track=index, audio_channels=1))
    assert [(i.start, i.end) for i in placed(filled)] == [(0, 50)] * 2
    assert not find_gaps(filled.cuts[0]).gaps


def test_a_sequence_without_media_gets_one(opened: Opened) -> None:
    bare = '<sequence id="s"><name>s</name><rate><timebase>24</timebase></rate></sequence>'
    filled = written(opened(xmeml(bare)), placement(0, 50))
    assert filled.cuts[0].duration == 50


def test_a_clip_goes_behind_the_transition_before_it(opened: Opened) -> None:
    fading = track(clip(0, -1), transition(30, 40, "end-black"), clip(80, 90, 2))
    filled = written(opened(xmeml(sequence(fading))), placement(40, 80, track=0))
    tags = [child.tag for child in tree(filled).iter("clipitem", "transitionitem")]
    assert tags == ["clipitem", "transitionitem", "clipitem", "clipitem"]
    assert not find_gaps(filled.cuts[0]).gaps


def test_the_right_one_of_several_sequences(opened: Opened) -> None:
    second = sequence(track(clip(0, 10, 11), clip(60, 70, 12)), key="sequence-2")
    nested = sequence(track(clip(0, 10, 13)), key="sequence-3")
    document = opened(xmeml(sequence(track(clip(0, 10, 14, body=nested))), second))
    out = document.path.with_name("out.xml")
    XmemlFormat().write(
        document, document.cuts[1], [placement(10, 60, track=0)], out, WriteOptions()
    )
    clips = etree.parse(str(out)).findall(
        ".//sequence[@id='sequence-2']/media/video/track/clipitem"
    )
    assert [c.findtext("start") for c in clips] == ["0", "10", "60"]


def test_a_new_take_replaces_only_the_old_one(opened: Opened) -> None:
    data = indented(DOCUMENT)
    one = written(opened(data), placement(100, 150, track=0, audio_channels=2))
    old = one.path.read_bytes()
    other = Placement(
        100, 150, "g001_t02", (take(50, "g001_t02", metadata={"gap": "g001"}, audio_channels=2),)
    )
    two = written(one, other)
    assert [i.name for i in placed(two)] == ["g001_t02"] * 3
    assert b"g001_t01" not in two.path.read_bytes()
    assert only_inserts(data, two.path.read_bytes())
    assert len(two.cuts[0].tracks) == len(one.cuts[0].tracks)
    untouched = [line for line in old.splitlines() if b"clipitem-1" in line]
    assert all(line in two.path.read_bytes() for line in untouched)


@pytest.mark.parametrize(("first", "second"), [(2, 0), (0, 2), (1, 2)])
def test_sound_may_come_and_go_with_takes(opened: Opened, first: int, second: int) -> None:
    one = written(opened(indented(DOCUMENT)), placement(100, 150, track=0, audio_channels=first))
    two = written(one, placement(100, 150, "g001_t02", audio_channels=second))
    assert [i.name for i in placed(two)] == ["g001_t02"] * (1 + second)


def test_a_file_that_others_use_survives_its_clip(opened: Opened) -> None:
    one = written(opened(indented(DOCUMENT)), placement(100, 150, track=0))
    text = one.path.read_text()
    key = re.search(r'<file id="(file-\d+)">\s*<name>g001_t01.mov', text)
    assert key is not None
    copied = text.replace('<file id="file-4">', f'<file id="{key[1]}"/><spare id="file-4">')
    copied = re.sub(r"<spare.*?</file>", "", copied, flags=re.DOTALL)
    two = written(opened(copied), placement(100, 150, "g001_t02"))
    item = two.cuts[0].video_tracks[1].items[0]
    assert item.media is not None
    assert item.media.name == "g001_t01.mov"


def test_other_takes_are_noted(opened: Opened) -> None:
    takes = tuple(take(10, f"g001_t0{n}") for n in (1, 2))
    filled = written(opened(DOCUMENT), Placement(20, 30, "g", takes, active=1, track=0))
    (item,) = placed(filled)
    assert item.media is not None
    assert item.media.name == "g001_t02.mov"
    assert item.pickup is not None
    assert item.pickup["alternatives"] == ["g001_t01.mov"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (placement(10, 30, track=0), "already is"),
        (placement(20, 30, track=7), "video track 8"),
        (placement(20, 30, track=0, frames=12), "12 frames of its take"),
        (placement(30, 30, track=0), "no length"),
    ],
)
def test_what_does_not_fit_is_refused(opened: Opened, wanted: Placement, words: str) -> None:
    with pytest.raises(CutError, match=words):
        written(opened(DOCUMENT), wanted)


def test_nothing_placed_is_nothing_changed(opened: Opened) -> None:
    assert written(opened(DOCUMENT)).path.read_bytes() == DOCUMENT.encode()


def test_words_are_escaped(opened: Opened) -> None:
    nasty = 'a & b <c> "d"\r\n\x07 é 😀'
    record = {"gap": "g1", "prompt": nasty, "seed": 7}
    wanted = placement(20, 30, 'x & "y" <z>', track=0, metadata=record, path=Path("/t/ü & 'ö.mov"))
    (item,) = placed(written(opened(DOCUMENT), wanted))
    assert item.name == 'x & "y" <z>'
    assert item.pickup == record
    assert item.media is not None
    assert item.media.path == Path("/t/ü & 'ö.mov")


def test_file_in_premieres_own_words(opened: Opened) -> None:
    body = file("file-2", "file://localhost/D%3a/x.mov")
    document = opened(xmeml(sequence(track(clip(0, 9, body=body), clip(20, 30, 2)))))
    filled = written(document, placement(9, 20, track=0, path=Path("D:/x.mov")))
    assert filled.path.read_bytes().count(b"D%3a") == 1


def links_of(document: CutFile) -> list[tuple[str, str]]:
    """Each link of a document: the clip it names, and the one its numbers lead to.

    Numbers count all items of a track, generators and transitions too, as Premiere's own do.
    """
    root = tree(document)
    found = []
    for link in root.iter("link"):
        track_of = root.findall(f".//sequence/media/{link.findtext('mediatype')}/track")
        items = [
            child
            for child in track_of[int(link.findtext("trackindex") or 0) - 1]
            if child.tag in ("clipitem", "generatoritem", "transitionitem")
        ]
        there = items[int(link.findtext("clipindex") or 0) - 1]
        found.append((link.findtext("linkclipref") or "", there.get("id", "")))
    return found


@pytest.mark.parametrize("channels", [1, 2])
def test_links_lead_to_the_clips_that_they_name(opened: Opened, channels: int) -> None:
    generator = clip(20, 40, 7).replace("clipitem", "generatoritem")
    first = track(
        transition(0, 5, "start"), clip(0, 20), generator,
        clip(80, -1, 2), transition(95, 105), clip(-1, 120, 3), clip(160, 170, 6),
    )  # fmt: skip
    second = track(clip(40, 50, 4), clip(175, 180, 8))
    document = opened(indented(xmeml(sequence(first, second, audio=track(clip(0, 100, 5))))))
    sound = {"audio_channels": channels}
    after = written(
        document,
        placement(120, 160, "g002_t01", track=0, **sound),
        placement(50, 80, "g001_t01", track=1, **sound),
        placement(180, 190, "g004_t01", **sound),
        placement(172, 175, "g003_t01", track=1, **sound),
        target="premiere",
    )
    links = links_of(after)
    assert len(links) == 4 * (1 + channels) ** 2
    assert all(named == there for named, there in links)


def test_sound_of_several_tracks_lies_in_time_order(opened: Opened) -> None:
    document = opened(DOCUMENT)
    after = written(
        document,
        placement(100, 150, "g002_t01", track=0, audio_channels=1),
        placement(40, 60, "g001_t01", track=1, audio_channels=1),
    )
    clips = tree(after).findall(".//audio/track")[-1].findall("clipitem")
    assert [c.findtext("start") for c in clips] == ["40", "100"]


def test_the_log_calls_the_sequence_its_scene(opened: Opened) -> None:
    after = written(opened(DOCUMENT), placement(20, 30, audio_channels=1))
    assert [node.text for node in tree(after).iter("scene")] == ["sequence-1"] * 2


LINKED = """<link><linkclipref>clipitem-{n}</linkclipref><mediatype>video</mediatype>
<trackindex>{track}</trackindex><clipindex>{clip}</clipindex></link>"""


def test_links_of_the_clips_behind_go_with_them(opened: Opened) -> None:
    nested = sequence(
        track(clip(0, 9, 11, inner=LINKED.format(n=11, track=1, clip=1)), clip(9, 19, 12)),
        key="sequence-2",
    )
    linked = [LINKED.format(n=n, track=1, clip=n) for n in (1, 2, 3)]
    other = LINKED.format(n=4, track=2, clip=1)
    before = opened(
        indented(
            xmeml(
                sequence(
                    track(
                        clip(0, 20, 1, inner=linked[0]),
                        clip(60, 100, 2, inner=linked[1] + other, body=nested),
                        clip(150, 200, 3, inner=linked[2]),
                    ),
                    track(clip(0, 200, 4, inner=other + linked[1])),
                )
            )
        )
    )
    after = written(
        before,
        placement(20, 60, track=0),
        placement(100, 130, "g002_t01", track=0),
        placement(130, 140, "g003_t01", track=0),
    )
    pairs = [pair for pair in links_of(after) if pair[0] != "clipitem-11"]
    assert len(pairs) == 6
    assert all(named == there for named, there in pairs)
    (inner,) = tree(after).findall(".//clipitem[@id='clipitem-11']/link")
    assert inner.findtext("clipindex") == "1"


def test_links_stay_where_a_track_is_added(opened: Opened) -> None:
    inner = LINKED.format(n=1, track=1, clip=1)
    before = opened(indented(xmeml(sequence(track(clip(0, 20, 1, inner=inner), clip(60, 90, 2))))))
    after = written(before, placement(20, 60))
    assert only_inserts(before.path.read_bytes(), after.path.read_bytes())
