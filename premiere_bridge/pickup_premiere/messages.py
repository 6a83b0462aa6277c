"""What is said between Pickup and the companion panel in Premiere, one JSON object a message.

The schema is exported to `docs/premiere-wire.schema.json` (`python -m pickup_premiere.messages`).
A change that an older panel would not understand is a new protocol number. Protocol 2 adds the
button for placing: `ready`, `wanted`, and `trouble` from Pickup.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from pickup.errors import RequestError

OFFERS = 2
"""The first protocol whose panel has a button for placing."""

PROTOCOLS = (1, OFFERS)
"""Those spoken here, the newest last."""

PORTS = (47281, 47282, 47283)
"""The panel's manifest must list every address that it may dial, so there are few."""

MAX_MESSAGE = 4 << 20
"""Bytes; a feature film's markers and empty items are a tenth of it."""

_LIST = 20_000
_TICKS = r"^\d{1,19}$"

Name = Annotated[str, Field(max_length=1024)]
Words = Annotated[str, Field(max_length=32_768)]


def _whole(value: Any) -> Any:
    """Ticks come as text, for JavaScript's numbers are not exact up there."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("ticks are a text of decimal digits")


Ticks = Annotated[
    int,
    BeforeValidator(_whole),
    Field(ge=0),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _TICKS}),
]
"""Premiere's time: 254,016,000,000 a second, from the start of the sequence."""

ClipState = Literal["waiting", "imported", "placed", "missing", "failed", "unknown"]
"""`unknown`: Premiere could not be asked whether it stands."""


class Message(BaseModel):
    """What all messages share: frozen, and strict about keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Hello(Message):
    """The panel's first words, within a few seconds of dialling."""

    type: Literal["hello"] = "hello"
    protocols: list[Annotated[int, Field(ge=1, le=1000)]] = Field(min_length=1, max_length=20)
    token: Annotated[str, Field(max_length=200)]
    panel: Name = ""
    premiere: Name = ""


class SequenceInfo(Message):
    """The active sequence."""

    guid: Name
    name: Name
    ticks_per_frame: Ticks = 0
    zero_point: Ticks = 0


class Empty(Message):
    """A stretch of a video track with nothing on it; `track` counts from 0, bottom first."""

    track: int = Field(ge=0, le=1000)
    start: Ticks
    end: Ticks


class SentMarker(Message):
    """A marker of the sequence, with the colour that its XML does not hold."""

    name: Name = ""
    comment: Words = ""
    start: Ticks
    duration: Ticks = 0
    color: int = Field(default=-1, ge=-1, le=1000)


class Sent(Message):
    """“Send” has exported the active sequence to `path`."""

    type: Literal["sent"] = "sent"
    path: Words
    otio: Words = ""
    project: Words = ""
    sequence: SequenceInfo
    empties: list[Empty] = Field(default_factory=list, max_length=_LIST)
    markers: list[SentMarker] = Field(default_factory=list, max_length=_LIST)


class ClipOutcome(Message):
    """Where one clip stands; a failed one says why."""

    id: Name
    state: ClipState
    reason: Words = ""


class Progress(Message):
    """One clip has got further."""

    type: Literal["progress"] = "progress"
    job: Name
    clip: ClipOutcome


class Report(Message):
    """The end of a placing or of a check: what stands in the sequence, clip by clip.

    Attributes:
        track: the video track they are on, counted from 0.
        reason: why the whole was given up, if it was.
    """

    type: Literal["report"] = "report"
    job: Name
    clips: list[ClipOutcome] = Field(max_length=_LIST)
    track: int | None = Field(default=None, ge=0, le=1000)
    reason: Words = ""


class Wanted(Message):
    """The user has pressed “Place” below the list of this `offer`, and so agreed to it."""

    type: Literal["wanted"] = "wanted"
    offer: Name


class Trouble(Message):
    """The panel, or Pickup, could not do what it was asked for, or what a button says."""

    type: Literal["trouble"] = "trouble"
    reason: Words


class Welcome(Message):
    """The answer to a hello: the protocol chosen, and the folder to export to."""

    type: Literal["welcome"] = "welcome"
    protocol: int
    pickup: Name
    folder: Words = ""


class Refused(Message):
    """The last message before the line is closed."""

    type: Literal["refused"] = "refused"
    reason: Words
    protocols: list[int] = Field(default_factory=lambda: list(PROTOCOLS))


class ClipToPlace(Message):
    """A clip that is to stand in the sequence.

    Attributes:
        id: of the clip within its job.
        path: the media, absolute, as Premiere on this machine names it.
        start, end: in the sequence.
        in_point: of what shows first, from the start of the file; `out_point` is the first tick
            that does not show.
        record: the fixed record of the take, as JSON text.
    """

    id: Name
    name: Name
    path: Words
    start: Ticks
    end: Ticks
    in_point: Ticks
    out_point: Ticks
    audio: bool = False
    description: Words = ""
    scene: Name = ""
    shot: Name = ""
    log_note: Words = ""
    gap: Name = ""
    record: Words = ""


class Place(Message):
    """Import these and put them on an empty track, in one step that can be undone."""

    type: Literal["place"] = "place"
    job: Name
    sequence: Name = ""
    bin: Name = "Pickup"
    track: int | None = None
    clips: list[ClipToPlace] = Field(min_length=1, max_length=_LIST)


class ReadyTake(Message):
    """A take that would be placed; `where` is the timecode of its first frame."""

    shot: Name
    take: Name
    where: Name
    frames: int = Field(ge=0)
    instead: Name = ""


class Ready(Message):
    """What can be placed by a press of the panel's button, instead of what was said before.

    Attributes:
        offer: names this list, so that what is agreed to is what was shown.
        sequence: Premiere's id of the one that the takes are for, and `name` its name.
        track: what is said of the track that they will be on.
        takes: none switches the button off.
    """

    type: Literal["ready"] = "ready"
    offer: Name = ""
    sequence: Name = ""
    name: Name = ""
    track: Name = ""
    takes: list[ReadyTake] = Field(default_factory=list, max_length=_LIST)


class Check(Message):
    """Tell which of these stand in the sequence, and change nothing."""

    type: Literal["check"] = "check"
    job: Name
    sequence: Name = ""
    track: int | None = None
    clips: list[ClipToPlace] = Field(max_length=_LIST)


FromPanel = Annotated[
    Hello | Sent | Progress | Report | Wanted | Trouble, Field(discriminator="type")
]
ToPanel = Annotated[
    Welcome | Refused | Place | Check | Ready | Trouble, Field(discriminator="type")
]
_FROM: TypeAdapter[Any] = TypeAdapter(FromPanel)


def parse(text: str | bytes) -> Any:
    """A message of the panel.

    Raises:
        RequestError: it is none, with the first reason.
    """
    if isinstance(text, bytes):
        raise RequestError("The panel sent binary data, where messages are text.")
    try:
        return _FROM.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "message"
        raise RequestError(
            f"The panel sent what is no message ({where}: {first['msg']})."
        ) from None


def schema() -> dict[str, Any]:
    """The JSON schema of the wire, both ways."""
    both: TypeAdapter[Any] = TypeAdapter(FromPanel | ToPanel)
    made = both.json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages between Pickup and its panel in Premiere Pro",
        "protocols": list(PROTOCOLS),
        "ports": list(PORTS),
        **made,
    }


def schema_text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/premiere-wire.schema.json").write_text(
        schema_text(), "utf-8"
    )
