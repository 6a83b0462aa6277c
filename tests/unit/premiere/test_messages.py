"""The wire: what the schema in the docs says is what either side accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from pickup.errors import RequestError
from pickup_premiere.messages import (
    Check,
    ClipToPlace,
    Place,
    Ready,
    ReadyTake,
    Refused,
    Trouble,
    Welcome,
    parse,
    schema,
)

VALIDATOR: Any = Draft202012Validator(schema())

CLIP: dict[str, Any] = {
    "id": "1",
    "name": "pk010_t01",
    "path": "/t/pk010_t01.mov",
    "start": 10_594_584_000,
    "end": 21_189_168_000,
    "in_point": 0,
    "out_point": 10_594_584_000,
}

FROM_PANEL: list[dict[str, Any]] = [
    {"type": "hello", "protocols": [1], "token": "ABCD"},
    {"type": "hello", "protocols": [1, 2], "token": "", "panel": "0.1.0", "premiere": "26.2"},
    {"type": "sent", "path": "/x.xml", "sequence": {"guid": "g", "name": "n"}},
    {"type": "progress", "job": "j", "clip": {"id": "1", "state": "imported"}},
    {"type": "report", "job": "j", "clips": [], "reason": "no track"},
    {"type": "report", "job": "j", "clips": [{"id": "1", "state": "unknown"}], "track": 3},
    {"type": "wanted", "offer": "0a1b"},
    {"type": "trouble", "reason": "No project is open in Premiere."},
]


@pytest.mark.parametrize("message", FROM_PANEL, ids=lambda m: m["type"])
def test_what_the_panel_may_say_is_in_the_schema_and_parsed(message):
    VALIDATOR.validate(message)
    parsed = parse(json.dumps(message))
    assert parsed.type == message["type"]
    VALIDATOR.validate(json.loads(parsed.model_dump_json()))


@pytest.mark.parametrize(
    "message",
    [
        Welcome(protocol=1, pickup="0.1.0", folder="/exchange"),
        Refused(reason="no"),
        Place(job="j", clips=[ClipToPlace(**CLIP)]),
        Check(job="j", clips=[ClipToPlace(**CLIP)]),
        Ready(offer="o", takes=[ReadyTake(shot="pk010", take="t", where="01:00:00:00", frames=1)]),
        Ready(),
    ],
    ids=lambda m: m.type,
)
def test_what_pickup_says_is_in_the_schema(message):
    said = json.loads(message.model_dump_json())
    VALIDATOR.validate(said)
    with pytest.raises(RequestError):
        parse(json.dumps(said))


def test_either_side_may_be_in_trouble():
    said = Trouble(reason="Another placing is not finished.").model_dump_json()
    VALIDATOR.validate(json.loads(said))
    assert parse(said).reason == "Another placing is not finished."


@pytest.mark.parametrize("offer", [None, 7, "x" * 1025, ["o"]])
def test_consent_to_no_list_is_none(offer):
    with pytest.raises(RequestError, match=r"wanted\.offer"):
        parse(json.dumps({"type": "wanted", "offer": offer}))


def test_ticks_are_text_on_the_wire():
    said = json.loads(Place(job="j", clips=[ClipToPlace(**CLIP)]).model_dump_json())
    assert said["clips"][0]["end"] == "21189168000"


@pytest.mark.parametrize("ticks", ["-1", "1.5", "", "1e9", "9" * 30, "٣", None, True, 1.5])
def test_ticks_that_are_none(ticks):
    message = FROM_PANEL[2] | {"empties": [{"track": 0, "start": ticks, "end": "5"}]}
    with pytest.raises(RequestError, match="no message"):
        parse(json.dumps(message))


@pytest.mark.parametrize(
    "change",
    [
        {"protocols": []},
        {"protocols": [0]},
        {"token": "x" * 201},
        {"token": None},
        {"more": 1},
        {"type": "hallo"},
        {"panel": "x" * 2000},
    ],
)
def test_a_hello_that_is_none(change):
    message = FROM_PANEL[0] | change
    with pytest.raises(RequestError):
        parse(json.dumps(message))
    with pytest.raises(ValidationError):
        VALIDATOR.validate(message)


def test_lists_are_bounded():
    empties = [{"track": 0, "start": "0", "end": "1"}] * 20_001
    with pytest.raises(RequestError, match="empties"):
        parse(json.dumps(FROM_PANEL[2] | {"empties": empties}))


def test_the_javascript_says_nothing_that_is_not_in_the_schema():
    """Every kind of message that the panel builds, by the word in its source."""
    uxp = Path(__file__).resolve().parents[3] / "premiere_bridge" / "uxp"
    text = "".join(path.read_text("utf-8") for path in uxp.glob("*.js"))
    for message in FROM_PANEL:
        assert f'type: "{message["type"]}"' in text
