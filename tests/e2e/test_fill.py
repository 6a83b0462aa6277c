"""`pickup fill`, end to end, on footage whose frames carry their numbers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image
from tests.e2e.footage import HEIGHT, WIDTH, number_of, scene

from pickup.cli.main import run
from pickup.cut.files import open_cut_file
from pickup.timing import frames_to_timecode

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
    Fraction(120000, 1001),
]


def filled(cut: Path) -> Path:
    return cut.with_name(f"{cut.stem}.filled{cut.suffix}")


def takes_of(cut: Path) -> Path:
    return cut.with_name(f"{cut.stem}.pickup") / "takes"


def placed(cut: Path) -> list[otio.schema.Clip]:
    return [clip for clip, _ in placed_ranges(cut)]


def placed_ranges(cut: Path) -> list[tuple[otio.schema.Clip, otio.opentime.TimeRange]]:
    timeline = otio.adapters.read_from_file(str(cut))
    clips = [clip for clip in timeline.find_clips() if "pickup" in clip.metadata]
    return [(clip, clip.range_in_parent()) for clip in clips]


def frame_count(path: Path) -> int:
    with av.open(str(path)) as movie:
        return sum(1 for _ in movie.decode(video=0))


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_every_clip_is_exact_at_every_rate(tmp_path, rate):
    start = 3600 * round(rate)
    made = scene(tmp_path, rate, (24, 17, 20, 40, 12), start=start)
    assert run(["fill", str(made.cut)]) == 0
    clips = placed_ranges(filled(made.cut))
    for (clip, where), (position, length) in zip(clips, made.gaps, strict=True):
        assert (round(where.start_time.value), round(where.duration.value)) == (position, length)
        with av.open(str(clip.media_reference.target_url)) as movie:
            stream = movie.streams.video[0]
            assert stream.average_rate == rate
            assert (stream.width, stream.height) == (WIDTH, HEIGHT)
            data = next((s for s in movie.streams if s.type == "data"), stream)
            timecode = movie.metadata.get("timecode") or data.metadata["timecode"]
            assert timecode == frames_to_timecode(start + position - 8, rate)
            assert sum(1 for _ in movie.decode(video=0)) == length + 16


def test_the_shot_joins_the_frames_around_it(tmp_path):
    made = scene(tmp_path)
    assert run(["fill", str(made.cut), "--no-lettering"]) == 0
    plan = json.loads((tmp_path / "scene.pickup" / "plan.json").read_text("utf-8"))
    shot = plan["shots"][0]
    assert (shot["first_frame"]["index"], shot["last_frame"]["index"]) == (33, 10)
    for ref, number in (("first_frame", 33), ("last_frame", 10)):
        png = tmp_path / "scene.pickup" / shot[ref]["file"]
        assert number_of(np.asarray(Image.open(png))) == number
    with av.open(str(takes_of(made.cut) / "pk010_t01.mov")) as movie:
        frames = [f.to_ndarray(format="rgb24") for f in movie.decode(video=0)]
    assert number_of(frames[8]) == 33
    assert number_of(frames[8 + 29]) == 10


@pytest.mark.parametrize("deliver", ["prores422hq", "dpx", "exr"])
def test_every_delivery(tmp_path, deliver):
    made = scene(tmp_path, Fraction(25), (24, 14, 24))
    assert run(["fill", str(made.cut), "--deliver", deliver]) == 0
    (clip,) = placed(filled(made.cut))
    reference = clip.media_reference
    assert reference.available_range.duration.value == 14 + 16
    if deliver == "prores422hq":
        with av.open(reference.target_url) as movie:
            assert movie.streams.video[0].codec_context.name == "prores"
        assert frame_count(Path(reference.target_url)) == 30
    else:
        assert isinstance(reference, otio.schema.ImageSequenceReference)
        urls = [reference.target_url_for_image_number(i) for i in range(30)]
        assert all(Path(url.removeprefix("file://")).is_file() for url in urls)


def test_nothing_else_changes(tmp_path):
    made = scene(tmp_path, 24, (24, 30, 24, 30, 24))
    before = made.cut.read_bytes()
    old = json.loads(before)
    old["tracks"]["metadata"]["other"] = {"kept": [1, 2.0, None]}
    old["tracks"]["children"][0]["children"][0]["effects"].append(
        {"OTIO_SCHEMA": "Strange.7", "of": "somebody else"}
    )
    made.cut.write_text(json.dumps(old, indent=4), "utf-8")
    assert run(["fill", str(made.cut)]) == 0
    new = json.loads(filled(made.cut).read_text("utf-8"))
    track = new["tracks"]["children"][0]["children"]
    was = old["tracks"]["children"][0]["children"]
    assert [i for i, item in enumerate(track) if "pickup" in item["metadata"]] == [1, 3]
    assert [track[i] for i in (0, 2, 4)] == [was[i] for i in (0, 2, 4)]
    new["tracks"]["children"][0]["children"] = was
    assert json.dumps(new) == json.dumps(old)


def test_a_filled_cut_has_nothing_to_do(tmp_path, capsys):
    made = scene(tmp_path)
    run(["fill", str(made.cut)])
    capsys.readouterr()
    assert run(["fill", str(filled(made.cut))]) == 0
    assert "no gap to fill; nothing was written" in capsys.readouterr().out
    assert not (tmp_path / "scene.filled-2.otio").exists()


def test_a_second_run_makes_nothing_anew(tmp_path):
    made = scene(tmp_path)
    run(["fill", str(made.cut)])
    take = takes_of(made.cut) / "pk010_t01.mov"
    stamp, written = take.stat().st_mtime_ns, filled(made.cut).read_bytes()
    assert run(["fill", str(made.cut)]) == 0
    assert take.stat().st_mtime_ns == stamp
    assert filled(made.cut).read_bytes() == written


def test_a_retake_becomes_an_alternative_and_is_chosen(tmp_path):
    made = scene(tmp_path)
    run(["fill", str(made.cut)])
    assert run(["fill", str(made.cut), "--retake", "pk010"]) == 0
    (clip,) = placed(filled(made.cut))
    names = {ref.name for ref in clip.media_references().values()}
    assert names == {"pk010_t01", "pk010_t02"}
    assert clip.media_reference.name == "pk010_t02"
    first, second = (takes_of(made.cut) / f"pk010_t0{n}.mov" for n in (1, 2))
    assert first.read_bytes() != second.read_bytes()
    assert run(["takes", str(made.cut), "--choose", "pk010_t01"]) == 0
    assert run(["fill", str(made.cut)]) == 0
    (clip,) = placed(filled(made.cut))
    assert clip.media_reference.name == "pk010_t01"


def test_a_retake_with_other_words_made_from_an_older_take(tmp_path):
    made = scene(tmp_path)
    run(["fill", str(made.cut)])
    command = ["fill", str(made.cut), "--retake", "pk010", "--words", "pan left", "--of", "1"]
    assert run(command) == 0
    (clip,) = placed(filled(made.cut))
    assert clip.metadata["pickup"]["prompt"] == "pan left"
    sidecars = [json.loads((takes_of(made.cut) / f"pk010_t0{n}.json").read_text()) for n in (1, 2)]
    assert sidecars[1]["made_from"] == sidecars[0]["order"]
    assert run(["fill", str(made.cut)]) == 0
    (clip,) = placed(filled(made.cut))
    assert clip.media_reference.name == "pk010_t02"
    assert run([*command[:-1], "7"]) == 2
    assert run(["fill", str(made.cut), "--words", "pan left"]) == 2


def test_a_retake_of_a_shot_in_a_filled_cut(tmp_path):
    made = scene(tmp_path, 24, (24, 30, 24, 30, 24))
    run(["fill", str(made.cut)])
    assert run(["fill", str(filled(made.cut)), "--retake", "pk020"]) == 0
    one, two = placed(tmp_path / "scene.filled-2.otio")
    assert one.media_reference.name == "pk010_t01"
    assert two.media_reference.name == "pk020_t02"
    assert len(two.media_references()) == 2
    plan = json.loads((tmp_path / "scene.pickup" / "plan.json").read_text("utf-8"))
    assert [shot["id"] for shot in plan["shots"]] == ["pk010", "pk020"]


def test_what_somebody_has_changed_is_not_overwritten(tmp_path):
    made = scene(tmp_path)
    run(["fill", str(made.cut)])
    filled(made.cut).write_text(filled(made.cut).read_text("utf-8") + "\n", "utf-8")
    kept = filled(made.cut).read_bytes()
    assert run(["fill", str(made.cut)]) == 0
    assert filled(made.cut).read_bytes() == kept
    assert (tmp_path / "scene.filled-2.otio").exists()
    assert run(["fill", str(made.cut), "-o", str(filled(made.cut))]) == 2


class TestPlans:
    def test_an_edited_plan_is_followed(self, tmp_path):
        made = scene(tmp_path)
        plan = tmp_path / "plan.json"
        assert run(["plan", str(made.cut), "-o", str(plan)]) == 0
        data = json.loads(plan.read_text("utf-8"))
        data["shots"][0]["text"] = "rain on glass, hold"
        plan.write_text(json.dumps(data), "utf-8")
        assert run(["fill", str(made.cut), "--plan", str(plan)]) == 0
        (clip,) = placed(filled(made.cut))
        assert clip.metadata["pickup"]["prompt"] == "rain on glass, hold"

    def test_a_shot_that_no_longer_fits_is_refused_and_the_others_are_filled(
        self, tmp_path, capsys
    ):
        made = scene(tmp_path, 24, (24, 30, 24, 30, 24))
        plan = tmp_path / "plan.json"
        run(["plan", str(made.cut), "-o", str(plan)])
        data = json.loads(plan.read_text("utf-8"))
        data["shots"][0]["frames"] = data["shots"][0]["gap"]["duration"] = 29
        data["shots"][0]["gap"]["id"] = "gone"
        plan.write_text(json.dumps(data), "utf-8")
        assert run(["fill", str(made.cut), "--plan", str(plan)]) == 1
        assert "pk010 was not filled: the gap is now 30 frames long" in capsys.readouterr().err
        assert [c.metadata["pickup"]["shot"] for c in placed(filled(made.cut))] == ["pk020"]

    def test_words_changed_in_the_cut_make_a_new_take_and_keep_the_old(self, tmp_path):
        made = scene(tmp_path)
        run(["fill", str(made.cut)])
        timeline = otio.adapters.read_from_file(str(made.cut))
        where = otio.opentime.TimeRange(
            otio.opentime.RationalTime(30, 24), otio.opentime.RationalTime(1, 24)
        )
        timeline.tracks.markers.append(otio.schema.Marker(name="pan left", marked_range=where))
        otio.adapters.write_to_file(timeline, str(made.cut))
        assert run(["fill", str(made.cut)]) == 0
        (clip,) = placed(filled(made.cut))
        assert clip.metadata["pickup"]["prompt"] == "pan left"
        assert (clip.media_reference.name, len(clip.media_references())) == ("pk010_t02", 2)


def test_sequences_of_one_file_are_all_filled(tmp_path):
    first = otio.adapters.read_from_file(str(scene(tmp_path / "a").cut))
    second = otio.adapters.read_from_file(str(scene(tmp_path / "b", 25, (25, 20, 25)).cut))
    second.name = "Scene 5"
    both = otio.schema.SerializableCollection(name="reel", children=[first, second])
    cut = tmp_path / "reel.otio"
    otio.adapters.write_to_file(both, str(cut))
    assert run(["fill", str(cut)]) == 0
    result = otio.adapters.read_from_file(str(filled(cut)))
    assert [
        [c.metadata["pickup"]["shot"] for c in timeline.find_clips() if "pickup" in c.metadata]
        for timeline in result
    ] == [["pk010"], ["pk020"]]


@pytest.mark.parametrize("suffix", [".xml", ".fcpxml", ".edl", ".otioz"])
def test_another_format_has_the_same_clips(tmp_path, suffix):
    made = scene(tmp_path)
    out = tmp_path / f"out{suffix}"
    assert run(["fill", str(made.cut), "-o", str(out)]) == 0
    (cut,) = open_cut_file(out).cuts
    items = [i for t in cut.video_tracks for i in t.items if i.kind.value == "clip"]
    assert sorted((i.start, i.end) for i in items) == [(0, 24), (24, 54), (54, 78)]


def test_a_run_that_was_killed_goes_on(tmp_path):
    made = scene(tmp_path, 24, (24, 30, 24, 400, 24))
    env = os.environ | {"PICKUP_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "pickup", "fill", str(made.cut)]
    killed = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list((tmp_path / "home").glob("takes/*.mov")):
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not filled(made.cut).exists()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(placed(filled(made.cut))) == 2
    assert list(tmp_path.glob(".pickup-*")) == []
