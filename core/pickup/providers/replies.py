"""Reads replies leniently and never trusts them: what is not there or of another type is None."""

from __future__ import annotations

import math
import re
from typing import Any

from pickup.providers.base import JobState

_STATES = {
    JobState.QUEUED: (
        "queued in_queue pending starting submitted accepted created throttled waiting not_started"
        " scheduled preparing"
    ),
    JobState.DONE: "completed complete succeeded success done finished",
    JobState.FAILED: (
        "failed failure error errored rejected blocked expired incomplete moderated timeout"
        " timed_out crashed"
    ),
    JobState.CANCELLED: "cancelled canceled aborted deleted stopped terminated",
}
_BY_WORD = {word: state for state, words in _STATES.items() for word in words.split()}


def state_of(word: Any) -> JobState:
    """What a provider's word for a status means; a word nobody knows means that it still runs."""
    if not isinstance(word, str):
        return JobState.RUNNING
    plain = re.sub(r"[\s-]+", "_", word.strip().lower())
    return _BY_WORD.get(plain, JobState.RUNNING)


def dig(value: Any, *steps: str | int) -> Any:
    """The value under a path of keys and indices, or None."""
    for step in steps:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -1 <= step < len(value):
            value = value[step] if value else None
        else:
            return None
    return value


def text_at(value: Any, *steps: str | int) -> str:
    """The text under a path, or an empty one."""
    found = dig(value, *steps)
    return found if isinstance(found, str) else ""


def number_at(value: Any, *steps: str | int) -> float | None:
    """The finite number under a path, written as a number or as text, or None."""
    found = dig(value, *steps)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def list_at(value: Any, *steps: str | int) -> list[Any]:
    """The list under a path, or an empty one."""
    found = dig(value, *steps)
    return found if isinstance(found, list) else []


def percent_at(value: Any, *steps: str | int) -> float | None:
    """The percentage under a path, as 0 to 1."""
    number = number_at(value, *steps)
    return None if number is None else min(1.0, max(0.0, number / 100))


def id_at(value: Any, *steps: str | int) -> str:
    """The id under a path, which some gateways count as a number; or an empty text."""
    found = dig(value, *steps)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) else ""


def error_of(value: Any) -> dict[str, Any]:
    """The error object in a reply, or an empty one; Google's front end puts it into a list."""
    found = dig(value[0] if isinstance(value, list) and value else value, "error")
    return found if isinstance(found, dict) else {}


def words_of(value: Any) -> str:
    """What an error body says, whatever its shape; one line, not too long."""
    for path in (("error", "message"), ("error",), ("detail",), ("message",), (0, "error")):
        found = dig(value, *path)
        if isinstance(found, str) and found.strip():
            return _line(found)
        if isinstance(found, dict) and text_at(found, "message"):
            return _line(found["message"])
        if isinstance(found, list) and found:
            return _line("; ".join(filter(None, (_item_words(item) for item in found[:4]))))
    return _line(value) if isinstance(value, str) and "<" not in value else ""


def _item_words(item: Any) -> str:
    where = ".".join(str(part) for part in list_at(item, "loc") if part != "body")
    message = (
        text_at(item, "msg") or text_at(item, "message") or (item if isinstance(item, str) else "")
    )
    return f"{where}: {message}" if where and message else message


def _line(text: str) -> str:
    text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()
    return text if len(text) <= 300 else text[:299] + "…"
