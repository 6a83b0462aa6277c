"""The bytes of an xmeml document, made fit for XML parsers without losing one of them.

Parsers see `XmemlSource.text`: UTF-8, with the control characters that XML forbids blanked. The
writer splices into that text and turns the pieces back into the document's own encoding, so that
what was not touched keeps its bytes.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.errors import CutError

if TYPE_CHECKING:
    from pathlib import Path

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_FORBIDDEN = bytes.maketrans(bytes(c for c in range(32) if c not in (9, 10, 13)), b" " * 29)


@dataclass(slots=True)
class KnownFile:
    """A `<file>` that the document defines: its ids, so that the same path is not defined twice.

    Attributes:
        file_id: of the `<file>`.
        masterclip: of the first clip that uses it, or empty.
        home: ordinal of the item that holds the definition, or None outside of items.
    """

    file_id: str
    masterclip: str = ""
    home: int | None = None


@dataclass(slots=True)
class XmemlSource:
    """A document as read.

    Attributes:
        data: the bytes of the file.
        codec: Python's name of their encoding.
        bom: the byte order mark they begin with, if any.
        files: what the document defines, by path.
    """

    data: bytes
    codec: str
    bom: bytes = b""
    files: dict[str, KnownFile] = field(default_factory=dict)

    @property
    def text(self) -> bytes:
        """What parsers are given; in a UTF-8 document the offsets are those of `body`."""
        body = self.body
        if self.codec != "utf-8":
            body = body.decode(self.codec).encode("utf-8")
        return body.translate(_FORBIDDEN)

    @property
    def body(self) -> bytes:
        return self.data[len(self.bom) :]

    def spliced(self, edits: list[tuple[int, int, str]]) -> bytes:
        """The document with stretches of `text` replaced.

        Args:
            edits: (start, end, replacement), not overlapping; start == end inserts.
        """
        same = self.codec == "utf-8"
        kept = self.body if same else self.text
        pieces = [self.bom]
        at = 0
        for start, end, replacement in sorted(edits, key=lambda edit: edit[:2]):
            pieces.append(self._own(kept[at:start], same))
            pieces.append(replacement.encode(self.codec, "xmlcharrefreplace"))
            at = end
        pieces.append(self._own(kept[at:], same))
        return b"".join(pieces)

    def _own(self, piece: bytes, same: bool) -> bytes:
        return piece if same else piece.decode("utf-8").encode(self.codec)


def load(path: Path) -> XmemlSource:
    """Read a file.

    Raises:
        CutError: it cannot be read, is too large, is empty, or declares entities.
    """
    try:
        if path.stat().st_size > LIMITS.document_bytes:
            raise CutError(path, "the file is larger than any timeline", hint="Is it a timeline?")
        data = path.read_bytes()
    except OSError as error:
        raise CutError(path, f"the file cannot be read ({error.strerror or error})") from error
    source = _decoded(path, data)
    if not source.body.strip():
        raise CutError(path, "the file is empty", hint="Export the timeline again.")
    prolog = source.text.partition(b"<xmeml")[0]
    if b"<!ENTITY" in prolog:
        line = prolog[: prolog.index(b"<!ENTITY")].count(b"\n") + 1
        raise CutError(
            path,
            "the document declares XML entities, which no editor writes and which are not read",
            line=line,
        )
    return source


def _decoded(path: Path, data: bytes) -> XmemlSource:
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return XmemlSource(data, _workable(path, data[len(bom) :], codec), bom)
    if data[:2] in (b"<\0", b"\0<"):
        codec = "utf-16-le" if data[0] else "utf-16-be"
        return XmemlSource(data, _workable(path, data, codec))
    declared = _DECLARED.match(data[:400])
    name = declared[1].decode("ascii") if declared else "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        raise CutError(path, f"its encoding “{name}” is unknown", line=1) from None
    if codec.startswith("utf-16") or codec == "ascii":
        codec = "utf-8"  # plainly bytes, whatever the declaration says
    return XmemlSource(data, _workable(path, data, codec))


def _workable(path: Path, body: bytes, codec: str) -> str:
    """`codec` if the bytes are in it, else the Windows encoding that mislabelled files are in."""
    for candidate in (codec, "cp1252", "latin-1"):
        try:
            if body.decode(candidate).encode(candidate) == body:
                return candidate
        except (UnicodeError, TypeError, AssertionError):
            if codec.startswith("utf-16"):
                break
    raise CutError(path, f"its bytes are not {codec.upper()}, the encoding it says it is in")
