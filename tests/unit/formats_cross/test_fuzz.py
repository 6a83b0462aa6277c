"""The fuzzer does its work, and what it has found stays mended."""

from __future__ import annotations

import json
import os
import random
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import fuzz
from benchmarks.mutations import mutate
from tests.unit.formats_cross.constructs import cut, placement

from pickup.cut.files import open_cut_file
from pickup.cut.gaps import find_gaps
from pickup.cut.urls import local_path
from pickup.errors import CutError
from pickup.timing import RateError, snap_rate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Wrote = Callable[[str, str | bytes], Path]


@pytest.mark.parametrize("suffix", fuzz.SUFFIXES)
def test_mutated_documents_are_read_or_refused(suffix: str, tmp_path: Path) -> None:
    """A small slice, the same each time; `make fuzz` has the long run."""
    ((_, data),) = fuzz.own_seeds((suffix,))[suffix]
    states = set()
    for number in range(60):
        case = tmp_path / f"case{suffix}"
        case.write_bytes(mutate(data, suffix, [data], random.Random(number)))
        outcome = fuzz.judged(case)
        assert not outcome.detail, (number, outcome.detail)
        states.add(outcome.state)
    assert {"refused", "filled"} <= states


@pytest.mark.parametrize("suffix", fuzz.SUFFIXES)
def test_own_seeds_have_gaps_that_can_be_filled(suffix: str, tmp_path: Path) -> None:
    ((name, data),) = fuzz.own_seeds((suffix,))[suffix]
    path = tmp_path / name
    path.write_bytes(data)
    assert fuzz.try_document(path) == "filled"


def test_a_leak_of_another_error_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise KeyError("x")

    monkeypatch.setattr(fuzz, "open_cut_file", broken)
    outcome = fuzz.judged(tmp_path / "a.edl")
    assert outcome.state == "error"
    assert "KeyError" in outcome.detail


def test_a_gap_left_open_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((name, data),) = fuzz.own_seeds((".otio",))[".otio"]
    (tmp_path / name).write_bytes(data)

    def unfilled(*_: Any) -> None:
        (tmp_path / "filled.otio").write_bytes(data)

    monkeypatch.setattr(fuzz, "save_cut", unfilled)
    assert "still there" in fuzz.judged(tmp_path / name).detail


def test_findings_are_kept_once_with_a_line_to_repeat_them(tmp_path: Path) -> None:
    campaign = fuzz.Campaign(tmp_path / "found", 1)
    case = tmp_path / "case.edl"
    for size in (50, 10, 30):
        case.write_bytes(b"x" * size)
        campaign._keep(case, fuzz.Outcome("error", "here", "why"), "seed")
    kept, words = sorted((tmp_path / "found").iterdir())
    assert kept.stat().st_size == 10
    assert f"--replay {kept}" in words.read_text()


@pytest.mark.skipif(os.name == "nt", reason="kills a process as only POSIX can")
def test_a_worker_that_hangs_or_dies_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SECONDS_A_CASE", 0.5)
    monkeypatch.setattr(fuzz, "_work", _sleep_or_die)
    bench = fuzz.Bench()
    assert bench.ask(tmp_path / "hang.edl").state == "hang"
    monkeypatch.setattr(fuzz, "SECONDS_A_CASE", 30.0)
    assert bench.ask(tmp_path / "die.edl").state == "crash"
    assert bench.ask(tmp_path / "fine.edl").state == "full"
    bench.stop()


def _sleep_or_die(line: Any) -> None:
    while (path := line.recv()) is not None:
        if path.endswith("hang.edl"):
            time.sleep(60)
        if path.endswith("die.edl"):
            os._exit(7)
        line.send(fuzz.Outcome("full"))


# What it found


@pytest.mark.parametrize("value", [1e-9, 1e-300, "0.000000000000000001", Fraction(1, 10**9)])
def test_a_rate_that_rounds_to_nothing_is_none(value: Any) -> None:
    with pytest.raises(RateError):
        snap_rate(value)


def test_an_endless_relative_name_is_no_file(tmp_path: Path) -> None:
    assert local_path("%41" * 3000, tmp_path) is None


def test_a_sound_that_begins_at_24_oclock_moves_no_picture(wrote: Wrote) -> None:
    text = (
        "TITLE: odd\nFCM: NON-DROP FRAME\n"
        "001  A     V     C        01:00:00:00 01:00:01:00 00:00:00:00 00:00:01:00\n"
        "002  B     AA    C        00:00:00:00 00:00:05:00 24:00:00:00 00:00:05:00\n"
        "003  C     V     C        00:00:00:00 00:00:01:00 00:00:04:00 00:00:05:00\n"
    )
    path = wrote("odd.edl", text)
    made = open_cut_file(path).cuts[0]
    assert [(gap.start, gap.duration) for gap in find_gaps(made).gaps] == [(24, 72)]
    assert fuzz.try_document(path) == "filled"


def test_a_list_that_a_new_event_would_upset_is_left_alone(wrote: Wrote) -> None:
    text = (
        "TITLE: dissolve\nFCM: NON-DROP FRAME\n"
        "001  A     V     C        01:00:04:05 01:00:04:14 01:00:00:00 01:00:00:09\n"
        "001  A     V     C        01:00:04:14 01:00:04:14 23:59:59:23 01:00:00:09\n"
        "002  A     V     D    010 01:00:08:08 01:00:08:18 01:00:00:09 01:00:00:19\n"
    )
    path = wrote("odd.edl", text)
    assert fuzz.try_document(path) == "kept"
    assert path.read_text() == text


def test_digits_without_end_beside_an_infinity(wrote: Wrote) -> None:
    with pytest.raises(CutError, match="thousands of digits"):
        open_cut_file(wrote("inf.otio", '{"a": Inf, "b": ' + "9" * 5000 + "}"))


def test_a_timebase_below_one_is_no_rate(wrote: Wrote) -> None:
    ((_, data),) = fuzz.own_seeds((".xml",))[".xml"]
    slow = data.replace(b"<timebase>24<", b"<timebase>0.000000000000000001<")
    with pytest.raises(CutError, match="frame rate"):
        open_cut_file(wrote("slow.xml", slow))


def test_pixels_beyond_number_are_no_raster(wrote: Wrote) -> None:
    ((_, data),) = fuzz.own_seeds((".fcpxml",))[".fcpxml"]
    spoiled = data.replace(b'width="1920"', b'width="%s"' % (b"9" * 5000))
    assert open_cut_file(wrote("wide.fcpxml", spoiled)).cuts[0].duration > 0


def test_a_refusal_stays_a_sentence_whatever_the_document_says(wrote: Wrote) -> None:
    schema = "Stack." + "9" * 5000 + "\n\n.1"
    with pytest.raises(CutError) as refusal:
        open_cut_file(wrote("long.otio", json.dumps({"OTIO_SCHEMA": schema})))
    assert len(str(refusal.value)) < 1500
    assert "\n" not in str(refusal.value)


def test_constructs_hold_what_they_say() -> None:
    assert placement(0, 24).take.frames == 40
    assert cut().duration == 0
