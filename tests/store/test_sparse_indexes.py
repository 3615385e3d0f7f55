"""PostgreSQL's indexes of the events do not grow over the years."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select, text

from ringup.errors import StoreError
from ringup.events import AddressLeased
from ringup.store import sparse_indexes
from ringup.store.database import open_database, reading, writing
from ringup.store.history import add_events, read_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.sparse_indexes import ROW_BYTES, rebuild_sparse_indexes

pytestmark = pytest.mark.peers

MACS = [f"0016460000{number:02X}" for number in range(20)]
KEPT = 100
"""Of so many events, one is kept."""


@pytest.fixture(autouse=True)
def _any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparse_indexes, "SMALLEST_BYTES", 50_000)
    monkeypatch.setattr(sparse_indexes, "WAIT_SECONDS", 0.2)


@pytest.fixture
def sparse(on_postgresql: Engine) -> Engine:
    """A database from which most events were deleted."""
    add_events(
        on_postgresql,
        [AddressLeased(float(number), MACS[number % 20], "10.0.0.1", 60) for number in range(20_000)],
    )
    keeper = JourneyKeeper(on_postgresql, lambda: MACS)
    while keeper.advance():
        pass
    with writing(on_postgresql) as connection:
        connection.execute(text(f"DELETE FROM events WHERE id % {KEPT} <> 0"))
        connection.execute(text(f"DELETE FROM timeline WHERE event % {KEPT} <> 0"))
    return on_postgresql


@pytest.fixture(name="other")
def _other(sparse: Engine, postgresql_url: str) -> Iterator[Engine]:
    opened = open_database(postgresql_url)
    yield opened
    opened.dispose()


def size_of(engine: Engine, name: str) -> int:
    with reading(engine) as connection:
        size: int = connection.execute(select(func.pg_relation_size(name))).scalar_one()
        return size


def test_indexes_of_which_little_is_left_are_rebuilt_once(sparse: Engine) -> None:
    before = {name: size_of(sparse, name) for name in ROW_BYTES}
    events = read_events(sparse)
    assert rebuild_sparse_indexes(sparse) == list(ROW_BYTES)
    assert all(size_of(sparse, name) < size / 5 for name, size in before.items())
    assert rebuild_sparse_indexes(sparse) == []
    assert read_events(sparse) == events


def test_full_indexes_stay_as_they_are(on_postgresql: Engine) -> None:
    add_events(on_postgresql, [AddressLeased(1.0, MACS[0], "10.0.0.1", 60)] * 20_000)
    assert size_of(on_postgresql, "events_pkey") > sparse_indexes.SMALLEST_BYTES
    assert rebuild_sparse_indexes(on_postgresql) == []


def test_one_node_rebuilds_at_a_time(sparse: Engine, other: Engine) -> None:
    with other.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(sparse_indexes._LOCK)))
        assert rebuild_sparse_indexes(sparse) == []
        connection.execute(select(func.pg_advisory_unlock(sparse_indexes._LOCK)))
    assert rebuild_sparse_indexes(sparse) == list(ROW_BYTES)


def test_a_transaction_that_does_not_end_is_not_waited_for(sparse: Engine, other: Engine) -> None:
    """The unfinished index is dropped by the next round, which rebuilds both."""
    with reading(other) as connection:
        connection.execute(text("SELECT count(*) FROM events"))
        with pytest.raises(StoreError, match="lock timeout"):
            rebuild_sparse_indexes(sparse)
    assert rebuild_sparse_indexes(sparse) == list(ROW_BYTES)
    with reading(sparse) as read:
        assert read.scalar(text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")) == 0


def test_what_a_killed_program_left_half_built_is_dropped(on_postgresql: Engine) -> None:
    with writing(on_postgresql) as connection:
        connection.execute(text("CREATE INDEX events_pkey_ccnew ON events (id)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'events_pkey_ccnew'::regclass")
        )
    rebuild_sparse_indexes(on_postgresql)
    with reading(on_postgresql) as connection:
        assert connection.scalar(select(func.to_regclass("events_pkey_ccnew"))) is None
