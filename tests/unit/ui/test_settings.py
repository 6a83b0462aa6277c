"""What the user has set: kept, checked, and never in the way of the rest of a file."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pickup.errors import PickupError
from pickup.home import home
from pickup_ui.models.settings import Kept, Settings, amount, with_setting

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(qapp: Any) -> Settings:
    return Settings()


@pytest.fixture
def told(settings: Settings) -> list[str]:
    said: list[str] = []
    settings.failed.connect(said.append)
    return said


class TestKept:
    def test_a_change_is_told_once_and_the_same_again_is_none(self, settings):
        changes: list[int] = []
        settings.changed.connect(lambda: changes.append(1))
        settings.set(handles=4)
        settings.set(handles=4)
        assert changes == [1]

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"handles": "many"}', "\x00"])
    def test_a_spoilt_file_is_as_if_there_were_none(self, qapp, text):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "panel.json").write_text(text, "utf-8")
        assert Settings().kept == Kept()

    def test_what_a_later_version_wrote_is_read_as_far_as_it_is_known(self, qapp):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "panel.json").write_text('{"handles": 3, "hologram": true}', "utf-8")
        assert Settings().kept.handles == 3

    def test_a_disk_that_is_full_is_told_and_the_setting_holds_for_now(
        self, settings, told, monkeypatch
    ):
        def full(*_: object) -> None:
            raise PickupError("panel.json: cannot be written (no space left).")

        monkeypatch.setattr("pickup_ui.models.settings.write_text", full)
        settings.set(handles=4)
        assert told == ["panel.json: cannot be written (no space left)."]
        assert settings.kept.handles == 4

    @pytest.mark.parametrize(
        "nonsense", [{"handles": -1}, {"takes": 0}, {"takes": 65}, {"deliver": "betamax"}]
    )
    def test_nonsense_is_told_by_its_name_and_not_kept(self, settings, told, nonsense):
        before = settings.kept
        settings.set(**nonsense)
        assert settings.kept == before
        assert len(told) == 1
        assert told[0].startswith(next(iter(nonsense)))


class TestRecent:
    def test_the_newest_is_first_each_is_there_once_and_eight_at_most(self, settings, tmp_path):
        for number in range(10):
            settings.opened(tmp_path / f"{number}.otio")
        settings.opened(tmp_path / "5.otio")
        names = [name.rpartition("/")[2].rpartition("\\")[2] for name in settings.kept.recent]
        assert names == [f"{n}.otio" for n in (5, 9, 8, 7, 6, 4, 3, 2)]


class TestPreferences:
    def test_what_is_set_is_what_new_shots_get(self, settings):
        settings.set(model="animatic", takes=3, handles=2, min_frames=5, lettering=False)
        wanted = settings.preferences()
        shots = wanted.shots
        assert (shots.model, shots.takes, shots.handles) == ("animatic", 3, 2)
        assert not shots.lettering
        assert wanted.gaps.min_frames == 5

    def test_a_look_that_is_gone_is_told_and_left_out(self, settings, told, tmp_path: Path):
        settings.set(look=str(tmp_path / "gone.toml"))
        assert settings.preferences().shots.look is None
        assert "gone.toml" in told[0]

    def test_a_look_is_read_anew_each_time(self, settings, tmp_path: Path):
        look = tmp_path / "look.toml"
        look.write_text('style = "16 mm"\n', "utf-8")
        settings.set(look=str(look))
        first = settings.preferences().shots.look
        look.write_text('style = "video"\n', "utf-8")
        assert first != settings.preferences().shots.look


class TestTheMonthsCap:
    def test_it_is_that_of_the_command_line(self, settings, told):
        assert settings.month_cap() == ""
        settings.set_month_cap("25,50")
        assert Decimal(settings.month_cap()) == Decimal("25.50")
        assert tomllib.loads((home() / "settings.toml").read_text("utf-8")) == {"month_usd": 25.5}
        settings.set_month_cap("")
        assert settings.month_cap() == ""
        assert told == []

    def test_a_settings_file_that_is_spoilt_is_told_and_left(self, settings, told):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "settings.toml").write_bytes(b"\xff\xfe")
        settings.set_month_cap("5")
        assert "settings.toml" in told[0]
        assert (home() / "settings.toml").read_bytes() == b"\xff\xfe"

    def test_one_that_is_no_toml_is_told_when_it_is_shown(self, settings, told):
        home().mkdir(parents=True, exist_ok=True)
        (home() / "settings.toml").write_text("month_usd = = 3", "utf-8")
        assert settings.month_cap() == ""
        assert "settings.toml" in told[0]

    @given(
        st.lists(
            st.sampled_from(
                ['model = "animatic"', "# a note", "", "[fal]", 'x = "month_usd = 3"', "y = 2"]
            ),
            max_size=6,
        ),
        st.one_of(st.none(), st.decimals(0, 10_000, places=2)),
    )
    def test_every_other_line_stays(self, lines, value):
        before = "\n".join(lines)
        after = with_setting(before, "month_usd", value)
        kept = [line for line in after.splitlines() if not line.startswith("month_usd")]
        assert kept == before.splitlines()
        set_now = [line for line in after.splitlines() if line.startswith("month_usd")]
        assert len(set_now) == (value is not None)
        if value is not None and "[fal]" in lines:
            assert after.index("month_usd =") < after.index("[fal]"), "it belongs to no table"


@pytest.mark.parametrize(
    ("typed", "dollars"),
    [
        ("3", "3"), (" $3.50 ", "3.50"), ("2,5", "2.5"), ("0", "0"), ("1e2", "100"),
        ("-1", None), ("inf", None), ("nan", None), ("lots", None), ("", None), ("3 euro", None),
    ],
)  # fmt: skip
def test_what_a_person_types_as_money(typed: str, dollars: str | None):
    assert amount(typed) == (None if dollars is None else Decimal(dollars))


class TestKeys:
    def test_a_keyring_that_is_locked_is_a_sentence(self, settings, monkeypatch):
        from pickup.providers.keys import Secret

        def locked(*_: object) -> None:
            raise PickupError("The keyring is locked.")

        monkeypatch.setattr("pickup.providers.keys.store_key", locked)
        assert settings.store_key("fal", Secret("sk-1")) == "The keyring is locked."

    def test_forgetting_one_is_told(self, settings, monkeypatch):
        gone: list[str] = []
        monkeypatch.setattr("pickup.providers.keys.forget_key", gone.append)
        changes: list[int] = []
        settings.changed.connect(lambda: changes.append(1))
        settings.forget_key("fal")
        assert (gone, changes) == (["fal"], [1])
