"""One contract for the fake and for a live Resolve.

With PICKUP_LIVE_RESOLVE=1 it runs in the Resolve Studio that is open on this machine, in a project
that it makes and deletes, and writes its page into PICKUP_LIVE_REPORTS (default: `reports`).
"""

from __future__ import annotations

import os
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.e2e.footage import film

from pickup.cut.model import Raster
from pickup.cut.placement import TakeMedia
from pickup_resolve.api import Resolve
from pickup_resolve.connect import external
from pickup_resolve.errors import ResolveError
from pickup_resolve.testing import FakeResolve, Lie
from pickup_resolve.testing.contract import Contract, Fact, report

LIVE = os.environ.get("PICKUP_LIVE_RESOLVE") == "1"
REPORTS = Path(os.environ.get("PICKUP_LIVE_REPORTS", "reports"))
HARMLESS = {
    *(Lie.NONE_LISTS, Lie.FLOAT_NUMBERS, Lie.COLLISION_SLIDES, Lie.DELETE_NEEDS_EDIT_PAGE),
    *(Lie.DUPLICATE_BECOMES_CURRENT, Lie.SAVE_ANSWERS_FALSE, Lie.APPEND_ANSWERS_GHOST),
}


def take(folder: Path) -> TakeMedia:
    path = film(folder / "contract_t01.mov", 80, Fraction(24))
    raster = Raster(96, 64)
    return TakeMedia(path, "contract_t01", Fraction(24), 80, 8, 0, False, "CONTRACT", raster)


@pytest.mark.parametrize("version", [(18, 6, 6, 7), (19, 1, 3, 7), (20, 2, 1, 6), (21, 1, 0, 14)])
def test_the_fake_keeps_the_contract(tmp_path: Path, version):
    fake = FakeResolve(version)
    project, timeline = fake.project, fake.timeline
    facts = Contract(Resolve.of(fake), take(tmp_path), tmp_path).run()
    assert [one for one in facts if one.holds is False] == []
    assert len(facts) > 12
    assert fake.project is project
    assert [one._name for one in fake._manager._projects] == [project._name]
    assert timeline._all() == []
    filled = {one.name: one.detail for one in facts if "filled OTIO" in one.name}
    lengths = "[24, 20, 30] frames"
    assert filled["a filled OTIO, importSourceClips True"] == f"{lengths}, 3 of 3 online"


@pytest.mark.parametrize(
    ("lie", "options", "said"),
    [
        (Lie.IMPORT_OFFLINE, False, "[24, 20, 30] frames, 0 of 3 online"),
        (Lie.IMPORT_CANCELED, True, "was not imported"),
    ],
)
def test_how_a_build_imports_is_written_down(tmp_path: Path, lie, options, said):
    facts = Contract(Resolve.of(FakeResolve(lies=[lie])), take(tmp_path), tmp_path).run()
    assert {f"a filled OTIO, importSourceClips {options}": said}.items() <= {
        one.name: one.detail for one in facts
    }.items()


@pytest.mark.parametrize(("lies", "frame"), [((), 0), ((Lie.EXPORT_FIRST_TAKE,), 8)], ids=str)
def test_which_take_a_build_exports_is_written_down(tmp_path: Path, lies, frame):
    facts = Contract(Resolve.of(FakeResolve(lies=lies)), take(tmp_path), tmp_path).run()
    (fact,) = [one for one in facts if one.name == "the OTIO has the take that is chosen"]
    assert (fact.holds, fact.detail) == (frame == 0, f"it begins at {frame}")


def test_only_a_project_of_its_own_is_touched(tmp_path: Path):
    fake = FakeResolve()
    fake.project._pool._root._clips.clear()
    before = (fake.timeline._name, fake.timeline._all(), len(fake.project._timelines))
    touched = fake.project
    Contract(Resolve.of(fake), take(tmp_path), tmp_path).run()
    assert fake.project is touched
    assert (fake.timeline._name, fake.timeline._all(), len(touched._timelines)) == before
    assert touched._pool._root._clips == []
    assert touched._pool._root._folders == []


def test_its_project_is_deleted_though_a_call_fails(tmp_path: Path):
    fake = FakeResolve(lies=[Lie.EXPORT_WITHOUT_FILE])
    with pytest.raises(ResolveError, match="exported no file"):
        Contract(Resolve.of(fake), take(tmp_path), tmp_path).run()
    assert [one._name for one in fake._manager._projects] == ["Kitchen"]
    assert fake.project._name == "Kitchen"


@pytest.mark.parametrize("lie", sorted(HARMLESS, key=str), ids=str)
def test_what_is_no_breach_is_none(tmp_path: Path, lie):
    facts = Contract(Resolve.of(FakeResolve(lies=[lie])), take(tmp_path), tmp_path).run()
    assert [one for one in facts if one.holds is False] == []


@pytest.mark.parametrize(
    "lie", [Lie.IN_POINT_IGNORED, Lie.RIPPLES, Lie.EXPORT_DISAGREES, Lie.LOCKED_LATE], ids=str
)
def test_a_breach_is_seen(tmp_path: Path, lie):
    contract = Contract(Resolve.of(FakeResolve(lies=[lie])), take(tmp_path), tmp_path)
    try:
        breached = any(one.holds is False for one in contract.run())
    except (ResolveError, ValueError):
        breached = True
    assert breached


def test_the_page_says_what_was_found_and_when():
    page = report("DaVinci Resolve 21", [Fact("a", True, "x"), Fact("b", False), Fact("c", None)])
    assert str(date.today().year) in page
    assert "| b | NO |  |" in page
    assert page.startswith("# DaVinci Resolve 21, ")


@pytest.mark.skipif(not LIVE, reason="PICKUP_LIVE_RESOLVE=1 tries the Resolve that is open here")
def test_the_live_resolve_keeps_the_contract(tmp_path: Path):
    resolve = Resolve.of(external())
    facts = Contract(resolve, take(tmp_path), tmp_path).run()
    REPORTS.mkdir(exist_ok=True)
    page = REPORTS / f"resolve-{date.today()}.md"
    page.write_text(report(str(resolve.build), facts), "utf-8")
    assert [one for one in facts if one.holds is False] == []
