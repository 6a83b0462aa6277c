"""The Premiere Pro host; it knows only the core. Nothing is built here yet."""
