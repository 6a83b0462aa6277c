"""OTIO as a given build of Premiere reads it.

The builds disagree: one reads only `Clip.1`, one refuses URLs, one refuses metadata that it does
not know. Each of that is a choice here; FCP7 XML stays the dependable way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pickup.cut.formats.xmeml.record import marker_words
from pickup.cut.urls import file_url, local_path, localhost_url
from pickup.errors import CutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OWN = "PremierePro_OTIO"

UrlStyle = Literal["plain_path", "file_url", "file_localhost"]


@dataclass(frozen=True, slots=True)
class OtioStyle:
    """How an OTIO document is written for Premiere.

    Attributes:
        clip_schema: 1 for builds that read only `Clip.1` with one media reference, else 2.
        url_style: how media are named; never relative.
        strip_foreign_metadata: keep only what Premiere writes itself. The gap's id then travels in
            the clip's name and in its marker.
        skip_disabled_tracks: leave out tracks that are switched off, which one build refuses.
    """

    clip_schema: Literal[1, 2] = 1
    url_style: UrlStyle = "plain_path"
    strip_foreign_metadata: bool = True
    skip_disabled_tracks: bool = False


def restyle(path: Path, base: Path, style: OtioStyle) -> None:
    """Rewrite the `.otio` at `path`.

    Args:
        path: a document just written, replaced in place.
        base: the folder that its relative media addresses count from.
        style: what Premiere is to be given.
    """
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CutError(path, f"is not JSON ({error})") from error
    stylist = _Stylist(style, base)
    for node in _objects(document):
        stylist.style(node)
    path.write_text(json.dumps(document, indent=4, ensure_ascii=False) + "\n", "utf-8")


def _objects(root: Any) -> Iterator[dict[str, Any]]:
    """Every OTIO object, parents first; without recursion, for documents nest deeply."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "OTIO_SCHEMA" in value:
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


@dataclass(frozen=True, slots=True)
class _Stylist:
    options: OtioStyle
    base: Path

    def style(self, node: dict[str, Any]) -> None:
        name = str(node["OTIO_SCHEMA"]).partition(".")[0]
        if name == "Clip":
            self._mark(node)
            if self.options.clip_schema == 1:
                _down(node)
        elif name == "ExternalReference":
            node["target_url"] = self._url(str(node.get("target_url") or ""))
        elif name == "Stack" and self.options.skip_disabled_tracks:
            children = node.get("children") or []
            node["children"] = [c for c in children if c.get("enabled", True) is not False]
        if self.options.strip_foreign_metadata and isinstance(node.get("metadata"), dict):
            node["metadata"] = {k: v for k, v in node["metadata"].items() if k == _OWN}

    def _url(self, url: str) -> str:
        """The local file named in the style asked for; a remote address stays."""
        path = local_path(url, self.base)
        if path is None:
            return url
        if self.options.url_style == "plain_path":
            return path.as_posix()
        return file_url(path) if self.options.url_style == "file_url" else localhost_url(path)

    def _mark(self, clip: dict[str, Any]) -> None:
        """A marker with the ids on a placed clip, for its metadata will not come back."""
        metadata = clip.get("metadata")
        record = metadata.get("pickup") if isinstance(metadata, dict) else None
        if not isinstance(record, dict) or "gap" not in record:
            return
        name = str(clip.get("name") or record.get("shot") or "Pickup")
        markers = clip.setdefault("markers", [])
        if any(
            isinstance(m, dict) and str(record["gap"]) in str(m.get("comment")) for m in markers
        ):
            return
        start = (clip.get("source_range") or {}).get("start_time")
        if start is None:
            return
        markers.append(
            {
                "OTIO_SCHEMA": "Marker.2",
                "name": name,
                "color": "PURPLE",
                "comment": marker_words(record),
                "marked_range": {
                    "OTIO_SCHEMA": "TimeRange.1",
                    "start_time": dict(start),
                    "duration": {**start, "value": 0.0},
                },
                "metadata": {},
            }
        )


def _down(clip: dict[str, Any]) -> None:
    """`Clip.2` to `Clip.1`: the active media reference is the only one."""
    references = clip.pop("media_references", None)
    key = clip.pop("active_media_reference_key", "DEFAULT_MEDIA")
    if isinstance(references, dict):
        clip["media_reference"] = references.get(key)
    clip["OTIO_SCHEMA"] = "Clip.1"
