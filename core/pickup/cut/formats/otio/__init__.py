"""OpenTimelineIO's own files: `.otio`, and the bundles `.otioz` and `.otiod`.

Read and written as JSON text and not through the library, which takes longer, upgrades what it
reads, drops what it does not know, and writes all of it anew.
"""

from pickup.cut.formats.otio.bundles import OtiodFormat, OtiozFormat
from pickup.cut.formats.otio.document import OtioFormat

__all__ = ["OtioFormat", "OtiodFormat", "OtiozFormat"]
