"""The REGISTER query registers nothing, is sent once, and distinguishes a right secret from a wrong one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ringup.asterisk import register_query
from ringup.asterisk.register_query import OWN_CALL, LineLogin, SecretCheck, check_secret
from ringup.wire import sip, sip_digest

CHALLENGE = (401, (("WWW-Authenticate", 'Digest realm="asterisk", nonce="4711", algorithm=MD5'),))
Reply = tuple[int, sip.Headers] | bytes | None
"""A reply: a status with headers, or any bytes, or none."""


class Registrar:
    """Replies to each request with the next scripted reply, and keeps the requests."""

    def __init__(self, *replies: list[Reply]) -> None:
        self.requests: list[sip.SipRequest] = []
        self._replies = replies
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.port: int = self._udp.getsockname()[1]
        self.ended = threading.Event()

    def run(self) -> None:
        for replies in self._replies:
            data, sender = self._udp.recvfrom(65_535)
            request = sip.parse(data)
            assert isinstance(request, sip.SipRequest)
            self.requests.append(request)
            for reply in replies:
                if reply is not None:
                    self._udp.sendto(self._built(request, reply), sender)
        self.ended.set()

    def _built(self, request: sip.SipRequest, reply: Reply) -> bytes:
        if isinstance(reply, bytes) or reply is None:
            return reply or b""
        status, more = reply
        copied = tuple((name, value) for name, value in request.headers if name in COPIED)
        return sip.build(sip.Response(status, "", (*copied, *more, ("Content-Length", "0"))))

    def close(self) -> None:
        self._udp.close()


COPIED = ("Via", "From", "To", "Call-ID", "CSeq")


@contextmanager
def registrar(*replies: list[Reply]) -> Iterator[Registrar]:
    found = Registrar(*replies)
    thread = threading.Thread(target=found.run, daemon=True)
    thread.start()
    yield found
    found.ended.wait(5)
    found.close()


def asked(port: int, secret: str = "s3cret") -> SecretCheck:
    return check_secret(LineLogin("127.0.0.1", port, "201", "larry", secret))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, SecretCheck.RIGHT),
        (400, SecretCheck.RIGHT),
        (401, SecretCheck.WRONG),
        (403, SecretCheck.WRONG),
        (404, SecretCheck.SILENT),
        (500, SecretCheck.SILENT),
    ],
)
def test_the_reply_to_the_credentials_says_whether_they_are_right(status: int, expected: SecretCheck) -> None:
    with registrar([CHALLENGE], [(status, ())]) as found:
        assert asked(found.port) is expected


def test_it_is_a_register_without_a_contact_that_logs_in_once() -> None:
    with registrar([CHALLENGE], [(200, ())]) as found:
        asked(found.port)
    first, second = found.requests
    for request in (first, second):
        names = {name.lower() for name, _ in request.headers}
        assert request.method == "REGISTER"
        assert not names & {"contact", "expires"}
    assert sip.first(first, "Authorization") == ""
    assert 'username="larry"' in sip.first(second, "Authorization")
    assert [sip.parse_cseq(each)[0] for each in (first, second)] == [1, 2]
    assert sip.first(first, "Call-ID") == sip.first(second, "Call-ID")
    assert sip.first(first, "Call-ID").startswith(OWN_CALL)


def test_the_credentials_prove_the_secret_to_who_knows_it() -> None:
    with registrar([CHALLENGE], [(200, ())]) as found:
        asked(found.port, "the-right-one")
    sent = sip.first(found.requests[1], "Authorization")
    cnonce = sent.partition('cnonce="')[2].partition('"')[0]
    challenge = sip_digest.parse_challenge(CHALLENGE[1][0][1])
    expected = sip_digest.credentials(
        challenge,
        username="larry",
        password="the-right-one",
        method="REGISTER",
        uri="sip:127.0.0.1",
        cnonce=cnonce,
    )
    assert sent == expected


def test_a_provisional_reply_and_one_to_another_request_are_passed_over() -> None:
    late = sip.build(sip.Response(403, "", (("CSeq", "1 REGISTER"), ("Content-Length", "0"))))
    with registrar([(100, ()), CHALLENGE], [(100, ()), late, (200, ())]) as found:
        assert asked(found.port) is SecretCheck.RIGHT


@pytest.mark.parametrize(
    "replies",
    [
        [[None]],
        [[b"\x00\xff not SIP"]],
        [[(200, ())]],
        [[(403, ())]],
        [[(401, ())]],
        [[(401, (("WWW-Authenticate", "Basic realm=x"),))]],
        [[CHALLENGE], [None]],
        [[CHALLENGE], [b""]],
    ],
)
def test_whoever_says_neither_is_silent(replies: list[list[Reply]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_query, "ANSWER_SECONDS", 0.1)
    with registrar(*replies) as found:
        assert asked(found.port) is SecretCheck.SILENT
    assert len(found.requests) == len(replies)


def test_a_port_that_nobody_listens_on_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_query, "ANSWER_SECONDS", 0.1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert asked(port) is SecretCheck.SILENT
