"""The `pickup` command: finds the command asked for, and turns every error into one sentence."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import Any

import click

from pickup import __version__
from pickup.errors import PickupError

COMMANDS = {
    "gaps": ("pickup.cli.gaps:gaps", "List the gaps of a cut."),
    "plan": ("pickup.cli.plan:plan", "Write the plan of all shots, to read and edit."),
    "fill": ("pickup.cli.fill:fill", "Fill the gaps of a cut and write it beside the original."),
    "takes": ("pickup.cli.takes:takes", "List the takes of a cut, or choose another one."),
    "jobs": ("pickup.cli.jobs:jobs", "List orders, where they stand and what they cost."),
    "worker": ("pickup.cli.jobs:worker", "Carry out orders on this machine, without a front end."),
    "install": ("pickup.cli.install:install", "Put Pickup into Resolve or Premiere Pro."),
    "panel": ("pickup.cli.panel:panel", "Open the window: see, order, judge and place."),
    "models": ("pickup.cli.models:models", "List the models, what they can do and cost."),
    "keys": ("pickup.cli.keys:keys", "Keep the keys of services in the system's keyring."),
    "uploads": ("pickup.cli.uploads:uploads", "See and withdraw what may be uploaded."),
    "doctor": ("pickup.cli.doctor:doctor", "Check that everything Pickup needs is in place."),
}
"""Name, where it is, and its line in the help; so that help imports nothing."""


class Commands(click.Group):
    """Commands that are imported when they are called: `pickup --help` must be quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pickup")
def cli() -> None:
    """Fill the holes in a film's cut.

    Pickup reads a timeline, finds every gap where no picture is visible, films a shot for each,
    and writes the filled timeline beside the original.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 something was not filled, 2 the request was wrong."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # It was closed before we began; whoever did that wants to hear nothing.
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            # File names hold anything; a terminal that cannot show it must not stop the work.
            stream.reconfigure(errors="replace")
    sys.exit(run(arguments))


def run(arguments: list[str] | None) -> int:
    """Run a command; its exit status. Every error has become one sentence on stderr."""
    try:
        status: Any = cli.main(arguments, prog_name="pickup", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        return _say("Stopped; nothing that was done is lost. Run the same command to go on.", 130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:
        usage = f" See “{error.ctx.command_path} --help”." if error.ctx else ""
        message = error.format_message()
        return _say(f"{message}{'' if message.endswith(('.', '?')) else '.'}{usage}", 2)
    except click.ClickException as error:
        return _say(error.format_message(), 2)
    except PickupError as error:
        return _say(str(error), error.exit_status)
    except BrokenPipeError:
        # The reader of our output has gone, as `pickup gaps … | head` does.
        _forget_output()
        return 0
    except KeyboardInterrupt:
        return _say("Stopped; nothing that was done is lost. Run the same command to go on.", 130)
    except OSError as error:
        _forget_output()
        return _say(_of_system(error), 1)
    except MemoryError:
        return _say("There is not enough memory for this. Take a shorter part of the cut.", 1)
    except Exception as error:  # noqa: BLE001  the last boundary: a person gets a sentence
        return _say(_unexpected(error), 1)


def _say(sentence: str, status: int) -> int:
    from pickup.cli.output import plain

    print(f"pickup: {plain(sentence)}", file=sys.stderr)
    return status


def _of_system(error: OSError) -> str:
    """What the system refused, of which file."""
    name = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error) or type(error).__name__
    return f"{name}the system refuses it ({reason}). Put that right, then run again."


def _forget_output() -> None:
    """Nothing more can be said on a stdout that fails; Python would try again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unexpected(error: Exception) -> str:
    """Keep the traceback for a report, and say where it is."""
    from pickup.home import home

    log = home() / "last-error.txt"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), "utf-8")
    except OSError:
        return f"Something unforeseen went wrong ({type(error).__name__}: {error})."
    return (
        f"Something unforeseen went wrong ({type(error).__name__}: {error}). "
        f"The details are in {log}; please report them."
    )
