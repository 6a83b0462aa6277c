"""The one request object: a `ShotRequest` holds everything a model needs to film a shot.

Providers translate it, and never add to it. It is frozen, versioned and plain JSON, so that it can
be written into a plan, edited by a person, hashed, and kept in the ledger.
"""

from __future__ import annotations

import hashlib
import json
import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from pickup.timing import rate_text, snap_rate

Rate = Annotated[
    Fraction,
    BeforeValidator(lambda v: snap_rate(v)),
    PlainSerializer(rate_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(/\d+)?$", "examples": ["24000/1001"]}),
]
"""A frame rate: a fraction in Python, `"24000/1001"` or `"25"` in JSON."""

_ASPECT = re.compile(r"[0-9]{1,9}(/[0-9]{1,9})?")


def _aspect(value: Any) -> Fraction:
    if isinstance(value, str) and not _ASPECT.fullmatch(value):
        raise ValueError("it is no pixel aspect ratio; write it as 1 or 4/3")
    try:
        return Fraction(value)
    except (TypeError, ZeroDivisionError, OverflowError):
        raise ValueError("it is no pixel aspect ratio; write it as 1 or 4/3") from None


PixelAspect = Annotated[
    Fraction,
    BeforeValidator(lambda v: _aspect(v)),
    PlainSerializer(rate_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(/\d+)?$"}),
]


_APART = {"gap", "takes", "characters", "references", "lut", "cdl"}
"""What is no part of a request's identity, or is in another form."""


class Record(BaseModel):
    """What all our persisted values share: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Prompt(Record):
    """The slots of a cinematic prompt, in the language of the field."""

    subject: str = ""
    action: str = ""
    place: str = ""
    light: str = ""
    camera: str = ""
    style: str = ""


FOLLOWS = "pickup:"
"""Begins the `media` of a frame that is not footage, but the last one of another shot."""


class FrameRef(Record):
    """A frame of the editor's own footage, or of the shot before, that a shot must join to.

    Attributes:
        name: the clip it comes from.
        media: the media as the cut names it; `pickup:` and a shot's id where it is that shot's.
        path: the local file, absolute; empty where there is none.
        frame: the frame's number in the media's own timecode.
        index: the same frame counted from the file's first frame.
        file: the extracted PNG, relative to the plan's folder; empty where it could not be had.
        sha256: of that PNG.
        reason: why there is no PNG.
    """

    name: str = ""
    media: str = ""
    path: str = ""
    frame: int = 0
    index: int = 0
    file: str = ""
    sha256: str = ""
    reason: str = ""

    @property
    def follows(self) -> str:
        """The shot whose last frame it is; empty where it is footage."""
        return self.media.removeprefix(FOLLOWS) if self.media.startswith(FOLLOWS) else ""


class Reference(Record):
    """A picture of how somebody or something looks, to show to a model; not a frame to join to.

    Attributes:
        name: what it shows, for people.
        path: the image that the look names, absolute.
        sha256: of that image's bytes.
    """

    name: str = Field(default="", max_length=200)
    path: str = ""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Character(Record):
    """Somebody who appears in several shots, and looks the same in each.

    Attributes:
        name: as the editor writes it; a shot whose words have it shows this character.
        words: what they look like.
        images: of them.
    """

    name: str = Field(min_length=1, max_length=200)
    words: str = Field(default="", max_length=4_000)
    images: tuple[Reference, ...] = ()

    def appears_in(self, words: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(self.name)}(?!\w)", words, re.IGNORECASE) is not None


Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1000, le=1000)]
Positive = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1000)]


class Cdl(Record):
    """An ASC CDL, red, green and blue; these defaults change nothing."""

    slope: tuple[Positive, Positive, Positive] = (1, 1, 1)
    offset: tuple[Finite, Finite, Finite] = (0, 0, 0)
    power: tuple[Positive, Positive, Positive] = (1, 1, 1)
    saturation: Positive = 1


class GapRef(Record):
    """Where a shot belongs: a gap of a cut, as it was when the plan was made.

    Attributes:
        of: id of the whole gap where the shot fills a piece of it, else empty.
        offset: frames from that gap's start to the piece.
    """

    id: str
    sequence: str = ""
    start: int = Field(ge=0)
    duration: int = Field(gt=0)
    timecode: str = ""
    kind: str = "empty"
    track: int | None = None
    of: str = ""
    offset: int = Field(default=0, ge=0)


class ShotRequest(Record):
    """One shot to film.

    Attributes:
        id: name of the shot within its plan, also its clip's name.
        words: what the editor wrote, untouched.
        words_from: where those words stood; `"neighbours"` means that there were none and
            `text` was made from the clips around the gap.
        text: the whole prompt as a model that takes plain text gets it.
        negative: what must not be seen.
        frames: exact length at `rate`, handles not included.
        handles: frames wanted on each side beyond `frames`.
        first_frame, last_frame: the frames before and after the gap.
        characters: all that the look knows; those whose names stand in `words` appear.
        references: pictures of the look for every shot, whoever appears.
        lut, cdl: the grade of the placed clip, in hosts that know one; not part of the picture.
        seed: makes the result repeatable where the model can.
        model: `provider:model`, or empty for the default.
        takes: how many results to make.
        audio: whether sound is wanted.
        lettering: whether the local model letters the shot's name and words in a corner.
    """

    schema_: Literal["pickup.shot/1"] = Field(default="pickup.shot/1", alias="schema")
    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    gap: GapRef
    words: str = Field(default="", max_length=20_000)
    words_from: Literal["marker", "clip", "gap", "metadata", "neighbours", "person"] = "neighbours"
    prompt: Prompt = Prompt()
    text: str = Field(default="", max_length=32_000)
    negative: str = Field(default="", max_length=20_000)
    frames: int = Field(gt=0, le=10_000_000)
    rate: Rate
    width: int = Field(ge=16, le=16_384)
    height: int = Field(ge=16, le=16_384)
    pixel_aspect: PixelAspect = Fraction(1)
    first_frame: FrameRef | None = None
    last_frame: FrameRef | None = None
    characters: tuple[Character, ...] = ()
    references: tuple[Reference, ...] = ()
    lut: str = Field(default="", max_length=1_000)
    cdl: Cdl | None = None
    handles: int = Field(default=8, ge=0, le=240)
    seed: int = Field(default=0, ge=0, lt=2**32)
    model: str = ""
    takes: int = Field(default=1, ge=1, le=64)
    audio: bool = False
    lettering: bool = True

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="after")
    def _fills_its_gap(self) -> ShotRequest:
        if self.frames != self.gap.duration:
            raise ValueError(
                f"shot {self.id}: frames is {self.frames} but its gap is {self.gap.duration} long"
            )
        return self

    @property
    def pictures(self) -> tuple[Reference, ...]:
        """The reference images of this shot, those of who appears first; none twice."""
        seen = [who for who in self.characters if who.appears_in(self.words)]
        images = [*(image for who in seen for image in who.images), *self.references]
        return tuple({image.sha256: image for image in images}.values())

    def sha256(self) -> str:
        """Identity of the request: of all that changes the picture, in canonical JSON.

        Left out are where the gap stands in the cut (a moved gap wants the same shot), how many
        takes are wanted, and the paths and PNG bytes of the reference frames: they differ between
        machines and versions, and a paid take must be recognised on all of them. Of characters it
        is their words, which stand in `text`, and their images by content.
        """
        data = self.model_dump(mode="json", by_alias=True, exclude=_APART)
        for key in ("first_frame", "last_frame"):
            if data[key]:
                data[key] = {k: data[key][k] for k in ("media", "frame")}
        if self.pictures:
            data["pictures"] = [image.sha256 for image in self.pictures]
        return canonical_sha256(data)


def canonical_sha256(data: Any) -> str:
    """Hash of a JSON value, whatever the order of its keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
