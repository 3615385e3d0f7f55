"""Which node is active: one at a time, the next one as soon as the hold has ended, and never both."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from ringup.engine.dhcp.lease import Lease
from ringup.store import leases as leases_module
from ringup.store.database import open_database, writing
from ringup.store.leases import read_lease, read_leases, save_leases
from ringup.store.nodes import (
    REMEMBERED_SECONDS,
    Node,
    NotActive,
    address_of_active,
    beat,
    leave,
    read_nodes,
    running_namesake,
)
from ringup.store.tables import active_nodes, nodes
from tests.store.postgresql_server import PostgresqlServer

ANN = Node("ann", "10.0.0.1", True, "run of ann")
BERT = Node("bert", "10.0.0.2", True, "run of bert")
DHCP, PBX = "DHCP on 10.0.0.0/24", "PBX"


@pytest.fixture(name="other")
def _other(engine: Engine, url: str) -> Iterator[Engine]:
    """The second node's connections to the same database."""
    opened = open_database(url)
    yield opened
    opened.dispose()


def test_the_address_of_the_active_node_is_known_while_its_hold_lasts(engine: Engine) -> None:
    assert address_of_active(engine, PBX) == ""
    beat(engine, ANN, [PBX])
    beat(engine, BERT, [PBX, DHCP])
    assert (address_of_active(engine, PBX), address_of_active(engine, DHCP)) == ("10.0.0.1", "10.0.0.2")
    leave(engine, ANN)
    assert address_of_active(engine, PBX) == ""


def end_the_hold(engine: Engine) -> None:
    """Let the time pass for which a node is active."""
    with writing(engine) as connection:
        connection.execute(update(active_nodes).values(until=1.0))


def test_one_node_is_active_for_a_service_and_both_know_which(engine: Engine, other: Engine) -> None:
    first, second = beat(engine, ANN, [DHCP]), beat(other, BERT, [DHCP, PBX])
    assert first.active[DHCP] == second.active[DHCP]
    assert (second.active[DHCP].node, second.active[PBX].node) == ("ann", "bert")
    assert (first.others, second.others) == ((), (ANN,))
    assert read_nodes(engine) == [ANN, BERT]


def test_the_next_node_takes_over_when_the_hold_has_ended_and_not_before(
    engine: Engine, other: Engine
) -> None:
    beat(engine, ANN, [DHCP])
    assert beat(other, BERT, [DHCP]).active[DHCP].node == "ann"
    end_the_hold(engine)
    assert beat(other, BERT, [DHCP]).active[DHCP].node == "bert"
    assert beat(engine, ANN, [DHCP]).active[DHCP].node == "bert"


def test_a_node_that_leaves_is_followed_at_once(engine: Engine, other: Engine) -> None:
    beat(engine, ANN, [DHCP, PBX])
    leave(engine, ANN)
    active = beat(other, BERT, [DHCP]).active
    assert (active[DHCP].node, PBX in active) == ("bert", False)


def test_a_node_that_had_it_before_sees_that_another_had_it_between(engine: Engine, other: Engine) -> None:
    turns = [beat(engine, ANN, [DHCP]).active[DHCP].turn for _ in range(2)]
    end_the_hold(engine)
    beat(other, BERT, [DHCP])
    leave(other, BERT)
    assert turns == [1, 1]
    assert beat(engine, ANN, [DHCP]).active[DHCP].turn == 3


def test_a_start_of_the_same_name_is_another_node_to_the_hold(engine: Engine, other: Engine) -> None:
    """Two machines with the same name must not both be active."""
    beat(engine, ANN, [DHCP])
    again = replace(ANN, run="another run")
    assert beat(other, again, [DHCP]).active[DHCP].run == ANN.run


def test_a_namesake_that_runs_elsewhere_is_found(engine: Engine) -> None:
    beat(engine, ANN, [])
    twin = replace(ANN, address="10.0.0.9", run="of the twin")
    assert running_namesake(engine, twin) == ANN
    assert running_namesake(engine, replace(ANN, run="after a restart")) is None
    with writing(engine) as connection:
        connection.execute(update(nodes).values(seen=nodes.c.seen - 60))
    assert running_namesake(engine, twin) is None


def test_a_node_that_is_away_is_told_to_phones_for_thirty_days(engine: Engine, other: Engine) -> None:
    beat(engine, ANN, [])
    for seconds, others in ((REMEMBERED_SECONDS - 60, (ANN,)), (120, ())):
        with writing(engine) as connection:
            connection.execute(update(nodes).where(nodes.c.name == "ann").values(seen=nodes.c.seen - seconds))
        assert beat(other, BERT, []).others == others


def test_one_lease_is_read_by_its_address(engine: Engine) -> None:
    lease = Lease("00164600000A", "10.0.0.10", 60.0)
    save_leases(engine, [lease])
    assert (read_lease(engine, "10.0.0.10"), read_lease(engine, "10.0.0.11")) == (lease, None)


def a_lease_of(mac: str) -> list[Lease]:
    return [Lease(mac, "10.0.0.10", 60.0)]


@pytest.mark.peers
class TestOnPostgresql:
    """Tests that need two machines on one server."""

    @pytest.fixture
    def url(self, postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
        return postgresql.database()

    def test_a_lease_of_a_node_that_lost_its_turn_is_not_stored(self, engine: Engine, other: Engine) -> None:
        """The phone gets no ACK: the next node has already read the leases, and may assign the address."""
        hold = beat(engine, ANN, [DHCP]).active[DHCP]
        end_the_hold(engine)
        save_leases(engine, a_lease_of("00164600000A"), hold)
        beat(other, BERT, [DHCP])
        with pytest.raises(NotActive):
            save_leases(engine, a_lease_of("00164600000B"), hold)
        assert read_leases(other) == a_lease_of("00164600000A")

    def test_a_take_over_waits_for_the_commit_that_has_begun(
        self, engine: Engine, other: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So the next node reads every lease that was acknowledged."""
        hold = beat(engine, ANN, [DHCP]).active[DHCP]
        end_the_hold(engine)
        read: list[Lease] = []

        def take_over() -> None:
            beat(other, BERT, [DHCP])
            read.extend(read_leases(other))

        taking = threading.Thread(target=take_over)

        def upsert(style: str, rows: int, real: Callable[[str, int], str] = leases_module._upsert) -> str:
            taking.start()
            taking.join(0.3)
            assert taking.is_alive(), "it took over in the middle of a commit"
            return real(style, rows)

        monkeypatch.setattr(leases_module, "_upsert", upsert)
        save_leases(engine, a_lease_of("00164600000A"), hold)
        taking.join(10)
        assert read == a_lease_of("00164600000A")
