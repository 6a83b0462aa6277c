"""Pickup's readers and writers as adapters for every user of OpenTimelineIO.

`pickup_fcp7_xml`, `pickup_fcpxml` and `pickup_cmx3600` are found by the entry point group
`opentimelineio.plugins`. OTIO gives a suffix to the first adapter that claims it, in no order that
anyone promises; so a suffix that a stock adapter claims stays with it, and ours is asked for by
name: `read_from_file("cut.xml", adapter_name="pickup_fcp7_xml")`. Where no such adapter is
installed, and for `.fcpxmld`, which no other reads, ours opens the file by itself.
`OTIO_PLUGIN_MANIFEST_PATH` with the path of `plugin_manifest.json` claims every suffix, as OTIO
reads those manifests first.
"""

from __future__ import annotations

import importlib.util
from importlib import resources
from typing import Any

_STOCK = {
    "xml": ("otio_fcp_adapter",),
    "fcpxml": ("otio_fcpx_xml_adapter", "otio_fcpx_xml_lite_adapter"),
    "edl": ("otio_cmx3600_adapter",),
}
"""The packages that claim a suffix."""


def plugin_manifest() -> Any:
    """OTIO's manifest of our adapters, with the suffixes that nobody else claims."""
    from opentimelineio.plugins.manifest import manifest_from_string

    text = (resources.files(__name__) / "plugin_manifest.json").read_text("utf-8")
    manifest = manifest_from_string(text)
    for adapter in manifest.adapters:
        adapter.suffixes = [suffix for suffix in adapter.suffixes if not _is_taken(suffix)]
    return manifest


def _is_taken(suffix: str) -> bool:
    return any(importlib.util.find_spec(name) is not None for name in _STOCK.get(suffix, ()))
