"""One placing in Premiere, kept on the disk from before it is sent until its last clip is known.

Premiere may be closed, or the line lost, at any moment. What was reported is written down at once;
what was not is asked for again, of the sequence itself, before anything is sent a second time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pickup.cut.formats.xmeml.compose import frame_ticks
from pickup.errors import RequestError
from pickup.files import write_text
from pickup_premiere.messages import Check, ClipOutcome, ClipToPlace, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pickup.cut.model import Cut
    from pickup.cut.placement import Placement
    from pickup_premiere.messages import Report

JobState = Literal["waiting", "sent", "unsure", "done", "partly", "failed"]


class PlaceJob(BaseModel):
    """A placing and how far it is known to have got.

    Attributes:
        state: `waiting` for the panel; `sent` to it; `unsure`, for the line was lost since, or the
            panel could not look; `done`, every clip stands; `partly`, some do; `failed`, none does.
        track: the video track in use, once it is known.
        sends: how often it was sent, for a second time happens only after a check.
    """

    id: str
    sequence: str = ""
    state: JobState = "waiting"
    track: int | None = None
    clips: tuple[ClipToPlace, ...]
    outcomes: dict[str, ClipOutcome] = Field(default_factory=dict)
    reason: str = ""
    sends: int = 0

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "sent", "unsure")

    @property
    def placed(self) -> int:
        return sum(1 for outcome in self.outcomes.values() if outcome.state == "placed")

    def failures(self) -> dict[str, str]:
        """Why each clip that is not known to stand was not placed, by its shot."""
        outcomes = ((clip.shot, self.outcomes.get(clip.id)) for clip in self.clips)
        return {
            shot: (outcome and outcome.reason) or self.reason or "not in the sequence"
            for shot, outcome in outcomes
            if outcome is None or outcome.state != "placed"
        }

    def sentence(self) -> str:
        """Where it stands, for the editor."""
        count = f"{self.placed} of {len(self.clips)} clips"
        reasons = "".join(
            f" {self._name(o.id)}: {o.reason or 'not in the sequence'}."
            for o in self.outcomes.values()
            if o.state in ("failed", "missing")
        )
        why = f" {self.reason}" if self.reason else ""
        return {
            "waiting": "Waiting for the panel in Premiere.",
            "sent": f"Placing in Premiere: {count} reported so far.",
            "unsure": f"It is not known how far the placing in Premiere has got: {count} were "
            "reported before the line was lost. Pickup looks at the sequence as soon as it can; "
            "until then, take nothing for placed that you do not see." + why,
            "done": f"Placed {count} in Premiere; one undo there takes them all out again.",
            "partly": f"Only {count} stand in the sequence; undo in Premiere takes them out."
            + why
            + reasons,
            "failed": f"Nothing was placed in Premiere.{why}{reasons}",
        }[self.state]

    def _name(self, clip_id: str) -> str:
        return next((clip.name for clip in self.clips if clip.id == clip_id), clip_id)

    def to_place(self) -> Place:
        """Those not yet known to stand in the sequence."""
        missing = [c for c in self.clips if not self._stands(c.id)]
        return Place(job=self.id, sequence=self.sequence, track=self.track, clips=missing)

    def to_check(self) -> Check:
        return Check(job=self.id, sequence=self.sequence, track=self.track, clips=list(self.clips))

    def _stands(self, clip_id: str) -> bool:
        known = self.outcomes.get(clip_id)
        return known is not None and known.state == "placed"

    def with_outcomes(self, outcomes: Iterable[ClipOutcome]) -> PlaceJob:
        """What was reported, of the clips that are its own."""
        ids = {clip.id for clip in self.clips}
        known = self.outcomes | {o.id: o for o in outcomes if o.id in ids}
        return self.model_copy(update={"outcomes": known})

    def reported(self, report: Report) -> PlaceJob:
        """After the panel's last word; clips that it does not speak of are missing."""
        said = self.with_outcomes(report.clips)
        silent = [
            ClipOutcome(id=clip.id, state="missing", reason="the panel said nothing of it")
            for clip in self.clips
            if said.outcomes.get(clip.id) is None
            or said.outcomes[clip.id].state in ("waiting", "imported")
        ]
        said = said.with_outcomes(silent)
        state = "failed" if not said.placed else "partly"
        if said.placed == len(self.clips):
            state = "done"
        elif any(outcome.state == "unknown" for outcome in said.outcomes.values()):
            state = "unsure"
        track = self.track if report.track is None else report.track
        update = {"state": state, "track": track, "reason": report.reason}
        return said.model_copy(update=update)


def new_job(cut: Cut, placements: Sequence[Placement], sequence: str = "") -> PlaceJob:
    """A placing of clips at their frames of `cut`; `sequence` is Premiere's id of it."""
    if not placements:
        raise RequestError("There is nothing to place: no shot has a take that was chosen.")
    clips = tuple(_clip(cut, placement, n) for n, placement in enumerate(placements, 1))
    return PlaceJob(id=uuid4().hex, sequence=sequence, clips=clips)


def _clip(cut: Cut, placement: Placement, number: int) -> ClipToPlace:
    take, record = placement.take, placement.take.metadata
    return ClipToPlace(
        id=str(number),
        name=placement.name,
        path=str(take.path),
        start=frame_ticks(placement.start, cut.rate),
        end=frame_ticks(placement.end, cut.rate),
        in_point=frame_ticks(take.head, take.rate),
        out_point=frame_ticks(take.head + placement.duration, take.rate),
        audio=take.audio_channels > 0,
        description=str(record.get("prompt") or placement.note),
        scene=cut.name,
        shot=str(record.get("shot") or ""),
        log_note=f"Synthetic, gap {record.get('gap', '')}",
        gap=str(record.get("gap") or ""),
        record=json.dumps(dict(record), ensure_ascii=True, sort_keys=True, default=str),
    )


class Journal:
    """The last placing, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> PlaceJob | None:
        """The placing as it was last known; one that was under way is unsure now."""
        try:
            job = PlaceJob.model_validate_json(self._path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError):
            return None
        return job.model_copy(update={"state": "unsure"}) if job.state == "sent" else job

    def write(self, job: PlaceJob) -> None:
        write_text(self._path, job.model_dump_json(indent=2) + "\n")
