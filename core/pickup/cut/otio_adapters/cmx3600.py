"""CMX 3600 edit decision lists and their dialects, as an adapter of OTIO."""

from pickup.cut.otio_adapters.bridge import Adapter

_adapter = Adapter("edl", ".edl")

read_from_file = _adapter.read_from_file
read_from_string = _adapter.read_from_string
write_to_file = _adapter.write_to_file
write_to_string = _adapter.write_to_string
