"""A stranger breaks HTTP's rules: an answer of 4xx or a closed connection, and never a fault of ours."""

import pytest

from ringup.events import ServerFault
from tests.pages.http_client import say, serving_files

BROKEN = (
    b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /dialplan.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbodyGET",
    b"\x00\xff\r\n\r\n",
)


@pytest.mark.parametrize("said", BROKEN)
@pytest.mark.asyncio
async def test_a_broken_request_is_no_fault_of_ours(said: bytes) -> None:
    async with serving_files() as (service, told):
        answer = await say(service, said)
    assert answer == b"" or answer.split()[1].startswith(b"4")
    assert not [event for event in told.events if isinstance(event, ServerFault)]
