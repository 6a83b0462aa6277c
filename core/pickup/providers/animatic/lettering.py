"""Lettering: the shot's name and its words, small in a corner or set on a slate.

Latin is set in the face that Pillow embeds, so that it looks the same everywhere. For other
scripts the system is asked; what no face can draw is left out, never shown as empty boxes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pickup.providers.animatic.pictures import Picture, Plane, Raster

if TYPE_CHECKING:
    from collections.abc import Sequence

Field = npt.NDArray[np.float32]
Font = ImageFont.FreeTypeFont

_MOST_LINES = 3
_LEAST_HEIGHT = 140
"""Pixels; on a smaller raster nothing could be read."""
_SAFE = 0.055
_FACES = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "arial.ttf", "Arial.ttf", "Arial Unicode.ttf"),
    *("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "wqy-zenhei.ttc", "msyh.ttc"),
    *("PingFang.ttc", "Hiragino Sans GB.ttc", "YuGothR.ttc", "meiryo.ttc", "malgun.ttf"),
    *("NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansThai-Regular.ttf"),
    *("NotoSansDevanagari-Regular.ttf", "Nirmala.ttf", "Geneva.ttf"),
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    font: Font
    spacing: float
    strength: float


class Lettering:
    """Set type that can be laid over pictures of one raster.

    Attributes:
        box: left, top, right, bottom of what it covers, in pixels; even, for 4:2:0.
    """

    def __init__(self, box: tuple[int, int, int, int], letters: Field, shadow: Field) -> None:
        self.box = box
        # Light letters over a dark, soft shadow: what stays of the picture, and what is added.
        self._keep = (1 - letters) * (1 - shadow)
        self._add = 228 * letters + 18 * (1 - letters) * shadow
        self._covered = 1 - self._keep

    def over(self, picture: Picture, opacity: float) -> Picture:
        """The picture with the lettering on it at `opacity`, 0 to 1."""
        if opacity <= 0:
            return picture
        left, top, right, bottom = self.box
        planes: list[Plane] = []
        for index, plane in enumerate(picture.planes):
            step = picture.planes[0].shape[1] // plane.shape[1]
            part = np.s_[top // step : bottom // step, left // step : right // step]
            covered, add = self._covered * opacity, self._add * opacity
            if index:
                covered = cv2.resize(covered, None, fx=1 / step, fy=1 / step)
                add = covered * 128
            lettered = plane.copy()
            lettered[part] = np.rint(plane[part] * (1 - covered) + add).astype(np.uint8)
            planes.append(lettered)
        y, u, v = planes
        return Picture((y, u, v))


def letter_corner(name: str, words: str, raster: Raster) -> Lettering | None:
    """The shot's name and words for the lower left corner; None where nothing can be read."""
    shown = min(raster.height, raster.width * float(raster.pixel_aspect))
    wide = raster.height * raster.aspect
    if shown < _LEAST_HEIGHT:
        return None
    size = max(13, round(shown * 0.029))
    lines = _set(name, words, size, size, min(wide * (1 - 2 * _SAFE), 36 * size))
    return _composed(lines, raster, bottom=1 - _SAFE, align_left=True)


def letter_slate(name: str, words: str, raster: Raster) -> Lettering | None:
    """The same, larger and centred in the lower half of a slate."""
    shown = min(raster.height, raster.width * float(raster.pixel_aspect))
    wide = raster.height * raster.aspect
    if shown < _LEAST_HEIGHT:
        return None
    lines = _set(name, words, max(10, round(shown * 0.026)), max(12, round(shown * 0.040)),
                 min(wide * 0.74, 30 * shown * 0.040))  # fmt: skip
    return _composed(lines, raster, bottom=0.84, align_left=False)


def _set(name: str, words: str, name_size: int, words_size: int, width: float) -> list[_Line]:
    lines = [_Line(name, _latin(name_size), name_size * 0.12, 0.84)]
    text, font = _drawable(words, words_size)
    lines += [_Line(line, font, 0, 0.95) for line in _wrapped(text, font, width)]
    return lines


def _wrapped(text: str, font: Font, width: float) -> list[str]:
    """At most three lines no wider than `width`, the last with an ellipsis where text is left."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < _MOST_LINES:
        line = _head(rest, font, width)
        rest = rest[len(line) :].strip()
        lines.append(line.strip())
    if rest:
        last = lines[-1]
        while last and font.getlength(last + "…") > width:
            last = last[:-1]
        lines[-1] = last.rstrip(" ,;:.–—-") + "…"
    return lines


def _head(text: str, font: Font, width: float) -> str:
    """As much of the text as fits, broken between words, or within one that is too long."""
    if font.getlength(text[:400]) <= width and len(text) <= 400:
        return text
    low, high = 1, min(len(text), 400)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    if low < len(text) and text[low] != " ":
        space = text.rfind(" ", 0, low)
        return text[:space] if space > 0 else text[:low]
    return text[:low]


@cache
def _latin(size: int) -> Font:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


@lru_cache(maxsize=64)
def _drawable(words: str, size: int) -> tuple[str, Font]:
    """The words with only what can be drawn, and the face that draws most of them."""
    text = unicodedata.normalize("NFC", " ".join(words.split()))[:600]
    text = "".join(c for c in text if c == "\u200d" or unicodedata.category(c)[0] != "C")
    best, best_text = _latin(size), _plain(text, _latin(size))
    for face in _FACES if best_text != text else ():
        try:
            font = ImageFont.truetype(face, size)
        except OSError:
            continue
        drawn = _plain(text, font)
        if len(drawn) > len(best_text) or drawn == text:
            best, best_text = font, drawn
        if drawn == text:
            break
    return best_text, best


def _plain(text: str, font: Font) -> str:
    """Without what the face has no sign for; an accented letter may lose its accent."""
    signs = []
    for sign in text:
        bare = unicodedata.normalize("NFKD", sign)
        signs.append(sign if _has(sign, font) else "".join(c for c in bare if _has(c, font)))
    # Where a whole word had to go, its comma stays behind alone.
    return re.sub(r"\s*([,;:])(?:\s*[,;:])+", r"\1", " ".join("".join(signs).split()))


def _has(sign: str, font: Font) -> bool:
    if sign == " ":
        return True
    drawn = bytes(font.getmask(sign))
    return any(drawn) and drawn != bytes(font.getmask("\U0010fffe"))


def _composed(
    lines: Sequence[_Line], raster: Raster, *, bottom: float, align_left: bool
) -> Lettering:
    """Draw the lines as shown, then squeeze them into the raster's pixels."""
    wide, high = round(raster.height * raster.aspect), raster.height
    sheet = Image.new("L", (wide, high), 0)
    draw = ImageDraw.Draw(sheet)
    base = high * bottom
    for index in reversed(range(len(lines))):
        line = lines[index]
        length = line.font.getlength(line.text) + line.spacing * (len(line.text) - 1)
        left = min(wide, high) * _SAFE if align_left else (wide - length) / 2
        fill = round(255 * line.strength)
        for sign in line.text if line.spacing else (line.text,):
            draw.text((left, base), sign, fill=fill, font=line.font, anchor="ls")
            left += line.font.getlength(sign) + line.spacing
        # The name stands a little apart from the words under it.
        base -= line.font.size * (1.62 if index == 1 else 1.36)
    letters = np.asarray(sheet, np.float32) / 255
    blur = max(1.0, lines[-1].font.size * 0.16)
    near = cv2.GaussianBlur(letters, (0, 0), blur)
    far = cv2.GaussianBlur(letters, (0, 0), blur * 4)
    shadow = np.clip(near * 1.2 + far * 1.9, 0, 0.74)
    size = (raster.width, raster.height)
    letters, shadow = (cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in (letters, shadow))
    box = _box(shadow, raster)
    left, top, right, low = box
    return Lettering(box, letters[top:low, left:right], shadow[top:low, left:right])


def _box(field: Field, raster: Raster) -> tuple[int, int, int, int]:
    seen = field > 0.004
    rows, columns = (np.nonzero(seen.any(axis=axis))[0] for axis in (1, 0))
    even = raster.chroma
    left, top = columns[0] // even * even, rows[0] // even * even
    right, bottom = -(-(columns[-1] + 1) // even) * even, -(-(rows[-1] + 1) // even) * even
    return int(left), int(top), int(right), int(bottom)
