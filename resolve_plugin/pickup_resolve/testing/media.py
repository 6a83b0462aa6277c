"""What files hold, as the fake's media pool sees them: placeholders of a few bytes, or movies."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pickup.errors import PickupError
from pickup.timing import frames_to_timecode, snap_rate

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """Frames, rate (as text), first timecode, whether there is sound, and whether it is a still."""

    frames: int
    rate: str = "24"
    start: int = 0
    audio: bool = False
    still: bool = False

    @property
    def fps(self) -> Fraction:
        return snap_rate(self.rate)

    def properties(self, path: str) -> dict[str, str]:
        """The clip properties that Resolve would list."""
        fps = self.fps
        shown = str(fps.numerator) if fps.denominator == 1 else f"{float(fps):.3f}"
        return {
            "Clip Name": Path(path).name,
            "File Name": Path(path).name,
            "File Path": path,
            "FPS": shown,
            "Frames": str(self.frames),
            "Start": "0",
            "End": str(self.frames - 1),
            "Start TC": frames_to_timecode(self.start, fps),
            "Type": "Still" if self.still else "Video + Audio" if self.audio else "Video",
            "Resolution": "1920x1080",
            "Reel Name": "",
        }


def placeholder(path: Path, facts: MediaFacts) -> Path:
    """A file of a few bytes that the fake takes for a movie of these facts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"placeholder": asdict(facts)}), "utf-8")
    return path


def facts_of(path: Path) -> MediaFacts | None:
    """What a file holds, or None where Resolve would not import it."""
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b'{"placeholder"'):
        return MediaFacts(**json.loads(head)["placeholder"])
    return _probed(path)


def _probed(path: Path) -> MediaFacts | None:
    from pickup.media.probe import probe

    try:
        facts = probe(path)
    except PickupError:
        return None
    if facts.rate is None or not facts.frames:
        return None
    return MediaFacts(facts.frames, str(facts.rate), facts.start or 0, facts.audio_channels > 0)


SEQUENCE = re.compile(r"^(.*?)\[(\d+)-(\d+)\](\.[^.]+)$")
"""The name of an image sequence as the pool shows it."""


def sequence_of(info: dict[str, Any], *, single: bool) -> tuple[str, MediaFacts] | None:
    """An image sequence as `ImportMedia` takes it, with the path that the pool then shows.

    Args:
        info: pattern, first and last number.
        single: whether only its first frame comes, as a still.
    """
    pattern, first, last = str(info["FilePath"]), int(info["StartIndex"]), int(info["EndIndex"])
    if not all(Path(pattern % index).is_file() for index in range(first, last + 1)):
        return None
    if single:
        return pattern % first, MediaFacts(1, still=True)
    number = re.search(r"%0?(\d*)d", pattern)
    width = int(number[1] or 0) if number else 0
    shown = re.sub(r"%0?\d*d", f"[{first:0{width}d}-{last:0{width}d}]", pattern)
    return shown, MediaFacts(last - first + 1)
