"""Layouts of clips at random, as documents of every format, and the gaps they must have.

The gaps are counted here frame by frame, without anything of the readers.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

RATES = [Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(24), Fraction(50)]


@dataclass(frozen=True)
class Block:
    """A clip on a track."""

    start: int
    end: int
    enabled: bool = True


@dataclass(frozen=True)
class Lane:
    """A video track."""

    blocks: tuple[Block, ...]
    enabled: bool = True


@dataclass(frozen=True)
class Layout:
    """Video tracks, bottom first, and the end of a piece of sound that begins at the start."""

    lanes: tuple[Lane, ...]
    sound: int = 0
    rate: Fraction = Fraction(25)

    @property
    def duration(self) -> int:
        ends = [block.end for lane in self.lanes for block in lane.blocks]
        return max([*ends, self.sound])

    def gaps(self) -> list[tuple[int, int]]:
        """(start, length) of each stretch of twelve frames and more that nothing covers."""
        covered = bytearray(self.duration)
        for lane in self.lanes:
            for block in lane.blocks:
                if lane.enabled and block.enabled:
                    covered[block.start : block.end] = b"\1" * (block.end - block.start)
        found: list[tuple[int, int]] = []
        start = 0
        for frame, seen in enumerate([*covered, 1]):
            if seen:
                if frame - start >= 12:
                    found.append((start, frame - start))
                start = frame + 1
        return found


_STEPS = st.tuples(
    st.one_of(st.just(0), st.integers(1, 40)),
    st.integers(1, 40),
    st.sampled_from([True] * 4 + [False]),
)


@st.composite
def lanes(draw: st.DrawFn, *, can_hide: bool = True) -> Lane:
    blocks = []
    at = 0
    for space, length, enabled in draw(st.lists(_STEPS, max_size=6)):
        blocks.append(Block(at + space, at + space + length, enabled or not can_hide))
        at += space + length
    return Lane(tuple(blocks), enabled=not can_hide or draw(st.sampled_from([True] * 5 + [False])))


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    made = draw(st.lists(lanes(), min_size=1, max_size=3))
    sound = draw(st.sampled_from([0, 0, 40, 200]))
    return Layout(tuple(made), sound, draw(st.sampled_from(RATES)))


@st.composite
def single(draw: st.DrawFn) -> Layout:
    """What an EDL can say: one track of picture that begins at once, all of it seen."""
    lane = draw(lanes(can_hide=False).filter(lambda lane: bool(lane.blocks)))
    first = lane.blocks[0].start
    return Layout((Lane(tuple(Block(b.start - first, b.end - first) for b in lane.blocks)),))


def as_otio(layout: Layout) -> str:
    rate = float(layout.rate)
    tracks = [_otio_track("Video", lane, rate) for lane in layout.lanes]
    if layout.sound:
        tracks.append(_otio_track("Audio", Lane((Block(0, layout.sound),)), rate))
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "metadata": {}, "children": tracks}
    begin = {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": 0.0}
    timeline = {"OTIO_SCHEMA": "Timeline.1", "name": "random", "global_start_time": begin}
    return json.dumps({**timeline, "tracks": stack})


def _otio_track(kind: str, lane: Lane, rate: float) -> dict[str, Any]:
    children: list[dict[str, Any]] = []
    at = 0
    for number, block in enumerate(lane.blocks):
        if block.start > at:
            children.append(
                {"OTIO_SCHEMA": "Gap.1", "source_range": _otio_range(block.start - at, rate)}
            )
        clip = {
            "OTIO_SCHEMA": "Clip.2",
            "name": f"{kind} {number}",
            "enabled": block.enabled,
            "source_range": _otio_range(block.end - block.start, rate),
            "active_media_reference_key": "DEFAULT_MEDIA",
            "media_references": {
                "DEFAULT_MEDIA": {
                    "OTIO_SCHEMA": "ExternalReference.1",
                    "target_url": f"/m/{kind}{number}.mov",
                    "available_range": _otio_range(1000, rate),
                }
            },
        }
        children.append(clip)
        at = block.end
    return {"OTIO_SCHEMA": "Track.1", "kind": kind, "enabled": lane.enabled, "children": children}


def _otio_range(frames: int, rate: float) -> dict[str, Any]:
    times = {"start_time": 0, "duration": frames}
    made: dict[str, Any] = {
        key: {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(value)}
        for key, value in times.items()
    }
    return {"OTIO_SCHEMA": "TimeRange.1", **made}


def _xmeml_rate(rate: Fraction) -> str:
    ntsc = str(rate.denominator == 1001).upper()
    return f"<rate><timebase>{math.ceil(rate)}</timebase><ntsc>{ntsc}</ntsc></rate>"


def as_xmeml(layout: Layout) -> str:
    count = iter(range(1, 1000))
    rate = _xmeml_rate(layout.rate)

    def track(lane: Lane) -> str:
        items = (_xmeml_clip(next(count), block, rate) for block in lane.blocks)
        return f"<track>{''.join(items)}<enabled>{str(lane.enabled).upper()}</enabled></track>"

    video = "".join(track(lane) for lane in layout.lanes)
    sound = track(Lane((Block(0, layout.sound),))) if layout.sound else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n<xmeml version="4">\n'
        f'<sequence id="sequence-1"><name>random</name>{rate}<media><video>{video}</video>'
        f"<audio>{sound}</audio></media></sequence>\n</xmeml>\n"
    )


def _xmeml_clip(number: int, block: Block, rate: str) -> str:
    return (
        f'<clipitem id="clipitem-{number}"><name>clip {number}</name>'
        f"<enabled>{str(block.enabled).upper()}</enabled><duration>1000</duration>{rate}"
        f"<start>{block.start}</start><end>{block.end}</end><in>5</in>"
        f'<out>{5 + block.end - block.start}</out><file id="file-{number}">'
        f"<name>{number}.mov</name><pathurl>file://localhost/m/{number}.mov</pathurl>{rate}"
        "</file></clipitem>\n"
    )


_FCPXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.10">
<resources>
<format id="r1" frameDuration="{frame}" width="640" height="360"/>
<asset id="r2" name="A" start="0s" duration="9000s" hasVideo="1" format="r1">
<media-rep kind="original-media" src="file:///m/a.mov"/></asset>
<asset id="r3" name="S" start="0s" duration="9000s" hasAudio="1">
<media-rep kind="original-media" src="file:///m/s.wav"/></asset>
</resources>
<library><event name="E"><project name="random">
<sequence format="r1" tcStart="0s" tcFormat="NDF"><spine>{spine}</spine></sequence>
</project></event></library>
</fcpxml>
"""


def as_fcpxml(layout: Layout) -> str:
    """The lowest track as the storyline, the others connected to its first element."""
    rate = layout.rate
    first, *others = layout.lanes
    lanes = [
        _fcpxml_clip(rate, block, f'lane="{number}"', seen=lane.enabled, zero=3600)
        for number, lane in enumerate(others, 1)
        for block in lane.blocks
    ]
    if layout.sound:
        lanes.append(_fcpxml_clip(rate, Block(0, layout.sound), 'lane="-1"', ref="r3", zero=3600))
    hung = "".join(lanes)
    spine: list[str] = []
    at = 0
    if not first.blocks or first.blocks[0].start:
        at = first.blocks[0].start if first.blocks else max(layout.duration, 1)
        spine.append(f'<gap offset="0s" start="3600s" duration="{_time(at, rate)}">{hung}</gap>')
        hung = ""
    for block in first.blocks:
        if block.start > at:
            times = f'offset="{_time(at, rate)}" duration="{_time(block.start - at, rate)}"'
            spine.append(f"<gap {times}/>")
        spine.append(_fcpxml_clip(rate, block, inside=hung, seen=first.enabled))
        hung, at = "", block.end
    return _FCPXML.format(frame=_time(1, rate), spine="".join(spine))


def _time(frames: int, rate: Fraction) -> str:
    return f"{frames / rate}s"


def _fcpxml_clip(
    rate: Fraction,
    block: Block,
    more: str = "",
    *,
    ref: str = "r2",
    inside: str = "",
    zero: int = 0,
    seen: bool = True,
) -> str:
    """A clip whose offset counts from `zero` seconds of its parent."""
    start = "3600s" if inside else "2s"
    return (
        f'<asset-clip ref="{ref}" name="{ref}" {more} offset="{zero + block.start / rate}s" '
        f'start="{start}" duration="{_time(block.end - block.start, rate)}" '
        f'enabled="{int(block.enabled and seen)}">{inside}</asset-clip>\n'
    )


def as_edl(layout: Layout) -> str:
    lines = ["TITLE: random", "FCM: NON-DROP FRAME", "* FRAME RATE: 25", ""]
    for number, block in enumerate(layout.lanes[0].blocks, 1):
        times = (100, 100 + block.end - block.start, 90000 + block.start, 90000 + block.end)
        shown = " ".join(_timecode(frames) for frames in times)
        lines.append(f"{number:03d}  TAPE{number:02d}   V     C        {shown}")
    return "\n".join(lines) + "\n"


def _timecode(frames: int) -> str:
    seconds, frame = divmod(frames, 25)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}"
