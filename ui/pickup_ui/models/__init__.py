"""View-models: what the panel shows and does, with signals and without widgets."""
