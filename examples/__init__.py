"""Examples that run, each held to by a test."""
