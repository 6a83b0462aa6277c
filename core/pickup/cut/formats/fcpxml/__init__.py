"""FCPXML, Final Cut Pro's exchange format: read exactly, and written in place."""

from pickup.cut.formats.fcpxml.format import FcpxmlFormat

__all__ = ["FcpxmlFormat"]
