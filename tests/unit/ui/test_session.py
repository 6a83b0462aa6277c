"""The models without any widget: editing, undoing, selecting, judging, ordering."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from tests.unit.ui.conftest import LONG, Desk

from pickup.fill import consent
from pickup.fill.folder import PickupFolder
from pickup.fill.takes import read_takes, stands
from pickup.fill.values import Bill
from pickup.shots.plan import read_plan
from pickup_ui.hosts import host_of
from pickup_ui.models.gaps import STATE_ROLE, GapRows
from pickup_ui.models.judge import Compare, Judge
from pickup_ui.models.settings import Settings, amount, with_setting
from pickup_ui.models.shot_state import Status
from pickup_ui.qt import Qt
from pickup_ui.work import colour
from pickup_ui.work.ordering import Quote
from pickup_ui.work.state import PanelState, read_state, write_state
from pickup_ui.work.steps import Phase, Step

pytestmark = pytest.mark.usefixtures("here")


def text_of(desk: Desk, shot: str) -> str:
    return desk.session.shots[shot].shot.text


def summary_of(desk: Desk, qtbot):
    """The summary once its price is worked out."""
    qtbot.waitUntil(lambda: not desk.orders.summary().pending, timeout=LONG)
    return desk.orders.summary()


def made(desk, qtbot) -> None:
    with qtbot.waitSignal(desk.orders.finished, timeout=LONG):
        desk.orders.order_wanted()


class TestEditing:
    def test_typing_is_one_step_and_is_undone_at_once(self, open_desk):
        session = open_desk.session
        for words in ("f", "fo", "fog"):
            session.edit("pk010", "words", "words", words=words, words_from="person")
        assert text_of(open_desk, "pk010") == "fog"
        assert session.undo.count() == 1
        session.undo.undo()
        assert text_of(open_desk, "pk010") == "rain on glass"
        session.undo.redo()
        assert text_of(open_desk, "pk010") == "fog"

    def test_two_fields_and_two_shots_are_steps_of_their_own(self, open_desk):
        session = open_desk.session
        session.edit("pk010", "words", "words", words="fog")
        session.edit(
            "pk010",
            "light",
            "light",
            prompt=session.shots["pk010"].shot.prompt.model_copy(update={"light": "dusk"}),
        )
        session.edit("pk020", "words", "words", words="sea")
        assert session.undo.count() == 3
        assert text_of(open_desk, "pk010") == "fog. Light: dusk."

    def test_no_words_is_the_account_of_the_neighbours(self, open_desk):
        open_desk.session.edit("pk010", "words", words="")
        assert text_of(open_desk, "pk010").startswith("A shot of 0.8 seconds that leads from")

    def test_an_edit_that_changes_nothing_is_no_step(self, open_desk):
        open_desk.session.edit("pk010", "words", words="rain on glass")
        assert not open_desk.session.undo.canUndo()

    def test_what_is_edited_is_kept_in_the_plan(self, open_desk, cut):
        open_desk.session.edit("pk010", "words", words="fog", words_from="person")
        open_desk.session.save()
        plan = read_plan(PickupFolder.of(cut).plan)
        assert next((s.id, s.text) for s in plan.shots) == ("pk010", "fog")
        assert len(plan.shots) == 2

    def test_a_spoilt_plan_steps_aside(self, open_desk, cut):
        folder = PickupFolder.of(cut)
        folder.plan.parent.mkdir(exist_ok=True)
        folder.plan.write_text("{", "utf-8")
        open_desk.session.edit("pk010", "words", words="fog")
        open_desk.session.save()
        assert read_plan(folder.plan).shots[0].text == "fog"
        assert folder.plan.with_name("plan.previous.json").read_text("utf-8") == "{"

    def test_words_changed_in_the_cut_count_unless_a_person_wrote_others(
        self, open_desk, cut, qtbot
    ):
        session = open_desk.session
        session.edit("pk020", "words", words="mine", words_from="person")
        session.edit("pk010", "seed", seed=7)
        session.save()
        changed = cut.read_text("utf-8").replace("rain on glass", "snow on glass")
        cut.write_text(changed, "utf-8")
        with qtbot.waitSignal(session.opened_changed, timeout=LONG):
            session.open(host_of(cut))
        assert text_of(open_desk, "pk010") == "snow on glass"
        assert text_of(open_desk, "pk020") == "mine"


class TestMoving:
    def test_gap_by_gap_and_no_farther(self, open_desk):
        session = open_desk.session
        session.step(5)
        assert session.current == "pk020"
        assert session.playhead == session.shots["pk020"].gap.start
        session.step(-5)
        assert session.current == "pk010"
        session.set_playhead(10**9)
        assert session.playhead == session.opened.cut.duration - 1

    def test_rows_follow_the_shots(self, open_desk):
        rows = GapRows(open_desk.session)
        assert rows.rowCount() == 2
        index = rows.index(0)
        assert index.data(STATE_ROLE).id == "pk010"
        spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == "pk010, 00:00:01:00, 20 frames, Open. rain on glass"
        seen: list[int] = []
        rows.dataChanged.connect(lambda first, _last: seen.append(first.row()))
        rows.setData(rows.index(1), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
        assert seen == [1]
        assert [s.id for s in open_desk.session.wanted] == ["pk010"]


class TestOrdering:
    def test_the_summary_counts_what_is_selected_and_missing(self, open_desk, qtbot):
        session, _orders = open_desk.session, open_desk.orders
        summary = summary_of(open_desk, qtbot)
        assert (summary.shots, summary.count, summary.total, summary.uploads) == (2, 2, 0, 0)
        session.edit("pk010", "takes", takes=3)
        session.set_wanted(["pk020"], False)
        summary = summary_of(open_desk, qtbot)
        assert (summary.shots, summary.count) == (1, 3)

    def test_what_costs_is_asked_first_and_declined_nothing_happens(self, open_desk, qtbot):
        card = next(
            c
            for c in open_desk.models.catalog.cards.values()
            if c.prices and c.status == "active" and c.first_frame and c.last_frame
        )
        open_desk.session.edit("pk010", "model", model=card.name)
        summary = summary_of(open_desk, qtbot)
        assert summary.uploads == 1
        assert summary.total is not None
        assert summary.total > 0
        with qtbot.waitSignal(open_desk.orders.quoted, timeout=LONG) as asked:
            open_desk.orders.order_wanted()
        (quote,) = asked.args
        assert quote.bill.total == summary.total
        assert "the frame before" in quote.bill.uploads[0]
        open_desk.orders.decline()
        open_desk.orders.agree()
        assert not open_desk.orders.running
        assert not any(s.busy for s in open_desk.session.shots.values())

    def test_uploads_are_agreed_to_once_and_money_each_time(self):
        own = Bill((("pk010 take 1", "comfyui:own", Decimal(0)),), ("words",), ("comfyui",))
        dear = Bill((("pk010 take 1", "fal:m", Decimal(2)),), ("words",), ("fal",))
        unknown = Bill((("pk010 take 1", "fal:m", None),), ("words",), ("fal",))
        assert not Quote((), own, {}).free
        consent.allow(["comfyui", "fal"])
        assert Quote((), own, {}).free
        assert not Quote((), dear, {}).free
        assert not Quote((), unknown, {}).free

    def test_progress_never_goes_back_and_ends_with_all(self, open_desk, qtbot):
        told: list[tuple[int, int, float]] = []
        open_desk.orders.progress.connect(lambda *news: told.append(news))
        made(open_desk, qtbot)
        parts = [part for _, _, part in told]
        assert parts == sorted(parts)
        assert told[-1] == (2, 2, 1.0)
        assert open_desk.orders.summary().count == 0

    def test_a_shot_that_is_made_cannot_be_ordered_twice(self, open_desk, qtbot):
        open_desk.orders.order_wanted()
        qtbot.waitUntil(lambda: open_desk.orders.running, timeout=LONG)
        assert open_desk.orders.summary().count == 0
        open_desk.orders.order(["pk010"])
        with qtbot.waitSignal(open_desk.orders.finished, timeout=LONG):
            pass
        assert len(open_desk.session.shots["pk010"].takes) == 1

    def test_one_more_take_of_the_same_words(self, open_desk, qtbot):
        made(open_desk, qtbot)
        with qtbot.waitSignal(open_desk.orders.finished, timeout=LONG):
            open_desk.orders.order_one("pk010")
        takes = open_desk.session.shots["pk010"].takes
        assert [t.name for t in takes] == ["pk010_t01", "pk010_t02"]
        assert takes[0].record.seed != takes[1].record.seed

    def test_a_model_nobody_knows_is_a_reason_not_a_crash(self, open_desk, qtbot):
        open_desk.session.edit("pk010", "model", model="nobody:none")
        assert open_desk.models.offer(open_desk.session.shots["pk010"].shot).problems
        open_desk.orders.order(["pk010"])
        qtbot.waitUntil(
            lambda: open_desk.session.shots["pk010"].status is Status.FAILED, timeout=LONG
        )
        assert "nobody" in open_desk.session.shots["pk010"].reason

    def test_a_button_hit_twice_orders_once(self, open_desk, qtbot):
        open_desk.orders.order(["pk010"])
        open_desk.orders.order(["pk010"])
        with qtbot.waitSignal(open_desk.orders.finished, timeout=LONG):
            pass
        qtbot.waitUntil(lambda: open_desk.tasks.running == 0, timeout=LONG)
        assert not open_desk.orders.running
        assert [t.name for t in open_desk.session.shots["pk010"].takes] == ["pk010_t01"]

    def test_another_cut_opened_meanwhile_hears_nothing_of_the_first(
        self, open_desk, cut, tmp_path, qtbot
    ):
        other = tmp_path / "other" / "other.otio"
        other.parent.mkdir()
        other.write_bytes(cut.read_bytes())
        open_desk.orders.order_wanted()
        qtbot.waitUntil(lambda: open_desk.orders.running, timeout=LONG)
        with qtbot.waitSignal(open_desk.session.opened_changed, timeout=LONG):
            open_desk.session.open(host_of(other))
        qtbot.waitUntil(
            lambda: not open_desk.orders.running and open_desk.tasks.running == 0, timeout=LONG
        )
        assert [s.status for s in open_desk.session.shots.values()] == [Status.OPEN] * 2
        assert not (tmp_path / "other" / "other.pickup" / "takes").exists()

    def test_the_same_cut_read_anew_goes_on_with_its_orders(self, open_desk, cut, qtbot):
        open_desk.orders.order_wanted()
        qtbot.waitUntil(lambda: open_desk.orders.running, timeout=LONG)
        with qtbot.waitSignal(open_desk.session.opened_changed, timeout=LONG):
            open_desk.session.open(host_of(cut))
        qtbot.waitUntil(
            lambda: not open_desk.orders.running and open_desk.tasks.running == 0, timeout=LONG
        )
        if open_desk.orders.orderable():
            made(open_desk, qtbot)
        takes = PickupFolder.of(cut).takes
        assert sorted(p.name for p in takes.glob("*.mov")) == ["pk010_t01.mov", "pk020_t01.mov"]

    def test_a_waiting_order_can_be_called_off(self, open_desk, qtbot):
        open_desk.session.edit("pk010", "takes", takes=6)
        open_desk.orders.order_wanted()
        last = open_desk.session.shots["pk020"]
        qtbot.waitUntil(lambda: last.busy, timeout=LONG)
        open_desk.orders.cancel("pk020")
        with qtbot.waitSignal(open_desk.orders.finished, timeout=LONG):
            pass
        assert len(open_desk.session.shots["pk010"].takes) == 6
        assert not last.busy
        assert last.takes == ()
        assert last.reason == "it was called off"

    def test_stopped_orders_go_on_when_asked_again(self, open_desk, qtbot):
        open_desk.session.edit("pk010", "takes", takes=4)
        open_desk.orders.order_wanted()
        qtbot.waitUntil(lambda: open_desk.orders.running, timeout=LONG)
        with qtbot.waitSignal(open_desk.orders.finished, timeout=LONG):
            open_desk.orders.cancel_all()
        assert not any(s.busy for s in open_desk.session.shots.values())
        if open_desk.orders.orderable():
            made(open_desk, qtbot)
        assert len(open_desk.session.shots["pk010"].takes) == 4


class TestJudging:
    def test_choosing_and_rejecting_are_undone(self, open_desk, qtbot):
        made(open_desk, qtbot)
        session = open_desk.session
        state = session.shots["pk010"]
        session.choose("pk010", 1)
        session.reject("pk010", "pk010_t01")
        assert (state.status, state.rejected) == (Status.OPEN, {"pk010_t01"})
        session.undo.undo()
        assert state.chosen is not None
        session.undo.undo()
        assert (state.chosen, state.rejected) == (None, set())

    def test_a_choice_stands_for_the_shot_as_it_is(self, open_desk, qtbot):
        made(open_desk, qtbot)
        session = open_desk.session
        session.edit("pk010", "words", "words", words="something else altogether")
        session.choose("pk010", 1)
        folder, shot = session.opened.folder, session.shots["pk010"].shot

        def stands_on_disk():
            (take,) = read_takes(folder, "pk010")
            return stands(take, shot)

        qtbot.waitUntil(stands_on_disk, timeout=LONG)
        session.choose("pk010", None)
        qtbot.waitUntil(lambda: not stands_on_disk(), timeout=LONG)

    def test_the_reel_is_the_neighbours_and_the_take(self, open_desk, qtbot):
        judge = Judge(open_desk.session)
        made(open_desk, qtbot)
        reel = judge.reel
        assert reel is not None
        assert (reel.start, reel.joins, len(reel.frames)) == (0, (24, 44), 68)
        numbers = [frame.index if frame else None for frame in reel.frames]
        # The clips begin at frame 10 of their media, and the take after eight handles.
        assert [numbers[n] for n in (0, 23, 44)] == [10, 33, 10]
        assert [numbers[n] for n in (24, 43)] == [8, 27]
        qtbot.waitUntil(lambda: judge.steps is not None, timeout=LONG)
        assert all(step is not None and step < 3 for step in judge.steps or (None,))

    def test_playing_keeps_the_cuts_time_and_loops(self, open_desk, qtbot):
        judge = Judge(open_desk.session)
        made(open_desk, qtbot)
        judge.seek(60)
        judge.play()
        qtbot.waitUntil(lambda: judge.position < 20, timeout=3000)
        assert judge.playing
        judge.shuttle(-1)
        assert not judge.playing
        judge.shuttle(-1)
        judge.shuttle(-1)
        assert judge.speed == -2
        judge.stop()
        judge.step(1)
        assert not judge.playing

    def test_without_a_take_the_hole_is_shown(self, open_desk):
        open_desk.session.go_to("pk020")
        judge = Judge(open_desk.session)
        assert judge.reel is not None
        first, end = judge.reel.joins
        assert set(judge.reel.frames[first:end]) == {None}
        assert judge.main.has(first)
        assert judge.main.picture(first) is None

    def test_comparing_takes_the_other_one(self, open_desk, qtbot):
        judge = Judge(open_desk.session)
        made(open_desk, qtbot)
        with qtbot.waitSignal(open_desk.orders.finished, timeout=LONG):
            open_desk.orders.order_one("pk010")
        judge.show_take("pk010_t02")
        judge.set_compare(Compare.WIPE)
        assert (judge.main.take, judge.other.take) == ("pk010_t02", "pk010_t01")
        judge.next_take()
        assert judge.main.take == "pk010_t01"
        assert judge.other.take != "pk010_t01"


class TestColour:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            # Sharma, Wu, Dalal 2005, table 1: pairs 1, 7, 10, 14, 25.
            ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
            ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
            ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
            ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
            ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ],
    )
    def test_it_is_ciede2000(self, one, other, expected):
        found = colour.delta_e(np.array(one), np.array(other))
        assert float(found) == pytest.approx(expected, abs=1e-4)

    def test_equal_pictures_have_no_step_and_others_have(self):
        grey = np.full((90, 160, 3), 120, np.uint8)
        assert colour.step(grey, grey) == 0
        assert colour.step(grey, np.full((40, 60, 3), 160, np.uint8)) > 10


class TestSettings:
    def test_they_are_kept(self, qapp):
        Settings().set(deliver="dpx", handles=4, budget="12.50")
        again = Settings()
        assert (again.kept.deliver, again.kept.handles) == ("dpx", 4)
        assert again.budget == Decimal("12.50")

    def test_nonsense_is_told_and_not_kept(self, qapp):
        told: list[str] = []
        settings = Settings()
        settings.failed.connect(told.append)
        settings.set(handles=-1)
        settings.set_month_cap("much")
        assert len(told) == 2
        assert settings.kept.handles == 8

    def test_the_month_cap_leaves_the_other_settings_alone(self):
        toml = '# mine\nmodel = "animatic"\nmonth_usd = 5\n[other]\nx = 1\n'
        assert with_setting(toml, "month_usd", Decimal("20")) == (
            '# mine\nmodel = "animatic"\nmonth_usd = 20\n[other]\nx = 1\n'
        )
        assert with_setting(toml, "month_usd", None).count("month_usd") == 0
        assert with_setting("", "month_usd", Decimal(3)) == "month_usd = 3\n"

    @pytest.mark.parametrize(
        ("text", "value"), [("$3", 3), ("2,50", 2.5), ("", None), ("-1", None), ("nan", None)]
    )
    def test_amounts(self, text, value):
        assert amount(text) == (None if value is None else Decimal(str(value)))

    def test_a_key_goes_to_the_keyring_and_is_in_no_file(self, qapp, monkeypatch, tmp_path):
        kept = {}
        monkeypatch.setattr(
            "keyring.set_password", lambda *entry: kept.update({entry[1]: entry[2]})
        )
        from pickup.home import home
        from pickup.providers.keys import Secret

        settings = Settings()
        settings.set(handles=5)
        assert settings.store_key("fal", Secret("sk-very-secret")) == ""
        assert kept == {"fal": "sk-very-secret"}
        assert "sk-very-secret" not in "".join(p.read_text("utf-8") for p in home().rglob("*.json"))


def test_the_panels_memory_survives_a_round_trip_and_spoilt_files(tmp_path):
    folder = PickupFolder(tmp_path / "x.pickup")
    state = PanelState(shot="pk010", rejected=frozenset({"pk010_t01"}), placed={"pk020": "t"})
    write_state(folder, state)
    assert read_state(folder) == state
    (folder.root / "panel.json").write_text(json.dumps({"schema": "other"}), "utf-8")
    assert read_state(folder) == PanelState()


def test_news_of_a_take_moves_its_shot(open_desk):
    state = open_desk.session.shots["pk010"]
    state.heard(Step("pk010", 1, Phase.WAITING))
    state.heard(Step("pk010", 2, Phase.MAKING, 0.5))
    assert state.busy
    assert state.fraction == pytest.approx(0.225)
    state.heard(Step("pk010", 2, Phase.FAILED, None, "no"))
    state.heard(Step("pk010", 1, Phase.STOPPED))
    assert (state.status, state.reason) == (Status.FAILED, "no")
