"""Which addresses are guarded: those from which more requests come than a phone sends."""

from collections.abc import Iterator

import pytest

from ringup.serve.tftp.guard import GUARD_SECONDS, MANY, MOST_GUARDED, RequestGuard
from ringup.serve.tftp.traffic import Received

NOW = 1_000_000.0
PHONE, ROUTED, MAC = "10.0.0.10", "10.9.0.10", "001646C0FFEE"


def requests(address: str, number: int, index: int = 0) -> list[Received]:
    return [(b"", (address, 1024 + at), index, b"") for at in range(number)]


@pytest.fixture
def guard() -> RequestGuard:
    return RequestGuard(lambda address: "" if address == ROUTED else MAC)


def test_many_requests_of_one_second_guard_their_address_until_they_end(guard: RequestGuard) -> None:
    assert not guard.has_news(requests(PHONE, MANY - 1), NOW)
    assert guard.has_news(requests(PHONE, 1), NOW)
    assert guard.macs == {PHONE: MAC}
    assert guard.take_begun() == [PHONE]
    assert guard.take_begun() == []
    assert not guard.has_news(requests(PHONE, MANY), NOW + GUARD_SECONDS - 1)
    assert guard.has_news([], NOW + GUARD_SECONDS)
    assert guard.macs == {}


def test_a_busy_phone_is_not_guarded(guard: RequestGuard) -> None:
    for second in range(10):
        assert not guard.has_news(requests(PHONE, MANY - 1), NOW + second)
    assert not guard.has_news(requests(PHONE, 10 * MANY, index=1), NOW), "ACKs and errors count elsewhere"


def test_an_address_without_a_neighbour_is_not_guarded_and_not_looked_up_each_time() -> None:
    looked: list[str] = []

    def mac_of(address: str) -> str:
        looked.append(address)
        return ""

    guard = RequestGuard(mac_of)
    for _ in range(3):
        assert not guard.has_news(requests(ROUTED, MANY), NOW)
    assert looked == [ROUTED]


def test_the_guarded_addresses_have_an_end(guard: RequestGuard) -> None:
    def addresses() -> Iterator[str]:
        yield from (f"10.1.{at}.1" for at in range(MOST_GUARDED + 5))

    for address in addresses():
        guard.has_news(requests(address, MANY), NOW)
    assert len(guard.macs) == MOST_GUARDED
    guard.has_news(requests(PHONE, MANY), NOW + GUARD_SECONDS)
    assert guard.macs == {PHONE: MAC}


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_no_guard_outlives_a_clock_that_is_set(guard: RequestGuard, step: float) -> None:
    guard.has_news(requests(PHONE, MANY), NOW)
    assert guard.has_news([], NOW + step)
    assert guard.macs == {}
