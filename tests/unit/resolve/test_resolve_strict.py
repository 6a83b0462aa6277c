"""The fake is strict: whatever is not in the documented interface fails, for every method of it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

import pickup_resolve
from pickup_resolve.api import Resolve
from pickup_resolve.testing import FakeResolve, placeholder
from pickup_resolve.testing.items import FakeGraph, FakeTimelineItem
from pickup_resolve.testing.media import MediaFacts
from pickup_resolve.testing.strict import FakeObject

ROOT = Path(pickup_resolve.__file__).parent
NEWEST = (21, 1, 0, 14)


def things(folder: Path, version: tuple[int, ...] = NEWEST) -> dict[str, Any]:
    """One of every kind of object that Resolve hands out."""
    fake = FakeResolve(version)
    pool = fake.project._pool
    path = placeholder(folder / "A.mov", MediaFacts(100))
    (clip,) = pool.ImportMedia([str(path)])
    item = FakeTimelineItem(fake, fake.timeline, "A", 86400, 86450, media=clip)
    fake.timeline._tracks["video"][0].items.append(item)
    return {
        "Resolve": fake,
        "ProjectManager": fake._manager,
        "Project": fake.project,
        "MediaPool": pool,
        "Folder": pool._root,
        "MediaPoolItem": clip,
        "Timeline": fake.timeline,
        "TimelineItem": item,
        "Graph": FakeGraph(item),
    }


def methods(thing: Any) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    """Fewest and most arguments of each documented method, and since when there is one."""
    found = ((name, getattr(type(thing), name, None)) for name in dir(type(thing)))
    return {
        name: (method.api[1], method.api[2], method.api[3])
        for name, method in found
        if method is not None and hasattr(method, "api")
    }


def every(folder: Path) -> list[tuple[str, Any, str, tuple[int, int, tuple[int, ...]]]]:
    return [
        (kind, thing, name, said)
        for kind, thing in things(folder).items()
        for name, said in methods(thing).items()
    ]


def test_every_object_of_the_interface_has_methods(tmp_path: Path):
    assert {kind for kind, *_ in every(tmp_path)} == set(things(tmp_path))
    assert len(every(tmp_path)) > 70


def test_one_argument_too_many_is_refused_by_every_method(tmp_path: Path):
    for _, thing, name, (_, most, _) in every(tmp_path):
        with pytest.raises(TypeError, match=rf"{name} takes"):
            getattr(thing, name)(*([1] * (most + 1)))


def test_one_argument_too_few_is_refused_by_every_method(tmp_path: Path):
    for _, thing, name, (fewest, _, _) in every(tmp_path):
        if fewest:
            with pytest.raises(TypeError, match=rf"{name} takes"):
                getattr(thing, name)(*([1] * (fewest - 1)))


def test_an_argument_of_no_kind_is_refused_by_every_method(tmp_path: Path):
    class Strange:
        pass

    for _, thing, name, (_, most, _) in every(tmp_path):
        if most:
            with pytest.raises(TypeError, match=f"{name} does not take"):
                getattr(thing, name)(*([Strange()] * most))


def test_a_keyword_is_refused_by_every_method(tmp_path: Path):
    for _, thing, name, _ in every(tmp_path):
        with pytest.raises(TypeError):
            getattr(thing, name)(name="x")


def test_every_call_is_counted_and_told(tmp_path: Path):
    for _, thing, name, _ in every(tmp_path):
        world = thing if isinstance(thing, FakeResolve) else thing._world
        told: list[str] = []
        world.on_call = told.append
        before = world.calls[name]
        with pytest.raises(TypeError):
            getattr(thing, name)(*([1] * 9))
        world.on_call = None
        assert world.calls[name] == before + 1
        assert told == [name]


def test_a_dialog_holds_every_call(tmp_path: Path):
    for _, thing, name, _ in every(tmp_path):
        world = thing if isinstance(thing, FakeResolve) else thing._world
        world.modal = "Studio only"
        with pytest.raises(RuntimeError, match="Studio only"):
            getattr(thing, name)()
        world.modal = ""


def test_what_came_later_is_neither_listed_nor_answered(tmp_path: Path):
    old = things(tmp_path, (20, 2, 1, 6))
    later = [(kind, name) for kind, thing in old.items()
             for name, (_, _, since) in methods(thing).items() if since > (20, 3)]  # fmt: skip
    assert later == [("Timeline", "GetSelectedClips")]
    for kind, name in later:
        assert name not in dir(old[kind])
        assert name in dir(things(tmp_path)[kind])
        with pytest.raises(AttributeError, match=name):
            getattr(old[kind], name)()


def test_an_attribute_that_is_none_of_resolves_is_an_error(tmp_path: Path):
    for thing in things(tmp_path).values():
        for name in ("GetTheBest", "get_name", "Name", "items"):
            with pytest.raises(AttributeError):
                getattr(thing, name)


def test_objects_cannot_be_told_apart_but_by_their_id(tmp_path: Path):
    for thing in things(tmp_path).values():
        if isinstance(thing, FakeObject):
            assert thing != thing
            with pytest.raises(TypeError):
                {thing}  # noqa: B018
    ids = [
        thing.GetUniqueId() for thing in things(tmp_path).values() if hasattr(thing, "GetUniqueId")
    ]
    assert len(set(ids)) == len(ids)


def calls_of_resolve(tree: ast.AST) -> list[str]:
    """Attributes that are named as Resolve names its methods."""
    names = {name for kind in things_by_name() for name in kind}
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in names
    ]


def things_by_name() -> list[set[str]]:
    from pickup_resolve.testing.items import FakeMediaPoolItem
    from pickup_resolve.testing.pool import FakeFolder, FakePool
    from pickup_resolve.testing.program import FakeProject, FakeProjectManager
    from pickup_resolve.testing.timeline import FakeTimeline

    kinds = (
        FakeResolve, FakeProjectManager, FakeProject, FakePool, FakeFolder, FakeMediaPoolItem,
        FakeTimeline, FakeTimelineItem, FakeGraph,
    )  # fmt: skip
    return [{n for n in dir(kind) if hasattr(getattr(kind, n, None), "api")} for kind in kinds]


def modules() -> list[Path]:
    return [path for path in ROOT.glob("*.py") if path.name != "__init__.py"]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_no_module_calls_resolve_but_through_the_boundary(path):
    """`bridge` asks for the product's name before there is a boundary, to see who answers."""
    tree = ast.parse(path.read_text("utf-8"))
    allowed = ["GetProductName"] if path.stem == "bridge" else []
    assert calls_of_resolve(tree) == allowed
    raw = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "raw"]
    assert not raw or path.stem in ("boundary", "api")


def test_every_typed_call_goes_through_the_boundary():
    tree = ast.parse((ROOT / "api.py").read_text("utf-8"))
    through = {"_flag", "_text", "_frame", "_frame_or_none", "_list", "_dict", "_maybe", "_thing",
               "_things", "rows", "constant"}  # fmt: skip
    names = set().union(*things_by_name())
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        first = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
        if any(isinstance(word, str) and word in names for word in first):
            where = call.func
            assert isinstance(where, ast.Attribute)
            assert where.attr in through | {"can"}, ast.unparse(call)


def test_every_typed_call_names_what_it_gives_back():
    from pickup_resolve import api

    kinds = (api.Resolve, api.Manager, api.Project, api.Pool, api.Folder, api.Timeline,
             api.MediaItem, api.TimelineItem, api.Graph)  # fmt: skip
    for kind in kinds:
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_"):
                assert "return" in method.__annotations__, f"{kind.__name__}.{name}"


def test_a_strict_fake_is_used_by_the_typed_calls_without_a_complaint(tmp_path: Path):
    """Whatever we call, the fake knows it with these arguments."""
    fake = things(tmp_path)["Resolve"]
    resolve = Resolve.of(fake)
    timeline, project = resolve.timeline(), resolve.project()
    pool = project.pool()
    (media,) = [one for one in pool.root().clips() if one.path()]
    (item,) = timeline.items("video", 1)
    assert item.media() is not None
    assert timeline.placed("video", 1, ids=True)[0].id == item.id()
    assert item.add_marker(0, "Cyan", "a", "b", "c")
    assert item.markers()[0]["customData"] == "c"
    assert item.add_take(media, 0, 50)
    assert (item.takes(), item.selected_take()) == (2, 1)
    assert item.select_take(2)
    assert item.delete_take(1)
    assert item.set_color("Teal")
    assert timeline.colors([item]) == ["Teal"]
    assert item.add_flag("Cyan")
    assert item.set_lut(1, "Film Looks/Kodak.cube")
    assert media.set_metadata({"Shot": "1"})
    assert media.set_third_party({"a": "b"})
    assert media.third_party("a") == "b"
    assert media.set_property("Reel Name", "A1")
    assert timeline.add_track("audio", "stereo")
    assert timeline.name_track("audio", 2, "Ours")
    assert timeline.track_name("audio", 2) == "Ours"
    assert timeline.delete_track("audio", 2)
    assert timeline.markers() == {}
    assert timeline.marks() == {}
    assert timeline.selected() == []
    assert timeline.go_to("01:00:00:05")
    assert timeline.timecode() == "01:00:00:05"
    assert timeline.at_playhead() is not None
    assert timeline.setting("timelineResolutionWidth") == "1920"
    twin = timeline.duplicate("Twin")
    assert twin is not None
    assert twin.rename("Other twin")
    assert [one.name() for one in project.timelines()] == ["Scene 4", "Other twin"]
    assert project.make_current(timeline)
    assert pool.delete_timeline(twin)
    assert project.still(str(tmp_path / "still.png"))
    assert timeline.link([item, item])
    assert timeline.delete([item])
    assert resolve.manager().save()
