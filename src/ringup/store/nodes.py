"""The nodes that share one database, and which of them is active for a service that only one may provide.

Strategy: each node writes that it is here once a second, and extends its hold on what it is active for. When
it no longer does, another node takes the service as soon as the hold has ended. All times are the database's,
so no node's clock matters. A write that only the active node may make asks for its hold in the same
transaction (`check_active`), and so comes before the next node's take-over or is refused.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Engine, Float, case, func, literal, select, update
from sqlalchemy.engine.interfaces import DBAPICursor

from ringup.errors import StoreError
from ringup.store.database import reading, writing
from ringup.store.tables import active_nodes, nodes

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.dialects import postgresql, sqlite

HOLD_SECONDS = 4.0
"""Seconds for which a node is active after its last beat; a phone repeats its DISCOVER after as many."""

REMEMBERED_SECONDS = 30 * 86_400.0
"""Seconds for which phones are still told the address of a node that is away: 30 days."""


@dataclass(frozen=True, slots=True)
class Node:
    """One server of those that share a database."""

    name: str
    address: str
    """The one that phones are told."""
    serves_files: bool
    run: str
    """Another one for each start."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A node's hold on a service."""

    service: str
    node: str
    """Its name."""
    run: str
    turn: int


@dataclass(frozen=True, slots=True)
class Beat:
    """What a node learns each time that it says that it is here."""

    others: tuple[Node, ...]
    """The other nodes, by name."""
    active: Mapping[str, Hold]
    """Who is active for each service; a service without an active node is left out."""
    clock: float
    """Unix seconds, by the database."""


class NotActive(StoreError):
    """Another node provides this service meanwhile; nothing was written."""


def read_nodes(engine: Engine) -> list[Node]:
    """Return the nodes that were here within REMEMBERED_SECONDS, by name."""
    with reading(engine) as connection:
        return _nodes(connection, _clock(connection))


def running_namesake(engine: Engine, node: Node) -> Node | None:
    """Return another server that runs under this node's name at another address; None: there is none."""
    with reading(engine) as connection:
        recent = nodes.c.seen > _clock(connection) - HOLD_SECONDS
        statement = select(nodes).where(nodes.c.name == node.name, nodes.c.address != node.address, recent)
        row = connection.execute(statement).mappings().one_or_none()
    return Node(row["name"], row["address"], row["serves_files"], row["run"]) if row else None


def beat(engine: Engine, node: Node, services: Collection[str]) -> Beat:
    """Write that this node is here, and keep or take each of these services that no other node holds."""
    with writing(engine) as connection:
        _write_node(connection, node)
        for service in sorted(services):
            _keep_or_take(connection, service, node)
        clock = _clock(connection)
        holds = connection.execute(select(active_nodes).where(active_nodes.c.until > clock)).mappings()
        active = {row["service"]: Hold(row["service"], row["node"], row["run"], row["turn"]) for row in holds}
        now = connection.execute(select(clock)).scalar_one()
        others = tuple(each for each in _nodes(connection, clock) if each.name != node.name)
        return Beat(others, active, now)


def leave(engine: Engine, node: Node) -> None:
    """Let other nodes take over at once what this node was active for; it stays a node of the site."""
    with writing(engine) as connection:
        connection.execute(update(active_nodes).where(active_nodes.c.run == node.run).values(until=0.0))


def check_active(cursor: DBAPICursor, hold: Hold) -> None:
    """Raise NotActive unless this hold still stands; it stands until the cursor's transaction ends.

    PostgreSQL only. A hold whose time is over stands as long as no other node has taken the service.
    """
    cursor.execute(
        "SELECT 1 FROM active_nodes WHERE service = %s AND run = %s AND turn = %s FOR SHARE",
        (hold.service, hold.run, hold.turn),
    )
    if cursor.fetchone() is None:
        raise NotActive(hold.service, "another node has taken over.", "")


def _clock(connection: Connection) -> ColumnElement[float]:
    """The time by the database: SQLite's is this machine's."""
    if connection.dialect.name == "postgresql":
        return func.extract("epoch", func.clock_timestamp()).cast(Float(53))
    return literal(time.time())


def _nodes(connection: Connection, clock: ColumnElement[float]) -> list[Node]:
    remembered = nodes.c.seen > clock - REMEMBERED_SECONDS
    rows = connection.execute(select(nodes).where(remembered).order_by(nodes.c.name)).mappings()
    return [Node(row["name"], row["address"], row["serves_files"], row["run"]) for row in rows]


def _insert(connection: Connection, table: "Table") -> "postgresql.Insert | sqlite.Insert":
    """An INSERT that can update instead; each dialect takes 20 ms to import, which most commands spare."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def _write_node(connection: Connection, node: Node) -> None:
    new = _insert(connection, nodes).values(
        name=node.name,
        address=node.address,
        serves_files=node.serves_files,
        run=node.run,
        seen=_clock(connection),
    )
    kept = {name: new.excluded[name] for name in ("address", "serves_files", "run", "seen")}
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=kept))


def _keep_or_take(connection: Connection, service: str, node: Node) -> None:
    clock = _clock(connection)
    new = _insert(connection, active_nodes).values(
        service=service, node=node.name, run=node.run, turn=1, until=clock + HOLD_SECONDS
    )
    is_ours = active_nodes.c.run == new.excluded.run
    statement = new.on_conflict_do_update(
        index_elements=["service"],
        set_={
            "node": new.excluded.node,
            "run": new.excluded.run,
            "turn": active_nodes.c.turn + case((is_ours, 0), else_=1),
            "until": clock + HOLD_SECONDS,
        },
        where=is_ours | (active_nodes.c.until <= clock),
    )
    connection.execute(statement)
