"""The Qt panel; it knows only the core. Nothing is built here yet."""
