"""Bad input: one clear sentence, the right exit status, and nothing left behind or touched."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import opentimelineio
import pytest
from tests.e2e.bench import QUICK, Bench, harmless, one_sentence
from tests.e2e.footage import scene
from tests.e2e.hostile import BUILDERS, broken_documents, gap, otio, timeline, xmeml

from pickup.cut.formats.base import LIMITS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    folder = tmp_path / "work"
    folder.mkdir()
    return Bench(folder, capsys)


class TestDocuments:
    @pytest.mark.parametrize(("name", "data", "reason"), broken_documents())
    def test_what_cannot_be_read_is_refused(self, bench, name, data, reason):
        cut = bench.put(name, data)
        for command in (["gaps"], ["gaps", "--json"], ["fill"], ["plan"]):
            message = bench.refused(command[0], cut, *command[1:])
            assert message.startswith(f"pickup: {name}"), message
            assert re.search(reason, message), message
            assert "passwd" not in message
            assert message.count(". ") >= 1, "the next step is missing"

    @pytest.mark.parametrize(
        "data", [b"garbage", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000]
    )
    def test_what_is_no_aaf(self, bench, data):
        pytest.importorskip("otio_aaf_adapter")
        cut = bench.put("cut.aaf", data)
        assert "AAF" in bench.refused("gaps", cut)
        assert "AAF" in bench.refused("fill", cut)

    @pytest.mark.parametrize("suffix", BUILDERS)
    def test_what_is_no_file(self, bench, suffix):
        folder, pipe = bench.folder / f"folder{suffix}", bench.folder / f"pipe{suffix}"
        folder.mkdir()
        os.mkfifo(pipe)
        (bench.folder / f"zero{suffix}").symlink_to("/dev/zero")
        (bench.folder / f"loop{suffix}").symlink_to(f"loop{suffix}")
        for name in ("folder", "pipe", "zero", "loop", "missing"):
            for command in ("gaps", "fill", "plan"):
                message = bench.refused(command, bench.folder / f"{name}{suffix}")
                assert f"{name}{suffix}: " in message
        assert "no such file" in bench.refused("takes", bench.folder / f"missing{suffix}")

    def test_a_bundle_without_its_timeline(self, bench):
        bench.put("cut.otiod/version.txt", "1.0.0")
        assert "content.otio" in bench.refused("gaps", bench.folder / "cut.otiod")

    @pytest.mark.parametrize("command", ["gaps", "fill", "plan", "takes"])
    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("http://127.0.0.1:1/cut.otio", "an address, not a file"),
            ("https://example.com/cut.otio", "an address, not a file"),
            ("file:///etc/passwd", "an address, not a file"),
            ("s3://bucket/cut.otio", "an address, not a file"),
            ("concat:a|b.otio", "no such file"),
            ("-", "no such file"),
            ("", "not the name of a file"),
            ("/", "not the name of a file"),
            ("a\0.otio", "not the name of a file"),
        ],
    )
    def test_what_is_no_name(self, bench, command, name, reason, monkeypatch):
        monkeypatch.chdir(bench.folder)
        if (command, name) == ("fill", "-"):
            reason = "no timeline format"
        assert reason in bench.refused(command, name)

    @pytest.mark.parametrize("command", ["gaps", "fill", "plan"])
    def test_a_name_longer_than_any(self, bench, command):
        status, out, err = bench.run(command, bench.folder / ("n" * 5000 + ".otio"))
        assert status in (1, 2)
        assert out == ""
        assert "too long" in one_sentence(err)

    def test_an_unreadable_file(self, bench):
        cut = bench.put("cut.otio", otio())
        cut.chmod(0)
        if os.access(cut, os.R_OK):
            pytest.skip("this user may read everything")
        assert "Permission denied" in bench.refused("gaps", cut)

    def test_a_sequence_within_itself(self, bench):
        inside = '<clipitem id="x"><name>x</name><start>24</start><end>54</end><in>0</in>'
        inside += '<out>30</out><sequence id="s"/></clipitem>'
        assert "itself" in bench.refused("gaps", bench.put("cut.xml", xmeml(extra=inside)))

    def test_very_many_gaps_are_read_in_linear_time_and_not_planned(self, bench):
        clip = '{"OTIO_SCHEMA":"Clip.1","name":"A","source_range":%s}'
        one = json.dumps(gap(1)["source_range"])
        piece = json.dumps(gap(20)) + "," + clip % one
        head, tail = json.dumps(timeline("@")).split('"@"')
        cut = bench.put("cut.otio", head + ",".join([piece] * 10_050) + tail)
        message = bench.refused("fill", cut, *QUICK)
        assert "gaps to fill" in message
        assert "--min-frames" in message

    def test_a_document_beyond_all_size(self, bench):
        cut = bench.put("cut.otio", "{")
        with cut.open("r+b") as stream:
            stream.truncate(LIMITS.document_bytes + 1)
        status, _, err = bench.run("gaps", cut)
        assert status == 2
        assert "too large" in one_sentence(err)


NAMES = {
    "lines": "A\nB\r\nC",
    "nul": "A\0B",
    "path": "../../../x/y",
    "long": "n" * 20_000,
    "right to left": "\u202egnp.exe\u202c",
    "emoji": "😀👩‍👩‍👧",
    "terminal": "\x1b[31mRED\x1b]0;owned\x07",
    "c1": "\x9b31m",
    "html": "<script>alert(1)</script>\"'&",
    "half a pair": "\ud800x",
    "markup": "[bold]x[/bold][/]",
    "format": "%s{0}{x}$HOME`id`{{7*7}}",
    "nothing": "",
}


@pytest.mark.parametrize("suffix", BUILDERS)
@pytest.mark.parametrize("label", NAMES)
def test_names_do_no_harm(bench, suffix, label):
    name = NAMES[label]
    if suffix == ".fcpxml" and label == "half a pair":
        pytest.skip("an XML file cannot hold it")
    cut = bench.put(f"cut{suffix}", BUILDERS[suffix](name=name, title=name))
    for options in ([], ["--json"]):
        status, out, err = bench.run("gaps", cut, *options)
        assert status == 0, err
        assert harmless(err)
        assert options or harmless(out)
    if (suffix == ".otio" and label != "emoji") or label == "html":
        bench.fills(cut)
        page = (bench.folder / "cut.pickup" / "report.html").read_text("utf-8")
        assert "<script>" not in page
        assert not [p for p in bench.folder.parent.rglob("*") if p.name in ("x", "y")]


class TestMedia:
    """The gap is filled whatever lies beside it, and the plan says what was wrong."""

    @pytest.mark.parametrize(
        "url",
        [
            "file:///etc/passwd",
            "/dev/zero",
            "http://127.0.0.1:1/a.mov",
            "concat:/etc/passwd|/etc/hosts",
            "subfile,,start,0,end,10,,:/etc/passwd",
            "lavfi:testsrc",
            "pipe:0",
            "a" * 5000,
            "a" * 300 + "%20.mov",
            "..",
            "file:///%00",
            "missing.mov",
        ],
    )
    def test_an_address(self, bench, url):
        _, plan = bench.fills(bench.put("cut.otio", otio(url=url)))
        reference = plan["shots"][0]["first_frame"]
        assert reference["file"] == ""
        assert reference["reason"]
        assert list((bench.folder / "cut.pickup").glob("frames/*")) == []

    @pytest.mark.parametrize("suffix", BUILDERS)
    @pytest.mark.parametrize("url", ["file:///etc/passwd", "media.mov"])
    def test_in_every_format(self, bench, suffix, url):
        bench.put("media.mov", b"\0\0\0\x18ftypqt  " + b"noise" * 500)
        _, plan = bench.fills(bench.put(f"cut{suffix}", BUILDERS[suffix](url=url)))
        assert plan["shots"][0]["first_frame"]["reason"]

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("m.mov", b""),
            ("m.mov", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"),
            ("m.mov", b"ffconcat version 1.0\nfile /etc/passwd\n"),
            ("m.exr", b"v/1\1" + b"noise" * 500),
            ("m.png", b"\x89PNG\r\n\x1a\n" + b"noise" * 500),
            ("m.svg", b'<svg><image href="file:///etc/passwd"/></svg>'),
        ],
        ids=["empty", "playlist", "concat", "exr", "png", "svg"],
    )
    def test_a_spoilt_file(self, bench, name, data):
        bench.put(name, data)
        _, plan = bench.fills(bench.put("cut.otio", otio(url=name)))
        assert name in plan["shots"][0]["first_frame"]["reason"]

    def test_what_is_no_file(self, bench):
        os.mkfifo(bench.folder / "pipe.mov")
        (bench.folder / "folder.mov").mkdir()
        (bench.folder / "loop.mov").symlink_to("loop.mov")
        for name in ("pipe", "folder", "loop"):
            _, plan = bench.fills(bench.put(f"{name}.otio", otio(url=f"{name}.mov")))
            assert plan["shots"][0]["first_frame"]["reason"]


class TestOptions:
    @pytest.mark.parametrize(
        "options",
        [
            *[["--raster", v] for v in ("0x0", "x", "-1x5", "99999x99999", "1920", "NaNx5")],
            *[["--rate", v] for v in ("0", "-24", "nan", "24/0", "1e999999999", "x", "9" * 5000)],
            *[["--kinds", v] for v in ("", "x", "empty,,x")],
            *[["--min-frames", v] for v in ("0", "-1", "x", "1.5")],
            *[["--model", v] for v in ("nope", "nope:x", ":", "animatic:nope", "../../x", "\0")],
            *[["--budget", v] for v in ("x", "-1", "nan", "inf", "1e999999999")],
            *[["--takes", v] for v in ("0", "99")],
            *[["--handles", v] for v in ("-1", "999")],
            *[["--look", v] for v in ("none.toml", "/dev/zero", "/etc/passwd", "/", "a\0b")],
            *[["--plan", v] for v in ("none.json", "/dev/zero", "/etc/passwd", "/", "a\0b")],
            *[["-o", v] for v in ("", "http://x/y.otio", "/dev/null", "x.txt", "a\0.otio")],
            ["--sequence", "\x1b[31mnope"],
            ["--deliver", "gif"],
            ["--as", "x"],
            ["--retake", "pk999"],
            ["--nope"],
            ["one-more.otio"],
        ],
        ids=lambda options: " ".join(options)[:30].replace("\0", "0").replace("\x1b", "esc"),
    )
    def test_nonsense_is_refused_before_any_work(self, bench, options, monkeypatch):
        monkeypatch.chdir(bench.folder)
        bench.refused("fill", bench.put("cut.otio", otio()), *options)

    def test_no_command_and_no_cut(self, bench):
        assert bench.run("nope")[0] == 2
        assert bench.run("fill")[0] == 2
        status, out, err = bench.run()
        assert (status, out) == (2, "")
        assert "Usage" in err


class TestOutput:
    def test_the_cut_itself_is_never_written(self, bench):
        cut = bench.put("cut.otio", otio())
        (bench.folder / "link.otio").symlink_to("cut.otio")
        (bench.folder / "hard.otio").hardlink_to(cut)
        for name in ("cut.otio", "link.otio", "hard.otio"):
            for command in ("fill", "plan"):
                bench.refused(command, cut, "-o", bench.folder / name)

    def test_what_exists_is_never_written_over(self, bench):
        cut = bench.put("cut.otio", otio())
        mine = bench.put("mine.otio", "mine")
        (bench.folder / "folder.otio").mkdir()
        (bench.folder / "folder.otiod").mkdir()
        for out in (mine, bench.folder / "folder.otio", bench.folder / "folder.otiod"):
            assert "exists" in bench.refused("fill", cut, "-o", out)
        bench.refused("plan", cut, "-o", mine)

    def test_a_missing_folder_is_made_only_when_there_is_something_to_write(self, bench):
        out = bench.folder / "a" / "b" / "out.otio"
        bench.refused("fill", bench.put("broken.otio", "{"), "-o", out)
        status, _, err = bench.run("fill", bench.put("cut.otio", otio()), *QUICK, "-o", out)
        assert status == 0, err
        assert [path.name for path in out.parent.iterdir()] == ["out.otio"]

    def test_where_nothing_can_be_written(self, bench):
        cut = bench.put("cut.otio", otio())
        file = bench.put("file", "")
        for out in (file / "out.otio", "/proc/none/out.otio"):
            message = bench.refused("fill", cut, "-o", out, status=1)
            assert "nothing can be written there" in message
        bench.put("cut.pickup", "a file where the folder should be")
        bench.refused("fill", cut, status=1)
        bench.refused("plan", cut, status=1)

    @pytest.mark.parametrize("name", ["plan.json", "state.json", "frames", "takes/pk010_t01.json"])
    @pytest.mark.parametrize("what", ["folder", "noise", "depth", "pipe"])
    def test_a_spoilt_pickup_folder_is_worked_around(self, bench, name, what):
        cut = bench.put("cut.otio", otio())
        path = bench.folder / "cut.pickup" / name
        path.parent.mkdir(parents=True)
        match what:
            case "folder":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case _:
                path.write_bytes(b"\xff\0" if what == "noise" else b"[" * 100_000)
        status, _, err = bench.run("fill", cut, *QUICK)
        assert status in (0, 1), err
        assert (bench.folder / "cut.filled.otio").exists() == (status == 0)


class TestPlans:
    @pytest.fixture
    def planned(self, bench):
        cut = bench.put("cut.otio", otio())
        assert bench.run("plan", cut, *QUICK, "-o", bench.folder / "plan.json")[0] == 0
        return cut, json.loads((bench.folder / "plan.json").read_text("utf-8"))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff\xfe",
            b"[]",
            b"7",
            b"null",
            b'"plan"',
            b"{}",
            b'{"schema": "pickup.plan/9", "cut": "x"}',
            b"{" * 100_000,
            b"[" * 100_000,
            b"9" * 5000,
            b"NaN",
            otio().encode(),
        ],
        ids=lambda data: repr(data[:12]),
    )
    def test_what_is_no_plan(self, bench, data):
        cut = bench.put("cut.otio", otio())
        message = bench.refused("fill", cut, "--plan", bench.put("plan.json", data))
        assert message.startswith("pickup: plan.json: not a")
        assert "pickup plan" in message

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("frames", 10**30),
            ("frames", -1),
            ("frames", 29),
            ("rate", "0"),
            ("rate", "24/0"),
            ("rate", "1e999999999"),
            ("rate", None),
            ("pixel_aspect", "1/0"),
            ("pixel_aspect", "1e999999999"),
            ("width", 10**9),
            ("height", 1),
            ("handles", 10**6),
            ("seed", -1),
            ("takes", 10**6),
            ("id", "../../x"),
            ("id", "a/b"),
            ("text", "x" * 40_000),
            ("text", 7),
            ("gap", None),
            ("unknown", 1),
        ],
    )
    def test_broken_values(self, bench, planned, key, value):
        cut, data = planned
        data["shots"][0][key] = value
        plan = bench.put("plan.json", json.dumps(data))
        assert "plan.json: not a valid plan" in bench.refused("fill", cut, "--plan", plan)

    def test_another_length_is_refused_for_that_shot(self, bench, planned):
        cut, data = planned
        data["shots"][0]["frames"] = data["shots"][0]["gap"]["duration"] = 1000
        plan = bench.put("plan.json", json.dumps(data))
        message = bench.refused("fill", cut, "--plan", plan, status=1)
        assert "pk010 was not filled: the gap is now 30 frames long" in message

    def test_a_plan_of_another_cut(self, bench, planned):
        _, data = planned
        other = bench.put("other.otio", otio(title="Scene 5"))
        plan = bench.put("plan.json", json.dumps(data))
        assert "Scene 4" in bench.refused("fill", other, "--plan", plan)
        moved = bench.put("moved.otio", otio(hole="31"))
        assert "not filled" in bench.refused("fill", moved, "--plan", plan, status=1)

    def test_paths_in_a_plan_lead_nowhere(self, bench, planned):
        cut, data = planned
        secret = bench.put("secret.png", b"secret")
        for file in ("../secret.png", str(secret), "/etc/passwd", "frames/../../secret.png"):
            data["shots"][0]["first_frame"] |= {"file": file, "path": file, "reason": ""}
            _, kept = bench.fills(cut, "--plan", str(bench.put("plan.json", json.dumps(data))))
            assert kept["shots"][0]["first_frame"]["file"] in ("", file)
            page = (bench.folder / "cut.pickup" / "report.html").read_text("utf-8")
            assert "c2VjcmV0" not in page
            assert secret.read_bytes() == b"secret"


class TestHome:
    def test_a_home_that_cannot_be_written(self, bench, monkeypatch):
        cut = bench.put("cut.otio", otio())
        monkeypatch.setenv("PICKUP_HOME", "/proc/none")
        assert bench.run("gaps", cut)[0] == 0
        status, _, err = bench.run("fill", cut, *QUICK)
        assert status == 1
        assert "PICKUP_HOME" in one_sentence(err)
        assert not (bench.folder / "cut.filled.otio").exists()

    @pytest.mark.parametrize("data", [b"noise" * 2000, b"SQLite format 3\0" + b"\xff" * 8000])
    def test_a_spoilt_order_book(self, bench, monkeypatch, data):
        cut = bench.put("cut.otio", otio())
        book = bench.put("home/ledger.sqlite", data)
        monkeypatch.setenv("PICKUP_HOME", str(book.parent))
        for command in (["fill", cut, *QUICK], ["jobs"]):
            status, out, err = bench.run(*command)
            assert (status, out) == (1, "")
            assert "order book" in one_sentence(err)
        assert book.read_bytes() == data
        assert not (bench.folder / "cut.filled.otio").exists()

    @pytest.mark.parametrize("text", ["= broken", "\xff", "[" * 50_000, "a = 1\na = 2"])
    def test_broken_settings(self, bench, monkeypatch, text):
        cut = bench.put("cut.otio", otio())
        bench.put("home/settings.toml", text.encode("latin-1"))
        monkeypatch.setenv("PICKUP_HOME", str(bench.folder / "home"))
        assert "settings.toml" in bench.refused("gaps", cut)
        assert "settings.toml" in bench.refused("fill", cut)


def pickup(*arguments: Any, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pickup", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


class TestLimits:
    @pytest.mark.parametrize("most", [0, 1000, 6000, 200_000])
    def test_a_full_disk(self, tmp_path, most):
        cut = tmp_path / "cut.otio"
        cut.write_text(otio(hole="400"), "utf-8")

        def full() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        process = pickup("fill", cut, "--raster", "640x360", preexec_fn=full)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 1, err
        assert "Traceback" not in err
        assert "unforeseen" not in err
        assert cut.read_text("utf-8") == otio(hole="400")
        assert not (tmp_path / "cut.filled.otio").exists()
        left = [p for p in tmp_path.rglob("*") if p.name.startswith(".") or p.suffix == ".mov"]
        assert left == []

    def test_interrupted_it_says_so_and_leaves_nothing_half(self, tmp_path):
        made = scene(tmp_path, 24, (24, 900, 24))
        process = pickup("fill", made.cut)
        plan, deadline = tmp_path / "scene.pickup" / "plan.json", time.monotonic() + 60
        while not plan.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (130, "")
        assert "Stopped" in one_sentence(err.removeprefix("\n"))  # the terminal shows ^C there
        assert not (tmp_path / "scene.filled.otio").exists()
        assert [p for p in tmp_path.rglob("*") if p.name.startswith(".")] == []

    def test_a_reader_that_goes_away(self, bench):
        cut = bench.put("cut.otio", otio())
        process = pickup("gaps", cut, "--json")
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        process.stderr.close()
        assert process.wait(timeout=30) in (0, 1)
        assert err == ""

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")  # noqa: PTH110
    def test_a_stdout_that_cannot_be_written(self, bench):
        cut = bench.put("cut.otio", otio())
        command = [sys.executable, "-m", "pickup", "gaps", str(cut), "--json"]
        with open("/dev/full", "w") as full:  # noqa: PTH123
            done = subprocess.run(
                command, stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
        assert done.returncode == 1
        assert "No space" in one_sentence(done.stderr)


def test_json_is_all_that_stands_on_stdout(bench):
    for suffix, build in BUILDERS.items():
        status, out, _ = bench.run("gaps", bench.put(f"cut{suffix}", build()), "--json")
        assert status == 0
        assert json.loads(out)["cut"] == f"cut{suffix}"


def test_the_hostile_timelines_are_sound_when_nothing_is_spoilt(bench):
    for suffix, build in BUILDERS.items():
        cut = bench.put(f"cut{suffix}", build())
        status, out, _ = bench.run("gaps", cut, "--json")
        (sequence,) = json.loads(out)["sequences"]
        assert status == 0
        assert [(g["start"], g["duration"]) for g in sequence["gaps"]] == [(24, 30)]
    assert (
        opentimelineio.adapters.read_from_file(str(bench.folder / "cut.otio")).duration().value
        == 78
    )
