"""The ledger's tables, and how an older ledger becomes a newer one.

Money is kept in whole micro-dollars, for no database but Postgres adds decimals exactly. Paths are
relative to the store, so that a team may mount it anywhere. No column ever holds a key or a link.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import sqlalchemy as sa

from pickup.errors import LedgerError

metadata = sa.MetaData()

meta = sa.Table("meta", metadata, sa.Column("version", sa.Integer, nullable=False))

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("local", sa.Boolean, nullable=False),
    sa.Column("shot", sa.Text, nullable=False),
    sa.Column("take", sa.Integer, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("cut", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("change", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("request_sha256", sa.Text, nullable=False),
    sa.Column("first_frame", sa.Text, nullable=False),
    sa.Column("last_frame", sa.Text, nullable=False),
    sa.Column("job_id", sa.Text, nullable=False, default=""),
    sa.Column("attempt", sa.Integer, nullable=False, default=1),
    sa.Column("estimate", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.BigInteger),
    # What earlier attempts at the same order have cost.
    sa.Column("sunk", sa.BigInteger, nullable=False, default=0),
    sa.Column("file", sa.Text, nullable=False, default=""),
    sa.Column("sha256", sa.Text, nullable=False, default=""),
    sa.Column("progress", sa.Float, nullable=False, default=0.0),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("worker", sa.Text, nullable=False, default=""),
    sa.Column("created", sa.Float, nullable=False),
    # When its money was set aside; the month it counts in.
    sa.Column("reserved", sa.Float, nullable=False, index=True),
    sa.Column("sent", sa.Float, nullable=False, default=0.0),
    sa.Column("updated", sa.Float, nullable=False),
    # How often the order was handed to the workers, has been taken up by one, and was let go of.
    sa.Column("handed", sa.Integer, nullable=False, default=0),
    sa.Column("taken", sa.Integer, nullable=False, default=0),
    sa.Column("settled", sa.Integer, nullable=False, default=0),
)

WAITING = orders.c.taken < orders.c.handed
"""No worker has taken the order up yet."""
IN_HAND = orders.c.handed > orders.c.settled
"""A worker has the order, or is to take it up."""

# Workers look for these all the time; years of finished orders must not make that slow.
sa.Index("orders_waiting", orders.c.created, sqlite_where=WAITING, postgresql_where=WAITING)
sa.Index("orders_in_hand", orders.c.created, sqlite_where=IN_HAND, postgresql_where=IN_HAND)

moves = sa.Table(
    "moves",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("old", sa.Text, nullable=False),
    sa.Column("new", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
)

uses = sa.Table(
    "uses",
    metadata,
    sa.Column("cut", sa.Text, primary_key=True),
    sa.Column("shot", sa.Text, primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("budget", sa.BigInteger),
    sa.Column("created", sa.Float, nullable=False),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("beat", sa.BigInteger, nullable=False, default=0),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("alive", sa.Boolean, nullable=False, default=True),
    sa.Column("inherited", sa.Boolean, nullable=False, default=False),
    sa.Column("started", sa.Float, nullable=False),
)

Upgrade = Callable[[sa.Connection], None]


def _add_change(connection: sa.Connection) -> None:
    """Version 2 knows how a take was made from an older one."""
    if "change" not in {column["name"] for column in sa.inspect(connection).get_columns("orders")}:
        connection.execute(sa.text("ALTER TABLE orders ADD COLUMN change TEXT NOT NULL DEFAULT ''"))


UPGRADES: tuple[Upgrade, ...] = (metadata.create_all, _add_change)
"""Step n brings a ledger of version n to version n + 1; a new ledger walks them all."""


def upgrade(connection: sa.Connection, steps: tuple[Upgrade, ...] = UPGRADES) -> None:
    """Bring the ledger to the newest version, in the transaction of `connection`.

    Raises:
        LedgerError: the ledger was written by a newer Pickup.
    """
    found = sa.inspect(connection).has_table("meta")
    version = connection.scalar(sa.select(meta.c.version)) if found else 0
    version = version or 0
    if version > len(steps):
        raise LedgerError(
            f"The order book is of version {version}, and this Pickup knows {len(steps)}; "
            "install the newer Pickup again."
        )
    for step in steps[version:]:
        step(connection)
    if version < len(steps):
        connection.execute(meta.delete())
        connection.execute(meta.insert().values(version=len(steps)))


def micros(usd: Decimal) -> int:
    return int((usd * 1_000_000).to_integral_value())


def dollars(amount: int | None) -> Decimal:
    return Decimal(amount or 0) / 1_000_000
