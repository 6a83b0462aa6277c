"""Opens a database for the ledger: SQLite on a local disk, or a team's Postgres."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

import filelock
import sqlalchemy as sa

from pickup.errors import LedgerError
from pickup.home import home
from pickup.jobs.disk import network_kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 30.0
"""How long a writer waits for another before it gives up."""

_READ_ONLY = "pickup_read"


def sqlite_file(folder: Path, name: str) -> Path:
    """`folder/name`, created as an empty SQLite database with a write-ahead log if need be.

    The journal is set once, under a lock, and never touched again: setting it on each connection
    can cut off another process that is at work.

    Raises:
        LedgerError: the folder is on a network drive, or cannot be written.
    """
    path = folder / name
    if path.exists() and path.stat().st_size:
        _refuse_network(folder)
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_network(folder)
        creating = filelock.FileLock(folder / f"{name}.create.lock", timeout=BUSY_SECONDS)
        with creating, contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except (OSError, sqlite3.Error, filelock.Timeout) as error:
        raise LedgerError(
            f"{path}: the order book cannot be created ({error}). "
            "Free some space, or name another folder by PICKUP_HOME."
        ) from None
    return path


def _refuse_network(folder: Path) -> None:
    kind = network_kind(folder)
    if kind:
        raise LedgerError(
            f"{folder}: the order book cannot lie on a network drive ({kind}), where two programs "
            "could order the same shot. Name a folder on a local disk by PICKUP_HOME, "
            "or share a Postgres by PICKUP_DATABASE_URL."
        )


def postgres_url(url: str) -> str:
    """`url` with the driver that Pickup ships."""
    scheme, mark, rest = url.partition("://")
    if not mark or scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise LedgerError(
            "PICKUP_DATABASE_URL is not a Postgres address; it starts with “postgresql://”."
        )
    return f"postgresql+psycopg://{rest}"


def sqlite_engine(path: Path, busy_seconds: float = BUSY_SECONDS) -> sa.Engine:
    """Each transaction takes the write lock at once, so that none fails half-way."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": busy_seconds}
    )

    @sa.event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        # A commit survives a power cut: an order that was paid must not be forgotten.
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get(_READ_ONLY)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def postgres_engine(url: str) -> sa.Engine:
    """Tables live in a schema of their own, beside the worker's in the same database."""
    return sa.create_engine(
        postgres_url(url),
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=20,
        connect_args={"options": "-csearch_path=pickup", "connect_timeout": int(BUSY_SECONDS)},
    )


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Database errors as `LedgerError`, without the statement and its values."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        raise LedgerError(f"{what} ({reason}). {_next_step(reason)}") from error


def _next_step(reason: str) -> str:
    if "not a database" in reason or "malformed" in reason:
        return f"Put a good copy of it into {home()}, or move the spoilt one away."
    hint = "Free some space on the disk" if "full" in reason else "Try again in a moment"
    return f"{hint}; nothing has been lost."


@contextlib.contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    with told("The order book cannot be written"), engine.begin() as connection:
        yield connection


@contextlib.contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    with told("The order book cannot be read"), engine.connect() as connection:
        connection.execution_options(**{_READ_ONLY: True})
        yield connection
