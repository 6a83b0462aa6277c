"""The panel orders from a service on loopback: asked first, told in words, never paid twice."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from tests.contract.benches import BENCHES
from tests.contract.test_fill_by_service import scene

from pickup.fill.folder import PickupFolder
from pickup.fill.takes import read_takes
from pickup.testing.fakes import film_bytes
from pickup.testing.fakes.server import Outcome
from pickup_ui.hosts import host_of
from pickup_ui.models.models import Models
from pickup_ui.models.orders import Orders
from pickup_ui.models.session import Session
from pickup_ui.models.settings import Settings
from pickup_ui.models.shot_state import Status
from pickup_ui.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONG = 60_000


class Desk:
    """A panel's models with the cut open; closing it is closing the panel."""

    def __init__(self, cut: Path, model: str, qtbot: Any) -> None:
        self.tasks = root = Tasks()
        self.session = Session(root, Settings(root), root)
        self.models = Models(root, root)
        self.orders = Orders(self.session, self.models, root)
        self.told: list[str] = []
        for one in (self.tasks, self.session, self.orders):
            one.failed.connect(self.told.append)
        with qtbot.waitSignal(self.session.opened_changed, timeout=LONG):
            self.session.open(host_of(cut))
        (self.shot,) = self.session.ids
        if self.state.shot.model != model:
            self.session.edit(self.shot, "", model=model)
        self._qtbot = qtbot

    @property
    def state(self) -> Any:
        return self.session.shots[self.shot]

    def order(self) -> Any:
        """Order it; the quote, agreed to."""
        with self._qtbot.waitSignal(self.orders.quoted, timeout=LONG) as asked:
            self.orders.order([self.shot])
        self.orders.agree()
        return asked.args[0]

    def until(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=LONG)

    def close(self) -> None:
        self.session.save()
        self.tasks.close()
        shiboken6.delete(self.tasks)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: Any) -> Iterator[Any]:
    """A cut with one hole, a service, and the model that films it."""
    service = next(one for one in BENCHES if one.name == "fal")
    with service.fake() as fake:
        fake.film = film_bytes(8, width=640, height=360)
        prefix = f"PICKUP_{service.provider.name.upper()}"
        own = {f"{prefix}_BASE_URL": fake.url, f"{prefix}_API_KEY": fake.key, **service.settings}
        for name, value in own.items():
            monkeypatch.setenv(name, value)
        yield scene(tmp_path), fake, f"{service.provider.name}:{service.model}"


@contextmanager
def opened(bench: Any, qtbot: Any) -> Iterator[Desk]:
    cut, _, model = bench
    desk = Desk(cut, model, qtbot)
    try:
        yield desk
    finally:
        desk.close()


def test_it_is_asked_first_and_then_made(bench: Any, qtbot: Any) -> None:
    cut, fake, model = bench
    with opened(bench, qtbot) as desk:
        quote = desk.order()
        assert quote.bill.lines[0][1] == model
        assert "go to fal" in quote.bill.uploads[0]
        desk.until(lambda: desk.state.status is Status.READY)
        assert desk.told == []
    assert fake.charges == 1
    assert [take.name for take in read_takes(PickupFolder.of(cut))] == ["pk010_t01"]


def test_not_agreed_to_nothing_leaves(bench: Any, qtbot: Any) -> None:
    _, fake, _ = bench
    with opened(bench, qtbot) as desk:
        with qtbot.waitSignal(desk.orders.quoted, timeout=LONG):
            desk.orders.order([desk.shot])
        desk.orders.decline()
        qtbot.waitUntil(lambda: desk.tasks.running == 0, timeout=LONG)
        assert desk.state.status is Status.OPEN
    assert (fake.charges, fake.asked("order")) == (0, [])


def test_what_the_service_refuses_is_told_in_its_words_and_made_when_asked_again(
    bench: Any, qtbot: Any
) -> None:
    _, fake, _ = bench
    fake.outcome_next(Outcome.MODERATION)
    with opened(bench, qtbot) as desk:
        desk.order()
        desk.until(lambda: desk.state.status is Status.FAILED)
        reason = desk.state.reason
        assert "moderation" in reason or "content" in reason, reason
        assert "Traceback" not in reason
        assert fake.key not in reason
        desk.order()
        desk.until(lambda: desk.state.status is Status.READY)
        assert desk.state.reason == ""
    assert len(fake.asked("order")) == 2


def test_closed_in_mid_order_it_is_there_when_it_is_opened_again_and_paid_once(
    bench: Any, qtbot: Any
) -> None:
    cut, fake, _ = bench
    fake.polls = 6
    with opened(bench, qtbot) as desk:
        desk.order()
        desk.until(lambda: fake.asked("order"))
    assert read_takes(PickupFolder.of(cut)) == []
    with opened(bench, qtbot) as again:
        # Nobody asks anything: what was ordered is taken up by itself.
        again.until(lambda: again.state.status is Status.READY)
        assert again.orders.summary().count == 0
    assert fake.charges == 1
    assert [take.name for take in read_takes(PickupFolder.of(cut))] == ["pk010_t01"]
