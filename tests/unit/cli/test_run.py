"""The one door: every error is one sentence on stderr with the right exit status."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from pickup import __version__
from pickup.cli.main import COMMANDS, cli, main, run
from pickup.errors import (
    BudgetError,
    CutError,
    LedgerError,
    MediaError,
    PickupError,
    PlanError,
    ProviderError,
    RequestError,
)
from pickup.home import home

module = sys.modules["pickup.cli.main"]
ROOT = Path(str(module.__file__)).resolve().parents[2]


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch):
    """Let `pickup boom` raise what a test gives."""

    def give(error: BaseException) -> None:
        @click.command()
        def boom() -> None:
            raise error

        monkeypatch.setitem(COMMANDS, "boom", (f"{__name__}:boom", "Raises."))
        monkeypatch.setattr(sys.modules[__name__], "boom", boom, raising=False)

    return give


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr; nothing stands on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err.removeprefix("pickup: ").rstrip("\n")


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (PickupError("Something is wrong."), 1),
            (RequestError("The request is wrong."), 2),
            (CutError("a.otio", "it is empty"), 2),
            (PlanError("It is no plan."), 2),
            (MediaError("a.mov", "it cannot be decoded"), 1),
            (ProviderError("It could not deliver."), 1),
            (LedgerError("It cannot be written."), 1),
            (BudgetError("It would cost too much."), 1),
        ],
    )
    def test_ours_say_themselves(self, raising, capsys, error: PickupError, status: int):
        raising(error)
        assert run(["boom"]) == status
        assert said(capsys) == str(error)

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (
                PermissionError(13, "Permission denied", "/films/a.otio"),
                "/films/a.otio: the system",
            ),
            (OSError(28, "No space left on device"), "No space left on device"),
            (OSError(), "OSError"),
        ],
    )
    def test_the_systems_name_the_file_and_the_cause(self, raising, capsys, error, words):
        raising(error)
        assert run(["boom"]) == 1
        message = said(capsys)
        assert words in message
        assert "Put that right, then run again." in message

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
    def test_an_interrupt_says_how_to_go_on(self, raising, capsys, error):
        raising(error)
        assert run(["boom"]) == 130
        message = capsys.readouterr().err.strip()
        assert message.startswith("pickup: Stopped; nothing that was done is lost.")
        assert message.endswith("Run the same command to go on.")

    def test_a_reader_that_has_gone_wants_no_message(self, raising, capsys, monkeypatch):
        raising(BrokenPipeError())
        monkeypatch.setattr(module, "_forget_output", lambda: None)
        assert run(["boom"]) == 0
        assert capsys.readouterr() == ("", "")

    def test_too_little_memory(self, raising, capsys):
        raising(MemoryError())
        assert run(["boom"]) == 1
        assert "shorter part of the cut" in said(capsys)

    def test_what_nobody_foresaw_is_kept_for_a_report(self, raising, capsys):
        raising(ZeroDivisionError("division by zero"))
        assert run(["boom"]) == 1
        message = said(capsys)
        assert "ZeroDivisionError: division by zero" in message
        log = home() / "last-error.txt"
        assert str(log) in message
        assert "Traceback" in log.read_text("utf-8")

    def test_also_where_the_home_cannot_be_written(self, raising, capsys, monkeypatch, tmp_path):
        (tmp_path / "file").touch()
        monkeypatch.setenv("PICKUP_HOME", str(tmp_path / "file"))
        raising(ZeroDivisionError("division by zero"))
        assert run(["boom"]) == 1
        assert said(capsys).endswith("(ZeroDivisionError: division by zero).")

    def test_a_message_steers_no_terminal(self, raising, capsys):
        raising(RequestError("a\x1b[2J\nb\x07\u202e.otio: no."))
        assert run(["boom"]) == 2
        assert not set("\x1b\x07\u202e") & set(said(capsys))


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["nonsense"], "No such command 'nonsense'"),
            (["gaps"], "Missing argument"),
            (["gaps", "a.otio", "--nonsense"], "No such option"),
            (["gaps", "a.otio", "--min-frames", "0"], "--min-frames"),
            (["fill", "a.otio", "--deliver", "mp3"], "--deliver"),
            (["fill", "a.otio", "--budget", "much"], "“much” is not an amount of dollars"),
            (["fill", "a.otio", "--budget", "-1"], "not an amount"),
            (["fill", "a.otio", "--takes", "65"], "--takes"),
            (["fill", "a.otio", "--handles", "241"], "--handles"),
            (["fill", "a.otio", "--words", "fog"], "--words and --of go with --retake"),
            (["fill", "a.otio", "--of", "1"], "go with --retake SHOT"),
            (["fill", "a.otio", "--change", "shrink"], "--change"),
            (["fill", "a.otio", "--as", "vegas"], "--as"),
            (["jobs", "--export", "xls"], "--export"),
            (["jobs", "nonsense"], "No such command"),
            (["worker", "--idle", "long"], "--idle"),
        ],
    )
    def test_a_wrong_call_is_two_and_one_sentence(
        self, capsys, tmp_path, monkeypatch, arguments, words
    ):
        monkeypatch.chdir(tmp_path)
        Path("a.otio").write_text("{}")
        assert run(arguments) == 2
        message = said(capsys)
        assert words in message
        assert message.endswith((".", "”.", "?"))

    def test_help_is_to_be_found_from_there(self, capsys):
        assert run(["gaps"]) == 2
        assert "See “pickup gaps --help”." in said(capsys)

    @pytest.mark.parametrize("flag", ["-h", "--help"])
    def test_help_lists_every_command(self, capsys, flag):
        assert run([flag]) == 0
        out = capsys.readouterr().out
        for name, (_, line) in COMMANDS.items():
            assert name in out
            assert line in out

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_has_a_help_of_its_own(self, capsys, name):
        assert run([name, "--help"]) == 0
        out = capsys.readouterr().out
        assert out.startswith(f"Usage: pickup {name}")
        assert "--help" in out

    def test_the_version(self, capsys):
        assert run(["--version"]) == 0
        assert __version__ in capsys.readouterr().out

    def test_nothing_asked_shows_the_help(self, capsys):
        assert run([]) == 2
        shown = "".join(capsys.readouterr())
        assert "Commands:" in shown or "Commands" in shown

    def test_what_the_design_fixes_is_there(self):
        """The command line that others rely on."""
        flags = {
            "gaps": ("--json", "--min-frames", "--kinds", "--sequence"),
            "plan": ("-o", "--model", "--look"),
            "fill": ("-o", "--plan", "--model", "--budget", "--deliver", "--yes"),
            "takes": (),
            "jobs": ("--json",),
            "models": ("--json",),
            "doctor": (),
            "panel": ("--screenshot",),
            "install": (),
        }
        context = click.Context(cli)
        for name, wanted in flags.items():
            command = cli.get_command(context, name)
            assert command is not None
            known = {flag for param in command.params for flag in param.opts}
            assert set(wanted) <= known, name

    def test_deliveries_are_those_of_the_design(self):
        command = cli.get_command(click.Context(cli), "fill")
        assert command is not None
        (deliver,) = [param for param in command.params if param.name == "deliver"]
        assert list(deliver.type.choices) == ["h264", "prores422hq", "dpx", "exr"]  # type: ignore[attr-defined]

    def test_the_shortest_gap_is_twelve_frames(self):
        command = cli.get_command(click.Context(cli), "gaps")
        assert command is not None
        (least,) = [param for param in command.params if param.name == "min_frames"]
        assert least.default == 12


class TestTheProcess:
    def test_it_exits_with_the_status(self, raising, capsys):
        raising(RequestError("No."))
        with pytest.raises(SystemExit) as leaving:
            main(["boom"])
        assert leaving.value.code == 2
        assert said(capsys) == "No."

    def test_streams_that_were_closed_before_do_no_harm(self, monkeypatch):
        monkeypatch.setattr(sys, "stdout", None)
        monkeypatch.setattr(sys, "stderr", None)
        with pytest.raises(SystemExit) as leaving:
            main(["--version"])
        sys.stdout.close()
        sys.stderr.close()
        assert leaving.value.code == 0

    def test_a_name_that_the_terminal_cannot_show_is_shown_as_well_as_it_can(self, monkeypatch):
        ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stderr", ascii_only)
        with pytest.raises(SystemExit) as leaving:
            main(["gaps", "シーン.otio"])
        assert leaving.value.code == 2
        ascii_only.flush()
        assert b"?.otio" in ascii_only.buffer.getvalue()

    def run_process(self, *arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-m", "pickup", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **given,
        )

    def test_as_a_module(self):
        done = self.run_process("--version")
        assert (done.returncode, __version__ in done.stdout) == (0, True)

    def test_help_imports_nothing_heavy(self):
        done = subprocess.run(
            [
                *(sys.executable, "-c"),
                "import sys; from pickup.cli.main import run; run(['--help']); "
                "print(sorted({'dbos', 'av', 'numpy', 'opentimelineio', 'sqlalchemy', 'PySide6'}"
                " & set(sys.modules)))",
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stdout.rstrip().endswith("[]"), done.stdout[-200:] + done.stderr


@pytest.mark.parametrize("target", [entry[0] for entry in COMMANDS.values()])
def test_every_command_is_where_the_table_says(target: str):
    name, _, attribute = target.partition(":")
    __import__(name)
    assert isinstance(getattr(sys.modules[name], attribute), click.Command)


def test_forgetting_output_leaves_a_stream_that_takes_all():
    """After a reader has gone, Python's own last flush must not complain."""
    code = (
        "import contextlib, os, sys\n"
        "from pickup.cli.main import run\n"
        "m = sys.modules['pickup.cli.main']\n"
        "read, write = os.pipe(); os.dup2(write, 1); os.close(write); os.close(read)\n"
        "with contextlib.suppress(BrokenPipeError):\n"
        "    sys.stdout.write('x' * 100)\n"
        "m._forget_output()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unwritable_stderr_does_not_hide_the_status(raising, monkeypatch):
    raising(RequestError("No."))
    with contextlib.redirect_stderr(io.StringIO()) as stream:
        assert run(["boom"]) == 2
    assert "No." in stream.getvalue()
