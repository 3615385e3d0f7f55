"""Leases on disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.errors import StoreError
from ringup.store.database import open_database, writing
from ringup.store.leases import _upsert, read_leases, save_leases

LARRY = Lease("001646C0FFEE", "10.0.0.11", 1000.25, LeaseState.LEASED, "01001646c0ffee", "sales-1")

LEASES = st.builds(
    Lease,
    mac=st.sampled_from(["001646000000", "0016460E0012", ""]),
    address=st.integers(1, 254).map("10.0.0.{}".format),
    expires=st.floats(0, 4e9),
    state=st.sampled_from(LeaseState),
    client_id=st.binary(max_size=8).map(bytes.hex),
    host_name=st.text(max_size=20),
)


def test_a_fresh_database_has_no_leases(engine: Engine) -> None:
    assert read_leases(engine) == []


def test_a_saved_lease_is_read_with_every_field(engine: Engine) -> None:
    save_leases(engine, [LARRY])
    assert read_leases(engine) == [LARRY]


def test_an_address_has_one_lease_the_last(engine: Engine) -> None:
    released = Lease(LARRY.mac, LARRY.address, 1100.0, LeaseState.RELEASED)
    taken = Lease("001646C0FFEF", LARRY.address, 2000.0, LeaseState.OFFERED)
    save_leases(engine, [LARRY])
    save_leases(engine, [released, taken])
    assert read_leases(engine) == [taken]


def test_leases_not_named_stay(engine: Engine) -> None:
    other = Lease("001646C0FFEF", "10.0.0.12", 2000.0)
    save_leases(engine, [LARRY])
    save_leases(engine, [other])
    save_leases(engine, [])
    assert read_leases(engine) == [LARRY, other]


def test_more_leases_than_a_statement_takes_are_all_saved(engine: Engine) -> None:
    many = [Lease(f"{number:012X}", f"10.0.{number >> 8}.{number & 255}", 2000.0) for number in range(300)]
    save_leases(engine, many)
    assert {lease.address for lease in read_leases(engine)} == {lease.address for lease in many}


@pytest.mark.parametrize(("paramstyle", "mark"), [("qmark", "?"), ("pyformat", "%s"), ("format", "%s")])
def test_the_statement_is_in_the_drivers_own_words(paramstyle: str, mark: str) -> None:
    statement = _upsert(paramstyle, 2)
    row = ", ".join([mark] * 6)
    assert f"VALUES ({row}), ({row}) ON CONFLICT (address) DO UPDATE SET mac = excluded.mac," in statement


def test_leases_that_cannot_be_saved_are_told_and_the_next_can(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE leases RENAME TO elsewhere"))
    with pytest.raises(StoreError, match=r"no such table|does not exist"):
        save_leases(engine, [LARRY])
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO leases"))
    save_leases(engine, [LARRY])
    assert read_leases(engine) == [LARRY]


def test_leases_outlive_the_process(engine: Engine, url: str) -> None:
    save_leases(engine, [LARRY])
    engine.dispose()
    again = open_database(url)
    assert read_leases(again) == [LARRY]
    again.dispose()


@given(st.lists(LEASES, max_size=10))
def test_any_leases_are_read_as_they_were_saved(leases: list[Lease]) -> None:
    engine = open_database("sqlite://")
    save_leases(engine, leases)
    expected = {lease.address: lease for lease in leases}
    assert {lease.address: lease for lease in read_leases(engine)} == expected
    engine.dispose()
