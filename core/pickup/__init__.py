"""Pickup fills the holes in a film's cut.

It reads an editor's timeline, finds every gap, orders a generated shot for each, and puts the clips
back so that they fit to the frame and say what they are. The parts, in the order data flows through
them: `timing`, `cut`, `shots`, `providers`, `jobs`, `media`, `hosts`, `cli`.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
