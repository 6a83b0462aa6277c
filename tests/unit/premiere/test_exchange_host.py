"""What Premiere is handed: the old sequence as it was, and the pickups on their own track."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from tests.unit.premiere.conftest import fill_fast, read_back, written_by

from pickup.cut.gap import GapKind
from pickup.cut.gaps import find_gaps
from pickup.errors import CutError, MediaError, RequestError
from pickup.fill.folder import is_ours
from pickup_premiere.exchange import ExchangeHost, ExchangeOptions
from pickup_premiere.otio_style import OtioStyle


def stranger(path):
    """The sequence as the adapter of other people reads it: names and places, track by track."""
    timeline = otio.adapters.read_from_file(str(path), adapter_name="fcp_xml")
    if isinstance(timeline, otio.schema.SerializableCollection):
        timeline = next(c for c in timeline if isinstance(c, otio.schema.Timeline))
    return [
        (
            track.kind,
            [
                (c.name, str(track.range_of_child(c)), str(c.source_range), url_of(c))
                for c in track.find_clips()
            ],
        )
        for track in timeline.tracks
    ]


def xml(path: Path) -> Any:
    return ElementTree.parse(path).getroot()


def url_of(clip):
    reference = clip.media_reference
    return getattr(reference, "target_url", type(reference).__name__)


def test_the_old_sequence_is_unchanged_and_the_pickups_lie_on_top(export):
    made = fill_fast(export)
    written = written_by(ExchangeHost(export), made)
    assert written.path == export.with_name("Long cut.filled.xml")
    before, after = stranger(export), stranger(written.path)
    video = [track for track in after if track[0] == "Video"]
    assert video[:-1] == [t for t in before if t[0] == "Video"]
    assert [t for t in after if t[0] == "Audio"] == [t for t in before if t[0] == "Audio"]
    assert [clip[0] for clip in video[-1][1]] == [f"{shot.id}_t01" for shot in made.shots]
    assert len(made.shots) == 4
    original = iter(written.path.read_bytes().splitlines())
    assert all(any(line == o for o in original) for line in export.read_bytes().splitlines())


def test_every_gap_is_filled_to_the_frame(export):
    made = fill_fast(export)
    out = written_by(ExchangeHost(export), made).path
    cut = read_back(out).cuts[0]
    placed = [(i.start, i.duration, i.pickup["gap"]) for i in cut.video_tracks[-1].items]
    assert placed == [(s.gap.start, s.frames, s.gap.id) for s in made.shots]
    assert find_gaps(cut).gaps == ()
    assert cut.video_tracks[-1].name == "Pickup"


def test_what_premiere_needs_of_a_placed_clip(export):
    made = fill_fast(export)
    out = written_by(ExchangeHost(export), made).path
    root = xml(out)
    clips = root.findall(".//video/track")[-1].findall("clipitem")
    files = [clip.find("file") for clip in clips]
    assert len({file.get("id") for file in files}) == len(clips)
    for clip, shot in zip(clips, made.shots, strict=True):
        file = clip.find("file")
        url = file.findtext("pathurl")
        assert url.startswith("file://localhost/")
        assert " " not in url
        assert url.isascii()
        assert file.find("media/audio") is None
        assert file.findtext("timecode/reel/name") == "PK010T01"
        assert int(clip.findtext("out")) - int(clip.findtext("in")) == shot.frames
        assert clip.findtext("rate/timebase") == "24"
        assert shot.gap.id in clip.findtext("logginginfo/lognote")
        assert shot.gap.id in clip.findtext("marker/comment")
        assert clip.findtext("labels/label2") == "Lavender"
        assert clip.findtext("name").startswith(shot.id)
    masters = [clip.findtext("masterclipid") for clip in clips]
    assert len(set(masters)) == len(clips)


def test_sound_is_declared_where_there_is_some(export):
    made = fill_fast(export, audio=2)
    out = written_by(ExchangeHost(export), made).path
    clip = xml(out).findall(".//video/track")[-1].find("clipitem")
    assert clip.findtext("file/media/audio/channelcount") == "2"
    assert len(clip.findall("link")) == 3


def test_pickups_can_go_into_the_holes(export):
    made = fill_fast(export)
    options = ExchangeOptions(own_track=False)
    out = written_by(ExchangeHost(export, options=options), made).path
    assert len(read_back(out).cuts[0].video_tracks) == 1


def test_takes_under_other_letters_are_copied_to_plain_ones(tmp_path, export):
    odd = tmp_path / "Übergänge – β" / export.name
    odd.parent.mkdir()
    shutil.copy(export, odd)
    made = fill_fast(odd)
    media = tmp_path / "media"
    host = ExchangeHost(odd, options=ExchangeOptions(media_folder=media))
    written = written_by(host, made)
    items = read_back(written.path).cuts[0].video_tracks[-1].items
    paths = [item.media.path for item in items]
    assert all(path.parent == media and str(path).isascii() for path in paths)
    for path, shot in zip(paths, made.shots, strict=True):
        assert path.read_bytes() == (made.folder.takes / f"{shot.id}_t01.mp4").read_bytes()
        assert path.with_suffix(".xmp").is_file()
    assert any("Copied" in note for note in written.notes)
    names = [path.name for path in paths]
    written_by(host, made)
    assert sorted(p.name for p in media.glob("*.mp4")) == sorted(names)


def test_another_take_gets_another_name(tmp_path, export):
    odd = tmp_path / "Überblick" / export.name
    odd.parent.mkdir()
    shutil.copy(export, odd)
    made = fill_fast(odd)
    options = ExchangeOptions(media_folder=tmp_path / "media")
    written_by(ExchangeHost(odd, options=options), made)
    first = {p: p.read_bytes() for p in (tmp_path / "media").glob("*.mp4")}
    shot = made.shots[0]
    (made.folder.takes / f"{shot.id}_t01.mp4").write_bytes(b"conformed anew")
    written_by(ExchangeHost(odd, options=options), made)
    assert {p: p.read_bytes() for p in first} == first
    assert len(list((tmp_path / "media").glob("*.mp4"))) == len(first) + 1


def test_a_media_folder_of_other_letters_is_said_and_nothing_copied(tmp_path, export):
    odd = tmp_path / "Überblick" / export.name
    odd.parent.mkdir()
    shutil.copy(export, odd)
    made = fill_fast(odd)
    options = ExchangeOptions(media_folder=tmp_path / "Ü")
    written = written_by(ExchangeHost(odd, options=options), made)
    assert any("plain letters" in note for note in written.notes)
    assert not (tmp_path / "Ü").exists()


def test_a_take_that_is_gone_is_one_sentence(tmp_path, export):
    odd = tmp_path / "Ü" / export.name
    odd.parent.mkdir()
    shutil.copy(export, odd)
    made = fill_fast(odd)
    placed = made.placements()
    shutil.rmtree(made.folder.takes)
    with pytest.raises(MediaError, match="cannot be copied"):
        ExchangeHost(odd, options=ExchangeOptions(media_folder=tmp_path / "m")).write(
            made.document, placed
        )


def test_image_sequences_are_copied_whole(tmp_path, export):
    from dataclasses import replace

    from pickup_premiere.delivery import Delivery

    made = fill_fast(export)
    take = made.placements()[0][0].take
    folder = tmp_path / "Ü"
    folder.mkdir()
    for number in range(86400, 86403):
        (folder / f"pk010_t01.{number:07d}.dpx").write_bytes(str(number).encode())
    images = replace(take, path=folder / "pk010_t01.0086400.dpx", sequence_files=3)
    delivered = Delivery(tmp_path / "media").take(images)
    files = sorted(delivered.path.parent.iterdir())
    assert delivered.path == files[0]
    assert [f.read_bytes() for f in files] == [b"86400", b"86401", b"86402"]
    assert files[0].name.endswith(".0086400.dpx")
    # Another film's take of that name may begin with the same image, and all images are as long.
    (folder / "pk010_t01.0086402.dpx").write_bytes(b"other")
    another = Delivery(tmp_path / "media").take(images)
    assert another.path.parent != delivered.path.parent
    assert another.path.with_name(files[2].name).read_bytes() == b"other"
    assert files[2].read_bytes() == b"86402"


def test_what_somebody_else_wrote_is_left_alone(export):
    made = fill_fast(export)
    theirs = export.with_name("Long cut.filled.xml")
    theirs.write_text("mine")
    written = written_by(ExchangeHost(export), made)
    assert written.path.name == "Long cut.filled-2.xml"
    assert theirs.read_text() == "mine"
    with pytest.raises(RequestError, match="exists"):
        written_by(ExchangeHost(export, out=theirs), made)


def test_the_cut_itself_is_never_written(export):
    made = fill_fast(export)
    before = export.read_bytes()
    with pytest.raises(CutError, match="the cut itself"):
        written_by(ExchangeHost(export, out=export), made)
    again = fill_fast(written_by(ExchangeHost(export), made).path)
    assert again.shots == []
    assert export.read_bytes() == before
    assert not list(export.parent.glob(".pickup-*"))


def test_a_result_under_a_name_of_ones_own_is_known_as_ours(export):
    made = fill_fast(export)
    host = ExchangeHost(export, out=export.with_name("For Premiere.xml"))
    written = written_by(host, made)
    assert is_ours(written.path)
    host.take_back(written)
    assert not written.path.exists()


def test_nothing_to_place_writes_nothing(export):
    made = fill_fast(export)
    assert ExchangeHost(export).write(made.document, {0: []}).path is None
    assert [p.name for p in export.parent.glob("*.xml")] == [export.name]


def test_only_the_pickups_in_a_bin(export):
    made = fill_fast(export, audio=2)
    host = ExchangeHost(export, options=ExchangeOptions(only_pickups=True))
    out = written_by(host, made).path
    root = xml(out)
    bin_ = root.find("project/children/bin")
    assert bin_.findtext("name") == "Pickup"
    clips = bin_.findall("children/clip")
    assert [c.findtext("name") for c in clips] == [f"{s.id}_t01" for s in made.shots]
    assert {c.findtext("ismasterclip") for c in clips} == {"TRUE"}
    assert [int(c.findtext("in")) for c in clips] == [s.handles for s in made.shots]
    assert len(clips[0].findall("media/audio/track")) == 2
    defined = [f.get("id") for f in root.iter("file") if len(f)]
    assert len(defined) == len(set(defined)) == len(made.shots)
    masters = {i.findtext("masterclipid") for i in bin_.findall("children/sequence//clipitem")}
    assert masters == {c.get("id") for c in clips}
    ids = [e.get("id") for e in root.iter("clipitem")]
    assert len(ids) == len(set(ids))
    cut = read_back(out).cuts[0]
    placed = [(i.start, i.end) for i in cut.video_tracks[-1].items]
    assert placed == [(s.gap.start, s.gap.start + s.frames) for s in made.shots]
    assert (cut.rate, cut.start) == (made.cut.rate, made.cut.start)
    assert all(i.media.path.is_file() for i in cut.video_tracks[-1].items)


def test_a_bin_of_two_sequences_keeps_its_ids_apart(tmp_path):
    from benchmarks.xmeml_cuts import premiere_like

    from pickup_premiere.pickup_bin import write_bin

    cuts = []
    for number in (1, 2):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(premiere_like(60))
        made = fill_fast(path)
        cuts.append((made.cut, made.placements()[0]))
    out = tmp_path / "out.xml"
    write_bin(cuts, out)
    root = xml(out)
    for tag in ("clipitem", "sequence", "clip"):
        ids = [e.get("id") for e in root.iter(tag)]
        assert len(ids) == len(set(ids)), tag
    defined = [f.get("id") for f in root.iter("file") if len(f)]
    used = {f.get("id") for f in root.iter("file")}
    assert sorted(defined) == sorted(used)
    assert len(read_back(out).cuts) == 2


def test_a_bin_is_no_otio(export):
    made = fill_fast(export)
    host = ExchangeHost(export, export.with_name("x.otio"), ExchangeOptions(only_pickups=True))
    with pytest.raises(CutError, match="FCP7 XML"):
        written_by(host, made)


def test_otio_in_gives_xml_out_by_default(otio_export):
    made = fill_fast(otio_export)
    out = written_by(ExchangeHost(otio_export), made).path
    assert out.name == "Scene.filled.xml"
    assert find_gaps(read_back(out).cuts[0]).gaps == ()


def clips_of(path):
    return list(otio.adapters.read_from_file(str(path)).find_clips())


@pytest.mark.parametrize(
    ("style", "start"),
    [("plain_path", "/"), ("file_url", "file:///"), ("file_localhost", "file://localhost/")],
)
def test_otio_names_media_in_the_style_asked_for(otio_export, style, start):
    made = fill_fast(otio_export)
    options = ExchangeOptions("otio", otio=OtioStyle(url_style=style))
    out = written_by(ExchangeHost(otio_export, options=options), made).path
    urls = [clip.media_reference.target_url for clip in clips_of(out)]
    assert all(url.startswith(start) for url in urls)
    space = " " if style == "plain_path" else "%20"
    assert urls[0].endswith(f"exchange/media/A001{space}b.mov")


def test_otio_for_the_strictest_build(otio_export):
    made = fill_fast(otio_export)
    options = ExchangeOptions("otio")
    out = written_by(ExchangeHost(otio_export, options=options), made).path
    text = out.read_text("utf-8")
    assert '"Clip.1"' in text
    assert '"Clip.2"' not in text
    assert "somebody" not in text
    assert "PremierePro_OTIO" in text
    clips = clips_of(out)
    placed = next(clip for clip in clips if clip.name.startswith("pk"))
    assert made.shots[0].gap.id in placed.markers[0].comment
    assert placed.trimmed_range().duration.value == 48
    assert placed.media_reference.target_url.endswith("_t01.mp4")
    assert read_back(out).cuts[0].duration == made.cut.duration


def test_otio_as_modern_builds_have_it(otio_export):
    made = fill_fast(otio_export)
    style = OtioStyle(clip_schema=2, strip_foreign_metadata=False)
    options = ExchangeOptions("otio", otio=style)
    out = written_by(ExchangeHost(otio_export, options=options), made).path
    placed = next(clip for clip in clips_of(out) if clip.name.startswith("pk"))
    assert placed.metadata["pickup"]["gap"] == made.shots[0].gap.id
    assert '"Clip.2"' in out.read_text("utf-8")


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name",
    [
        "premiere/nick_filtered_premiere.xml",
        "otio-fcp-adapter/premiere_example.xml",
        "otio-fcp-adapter/premiere_generators.xml",
    ],
)
def test_round_trip_of_real_exports(corpus: Path, tmp_path, name):
    path = tmp_path / Path(name).name
    shutil.copy(corpus / "timelines" / name, path)
    made = fill_fast(path, kinds=frozenset(GapKind))
    assert made.shots
    out = written_by(ExchangeHost(path), made).path
    after = read_back(out).cuts[0]
    gaps = {s.gap.id: (s.gap.start, s.frames) for s in made.shots}
    placed = {i.pickup["gap"]: (i.start, i.duration) for i in after.video_tracks[-1].items}
    assert placed == gaps
    before = stranger(path)
    seen = stranger(out)
    video = [track for track in seen if track[0] == "Video"]
    old = [track for track in before if track[0] == "Video"]
    assert video[: len(old)] == old
    assert len(video[-1][1]) == len(made.shots)
    assert [t for t in seen if t[0] == "Audio"] == [t for t in before if t[0] == "Audio"]
