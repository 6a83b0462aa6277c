"""What the panel does, without Qt: plain functions of values, run by `tasks` off the UI thread."""
