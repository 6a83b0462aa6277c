"""The fake holds callers to the interface as others describe it, and invents no method."""

from __future__ import annotations

import ast
import importlib.metadata
import operator
from pathlib import Path

import pytest

from pickup_resolve import api
from pickup_resolve.api import Resolve
from pickup_resolve.launchers import pickup_launcher
from pickup_resolve.testing import FakeResolve, Lie
from pickup_resolve.testing.items import FakeGraph, FakeMediaPoolItem, FakeTimelineItem
from pickup_resolve.testing.pool import FakeFolder, FakePool
from pickup_resolve.testing.program import FakeProject, FakeProjectManager
from pickup_resolve.testing.timeline import FakeTimeline

DESCRIBED = {
    FakeResolve: "Resolve",
    FakeProjectManager: "ProjectManager",
    FakeProject: "Project",
    FakePool: "MediaPool",
    FakeFolder: "Folder",
    FakeMediaPoolItem: "MediaPoolItem",
    FakeTimeline: "Timeline",
    FakeTimelineItem: "TimelineItem",
    FakeGraph: "Graph",
}


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, list[tuple[int, int]]]]:
    """Fewest and most arguments of every overload, by class and method, of fusionscript-stubs."""
    try:
        files = importlib.metadata.files("fusionscript-stubs") or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("fusionscript-stubs describes the interface and is not installed here")
    (stub,) = [one for one in files if one.name == "fusionscript.pyi"]
    tree = ast.parse(Path(str(stub.locate())).read_text("utf-8"))
    found: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = found.setdefault(node.name, {})
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    methods.setdefault(part.name, []).append(_arity(part))
    return found


def _arity(function: ast.FunctionDef) -> tuple[int, int]:
    """The stub leaves out the defaults of parameters that it calls optional."""
    parameters = function.args.args[1:]
    fewest = len(parameters) - len(function.args.defaults)
    for parameter in reversed(parameters[:fewest]):
        said = ast.unparse(parameter.annotation) if parameter.annotation else ""
        if "Optional" not in said and parameter.arg != "subframe_precision":
            break
        fewest -= 1
    return fewest, len(parameters)


def faked(kind: type) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    methods = (getattr(kind, name) for name in dir(kind))
    found = (method.api for method in methods if hasattr(method, "api"))
    return {name: (fewest, most, since) for name, fewest, most, since in found}


@pytest.mark.parametrize("kind", DESCRIBED, ids=DESCRIBED.get)
def test_every_method_is_described_with_that_many_arguments(described, kind):
    methods = described[DESCRIBED[kind]]
    for name, (fewest, most, since) in faked(kind).items():
        if since > (21, 0):
            continue
        assert name in methods, f"{DESCRIBED[kind]} has no {name}"
        # The stub wants a subtype and options, which Blackmagic's text calls optional.
        if name not in ("AddTrack", "ImportTimelineFromFile"):
            assert fewest >= min(low for low, _ in methods[name]), name
        assert most <= max(high for _, high in methods[name]), name


def test_every_call_that_we_make_is_passed_on_by_the_bridge():
    made = _calls_of(Path(api.__file__))
    assert made <= set().union(*map(faked, DESCRIBED))
    assert made == pickup_launcher.CALLS


def _calls_of(module: Path) -> set[str]:
    """Every text in our typed calls that looks like a method of Resolve."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
            if word.isidentifier() and word[0].isupper() and not word.isupper():
                found.add(word)
    return found - {
        *("Placed", "MediaItem", "TimelineItem", "Timeline", "Folder", "Pool", "Project"),
        *("Manager", "Graph", "Resolve"),
    }


def test_an_unknown_method_is_refused():
    with pytest.raises(AttributeError):
        operator.methodcaller("GetCurrentThing")(FakeResolve())


def test_a_build_that_has_any_name_is_asked_by_dir():
    fake = FakeResolve((20, 0, 0, 1), lies=[Lie.ANY_NAME_IS_THERE])
    timeline = Resolve.of(fake).timeline()
    assert hasattr(timeline.raw, "Anything")
    assert not timeline.can("Anything")
    assert not timeline.can("GetSelectedClips")
    assert timeline.can("Export")


def test_a_wrong_type_or_number_is_refused():
    timeline = FakeResolve().timeline
    for wrong in (("video",), ("video", "1"), ("video", 1, 2), ("video", True)):
        with pytest.raises(TypeError):
            timeline.GetItemListInTrack(*wrong)


def test_an_unknown_key_of_an_append_is_refused():
    fake = FakeResolve()
    item = FakeMediaPoolItem(fake, "/a.mov", _facts())
    for wrong in ({"track": 1}, {"recordFrame": 1.5}):
        with pytest.raises(TypeError):
            fake.project._pool.AppendToTimeline([{"mediaPoolItem": item, **wrong}])


def test_objects_are_neither_hashable_nor_comparable():
    timeline = FakeResolve().timeline
    assert timeline != timeline
    with pytest.raises(TypeError):
        hash(timeline)


def _facts():
    from pickup_resolve.testing.media import MediaFacts

    return MediaFacts(10)
