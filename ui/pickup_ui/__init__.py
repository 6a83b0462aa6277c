"""The panel: a Qt window that shows a cut's gaps, orders shots, judges takes and places them.

It knows the core alone. A host's own package brings its cuts in through `pickup_ui.hosts`.
"""
