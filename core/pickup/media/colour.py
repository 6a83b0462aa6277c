"""What the numbers of a picture mean: its colour tags, read, guessed where absent, and written.

The codes are those of ISO/IEC 23091-2 (H.273), which FFmpeg and QuickTime share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

UNSPECIFIED = 2

_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film"} | {
    9: "bt2020", 10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "jedec-p22"
}  # fmt: skip
_TRANSFERS = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m"} | {
    8: "linear", 11: "iec61966-2-4", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12",
    16: "smpte2084", 17: "smpte428", 18: "arib-std-b67",
}  # fmt: skip
_MATRICES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m"} | {
    8: "ycgco", 9: "bt2020nc", 10: "bt2020c"
}  # fmt: skip
_RANGES = {1: "tv", 2: "pc"}

_WIDE = frozenset({"bt2020", "smpte428", "smpte431", "smpte432"})
_HDR = frozenset({"smpte2084", "arib-std-b67"})


@dataclass(frozen=True, slots=True)
class ColourTags:
    """How a picture says that it is coded, in FFmpeg's words; empty where it does not say."""

    primaries: str = ""
    transfer: str = ""
    matrix: str = ""
    range: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether it must be mapped, not only relabelled, to be seen as BT.709."""
        return self.primaries in _WIDE or self.transfer in _HDR

    @property
    def setparams(self) -> str:
        """The same as arguments of FFmpeg's `setparams`."""
        pairs = {
            "color_primaries": self.primaries,
            "color_trc": self.transfer,
            "colorspace": self.matrix,
            "range": self.range,
        }
        return ":".join(f"{key}={value}" for key, value in pairs.items() if value)


BT709 = ColourTags("bt709", "bt709", "bt709", "tv")
SRGB = ColourTags("bt709", "iec61966-2-1", "gbr", "pc")

_CODES = {name: code for code, name in _PRIMARIES.items()}
_TRANSFER_CODES = {name: code for code, name in _TRANSFERS.items()}
_MATRIX_CODES = {name: code for code, name in _MATRICES.items()}
_RANGE_CODES = {name: code for code, name in _RANGES.items()}


def codes(tags: ColourTags) -> tuple[int, int, int, int]:
    """Primaries, transfer, matrix and range as numbers."""
    return (
        _CODES.get(tags.primaries, UNSPECIFIED),
        _TRANSFER_CODES.get(tags.transfer, UNSPECIFIED),
        _MATRIX_CODES.get(tags.matrix, UNSPECIFIED),
        _RANGE_CODES.get(tags.range, 0),
    )


def named(primaries: int, transfer: int, matrix: int, range_: int) -> ColourTags:
    return ColourTags(
        _PRIMARIES.get(primaries, ""),
        _TRANSFERS.get(transfer, ""),
        _MATRICES.get(matrix, ""),
        _RANGES.get(range_, ""),
    )


def standard_tags(width: int, height: int) -> ColourTags:
    """What a picture of this size is coded as when nothing else is said: BT.601 up to SD.

    The codes of SD are QuickTime's triplets 5-1-6 and 6-1-6.
    """
    if width >= 1280 or height > 576:
        return BT709
    primaries = "smpte170m" if height <= 486 else "bt470bg"
    return ColourTags(primaries, "bt709", "smpte170m", "tv")


def tags_of(frame: VideoFrame) -> ColourTags:
    """A frame's tags, with what it leaves out guessed as NLEs do."""
    said = named(frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range)
    guess = standard_tags(frame.width, frame.height)
    if frame.format.is_rgb:
        return ColourTags(said.primaries or "bt709", said.transfer or "bt709", "gbr", "pc")
    if frame.format.name.startswith(("gray", "mono", "pal")):
        return ColourTags("bt709", "bt709", said.matrix or guess.matrix, said.range or "pc")
    full = frame.format.name.startswith("yuvj")
    matrix = said.matrix if said.matrix not in ("", "gbr", "ycgco") else guess.matrix
    if not said.matrix and said.primaries == "bt2020":
        matrix = "bt2020nc"
    return ColourTags(
        said.primaries or guess.primaries,
        said.transfer or guess.transfer,
        matrix,
        "pc" if full else said.range or "tv",
    )
