"""A host violates HTTP's rules, or keeps all its connections: no server error, and phones still get
connections.
"""

from contextlib import suppress

import pytest

from ringup.events import ServerFault
from ringup.serve import http
from ringup.serve.http import MOST_CONNECTIONS, MOST_PER_ADDRESS, MOST_WITHOUT_LEASE, Callers
from tests.pages.http_client import say, serving_files

BROKEN = (
    b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /dialplan.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbodyGET",
    b"\x00\xff\r\n\r\n",
    b"BREW /coffee HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
)


@pytest.mark.parametrize("said", BROKEN)
@pytest.mark.asyncio
async def test_a_broken_request_is_no_fault_of_ours(said: bytes) -> None:
    async with serving_files() as (service, told):
        answer = await say(service, said)
    assert answer == b"" or answer.split()[1].startswith(b"4")
    assert not [event for event in told.events if isinstance(event, ServerFault)]


@pytest.mark.parametrize(
    "said", [b"", b"GET /dialplan.xml HT", b"GET /dialplan.xml HTTP/1.1\r\nHost: x\r\nX: "]
)
@pytest.mark.asyncio
async def test_a_slow_header_is_met_with_silence(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.05)
    answer = b""
    async with serving_files() as (service, told):
        with suppress(ConnectionResetError):
            answer = await say(service, said)
    assert answer == b""
    assert told.events == []


def test_who_has_no_lease_leaves_a_third_of_the_connections_to_phones() -> None:
    callers = Callers(lambda address: address.startswith("10.0.1."))
    taken = [callers.admit(f"10.0.2.{number % 64}") for number in range(64 * MOST_PER_ADDRESS)]
    assert sum(taken) == MOST_WITHOUT_LEASE
    assert callers.refused == 64 * MOST_PER_ADDRESS - MOST_WITHOUT_LEASE
    phones = [callers.admit(f"10.0.1.{number}") for number in range(MOST_CONNECTIONS - MOST_WITHOUT_LEASE)]
    assert all(phones)
    assert len(phones) >= MOST_CONNECTIONS // 3
    assert not callers.admit("10.0.1.250")


def test_what_strangers_leave_is_free_for_others_again() -> None:
    leases: set[str] = set()
    callers = Callers(leases.__contains__)
    places = [f"10.0.2.{number % 64}" for number in range(MOST_WITHOUT_LEASE)]
    assert all(map(callers.admit, places))
    leases.update(
        places
    )  # they got leases meanwhile; their connections must nevertheless be subtracted again
    assert not callers.admit("10.0.3.1")
    for place in places:
        callers.leave(place)
    assert callers.connections == 0
    assert (
        sum(callers.admit(f"10.0.3.{number % 64}") for number in range(MOST_CONNECTIONS))
        == MOST_WITHOUT_LEASE
    )
