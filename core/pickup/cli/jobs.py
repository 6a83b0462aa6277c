"""`pickup jobs`: the order book, and what a person can do about an order. `pickup worker`."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pickup.cli.output import note, plain, say, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pickup.jobs.ledger import Ledger
    from pickup.jobs.orders import OrderRecord


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
@click.option("--export", type=click.Choice(["csv"]), help="Print every order as a table of text.")
@click.option("--cut", metavar="CUT", help="Only the orders for this cut.")
@click.pass_context
def jobs(context: click.Context, as_json: bool, export: str | None, cut: str | None) -> None:
    """List orders, where they stand and what they cost."""
    if context.invoked_subcommand:
        return
    with _book() as ledger:
        records = ledger.list(cut=_folder_of(cut) if cut else None)
        if as_json:
            click.echo(json.dumps(_summary(ledger, records), indent=2, ensure_ascii=False))
        elif export:
            _export(records)
        else:
            _show(ledger, records, cut)


@jobs.command()
@click.argument("key")
@click.option("--adopt", metavar="JOB", help="It is there, under this id: wait for it, fetch it.")
@click.option("--resend", is_flag=True, help="It is not there: send it again, and pay for that.")
@click.option("--drop", is_flag=True, help="Do without it.")
def resolve(key: str, adopt: str | None, resend: bool, drop: bool) -> None:
    """Decide what became of an order whose answer was lost."""
    from pickup.jobs import client, reconcile

    if [bool(adopt), resend, drop].count(True) != 1:
        raise click.UsageError("Give one of --adopt JOB, --resend and --drop.")
    if not drop:
        client.check_worker()
    with _book() as ledger:
        if adopt:
            record = reconcile.adopt(ledger, key, adopt)
        elif resend:
            record = reconcile.resend(ledger, key)
        else:
            record = reconcile.drop(ledger, key)
        if not drop:
            client.see_to(ledger)
    say(f"{record.shot} take {record.take} is {record.state.value}: {record.reason}.")
    if not drop:
        say("A worker sees to it; “pickup fill” of its cut conforms and places it.")


@jobs.command()
@click.argument("key")
def cancel(key: str) -> None:
    """Call an order off, at the provider where it can be."""
    from pickup.jobs import reconcile
    from pickup.jobs.steps import Steps
    from pickup.providers.registry import load

    with _book() as ledger:
        record = reconcile.cancel(Steps(ledger, load, worker="command line"), key)
    say(f"{record.shot} take {record.take} is cancelled.")


@jobs.command()
@click.argument("key")
def show(key: str) -> None:
    """Tell the history of one order."""
    with _book() as ledger:
        record = ledger.get(key)
        for name, value in _plain(record).items():
            click.echo(f"{name:16} {plain(str(value))}")
        for move in ledger.history(record.key):
            note = f"  ({plain(move.reason)})" if move.reason else ""
            click.echo(f"{_time(move.at)}  {move.old or 'new'} → {move.new}{note}")


@click.command()
@click.option("--idle", type=float, metavar="SECONDS", help="End after so long without an order.")
def worker(idle: float | None) -> None:
    """Carry out orders on this machine until stopped."""
    from pickup.jobs.client import check_worker

    check_worker()
    from pickup.jobs.worker import end, main

    end(main(idle))


def _folder_of(cut: str) -> str:
    """The name by which the order book knows a cut: that of its folder."""
    from pickup.fill.folder import PickupFolder

    name = Path(cut)
    return name.name if name.suffix == ".pickup" else PickupFolder.of(name).root.name


@contextmanager
def _book() -> Iterator[Ledger]:
    from pickup.jobs.ledger import Ledger

    with Ledger.open() as ledger:
        yield ledger


def _summary(ledger: Ledger, records: list[OrderRecord]) -> dict[str, Any]:
    from pickup.jobs.money import month_start

    return {
        "orders": [_plain(record) for record in records],
        "month_usd": float(ledger.spent(month_start())),
        "total_usd": float(ledger.spent()),
    }


def _plain(record: OrderRecord) -> dict[str, Any]:
    """An order as JSON and CSV have it; money and times for people to read."""
    return {
        "key": record.key,
        "shot": record.shot,
        "take": record.take,
        "cut": record.cut,
        "provider": record.provider,
        "model": record.model,
        "state": record.state.value,
        "reason": record.reason,
        "job_id": record.job_id,
        "seed": record.seed,
        "progress": record.progress,
        "estimate_usd": float(record.estimate_usd),
        "cost_usd": None if record.cost_usd is None else float(record.cost_usd),
        "file": str(record.file) if record.file else "",
        "sha256": record.sha256,
        "request_sha256": record.request_sha256,
        "source": record.source,
        "change": record.change,
        "created": _time(record.created),
        "updated": _time(record.updated),
    }


def _export(records: list[OrderRecord]) -> None:
    columns = list(_plain(records[0])) if records else ["key"]
    writer = csv.DictWriter(sys.stdout, columns)
    writer.writeheader()
    # A cell that begins so is run as a formula by spreadsheets.
    risky = ("=", "+", "-", "@", "\t", "\r")
    for record in records:
        cells = {
            name: f"'{value}" if isinstance(value, str) and value.startswith(risky) else value
            for name, value in _plain(record).items()
        }
        writer.writerow(cells)


def _show(ledger: Ledger, records: list[OrderRecord], cut: str | None) -> None:
    from pickup.cli.gaps import counted
    from pickup.jobs import client
    from pickup.jobs.money import month_start

    if not records:
        say(f"Nothing has been ordered yet; “pickup fill {cut or 'CUT'}” does.")
        return
    table(
        ["order", "shot", "take", "model", "state", "cost", "when", "note"],
        [
            (
                record.key[:12],
                record.shot,
                str(record.take),
                record.model_name,
                record.state.value,
                _cost(record),
                _time(record.created),
                record.reason,
            )
            for record in records
        ],
        right={2, 5},
    )
    click.echo(
        f"This month: ${ledger.spent(month_start()):.2f}   In all: ${ledger.spent():.2f}   "
        "(spent and set aside)"
    )
    waiting = [record for record in records if not record.local and client.under_way(record)]
    if waiting and not client.alive(ledger):
        note(
            f"{counted(len(waiting), 'order')} under way, and no worker is at work here. Run the "
            "same “pickup fill” again, or “pickup worker”; what has been sent is not sent twice."
        )


def _cost(record: OrderRecord) -> str:
    if record.local:
        return "–"
    if record.cost_usd is not None:
        return f"${record.cost_usd:.2f}"
    return f"~${record.estimate_usd:.2f}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
