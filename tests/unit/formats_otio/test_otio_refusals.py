"""A document that cannot be read is refused in one sentence, whatever is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pickup.cut.formats.base import ReadOptions
from pickup.cut.formats.otio import OtioFormat
from pickup.errors import CutError


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ('{"OTIO_SCHEMA": "Timeline.1",\n "name": "x"', "line 2: it breaks off"),
        ('{"OTIO_SCHEMA": "Timeline.1",\n "name": }', "line 2: it is not JSON"),
        ("<xml/>", "line 1: it is not JSON"),
        ('{"a": 1}', "not of OpenTimelineIO"),
        ("[]", "not of OpenTimelineIO"),
        ("7", "not of OpenTimelineIO"),
        ('{"OTIO_SCHEMA": 7}', "no schema"),
        ('{"OTIO_SCHEMA": "Timeline"}', "no schema"),
        ('{"OTIO_SCHEMA": "Timeline.2", "tracks": null}', "Timeline.2, newer than Timeline.1"),
        ('{"OTIO_SCHEMA": "Track.2"}', "newer than Track.1"),
        ('{"OTIO_SCHEMA": "Sequence.2"}', "newer than Track.1"),
        ('{"OTIO_SCHEMA": "ExternalReference.1"}', "holds no timeline"),
        ('{"OTIO_SCHEMA": "SerializableCollection.1", "children": []}', "holds no timeline"),
        ('{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Track.1"}}', "no stack"),
        ('{"OTIO_SCHEMA": "Stack.1", "children": 7}', "no list"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("9" * 5000, "thousands of digits"),
    ],
)
def test_broken_documents(refused: Any, text: str, reason: str) -> None:
    message = refused(text)
    assert reason in message
    assert "\n" not in message


def test_text_that_is_not_utf8(tmp_path: Any) -> None:
    path = tmp_path / "a.otio"
    path.write_bytes('{"OTIO_SCHEMA":\n "Tïmeline.1"}'.encode("utf-16"))
    with pytest.raises(CutError, match="line 1: it is not UTF-8"):
        OtioFormat().read(path, ReadOptions())


def test_a_file_that_is_not_there(tmp_path: Any) -> None:
    with pytest.raises(CutError, match="cannot be read"):
        OtioFormat().read(tmp_path / "none.otio", ReadOptions())


@pytest.mark.parametrize(
    ("value", "rate", "reason"),
    [
        ("NaN", "24", "a time is nan"),
        ("Infinity", "24", "a time is inf"),
        ("1e999", "24", "a time is inf"),
        ("-5", "24", "negative duration"),
        ('"ten"', "24", "not a number"),
        ("true", "24", "not a number"),
        ("null", "24", "not a number"),
        ("5", "0", "not a frame rate"),
        ("5", "-24", "not a frame rate"),
        ("5", "NaN", "a rate is nan"),
        ("5", "1e300", "not a frame rate"),
        ("1e12", "24", "longer than 30 days"),
        ("9" * 30, "24", "not a finite number"),
    ],
)
def test_impossible_times(refused: Any, make: Any, value: str, rate: str, reason: str) -> None:
    clip = make.clip(5)
    clip["source_range"]["duration"] = "@"
    time = f'{{"OTIO_SCHEMA": "RationalTime.1", "value": {value}, "rate": {rate}}}'
    timeline = make.timeline(make.track(make.clip(5), clip))
    assert reason in refused(json.dumps(timeline).replace('"@"', time))


@pytest.mark.parametrize("scalar", ["NaN", "Infinity", "1e300", '"fast"'])
def test_impossible_speeds(refused: Any, make: Any, scalar: str) -> None:
    effect = {"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": "@"}
    timeline = make.timeline(make.track(make.clip(5, effects=[effect])))
    assert "a time warp" in refused(json.dumps(timeline).replace('"@"', scalar))


def test_a_first_timecode_beyond_all_sense(refused: Any, make: Any) -> None:
    assert "first timecode" in refused(make.timeline(make.track(make.clip(5)), start=1e15))


def test_sequences_nested_without_end(refused: Any, make: Any) -> None:
    nested = make.track(make.clip(5))
    for _ in range(150):
        nested = make.stack(make.track(nested))
    assert "nest" in refused(json.dumps(nested))


def test_parts_that_are_missing(refused: Any, make: Any) -> None:
    clip = make.clip(5)
    del clip["source_range"]["duration"]
    assert "no duration" in refused(make.timeline(make.track(clip)))


def broken(value: Any) -> st.SearchStrategy[Any]:
    """The document with one value, anywhere, made something else."""
    junk: st.SearchStrategy[Any] = st.sampled_from(
        [None, [], {}, "x", -1, 1e300, True, "\ud800", {"OTIO_SCHEMA": "Gap.1"}]
    )

    def ways(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        inner = node.items() if isinstance(node, dict) else enumerate(node)
        found = [way] if way else []
        if isinstance(node, dict | list):
            for key, child in inner:
                found += (
                    ways(child, (*way, key)) if isinstance(child, dict | list) else [(*way, key)]
                )
        return found

    def put(way: tuple[Any, ...], new: Any) -> Any:
        copy = json.loads(json.dumps(value))
        node = copy
        for key in way[:-1]:
            node = node[key]
        node[way[-1]] = new
        return copy

    return st.builds(put, st.sampled_from(ways(value)), junk)


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_document_broken_anywhere_is_read_or_refused(
    session_desk: Any, make: Any, data: st.DataObject
) -> None:
    effect = {"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": 2.0}
    mark = {
        "OTIO_SCHEMA": "Marker.2",
        "name": "m",
        "marked_range": make.range(3, 1),
        "color": "RED",
    }
    clip = make.clip(20, effects=[effect], markers=[mark], metadata={"a": {"note": "x"}})
    inner = make.stack(make.track(make.clip(5)), source_range=make.range(0, 5))
    whole = make.timeline(
        make.track(clip, make.transition(2, 3), make.gap(60), inner),
        metadata={"PremierePro_OTIO": {}},
    )
    value = data.draw(broken(whole))
    try:
        document = session_desk.read(value)
    except CutError:
        return
    for cut in document.cuts:
        session_desk.write(document, make.placement(30, 50, 0 if cut.video_tracks else None))
