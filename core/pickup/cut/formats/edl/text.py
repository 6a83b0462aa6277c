"""An EDL as lines of text that can be given back byte for byte.

Lists come in the encodings of thirty years of machines and with the line endings of all of them,
sometimes mixed within one file.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pickup.cut.formats.base import LIMITS
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
END_OF_FILE = "\x1a"
"""Where a list of a CP/M or DOS machine ends, though its last block goes on."""

_PADDING = re.compile(r"(?<=[\r\n])\x1a[\x1a\0]*\Z")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without and with its ending; the last one's ending may be empty."""

    text: str
    ending: str


@dataclass(frozen=True, slots=True)
class EdlText:
    """The lines of a list, and how they become its bytes again.

    Attributes:
        bom: the bytes before the first line, often none.
        encoding: a name that Python knows.
    """

    lines: tuple[Line, ...]
    encoding: str = "utf-8"
    bom: bytes = b""

    @property
    def ending(self) -> str:
        """The ending that most of the lines have."""
        endings = [line.ending for line in self.lines if line.ending]
        return max(set(endings), key=lambda e: (endings.count(e), e)) if endings else "\n"

    def encoded(self, lines: Iterable[Line]) -> bytes:
        """Other lines as bytes of this document; signs that it cannot write become `?`."""
        text = "".join(line.text + line.ending for line in lines)
        return self.bom + text.encode(self.encoding, "replace")


def load_text(path: Path) -> EdlText:
    """The lines of a file.

    Raises:
        CutError: it cannot be read, is far too large, or holds no text.
    """
    try:
        if path.stat().st_size > LIMITS.document_bytes:
            raise CutError(path, "is larger than any edit decision list")
        data = path.read_bytes()
    except OSError as error:
        raise CutError(
            path, f"cannot be read ({error.strerror or error})", hint="Check its path."
        ) from error
    bom, encoding = _encoding_of(data)
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise CutError(path, f"is not text ({error.reason})", hint="Export it again.") from error
    said = _PADDING.sub("", text)
    if said.count("\0") * 20 > len(said):
        raise CutError(path, "is not text but binary data", hint="Export it as a CMX 3600 EDL.")
    return EdlText(tuple(split_lines(text)), encoding, bom)


def split_lines(text: str) -> Iterable[Line]:
    """Lines ended by CR, LF or CRLF and nothing else."""
    for match in _LINE.finditer(text):
        if match[0]:
            yield Line(match[1], match[2])


def _encoding_of(data: bytes) -> tuple[bytes, str]:
    """The byte order mark and the encoding of a document."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return bom, encoding
    head = data[:200]
    if len(head) > 3 and head.count(0) >= len(head) // 3:
        return b"", "utf-16-le" if head[1] == 0 else "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return b"", encoding
    return b"", "latin-1"
