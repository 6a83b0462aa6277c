"""Widgets: layout and binding, and nothing else; what they show and do is in `models`."""
