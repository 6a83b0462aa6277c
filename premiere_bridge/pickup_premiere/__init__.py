"""The Premiere Pro host: the exchange folder, the wire to the companion panel, and the recut.

It knows only the core. Nothing here needs Premiere to run, and nothing here can ask it anything
that the exported files, or the companion panel under `uxp`, do not say.
"""
