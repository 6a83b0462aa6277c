"""A DaVinci Resolve without DaVinci Resolve, for our tests and for those of others."""

from pickup_resolve.testing.lies import Lie
from pickup_resolve.testing.media import placeholder
from pickup_resolve.testing.program import FakeResolve

__all__ = ["FakeResolve", "Lie", "placeholder"]
