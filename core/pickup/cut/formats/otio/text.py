"""The JSON of a document as text: parsed for reading, and edited in place for writing.

What Pickup does not place must stay as it was written, to the byte: numbers, key order, indentation
and even duplicate keys. So a document is never dumped again; its text is cut open where a clip goes
in. Places in the text are found by skipping values with the standard library's own scanner.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pickup.cut.formats.base import LIMITS
from pickup.cut.formats.collecting import uncollected
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Span = tuple[int, int]
"""Where a value begins and ends in the text."""

Edit = tuple[int, int, str]
"""Begin and end of what goes, and what comes instead."""

_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")
_INF = re.compile(r'"(?:[^"\\]|\\.)*"|-?\bInf\b', re.DOTALL)
_LONGEST_MARGIN = 4096
_SURROGATE = re.compile("[\ud800-\udfff]")
_FIRST_BREAK = re.compile(r"[{\[](\r?\n)([ \t]*)")


def load(path: Path, data: bytes) -> tuple[str, str, Any]:
    """The text of a document, the same made plain for the standard parser, and its value.

    OTIO writes infinity as `Inf`, which is read as no number, at the same places in the text.

    Raises:
        CutError: not UTF-8, or not JSON; says in which line.
    """
    text = _decode(path, data)
    plain = text
    try:
        return text, plain, _DECODER.decode(plain)
    except json.JSONDecodeError as error:
        plain = _INF.sub(_without_inf, text)
        if plain == text:
            raise _not_json(path, error) from None
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError:
        raise _endless(path) from None
    try:
        return text, plain, _DECODER.decode(plain)
    except json.JSONDecodeError as error:
        raise _not_json(path, error) from None
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError:
        raise _endless(path) from None


def _endless(path: Path) -> CutError:
    return CutError(path, "it holds a number of thousands of digits")


def _without_inf(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else "NaN".rjust(len(match[0]))


def _decode(path: Path, data: bytes) -> str:
    if len(data) > LIMITS.document_bytes:
        raise CutError(path, f"it is larger than {LIMITS.document_bytes >> 20} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CutError(path, "it is not UTF-8 text", line=line) from None
    if not text.strip():
        raise CutError(path, "it is empty", hint="Export the timeline again.")
    return text


def _not_json(path: Path, error: json.JSONDecodeError) -> CutError:
    if error.pos >= len(error.doc.rstrip()):
        return CutError(
            path, "it breaks off before its end", line=error.lineno, hint="Export it again."
        )
    reason = error.msg[:1].lower() + error.msg[1:]
    return CutError(path, f"it is not JSON ({reason}, column {error.colno})", line=error.lineno)


def _too_deep(path: Path) -> CutError:
    return CutError(path, "it is nested too deeply to be a timeline")


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is laid out.

    Attributes:
        indent: white space of one level; empty for a document on one line.
        newline: line break; empty for a document on one line.
        colon, comma: what stands between key and value, and between values on one line.
        ascii_only: every other character is escaped.
    """

    indent: str = "    "
    newline: str = "\n"
    colon: str = ": "
    comma: str = ", "
    ascii_only: bool = False

    @classmethod
    def of(cls, text: str) -> Style:
        head = text[:4096]
        found = _FIRST_BREAK.search(head)
        tight = re.search(r'"\s*:(?=\S)', head) is not None
        return cls(
            indent=found[2] if found else "",
            newline=found[1] if found else "",
            colon=":" if tight else ": ",
            comma="," if tight else ", ",
            ascii_only=text.isascii() and "\\u" in text,
        )

    def dump(self, value: Any, margin: str = "") -> str:
        """A value as the document would write it, on lines that begin with `margin`."""
        text = json.dumps(
            value,
            indent=self.indent if self.newline else None,
            separators=("," if self.newline else self.comma, self.colon),
            ensure_ascii=self.ascii_only,
        )
        text = _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
        return text.replace("\n", self.newline + margin) if self.newline else text

    def between(self, margin: str) -> str:
        """What separates two elements of an array whose elements stand at `margin`."""
        return f",{self.newline}{margin}" if self.newline else self.comma


def members(text: str, start: int) -> dict[str, Span]:
    """Where the values of the object at `start` stand; the last of a repeated key counts."""
    spans: dict[str, Span] = {}
    at = _skip(text, _skip(text, start) + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        begin = _skip(text, _skip(text, at) + 1)
        end = end_of(text, begin)
        spans[key] = (begin, end)
        at = _next(text, end)
    return spans


def elements(text: str, start: int) -> list[Span]:
    """Where the values of the array at `start` stand."""
    spans: list[Span] = []
    at = _skip(text, _skip(text, start) + 1)
    while text[at] != "]":
        end = end_of(text, at)
        spans.append((at, end))
        at = _next(text, end)
    return spans


def locate(text: str, keys: Iterable[str | int]) -> Span:
    """Where the value that `keys` lead to stands, from the root."""
    begin = _skip(text, 0)
    span = (begin, len(text))
    for key in keys:
        span = members(text, span[0])[key] if isinstance(key, str) else elements(text, span[0])[key]
    return span


def end_of(text: str, begin: int) -> int:
    """Where the value that begins there ends."""
    with uncollected():
        return _DECODER.raw_decode(text, begin)[1]


def value_at(text: str, span: Span) -> Any:
    return _DECODER.raw_decode(text, span[0])[0]


def margin_at(text: str, begin: int) -> str:
    """The white space that the line begins with on which `begin` lies."""
    start = text.rfind("\n", max(0, begin - _LONGEST_MARGIN), begin) + 1
    line = text[start:begin] if start else ""
    return line[: len(line) - len(line.lstrip())]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; they do not overlap."""
    pieces: list[str] = []
    done = 0
    for begin, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (text[done:begin], new)
        done = end
    return "".join([*pieces, text[done:]])


def set_members(text: str, start: int, values: Mapping[str, str], style: Style) -> list[Edit]:
    """Edits that give the object at `start` these members; new ones go behind the last."""
    spans = members(text, start)
    edits: list[Edit] = [(*spans[key], new) for key, new in values.items() if key in spans]
    fresh = {key: new for key, new in values.items() if key not in spans}
    if not fresh:
        return edits
    said = [f"{json.dumps(key)}{style.colon}{new}" for key, new in fresh.items()]
    if spans:
        end = max(span[1] for span in spans.values())
        margin = margin_at(text, min(span[0] for span in spans.values()))
        glue = style.between(margin)
        return [*edits, (end, end, "".join(glue + one for one in said))]
    end = end_of(text, start)
    margin = margin_at(text, start)
    inner = style.newline + margin + style.indent if style.newline else ""
    outer = style.newline + margin if style.newline else ""
    return [(start, end, "{" + inner + ("," + (inner or " ")).join(said) + outer + "}")]


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _next(text: str, end: int) -> int:
    """From a value's end to the next value, or to the bracket that closes."""
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at
