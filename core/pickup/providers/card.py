"""A `ModelCard`: what a model can do and costs, and until when. Data, with dates and sources."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ChangeKind = Literal["remix", "extend", "upscale"]


class CardRule(BaseModel):
    """A narrower limit that holds for some requests only.

    It applies when every condition that is set is met; what it allows then replaces the card's.

    Attributes:
        resolutions: holds when one of these is asked for.
        both_frames: holds when the first and the last frame are given.
        references: holds when reference images are given.
        durations, max_seconds: the lengths that are made then.
        because: the vendor's rule as a sentence, for the refusal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolutions: tuple[str, ...] = ()
    both_frames: bool = False
    references: bool = False
    durations: tuple[float, ...] = ()
    max_seconds: float = 0
    because: str = ""


class ModelCard(BaseModel):
    """One model of one provider.

    Attributes:
        provider, id: together the model's name, `provider:id`.
        status: `active`, `preview` or `retired`.
        released, shutdown: dates; `shutdown` may lie ahead.
        successor: `provider:id` of what to use instead.
        otherwise: what else helps where it is gone, as the end of a sentence.
        durations: the lengths it makes, in seconds, where only these are made.
        min_seconds, max_seconds: the range of lengths, where any is made; 0 is no limit.
        rates: frames per second it makes, as text (`24000/1001`); empty means any.
        sizes: rasters as `1280x720`; empty means any.
        ratios: aspect ratios as `16:9`; empty means any.
        resolutions: names of the provider's quality steps, `720p`.
        first_frame, last_frame: whether it binds them.
        last_needs_first: whether a last frame is taken only together with a first one.
        needs_first, needs_last: whether nothing is made without that frame.
        references: how many reference images it takes.
        references_or_frames: whether it takes either these or frames to join to.
        audio: whether it can make sound.
        seed: whether it honours a seed.
        negative: whether it takes a negative prompt.
        max_prompt: characters; 0 is no limit.
        prices: USD per second of video by resolution; `""` is the price where none is named.
        link_hours: how long a result can be fetched; 0 is for ever.
        upload_rules: what may not be uploaded, as sentences.
        changes: what it can do to an older take of its own: `remix`, `extend`, `upscale`.
        extensions: the seconds by which it extends a take.
        sources: where these facts are from, and when they were read.
        rules: narrower limits for some requests.
        local: nothing leaves the machine.
        handles: its takes have the handles that were asked for, before and after the visible part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str
    id: str
    title: str = ""
    status: Literal["active", "preview", "retired"] = "active"
    released: date | None = None
    shutdown: date | None = None
    successor: str = ""
    otherwise: str = ""
    durations: tuple[float, ...] = ()
    min_seconds: float = 0
    max_seconds: float = 0
    rates: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    first_frame: bool = False
    last_frame: bool = False
    last_needs_first: bool = False
    needs_first: bool = False
    needs_last: bool = False
    references: int = 0
    references_or_frames: bool = False
    audio: bool = False
    seed: bool = False
    negative: bool = False
    max_prompt: int = 0
    prices: dict[str, Decimal] = Field(default_factory=dict)
    link_hours: float = 0
    upload_rules: tuple[str, ...] = ()
    changes: tuple[ChangeKind, ...] = ()
    extensions: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    rules: tuple[CardRule, ...] = ()
    local: bool = False
    handles: bool = False

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.id}"

    @property
    def films(self) -> bool:
        """Whether it makes film from words or frames: one that only upscales makes none."""
        return set(self.changes) != {"upscale"}

    def retired_on(self, day: date) -> bool:
        """Whether the model is gone on `day`, by its status or its shutdown date."""
        return self.status == "retired" or (self.shutdown is not None and self.shutdown <= day)

    def farewell(self, known: str = "“pickup models” lists what there is") -> str:
        """That it is gone, and what would work, as a sentence.

        Args:
            known: what helps where the card itself names nothing.
        """
        since = f" on {self.shutdown}" if self.shutdown else ""
        instead = f"use {self.successor} instead" if self.successor else ""
        cures = ", or ".join(filter(None, (instead, self.otherwise)))
        return f"{self.name} was retired{since}; {cures or known}."
