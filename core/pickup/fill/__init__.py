"""The main job, end to end: plan, order, conform, place, report."""
