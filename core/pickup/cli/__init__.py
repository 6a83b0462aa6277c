"""The command line: one small module a command, each imported when it is called."""

from pickup.cli.main import main

__all__ = ["main"]
