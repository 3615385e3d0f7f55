"""The nodes that share one database, and which of them is active for a service that only one may provide.

Strategy: once a second, each node writes the time of this beat and extends its holds; a hold makes a node
active for one service. If it stops, another node takes the service over as soon as the hold has ended. All
times are the database's, so no node's clock matters. A write that only the active node may make checks the
hold in the same transaction (`check_active`). So it is either done before another node takes over, or
refused.
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
"""Seconds for which a node is active after its last beat; a phone repeats its DISCOVER after the same time.
"""

REMEMBERED_SECONDS = 30 * 86_400.0
"""Seconds for which phones still get the address of a node that does not run: 30 days."""


@dataclass(frozen=True, slots=True)
class Node:
    """One of the servers that share a database."""

    name: str
    address: str
    """The node's address for phones."""
    serves_files: bool
    run: str
    """A text that differs at each start of the server."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A node's hold on a service, which makes it the active node."""

    service: str
    node: str
    """The node's name."""
    run: str
    turn: int


@dataclass(frozen=True, slots=True)
class Beat:
    """The data that a node reads with each beat."""

    others: tuple[Node, ...]
    """The other nodes, by name."""
    active: Mapping[str, Hold]
    """The hold of the active node for each service; a service without an active node is left out."""
    clock: float
    """Unix seconds, by the database."""


class NotActive(StoreError):
    """Another node provides this service by now; nothing was written."""


def read_nodes(engine: Engine) -> list[Node]:
    """Return the nodes that had a beat within REMEMBERED_SECONDS, by name."""
    with reading(engine) as connection:
        return _nodes(connection, _clock(connection))


def running_namesake(engine: Engine, node: Node) -> Node | None:
    """Return a running server with the same name at another address; None: there is none."""
    with reading(engine) as connection:
        recent = nodes.c.seen > _clock(connection) - HOLD_SECONDS
        statement = select(nodes).where(nodes.c.name == node.name, nodes.c.address != node.address, recent)
        row = connection.execute(statement).mappings().one_or_none()
    return Node(row["name"], row["address"], row["serves_files"], row["run"]) if row else None


def address_of_active(engine: Engine, service: str) -> str:
    """Return the address of the node that is active for a service; empty: there is none at the moment."""
    with reading(engine) as connection:
        statement = (
            select(nodes.c.address)
            .join(active_nodes, active_nodes.c.node == nodes.c.name)
            .where(active_nodes.c.service == service, active_nodes.c.until > _clock(connection))
        )
        return connection.execute(statement).scalar_one_or_none() or ""


def beat(engine: Engine, node: Node, services: Collection[str]) -> Beat:
    """Write a beat of this node; keep or take each of these services that no other node holds."""
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
    """Let other nodes take over this node's services at once; it stays a node of the site."""
    with writing(engine) as connection:
        connection.execute(update(active_nodes).where(active_nodes.c.run == node.run).values(until=0.0))


def check_active(cursor: DBAPICursor, hold: Hold) -> None:
    """Raise NotActive if this hold is lost; otherwise lock it until the cursor's transaction ends.

    PostgreSQL only. After its end time, a hold is lost only when another node has taken the service.
    """
    cursor.execute(
        "SELECT 1 FROM active_nodes WHERE service = %s AND run = %s AND turn = %s FOR SHARE",
        (hold.service, hold.run, hold.turn),
    )
    if cursor.fetchone() is None:
        raise NotActive(hold.service, "another node has taken over.", "")


def _clock(connection: Connection) -> ColumnElement[float]:
    """Return the time of the database; for SQLite, it is this machine's time."""
    if connection.dialect.name == "postgresql":
        return func.extract("epoch", func.clock_timestamp()).cast(Float(53))
    return literal(time.time())


def _nodes(connection: Connection, clock: ColumnElement[float]) -> list[Node]:
    remembered = nodes.c.seen > clock - REMEMBERED_SECONDS
    rows = connection.execute(select(nodes).where(remembered).order_by(nodes.c.name)).mappings()
    return [Node(row["name"], row["address"], row["serves_files"], row["run"]) for row in rows]


def _insert(connection: Connection, table: "Table") -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that can update instead.

    Each dialect takes 20 ms to import, which most commands can save.
    """
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
