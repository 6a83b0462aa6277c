"""Final Cut Pro 7 XML (xmeml), as an adapter of OTIO."""

from pickup.cut.otio_adapters.bridge import Adapter

_adapter = Adapter("xmeml", ".xml")

read_from_file = _adapter.read_from_file
read_from_string = _adapter.read_from_string
write_to_file = _adapter.write_to_file
write_to_string = _adapter.write_to_string
