"""A cut with two gaps and its folder; takes that need no film; and a service in this process."""

from __future__ import annotations

import asyncio
import functools
import threading
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.e2e.footage import scene
from tests.unit.cut.builders import clip, cut, video

from pickup.cut.gaps import find_gaps
from pickup.cut.model import Cut, Item, Media, Raster
from pickup.files import sha256_of
from pickup.fill.folder import PickupFolder
from pickup.fill.prepare import PlannedCut, ShotSettings, plan_cut
from pickup.fill.takes import PickupRecord, SourceFile, Take, write_take
from pickup.home import home
from pickup.jobs import fulfil, handover
from pickup.jobs.flow import Flow, Pace
from pickup.jobs.steps import Steps
from pickup.providers import registry
from pickup.testing.fake_provider import FakeProvider

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pickup.jobs.ledger import Ledger

RATE = Fraction(24)
RASTER = Raster(96, 64)


class Made:
    """A cut of three clips with a gap after the first and the second, of 30 frames each.

    Its media are named and not there, unless `film` makes them.
    """

    def __init__(self, folder: Path) -> None:
        self.cut_path = folder / "scene.otio"
        self.folder = PickupFolder.of(self.cut_path)
        self.media = folder / "media"

    @property
    def cut(self) -> Cut:
        clips = [self._clip(start, name) for start, name in ((0, "A"), (54, "B"), (108, "C"))]
        return replace(cut(video(*clips)), raster=RASTER)

    def planned(self, *, settings: ShotSettings | None = None, **changes: Any) -> PlannedCut:
        """Both shots, the first of them with `changes`."""
        made = self.cut
        gaps = find_gaps(made).gaps
        whole = plan_cut(0, made, "scene.otio", gaps, settings or ShotSettings(), {})
        first, second = whole.shots
        if "frames" in changes:
            gap = first.gap.model_copy(update={"duration": changes["frames"]})
            changes["gap"] = gap
        return replace(whole, shots=[first.model_copy(update=changes), second])

    def take(self, number: int, shot: str = "pk010", **changes: Any) -> Path:
        """A take as it lies in the folder, made of its shot's present request; its file."""
        shots = {each.id: each for each in self.planned().shots}
        request = shots[shot]
        name = f"{shot}_t{number:02d}"
        file = self.folder.takes / f"{name}.mov"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
        record = PickupRecord(
            shot=shot,
            gap=request.gap.id,
            take=number,
            provider="animatic",
            model="animatic-1",
            prompt=request.text,
            seed=number,
            cost_usd=0,
            created="2026-11-28T10:00:00+00:00",
            request_sha256=request.sha256(),
            source=SourceFile(file=f"{name}.mp4", sha256="0" * 64),
        )
        take = Take(
            record=record,
            file=file.name,
            sha256=sha256_of(file),
            deliver="h264",
            rate=RATE,
            frames=46,
            visible=30,
            head=8,
            start=16,
            drop_frame=False,
            reel="PK010T01",
            width=96,
            height=64,
            pixel_aspect=Fraction(1),
        )
        write_take(self.folder, take.model_copy(update=changes))
        return file

    def _clip(self, start: int, name: str) -> Item:
        path = self.media / f"{name}.mov"
        media = Media(url=str(path), path=path, name=name, rate=RATE)
        return clip(start, start + 24, name, media=media)

    @staticmethod
    def scene(folder: Path) -> Path:
        """A cut in a file, of real footage, with one gap of 30 frames."""
        return scene(folder).cut


class Local(FakeProvider):
    """The shipped fake as a model of this machine: its takes are made in this very process."""

    name = "fake"
    local = True

    def __init__(self) -> None:
        super().__init__(home() / "fake")

    def cards(self) -> Any:
        return [card.model_copy(update={"local": True}) for card in super().cards()]


class Service(FakeProvider):
    """The shipped fake as a service that charges, with its state in the home."""

    def __init__(self) -> None:
        super().__init__(home() / "fake", remembers=False)


def offer(monkeypatch: pytest.MonkeyPatch, provider: type[FakeProvider]) -> FakeProvider:
    """Let `fake` be among the providers for a test; as it is found there."""
    target = f"{provider.__module__}:{provider.__name__}"
    monkeypatch.setitem(registry._BUILT_IN, "fake", target)
    if not provider.local:
        here = functools.partial(fulfil.fulfil, start=work_here)
        monkeypatch.setattr(fulfil, "fulfil", here)
    return provider()  # type: ignore[call-arg]


def work_here(ledger: Ledger) -> None:
    """What a worker does, in a thread of this process and without DBOS."""

    async def whole(flow: Flow, turn: handover.Turn) -> None:
        if await flow.place(turn.key, turn.provider) == "submitted":
            await flow.collect(turn.key, turn.provider)
        await flow.let_go(turn.key, turn.provider, turn.number)

    async def all_of_it() -> None:
        pace = Pace(first=0.01, per_job=0, grace=0.01, trouble=0.01, unreachable=(0.01,))
        flow = Flow(Steps(ledger, registry.load, "here"), pace)
        turns = handover.waiting(ledger)
        handover.take_up(ledger, turns)
        await asyncio.gather(*(whole(flow, turn) for turn in turns))

    threading.Thread(target=lambda: asyncio.run(all_of_it()), daemon=True).start()
