"""What a clip shows: the media behind it, and whether it has picture at all."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pickup.cut.formats.fcpxml.document import STORY, Invalid
from pickup.cut.formats.fcpxml.resources import MISSING
from pickup.cut.formats.fcpxml.retime import ZERO, Clock, Retiming, retiming_of
from pickup.cut.model import ItemKind, Media
from pickup.cut.transparent import is_transparent_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pickup.cut.formats.fcpxml.document import Node
    from pickup.cut.formats.fcpxml.resources import Resources

_LEAVES = frozenset(["video", "title", "live-drawing"])
_BLACK_NAMES = frozenset(["black", "slug", "black video", "schwarz", "noir", "negro", "nero"])
_HOUR = Fraction(3600)
_CUSTOM = "/Custom.motn"
_ADJUSTMENT = "FFAdjustmentEffect"


@dataclass(frozen=True, slots=True)
class Shown:
    """What an element shows from its first instant on.

    Attributes:
        picture: False for sound alone.
        timing: from the element's first instant to the media's time.
        kind: CLIP, SLUG or TITLE.
        transparent: an adjustment layer: it only changes what is below it.
    """

    media: Media | None
    timing: Retiming
    picture: bool = True
    kind: ItemKind = ItemKind.CLIP
    transparent: bool = False


class Contents:
    """Looks into clips of a sequence at `rate`."""

    def __init__(self, resources: Resources, rate: Fraction) -> None:
        self._resources = resources
        self._rate = rate

    def of(self, node: Node) -> Shown:
        """What a story element other than a gap or `ref-clip` shows."""
        tag = node.tag
        start = self.local_start(node)
        timing = retiming_of(node, start, self._rate)
        if tag == "asset-clip":
            return self._asset_clip(node, timing)
        if tag == "video":
            return self._video(node, timing)
        if tag == "audio":
            return Shown(self._resources.media(node.get("ref")), timing, picture=False)
        if tag in ("title", "live-drawing"):
            effect = self._resources.find(node.get("ref"), "effect")
            adjusts = effect is not None and _adjusts(node, effect)
            return Shown(None, timing, kind=ItemKind.TITLE, transparent=adjusts)
        if tag == "mc-clip":
            return self._multicam(node, timing)
        return self._within(contained(node), timing, Clock(ZERO, ZERO))

    def local_start(self, node: Node) -> Fraction:
        """Where local time stands when the element begins to show."""
        start = node.time("start")
        if start is not None:
            return start
        if node.tag in ("ref-clip", "mc-clip"):
            media = self._resources.find(node.get("ref"), "media")
            inner = media.children[0] if media is not None and media.children else None
            if inner is not None and inner.tag == "sequence":
                return origin_of(inner)
            return (inner.time("tcStart") if inner else None) or ZERO
        return ZERO

    def duration(self, node: Node) -> Fraction:
        """Seconds of the sequence; media's own where the element leaves it out."""
        length = node.time("duration")
        if length is not None and length < 0:
            raise Invalid("a clip has a negative duration", node.line)
        if length is None and node.tag in ("asset-clip", "video", "audio"):
            length = self._resources.media(node.get("ref")).duration
        if length is None and node.tag in ("ref-clip", "mc-clip"):
            media = self._resources.find(node.get("ref"), "media")
            length = media.children[0].time("duration") if media and media.children else None
        return max(length or ZERO, ZERO)

    def _asset_clip(self, node: Node, timing: Retiming) -> Shown:
        media = self._resources.media(node.get("ref"))
        if not media.missing and node.time("start") is None:
            timing = timing.then(ZERO, media.start, Fraction(1))
        sound = node.get("srcEnable") == "audio" or self._resources.is_sound(node.get("ref"))
        return Shown(media, timing, picture=not sound)

    def _video(self, node: Node, timing: Retiming) -> Shown:
        effect = self._resources.find(node.get("ref"), "effect")
        if effect is None:
            return Shown(self._resources.media(node.get("ref")), timing)
        kind = ItemKind.SLUG if _is_black(node, effect) else ItemKind.CLIP
        return Shown(None, timing, kind=kind, transparent=_adjusts(node, effect))

    def _multicam(self, node: Node, timing: Retiming) -> Shown:
        """The angle chosen for picture. Multicam clips count as picture for all their length."""
        if node.get("srcEnable") == "audio":
            return Shown(None, timing, picture=False)
        media = self._resources.find(node.get("ref"), "media")
        multicam = media.child("multicam") if media else None
        if multicam is None:
            return Shown(MISSING, timing)
        angle = _chosen_angle(node, multicam)
        if angle is None:
            return Shown(MISSING, timing)
        origin = multicam.time("tcStart") or ZERO
        items = list(stories(angle.children))
        early = any((item.time("offset") or ZERO) < origin for item in items)
        return self._within(items, timing, Clock(ZERO, ZERO if early else origin))

    def _within(self, items: list[Node], timing: Retiming, clock: Clock) -> Shown:
        """The first picture among contained items that lies under the element's first instant."""
        if not items:
            return Shown(MISSING, timing)
        seen = [item for item in pictures(items) if self._is_picture(item)]
        if not seen:
            return Shown(self._first_sound(items), timing, picture=False)
        at = clock.at(timing.start)
        under = next((item for item in seen if self._covers(item, clock, at)), seen[0])
        inner = self.of(under) if under.tag != "ref-clip" else Shown(None, Retiming(ZERO))
        origin = under.time("offset") or ZERO
        chained = timing.then(origin, inner.timing.start, inner.timing.speed)
        return Shown(inner.media, chained, kind=inner.kind)

    def _covers(self, item: Node, clock: Clock, at: Fraction) -> bool:
        start = clock.at(item.time("offset") or ZERO)
        return start <= at < start + self.duration(item)

    def _is_picture(self, node: Node) -> bool:
        """Whether a contained element has picture of its own or in what it contains."""
        if node.tag in _LEAVES or node.tag == "ref-clip":
            return node.get("srcEnable") != "audio"
        return node.tag != "audio" and self.of(node).picture

    def _first_sound(self, items: list[Node]) -> Media | None:
        for item in items:
            for node in item.walk():
                if node.tag in ("audio", "asset-clip"):
                    return self._resources.media(node.get("ref"))
        return None


def origin_of(sequence: Node) -> Fraction:
    """Where the offsets of a sequence's spine count from: as a rule its `tcStart`.

    Some tools state that and count from zero. Others leave it out and count from the hour at which
    their edit begins: no edit begins with an hour of nothing.
    """
    stated = sequence.time("tcStart")
    spine = sequence.child("spine")
    stories = (child for child in spine.children if child.tag in STORY) if spine else iter(())
    first = next(stories, None)
    offset = first.time("offset") if first else None
    if offset is None:
        return stated or ZERO
    if stated is None:
        return offset if offset >= _HOUR else ZERO
    return ZERO if offset < stated else stated


def active(node: Node) -> Node | None:
    """The clip that an element stands for: of an audition, its pick, which comes first."""
    if node.tag != "audition":
        return node
    return next((child for child in node.children if child.tag in STORY), None)


def stories(nodes: Iterable[Node]) -> Iterator[Node]:
    """Story elements among `nodes`, auditions replaced by their pick."""
    for node in nodes:
        if node.tag in STORY:
            chosen = active(node)
            if chosen is not None:
                yield chosen


def contained(node: Node) -> list[Node]:
    """What a clip is made of: its children without a lane, storylines opened."""
    found: list[Node] = []
    for child in node.children:
        if child.lane == 0:
            found.extend(stories(child.children if child.tag == "spine" else [child]))
    return found


def has_holes(node: Node) -> bool:
    """Whether a gap is among what a clip is made of."""
    return node.tag in ("clip", "sync-clip") and any(c.tag == "gap" for c in contained(node))


def pictures(items: Iterable[Node]) -> Iterator[Node]:
    """Contained items that may show, a gap replaced by what is connected to it."""
    for item in items:
        if item.tag == "gap":
            for child in item.children:
                yield from stories(child.children if child.tag == "spine" else [child])
        else:
            yield item


def _chosen_angle(node: Node, multicam: Node) -> Node | None:
    angles = {angle.get("angleID"): angle for angle in multicam.all("mc-angle")}
    for source in node.all("mc-source"):
        if source.get("srcEnable") in ("", "all", "video") and source.get("angleID") in angles:
            return angles[source.get("angleID")]
    return next(iter(angles.values()), None)


def _is_black(node: Node, effect: Node) -> bool:
    """A slug by its name, or Final Cut's solid of any colour where that colour is black."""
    names = {effect.get("name").strip().lower(), node.get("name").strip().lower()}
    if names & _BLACK_NAMES:
        return True
    if not effect.get("uid").endswith(_CUSTOM):
        return False
    colors = [p.get("value") for p in node.all("param") if p.get("name") == "Color"]
    return all(_is_zero(part) for color in colors for part in color.split()[:3])


def _adjusts(node: Node, effect: Node) -> bool:
    """Whether a generator or title is an adjustment clip, which Final Cut has since FCPXML 1.14."""
    if effect.get("uid") == _ADJUSTMENT or node.get("role").startswith("adjustments"):
        return True
    return is_transparent_name(effect.get("name"))


def is_faded_out(node: Node) -> bool:
    """Whether a clip's opacity is 0 for all its length."""
    blend = node.child("adjust-blend")
    return blend is not None and not blend.children and _is_nothing(blend.get("amount"))


def _is_nothing(text: str) -> bool:
    try:
        return float(text) == 0
    except ValueError:
        return False


def _is_zero(text: str) -> bool:
    try:
        return float(text) < 0.02
    except ValueError:
        return False
