"""A plan: all shots of a cut, as one JSON file that a person can read, edit and diff."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field, ValidationError

from pickup.errors import PlanError
from pickup.files import read_text, write_text
from pickup.shots.request import Record, ShotRequest

if TYPE_CHECKING:
    from pathlib import Path


_NEXT = "Correct it, or make a new one with “pickup plan”."


class Plan(Record):
    """All shots of one cut.

    Attributes:
        cut: the cut's file name.
        sequence: the sequence's name within it.
        shots: in the order of the cut.
        notes: what the planner wants a person to know.
    """

    schema_: Literal["pickup.plan/1"] = Field(default="pickup.plan/1", alias="schema")
    cut: str
    sequence: str = ""
    shots: tuple[ShotRequest, ...] = ()
    notes: tuple[str, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def shot(self, shot_id: str) -> ShotRequest:
        """Raises `PlanError`, naming the shots there are, when `shot_id` is none of them."""
        for shot in self.shots:
            if shot_id in (shot.id, shot.gap.id):
                return shot
        known = ", ".join(shot.id for shot in self.shots) or "none"
        raise PlanError(f"There is no shot “{shot_id}” in the plan of {self.cut}; it has {known}.")


def write_plan(plan: Plan, path: Path) -> None:
    """Readable JSON, written aside and renamed."""
    data = plan.model_dump(mode="json", by_alias=True)
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def read_plan(path: Path) -> Plan:
    """Raises `PlanError` with file, place and reason."""
    try:
        data = json.loads(read_text(path))
    except FileNotFoundError:
        raise PlanError(
            f"{path.name}: there is no such plan; make one with “pickup plan”."
        ) from None
    except OSError as error:
        raise PlanError(
            f"{path.name}: the plan cannot be read ({error.strerror}). {_NEXT}"
        ) from None
    except RecursionError:
        raise PlanError(f"{path.name}: not a plan, for it nests without end. {_NEXT}") from None
    except ValueError as error:
        raise PlanError(f"{path.name}: not a plan, for it is not JSON ({error}). {_NEXT}") from None
    try:
        return Plan.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise PlanError(
            f"{path.name}: not a valid plan: {where}: {first['msg']}{more}. {_NEXT}"
        ) from None
