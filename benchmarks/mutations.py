"""Ways to spoil a timeline's document: bytes, words of its language, and numbers beyond reason."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    Mutation = Callable[[bytes, random.Random], bytes]

_EXTREMES = (
    "0", "-1", "1", "-0", "00", "0.5", "1e9", "-1e9", "1e308", "1e999", "NaN", "Infinity",
    "2147483647", "2147483648", "-2147483649", "9223372036854775807", "18446744073709551616",
    "99999999999999999999999999", "9" * 5000, "0.000000000000000001", "1/0", "0/1s", "1/0s",
    "-1/24s", "1001/24000s", "9999999999999/1s", "1/99999999999999999s", "٣", "", " ", "abc",
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:/\d+)?")
_TIMECODE = re.compile(rb"\d\d[:;.]\d\d[:;.]\d\d[:;.]\d\d")
_TIMECODES = (
    "00:00:00:00", "23:59:59:23", "99:99:99:99", "24:00:00:00", "00:00:00;02", "01:00:00:29",
    "01:00:00:59", "-1:00:00:00", "00:00:00", "1:2:3:4", "00:01:00;00", "12:00:00:00",
)  # fmt: skip
_TAG = re.compile(rb"<[^<>]{1,400}>")
_ELEMENT = re.compile(rb"<([A-Za-z][\w-]*)(?:\s[^<>]*)?>[^<>]*</\1>")
_ATTRIBUTE = re.compile(rb'([\w:.-]+)="([^"<>]*)"')
_WORDS = (b"TRUE", b"FALSE", b"", b"&amp;", b"&#0;", b"&#x10FFFF;", b"]]>", b"<!-- -- -->", b"\0")
_TYPES = (b" C ", b" D ", b" W001 ", b" K B ", b" K ", b" KO ", b" M2 ", b" ", b" D    024 ")


def flip(data: bytes, chance: random.Random) -> bytes:
    """Other bytes in a few places."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def drop(data: bytes, chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:start] + data[end:]


def repeat(data: bytes, chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 2, 50)) + data[end:]


def extreme(data: bytes, chance: random.Random) -> bytes:
    """A few numbers of the document become ones that no film has."""
    for _ in range(chance.randint(1, 3)):
        data = _replaced(data, _NUMBER, chance.choice(_EXTREMES).encode(), chance)
    return data


def timecode(data: bytes, chance: random.Random) -> bytes:
    return _replaced(data, _TIMECODE, chance.choice(_TIMECODES).encode(), chance)


def recode(data: bytes, chance: random.Random) -> bytes:
    """The same text in another encoding, as files that went through a mail client are."""
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-be", "utf-8-sig", "cp500")), "replace")


def markup(data: bytes, chance: random.Random) -> bytes:
    """A tag or a whole element is lost, doubled, moved, renamed or told another value."""
    pattern = chance.choice((_TAG, _ELEMENT, _ATTRIBUTE))
    found = _found(data, pattern, chance)
    if not found:
        return flip(data, chance)
    one, other = chance.choice(found), chance.choice(found)
    start, end = one.span()
    piece = chance.choice(
        (
            b"",
            one[0] * 2,
            other[0],
            one[0] * 300,
            re.sub(rb">[^<]*<", b">" + chance.choice(_WORDS) + b"<", one[0]),
            re.sub(rb'"[^"]*"', b'"' + chance.choice(_EXTREMES).encode() + b'"', one[0]),
        )
    )
    return data[:start] + piece + data[end:]


def lines(data: bytes, chance: random.Random) -> bytes:
    """Lines of a list are lost, doubled, swapped, or of another type."""
    rows = data.split(b"\n")
    for _ in range(chance.randint(1, 4)):
        at, to = chance.randrange(len(rows)), chance.randrange(len(rows))
        action = chance.randrange(5)
        if action == 0:
            rows[at] = rows[to]
        elif action == 1:
            rows[at], rows[to] = rows[to], rows[at]
        elif action == 2:
            rows.insert(at, rows[to])
        elif action == 3 and len(rows) > 1:
            del rows[at]
        else:
            rows[at] = re.sub(rb"\s[CDWK]\S*\s", chance.choice(_TYPES), rows[at], count=1)
    return b"\n".join(rows)


def tree(data: bytes, chance: random.Random) -> bytes:
    """Values of a JSON document change their place, kind or number."""
    try:
        root = json.loads(data)
    except (ValueError, RecursionError):
        return flip(data, chance)
    for _ in range(chance.randint(1, 3)):
        holders = list(_holders(root))
        if not holders:
            break
        holder, key = chance.choice(holders)
        other, name = chance.choice(holders)
        _change(holder, key, _odd(other, name, chance), chance)
    # What has come to hold itself cannot be written; then the document is left as it is.
    try:
        return json.dumps(root).encode()
    except (ValueError, RecursionError):
        return data


_ANY = (flip, truncate, drop, repeat, extreme, extreme)
_OF_SUFFIX: dict[str, tuple[Mutation, ...]] = {
    ".otio": (*_ANY, tree, tree, tree, tree),
    ".xml": (*_ANY, recode, timecode, markup, markup, markup, markup),
    ".fcpxml": (*_ANY, recode, timecode, markup, markup, markup, markup),
    ".edl": (*_ANY, recode, timecode, timecode, lines, lines, lines),
}


def mutate(data: bytes, suffix: str, others: Sequence[bytes], chance: random.Random) -> bytes:
    """One to three mutations of a document; now and then it is grafted onto another one."""
    if others and chance.random() < 0.1:
        other = chance.choice(others)
        data = data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not data:
            break
        data = chance.choice(_OF_SUFFIX.get(suffix, _ANY))(data, chance)
    return data


def _stretch(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data))
    return start, min(len(data), start + chance.choice((1, 10, 100, 1000, 10_000)))


def _found(data: bytes, pattern: re.Pattern[bytes], chance: random.Random) -> list[re.Match[bytes]]:
    """Matches in a window of the document: a whole one may hold a hundred thousand."""
    start = chance.randrange(max(1, len(data) - 20_000))
    return list(pattern.finditer(data, start, start + 20_000))


def _replaced(data: bytes, pattern: re.Pattern[bytes], text: bytes, chance: random.Random) -> bytes:
    found = _found(data, pattern, chance)
    if not found:
        return data
    start, end = chance.choice(found).span()
    return data[:start] + text + data[end:]


def _holders(root: Any) -> list[tuple[Any, Any]]:
    """Every place of the tree, as its holder and key there."""
    places: list[tuple[Any, Any]] = []
    waiting = [root]
    while waiting and len(places) < 20_000:
        node = waiting.pop()
        if isinstance(node, dict):
            places += [(node, key) for key in node]
            waiting += node.values()
        elif isinstance(node, list):
            places += [(node, index) for index in range(len(node))]
            waiting += node
    return places


def _odd(holder: Any, key: Any, chance: random.Random) -> Any:
    """A value that does not belong: another place's, or one of no use."""
    try:
        here = holder[key]
    except (IndexError, KeyError):
        here = None
    odd: tuple[Any, ...] = (
        None,
        True,
        -1,
        0,
        0.5,
        1e308,
        float("nan"),
        float("inf"),
        -1e18,
        10**30,
        "",
        "x",
        [],
    )
    return chance.choice((here, here, [here] * 3, {"OTIO_SCHEMA": "Stack.1"}, *odd))


def _change(holder: Any, key: Any, value: Any, chance: random.Random) -> None:
    if isinstance(holder, list):
        if chance.random() < 0.5:
            holder.insert(min(key, len(holder)), value)
        elif key < len(holder):
            holder[key] = value
    elif chance.random() < 0.3:
        holder.pop(key, None)
    else:
        holder[key] = value
