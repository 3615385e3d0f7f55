"""REGISTER: its contents (P-SIP-3), its timeouts, and the effect of the responses."""

import re
from collections.abc import Callable
from random import Random

import pytest

from ringup.emulator.sip.config import OutgoingDatagram, SipConfig, SipLine
from ringup.emulator.sip.phone import SipPhone
from ringup.emulator.sip.registration import SipRegistration
from ringup.emulator.sip.text import PhoneContext
from ringup.wire import sip, sip_digest
from tests.emulator.sip.world import answer

Golden = Callable[[str, str], None]

MAC = "000E84C060A6"
PHONE, PROXY = "192.168.1.130", "192.168.1.9"
WITH_QOP = 'Digest realm="asterisk",nonce="1402/5d",opaque="75b7f15b",algorithm=md5,qop="auth"'
WITHOUT_QOP = 'Digest algorithm=MD5, realm="asterisk", nonce="0a1b2c3d"'
STALE = WITHOUT_QOP + ", stale=true"


def registration(**changes: object) -> SipRegistration:
    line = SipLine(1, "1600", "1600", "secret", PROXY)
    config = SipConfig(address=PHONE, mac=MAC, lines=(line,), **changes)  # type: ignore[arg-type]
    return SipRegistration(PhoneContext(config, Random(7960)), line)


def said(outgoing: list[OutgoingDatagram]) -> sip.SipRequest:
    (one,) = outgoing
    message = sip.parse(one.data)
    assert isinstance(message, sip.SipRequest)
    return message


def answered(
    line: SipRegistration, request: sip.SipRequest, status: int, now: float, **headers: str
) -> list[OutgoingDatagram]:
    further = [(name.replace("_", "-"), value) for name, value in headers.items()]
    response = sip.parse(answer(request, status, further=further)[0])
    assert isinstance(response, sip.Response)
    return line.receive(response, now)


def challenged(
    line: SipRegistration, request: sip.SipRequest, now: float, challenge: str
) -> list[OutgoingDatagram]:
    return answered(line, request, 401, now, WWW_Authenticate=challenge)


def text_of(request: sip.SipRequest) -> str:
    return sip.build(request).decode("latin-1")


# --- its contents -----------------------------------------------------------------------------------------


def test_the_first_register_is_as_reviewed(golden: Golden) -> None:
    golden("sip/register-1.txt", text_of(said(registration().start(0.0))))


@pytest.mark.parametrize(("name", "challenge"), [("qop", WITH_QOP), ("no-qop", WITHOUT_QOP)])
def test_the_second_register_is_as_reviewed(name: str, challenge: str, golden: Golden) -> None:
    line = registration()
    second = challenged(line, said(line.start(0.0)), 0.1, challenge)
    golden(f"sip/register-2-{name}.txt", text_of(said(second)))


FIRST_REGISTER = [
    ("Via", r"SIP/2\.0/UDP 192\.168\.1\.130:5060;branch=z9hG4bK[0-9a-f]{8}"),
    ("From", r"<sip:1600@192\.168\.1\.9>;tag=000e84c060a60002[0-9a-f]{8}-[0-9a-f]{8}"),
    ("To", r"<sip:1600@192\.168\.1\.9>"),
    ("Call-ID", r"000e84c0-60a60002-[0-9a-f]{8}-[0-9a-f]{8}@192\.168\.1\.130"),
    ("Max-Forwards", "70"),
    ("CSeq", "101 REGISTER"),
    ("User-Agent", r"Cisco-CP7960G/8\.0"),
    (
        "Contact",
        r"<sip:1600@192\.168\.1\.130:5060;user=phone;transport=udp>;"
        r'\+sip\.instance="<urn:uuid:00000000-0000-0000-0000-000e84c060a6>";'
        r'\+u\.sip!model\.ccm\.cisco\.com="7"',
    ),
    ("Content-Length", "0"),
    ("Expires", "3600"),
]
"""P-SIP-3, header by header."""


def test_every_header_of_register_is_the_real_phones_in_its_order() -> None:
    request = said(registration().start(0.0))
    assert (request.method, request.uri, request.body) == ("REGISTER", f"sip:{PROXY}", b"")
    assert [name for name, _ in request.headers] == [name for name, _ in FIRST_REGISTER]
    for (name, value), (_, pattern) in zip(request.headers, FIRST_REGISTER, strict=True):
        assert re.fullmatch(pattern, value), (name, value)


def test_the_second_register_keeps_tag_and_call_and_changes_branch_and_number() -> None:
    line = registration()
    first = said(line.start(0.0))
    second = said(challenged(line, first, 0.1, WITH_QOP))
    for name in ("From", "To", "Call-ID", "Contact", "Expires"):
        assert sip.first(first, name) == sip.first(second, name)
    assert sip.first(first, "Via") != sip.first(second, "Via")
    assert sip.parse_cseq(second) == (102, "REGISTER")
    names = [name for name, _ in second.headers]
    assert names[names.index("Contact") + 1] == "Authorization"


def test_the_password_is_proven_and_never_said() -> None:
    line = registration()
    second = said(challenged(line, said(line.start(0.0)), 0.1, WITH_QOP))
    fields = sip_digest.parse_fields(sip.first(second, "Authorization"))
    digits = sip_digest.response(
        sip_digest.parse_challenge(WITH_QOP), username="1600", password="secret", method="REGISTER",
        uri=f"sip:{PROXY}", cnonce=fields["cnonce"],
    )  # fmt: skip
    assert fields["response"] == digits
    assert fields["uri"] == second.uri
    assert "secret" not in text_of(second)


def test_every_further_registration_is_told_but_not_the_first() -> None:
    line = registration()
    answered(line, said(line.start(0.0)), 200, 0.1, Expires="60")
    for now in (55.1, 110.2):
        answered(line, said(line.wake(now)), 200, now, Expires="60")
    told = [report.kind for report in line._context.reports]
    assert [kind for kind in told if kind != "line"] == ["renewed", "renewed"]


def test_a_407_is_answered_with_proxy_authorization() -> None:
    line = registration()
    second = answered(line, said(line.start(0.0)), 407, 0.1, Proxy_Authenticate=WITHOUT_QOP)
    assert sip.first(said(second), "Proxy-Authorization").startswith("Digest username=")


def test_another_port_stands_in_via_contact_and_uris() -> None:
    line = SipLine(1, "1600", "1600", "secret", PROXY, proxy_port=5070)
    config = SipConfig(PHONE, MAC, (line,), voip_control_port=5061, user_info="none")
    (outgoing,) = SipRegistration(PhoneContext(config, Random(1)), line).start(0.0)
    request = sip.parse(outgoing.data)
    assert outgoing.destination == (PROXY, 5070)
    assert sip.top_via(request).port == 5061
    assert sip.first(request, "Contact").startswith(f"<sip:1600@{PHONE}:5061;transport=udp>")
    assert sip.first(request, "To") == f"<sip:1600@{PROXY}:5070>"


def test_an_outbound_proxy_gets_the_register_of_the_line() -> None:
    line = registration(outbound_proxy="192.168.1.3", outbound_proxy_port=5080)
    (outgoing,) = line.start(0.0)
    assert outgoing.destination == ("192.168.1.3", 5080)
    assert said([outgoing]).uri == f"sip:{PROXY}"


def test_nat_address_is_the_phones_address_only_with_nat_enable() -> None:
    request = said(registration(nat_address="203.0.113.5").start(0.0))
    assert sip.top_via(request).host == PHONE
    request = said(registration(nat_address="203.0.113.5", nat_enable=True).start(0.0))
    assert sip.top_via(request).host == "203.0.113.5"


# --- its timeouts ----------------------------------------------------------------------------------------


def sendings(line: SipRegistration, seconds: float) -> list[float]:
    """Return the times at which it is sent while no response comes."""
    times: list[float] = []
    while (now := line.wake_at) is not None and now <= seconds:
        times += [now] * len(line.wake(now))
        assert line.wake_at != now
    return times


def test_an_unanswered_register_is_repeated_from_t1_to_t2_then_rests() -> None:
    line = registration()
    line.start(0.0)
    expected = [0.5, 1.5, 3.5, *(7.5 + 4 * index for index in range(7))]
    assert sendings(line, 65.0) == expected
    assert (line.state, line.wake_at) == ("unregistered", 65.5)  # the last interval, and register_retry


def test_a_repetition_is_the_same_datagram_and_a_new_attempt_is_not() -> None:
    line = registration(sip_retx=1, timer_t1=0.25, timer_t2=0.5)
    first = line.start(0.0)
    assert line.wake(0.25) == first
    assert line.wake(0.75) == []
    again = said(line.wake(30.75))
    assert sip.parse_cseq(again) == (102, "REGISTER")
    assert sip.first(again, "From") != sip.first(said(first), "From")
    assert sip.first(again, "Call-ID") == sip.first(said(first), "Call-ID")


def test_a_wrong_password_is_refused_and_tried_later_never_in_a_loop() -> None:
    line = registration()
    now, sent = 0.0, 0
    outgoing = line.start(now)
    while now < 3600:
        sent += 1
        following = challenged(line, said(outgoing), now, WITH_QOP)
        if not following:
            assert line.state == "refused"
            assert line.wake_at == now + 30
            now += 30
            following = line.wake(now)
        outgoing = following
    assert sent == 2 * 3600 / 30


def test_an_answer_that_comes_twice_is_answered_once() -> None:
    line = registration()
    first = said(line.start(0.0))
    assert challenged(line, first, 0.1, WITH_QOP)
    assert challenged(line, first, 0.2, WITH_QOP) == []
    assert line.state == "registering"


def test_a_stale_nonce_costs_one_more_register_but_not_a_third() -> None:
    line = registration()
    second = challenged(line, said(line.start(0.0)), 0.1, WITHOUT_QOP)
    third = challenged(line, said(second), 0.2, STALE)
    assert sip.parse_cseq(said(third)) == (103, "REGISTER")
    assert challenged(line, said(third), 0.3, STALE) == []
    assert line.state == "refused"


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="a", nonce="b", algorithm=SHA-256',
        "Basic realm=a",
        "Digest",
        'Digest realm="a, nonce="b"',
    ],
)
def test_a_challenge_the_phone_cannot_answer_is_a_refusal(challenge: str) -> None:
    line = registration()
    assert challenged(line, said(line.start(0.0)), 0.1, challenge) == []
    assert (line.state, line.wake_at) == ("refused", 30.1)


def test_among_challenges_the_first_of_md5_is_answered() -> None:
    line = registration()
    request = said(line.start(0.0))
    further = [
        ("WWW-Authenticate", text) for text in ('Digest realm="x",nonce="y",algorithm=SHA-256', WITHOUT_QOP)
    ]
    response = sip.parse(answer(request, 401, further=further)[0])
    assert isinstance(response, sip.Response)
    assert 'realm="asterisk"' in sip.first(said(line.receive(response, 0.1)), "Authorization")


# --- the responses ----------------------------------------------------------------------------------------


def registered(line: SipRegistration, **headers: str) -> float | None:
    """Return the time of the next REGISTER after a 200 at 10 s."""
    assert answered(line, said(line.start(0.0)), 200, 10.0, **headers) == []
    assert line.state == "registered"
    return line.wake_at


OURS = f"<sip:1600@{PHONE}:5060;user=phone>"


@pytest.mark.parametrize(
    ("headers", "expires"),
    [
        ({"Contact": f"{OURS};expires=120"}, 120),
        ({"Contact": f"<sip:1600@{PHONE}0:5060>;expires=60, {OURS};expires=120", "Expires": "99"}, 120),
        ({"Contact": "<sip:other@a>;expires=60, <tel:1>, <", "Expires": "99"}, 99),
        ({"Contact": f"{OURS};expires=x"}, 3600),
        ({}, 3600),
    ],
)
def test_it_registers_again_a_delta_before_the_time_that_was_granted(
    headers: dict[str, str], expires: int
) -> None:
    assert registered(registration(register_delta=7), **headers) == 10 + expires - 7


@pytest.mark.parametrize(("expires", "pause"), [("0", 1.0), ("1", 1.0), ("8", 4.0), ("10", 5.0), ("11", 6.0)])
def test_a_very_short_time_is_no_tight_loop(expires: str, pause: float) -> None:
    line = registration()
    registered(line, Expires=expires)
    line.wake(10.0)
    assert line.wake_at == 10 + pause


def test_the_next_register_has_the_same_call_the_next_number_and_no_credentials() -> None:
    line = registration()
    second = said(challenged(line, said(line.start(0.0)), 0.1, WITH_QOP))
    answered(line, second, 200, 0.2, Expires="3600")
    again = said(line.wake(3595.2))
    assert sip.parse_cseq(again) == (103, "REGISTER")
    assert sip.first(again, "Call-ID") == sip.first(second, "Call-ID")
    assert sip.first(again, "Authorization") == ""
    assert line.state == "registered"


def test_a_registration_that_nobody_renews_runs_out_but_not_before() -> None:
    line = registration()
    registered(line, Expires="20")
    line.wake(25.0)
    line.wake(29.9)
    assert line.state == "registered"
    line.wake(30.0)
    assert line.state == "unregistered"


def test_an_unanswered_renewal_is_tried_again_while_the_registration_lasts() -> None:
    line = registration(register_delta=100)
    registered(line, Expires="300")
    line.wake(210.0)
    assert sendings(line, 246.0)[-1] == 241.5
    assert line.state == "registered"
    assert line.wake(250.0) == []
    assert sendings(line, 275.9) == [275.5]
    assert line.state == "registered"


def test_a_provisional_response_ends_nothing() -> None:
    line = registration()
    assert answered(line, said(line.start(0.0)), 100, 0.1) == []
    assert (line.state, line.wake_at) == ("registering", 0.5)


@pytest.mark.parametrize("status", [301, 403, 404, 423, 500, 503, 603])
def test_any_other_answer_is_a_refusal_and_tried_later(status: int) -> None:
    line = registration()
    assert answered(line, said(line.start(0.0)), status, 0.1) == []
    assert (line.state, line.wake_at) == ("refused", 30.1)


def test_a_time_too_brief_is_lengthened_and_the_password_asked_for_again() -> None:
    """Earlier, a 423 after the password ended the registration, because the new 401 counted as a refusal."""
    line = registration(register_expires=10)
    second = challenged(line, said(line.start(0.0)), 0.1, WITHOUT_QOP)
    third = answered(line, said(second), 423, 0.2, Min_Expires="60")
    assert sip.first(said(third), "Expires") == "60"
    fourth = challenged(line, said(third), 0.3, WITHOUT_QOP)
    assert sip.first(said(fourth), "Authorization")
    answered(line, said(fourth), 200, 0.4)
    assert line.state == "registered"


def test_endless_423s_are_a_refusal_not_a_tight_loop() -> None:
    line = registration()
    second = answered(line, said(line.start(0.0)), 423, 0.1, Min_Expires="4000")
    assert answered(line, said(second), 423, 0.2, Min_Expires="5000") == []
    assert line.state == "refused"


def test_each_line_registers_on_its_own_if_it_may() -> None:
    lines = tuple(SipLine(index, f"20{index}", f"20{index}", "x", PROXY) for index in (1, 2))
    phone = SipPhone(SipConfig(PHONE, MAC, lines), Random(1))
    first, second = (sip.parse(outgoing.data) for outgoing in phone.start(0.0))
    assert sip.first(first, "Call-ID") != sip.first(second, "Call-ID")
    assert "0003" in sip.first(second, "Call-ID")
    phone.receive(answer(second, 403)[0], 0.1, (PROXY, 5060))  # type: ignore[arg-type]
    (report,) = [report for report in phone.take_reports() if report.detail.get("state") == "refused"]
    assert report.detail == {"line": 2, "extension": "202", "state": "refused", "code": 403}
    assert SipPhone(SipConfig(PHONE, MAC, lines, proxy_register=False), Random(1)).start(0.0) == []
