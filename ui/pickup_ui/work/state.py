"""What the panel remembers of a cut between two openings, beside its plan and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field, ValidationError

from pickup.files import write_text
from pickup.shots.request import Record

if TYPE_CHECKING:
    from pathlib import Path

    from pickup.fill.folder import PickupFolder


class PanelState(Record):
    """`panel.json` of a `.pickup` folder.

    Attributes:
        sequence: the sequence shown last.
        shot: the shot looked at last.
        unwanted: shots that are not to be ordered with the others.
        rejected: names of takes that a person has turned down.
        placed: the take that stands in the written cut, by shot.
        out: that cut's file.
    """

    schema_: Literal["pickup.panel/1"] = Field(default="pickup.panel/1", alias="schema")
    sequence: str = ""
    shot: str = ""
    unwanted: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()
    placed: dict[str, str] = Field(default_factory=dict)
    out: str = ""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def state_file(folder: PickupFolder) -> Path:
    return folder.root / "panel.json"


def read_state(folder: PickupFolder) -> PanelState:
    """The state kept; a fresh one where there is none, or where it is spoilt."""
    try:
        return PanelState.model_validate_json(state_file(folder).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        return PanelState()


def write_state(folder: PickupFolder, state: PanelState) -> None:
    write_text(state_file(folder), state.model_dump_json(by_alias=True, indent=2) + "\n")
