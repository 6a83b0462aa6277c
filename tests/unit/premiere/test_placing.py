"""A placing through every interruption: nothing twice, nothing claimed, nothing forgotten."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pickup.cut.model import Cut, Raster
from pickup.cut.placement import Placement, TakeMedia
from pickup_premiere.messages import ClipOutcome, Report, parse
from pickup_premiere.pairing import Pairing
from pickup_premiere.placing import Journal, new_job
from pickup_premiere.server import CompanionServer

RATE = Fraction(30000, 1001)


def placement(index, frames=48):
    take = TakeMedia(
        path=Path(f"/takes/pk{index}_t01.mov"),
        name=f"pk{index}_t01",
        rate=RATE,
        frames=frames + 16,
        head=8,
        start=0,
        drop_frame=True,
        reel="PK",
        raster=Raster(1920, 1080),
        metadata={"shot": f"pk{index}", "gap": "g0123456789", "take": 1, "prompt": "a street"},
    )
    return Placement(index * 100, index * 100 + frames, take.name, (take,))


def job_of(count):
    return new_job(Cut("Scene", RATE), [placement(n) for n in range(count)], "guid")


class Premiere:
    """The other side of the line, as a sequence that holds clips and may die at any moment."""

    def __init__(self):
        self.standing: Counter[str] = Counter()
        self.inbox: list[Any] = []

    def send(self, text):
        self.inbox.append(json.loads(text))

    def close(self, code=1000, reason=""):
        pass

    def do(self, fate):
        """What becomes of the oldest message; the answer, or None when the line is lost."""
        message = self.inbox.pop(0)
        ids = [clip["id"] for clip in message["clips"]]
        if fate == "dies before":
            return None
        if message["type"] == "place":
            self.standing.update(ids[: len(ids) // 2] if fate == "dies halfway" else ids)
        if fate != "answers":
            return None
        states = ["placed" if self.standing[key] else "missing" for key in ids]
        clips = [{"id": key, "state": state} for key, state in zip(ids, states, strict=True)]
        return json.dumps({"type": "report", "job": message["job"], "clips": clips})


FATES = st.lists(
    st.sampled_from(["answers", "dies before", "dies after", "dies halfway", "pickup dies"]),
    max_size=8,
)


@given(count=st.integers(1, 6), fates=FATES)
@settings(deadline=None, max_examples=150)
def test_whatever_dies_every_clip_stands_once_and_is_told_of(tmp_path_factory, count, fates):
    folder = tmp_path_factory.mktemp("line")
    events: list[Any] = []
    premiere: Any = Premiere()

    def begin():
        made: Any = CompanionServer(Pairing(folder / "p"), folder / "j", events.append)
        made._client = premiere
        made._go_on()
        return made

    server = begin()
    server.place(job_of(count))
    for fate in [*fates, *["answers"] * 3]:
        if not server.job.is_open:
            break
        if fate == "pickup dies":
            premiere.inbox.clear()
            server = begin()
            continue
        answer = premiere.do(fate)
        if answer is not None:
            server._heard(parse(answer))
            continue
        premiere.inbox.clear()
        server._lost(premiere)
        assert server.job.state == "unsure"
        assert "not known" in events[-1].sentence
        server._client = premiere
        server._go_on()
    assert server.job.state == "done"
    assert premiere.standing == {clip.id: 1 for clip in server.job.clips}
    assert events[-1].job.state == "done"
    assert Journal(folder / "j").read() == server.job


STATES = st.sampled_from(["waiting", "imported", "placed", "missing", "failed", "unknown"])


@given(st.lists(st.none() | STATES, min_size=1, max_size=6))
def test_a_report_is_never_better_than_what_it_says(states: list[Any]):
    job = job_of(len(states))
    clips = [
        ClipOutcome(id=clip.id, state=state)
        for clip, state in zip(job.clips, states, strict=True)
        if state is not None
    ]
    after = job.reported(Report(job=job.id, clips=clips))
    placed = states.count("placed")
    if placed == len(states):
        assert after.state == "done"
    elif "unknown" in states:
        assert after.state == "unsure"
    else:
        assert after.state == ("partly" if placed else "failed")
    assert f"{placed} of {len(states)}" in after.sentence() or after.state == "failed"


def test_outcomes_of_other_jobs_clips_do_not_count():
    job = job_of(1)
    stranger = ClipOutcome(id="99", state="placed")
    assert job.with_outcomes([stranger]).outcomes == {}


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "50", "60000/1001", "60"])
@pytest.mark.parametrize("frame", [0, 1, 12345, 2_592_000])
def test_ticks_are_whole_frames(rate, frame):
    exact = Fraction(frame) * 254_016_000_000 / Fraction(rate)
    assert exact.denominator == 1
    take = placement(0).take
    made = new_job(Cut("x", Fraction(rate)), [Placement(frame, frame + 10, "n", (take,))]).clips[0]
    assert made.start == exact
    assert (made.end - made.start) * Fraction(rate) == 10 * 254_016_000_000


def test_a_clip_says_what_it_is():
    clip = job_of(1).clips[0]
    assert (clip.shot, clip.gap, clip.scene) == ("pk0", "g0123456789", "Scene")
    assert "g0123456789" in clip.log_note
    assert json.loads(clip.record)["prompt"] == "a street"
    assert (clip.out_point - clip.in_point) == (clip.end - clip.start)
    assert not clip.audio
