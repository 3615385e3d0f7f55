"""An outgoing call with a far end that sends exactly what a test wants."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from ringup.emulator.sip.calls_out import target_of
from ringup.emulator.sip.config import OutgoingDatagram
from ringup.emulator.sip.phone import SipPhone
from ringup.emulator.sip.text import PhoneContext
from ringup.wire import sip
from tests.emulator.sip.world import PASSWORD, PROXY, answer, config, from_phone

CHALLENGE = [("WWW-Authenticate", 'Digest realm="world", nonce="n"')]
SOUND = b"v=0\r\nc=IN IP4 192.0.2.99\r\nm=audio 4000 RTP/AVP 0\r\n"


class Calling:
    """A phone that has just sent an INVITE."""

    def __init__(self, **changes: Any) -> None:
        self.phone = SipPhone(config(messages_uri="500", proxy_register=False, **changes), Random(1))
        self.now = 100.0
        (outgoing,) = self.phone.command("messages", self.now)
        message = from_phone(outgoing)
        assert isinstance(message, sip.SipRequest)
        self.invite = message

    def hear(self, status: int, request: sip.SipRequest | None = None, **how: Any) -> list[sip.SipRequest]:
        """Answer a request of the phone, by default its INVITE; return what the phone sends then."""
        data, _ = answer(request or self.invite, status, **how)
        return requests(self.phone.receive(data, self.now, PROXY))

    def hang_up(self) -> list[sip.SipRequest]:
        return requests(self.phone.command("hangup", self.now))

    def wake(self, seconds: float) -> list[OutgoingDatagram]:
        said: list[OutgoingDatagram] = []
        until = self.now + seconds
        while (due := self.phone.wake_at) is not None and due <= until:
            self.now = due
            said += [outgoing for outgoing in self.phone.wake(due) if not outgoing.media]
        self.now = until
        return said

    def states(self) -> list[tuple[object, object]]:
        reports = [report for report in self.phone.take_reports() if report.kind == "call"]
        return [(report.detail["state"], report.detail.get("code")) for report in reports]


def requests(outgoing: list[OutgoingDatagram]) -> list[sip.SipRequest]:
    messages = [from_phone(each) for each in outgoing]
    return [message for message in messages if isinstance(message, sip.SipRequest)]


def changed(request: sip.SipRequest, name: str, value: str) -> sip.SipRequest:
    headers = ((each, value if each == name else text) for each, text in request.headers)
    return replace(request, headers=tuple(headers))


def methods(messages: list[sip.SipRequest]) -> list[str]:
    return [message.method for message in messages]


def test_a_provisional_answer_ends_the_repetitions_and_rings_once() -> None:
    call = Calling()
    assert call.hear(100) + call.hear(180) + call.hear(183) == []
    assert call.wake(100.0) == []
    assert call.states() == [("dialling", None), ("ringback", 180)]


def test_what_answers_no_request_of_ours_is_ignored() -> None:
    call = Calling()
    other = changed(call.invite, "Via", "SIP/2.0/UDP 192.0.2.11;branch=z9hG4bKother")
    assert call.hear(486, other) == []
    assert call.hear(200, changed(call.invite, "CSeq", "101 CANCEL")) == []
    assert call.hear(486, changed(call.invite, "Call-ID", "x")) == []
    assert call.states() == [("dialling", None)]


def test_a_provisional_answer_after_the_final_one_says_nothing() -> None:
    call = Calling()
    assert methods(call.hear(486)) == ["ACK"]
    assert call.hear(180) == []
    assert call.states() == [("dialling", None), ("failed", 486)]


def test_the_cancel_is_sent_once_repeated_and_given_up() -> None:
    call = Calling()
    call.hear(180)
    (cancel,) = call.hang_up()
    assert call.hang_up() == []
    assert call.hear(180) == []
    repeated = [from_phone(outgoing) for outgoing in call.wake(60.0)]
    assert repeated == [cancel] * 10  # until the call is forgotten after 32 s
    assert call.phone.wake_at is None


def test_a_cancel_that_nobody_answers_is_given_up_before_the_call_is_forgotten() -> None:
    call = Calling(sip_retx=1)
    call.hear(180)
    (cancel,) = call.hang_up()
    assert [from_phone(outgoing) for outgoing in call.wake(60.0)] == [cancel]


def test_a_challenge_to_a_call_nobody_wants_is_only_acknowledged() -> None:
    call = Calling()
    assert call.hang_up() == []
    assert methods(call.hear(401, further=CHALLENGE)) == ["ACK"]
    assert call.wake(60.0) == []


def test_a_challenge_the_phone_cannot_answer_fails_the_call() -> None:
    call = Calling()
    challenge = [("WWW-Authenticate", 'Digest realm="a", nonce="b", algorithm=SHA-256')]
    assert methods(call.hear(401, further=challenge)) == ["ACK"]
    assert call.states()[-1] == ("failed", 401)


def test_the_acknowledgement_of_an_answer_carries_the_invites_credentials() -> None:
    """RFC 3261 §22.1."""
    call = Calling()
    _, again = call.hear(401, further=CHALLENGE)
    (acknowledgement,) = call.hear(200, again, body=SOUND)
    assert sip.first(acknowledgement, "Authorization") == sip.first(again, "Authorization")
    assert PASSWORD not in sip.first(again, "Authorization")


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"v=0\r\nm=audio 4000 RTP/AVP x\r\n", SOUND.replace(b"AVP 0", b"AVP 18")],
)
def test_an_answer_without_usable_sound_is_acknowledged_and_ended(body: bytes) -> None:
    call = Calling()
    assert methods(call.hear(200, body=body)) == ["ACK", "BYE"]
    assert call.states()[-1] == ("ended", None)


def test_a_contact_that_is_a_name_is_reached_through_the_proxy() -> None:
    call = Calling()
    data, _ = answer(call.invite, 200, further=[("Contact", "<sip:ben@phone.example>")], body=SOUND)
    (outgoing,) = call.phone.receive(data, call.now, PROXY)
    acknowledgement = from_phone(outgoing)
    assert isinstance(acknowledgement, sip.SipRequest)
    assert (acknowledgement.uri, outgoing.destination) == ("sip:ben@phone.example", PROXY)


@pytest.mark.parametrize(
    ("method", "statuses"), [("BYE", [481]), ("UPDATE", [481]), ("CANCEL", [481]), ("ACK", [])]
)
def test_a_request_before_the_answer_belongs_to_no_call(method: str, statuses: list[int]) -> None:
    call = Calling()
    headers = (
        ("Via", "SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKx"),
        ("From", "<sip:500@192.0.2.1>;tag=far"),
        ("To", sip.first(call.invite, "From")),
        ("Call-ID", sip.first(call.invite, "Call-ID")),
        ("CSeq", f"7 {method}"),
    )
    request = sip.build(sip.SipRequest(method, "sip:201@192.0.2.11", headers))
    replies = [from_phone(outgoing) for outgoing in call.phone.receive(request, call.now, PROXY)]
    assert [reply.status for reply in replies if isinstance(reply, sip.Response)] == statuses


@pytest.mark.parametrize(
    ("number", "uri"),
    [
        ("202", "sip:202@192.0.2.1;user=phone"),
        ("*97#5", "sip:*97%235@192.0.2.1;user=phone"),
        ("sip:500@pbx.example", "sip:500@pbx.example"),
        ("500@pbx.example", "sip:500@pbx.example"),
    ],
)
def test_a_number_becomes_a_uri_at_the_lines_proxy(number: str, uri: str) -> None:
    context = PhoneContext(config(), Random(1))
    assert target_of(context, context.config.lines[0], number) == uri
