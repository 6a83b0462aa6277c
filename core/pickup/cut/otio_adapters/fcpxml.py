"""FCPXML of Final Cut Pro, files and bundles, as an adapter of OTIO."""

from pickup.cut.otio_adapters.bridge import Adapter

_adapter = Adapter("fcpxml", ".fcpxml")

read_from_file = _adapter.read_from_file
read_from_string = _adapter.read_from_string
write_to_file = _adapter.write_to_file
write_to_string = _adapter.write_to_string
