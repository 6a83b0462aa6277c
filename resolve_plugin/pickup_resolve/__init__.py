"""The DaVinci Resolve host; it knows only the core. Nothing is built here yet."""
