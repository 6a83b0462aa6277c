"""Stand-ins for the services, on loopback, as strict and as awkward as the originals.

Each is used as a context manager, counts what it would have charged, records what it was asked, and
can be told to misbehave next (`fail_next`, `outcome_next`). They speak the protocols truly enough
for the vendors' own clients.
"""

from __future__ import annotations

from pickup.testing.fakes.films import film_bytes
from pickup.testing.fakes.server import Asked, Fake, FakeJob, Misbehaviour, Outcome

__all__ = ["Asked", "Fake", "FakeJob", "Misbehaviour", "Outcome", "film_bytes"]
