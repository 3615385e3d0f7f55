"""SIP messages as text: dumps of PBXs and sniffers, with any text around them."""

import pytest

from ringup.events import Event, LineRegistered, RegistrationRefused, SipSeen
from tests.evidence.logs import MAC, PHONE, at, events

PBX = "10.0.0.1"
CALL = f"001646c0-ffee0002-1f1f-2b2b@{PHONE}"


def register(cseq: int = 101, *, authorized: bool = False) -> str:
    credentials = 'Authorization: Digest username="201",response="x"\n' if authorized else ""
    return (
        f"REGISTER sip:{PBX} SIP/2.0\nVia: SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK11111111\n"
        f"From: <sip:201@{PBX}>;tag=001646c0ffee00021111-2222\nTo: <sip:201@{PBX}>\n"
        f"Call-ID: {CALL}\nCSeq: {cseq} REGISTER\nUser-Agent: Cisco-CP7960G/8.0\n"
        f"Contact: <sip:201@{PHONE}:5060;transport=udp>\n{credentials}Content-Length: 0\nExpires: 3600\n\n"
    )


def answer(status: int, reason: str, cseq: int = 101, contact: str = "") -> str:
    return (
        f"SIP/2.0 {status} {reason}\nVia: SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK11111111\n"
        f"From: <sip:201@{PBX}>;tag=001646c0ffee00021111-2222\nTo: <sip:201@{PBX}>;tag=as1\n"
        f"Call-ID: {CALL}\nCSeq: {cseq} REGISTER\nServer: Asterisk PBX\n{contact}Content-Length: 0\n\n"
    )


def seen(
    source: str, destination: str, status: int = 0, *, authorized: bool = False, when: float = at(11, 5, 42)
) -> SipSeen:
    agent, contact = ("Asterisk PBX", "") if status else ("Cisco-CP7960G/8.0", f"{PHONE}:5060")
    return SipSeen(
        when, MAC, source, destination, "REGISTER", status, "201", contact, agent, authorized, CALL
    )


FROM, TO = f"{PHONE}:51098", f"{PHONE}:5060"
DUMPS = {
    "PJSIP": (
        f"[Nov 27 11:05:42] VERBOSE[1] x.c: <--- Received SIP request (567 bytes) from UDP:{FROM} --->\n"
        f"{register()}"
        f"[Nov 27 11:05:42] VERBOSE[1] x.c: <--- Transmitting SIP response (5 bytes) to UDP:{TO} --->\n"
        f"{answer(401, 'Unauthorized')}",
        ("", ""),
    ),
    "chan_sip": (
        f"[Nov 27 11:05:42] VERBOSE[1] chan_sip.c: \n<--- SIP read from UDP:{FROM} --->\n"
        f"{register()}<------------->\n"
        f"--- (11 headers 0 lines) ---\n\n<--- Transmitting (no NAT) to {TO} --->\n"
        f"{answer(401, 'Unauthorized')}\n<------------>\n",
        ("", ""),
    ),
    "ngrep": (
        f"U 2026/11/27 11:05:42.000000 {FROM} -> {PBX}:5060 #3\n{register().replace(chr(10), '.' + chr(10))}"
        f"U 2026/11/27 11:05:42.000000 {PBX}:5060 -> {TO} #4\n"
        f"{answer(401, 'Unauthorized').replace(chr(10), '.' + chr(10))}",
        (f"{PBX}:5060", f"{PBX}:5060"),
    ),
    "sngrep": (
        f"2026/11/27 11:05:42.000000 {FROM} -> {PBX}:5060\n{register()}\n"
        f"2026/11/27 11:05:42.000000 {PBX}:5060 -> {TO}\n{answer(401, 'Unauthorized')}",
        (f"{PBX}:5060", f"{PBX}:5060"),
    ),
    "FreeSWITCH": (
        f"recv 567 bytes from udp/[{PHONE}]:51098 at 11:05:42.000000:\n   ----\n"
        f"{''.join(f'   {line}' + chr(10) for line in register().splitlines())}   ----\n"
        f"send 500 bytes to udp/[{PHONE}]:5060 at 11:05:42.000000:\n   ----\n"
        f"{''.join(f'   {line}' + chr(10) for line in answer(401, 'Unauthorized').splitlines())}",
        ("", ""),
    ),
    "rsyslog, escaped": (
        f"Nov 27 11:05:42 pbx asterisk[1]: <--- Received SIP request (567 bytes) from UDP:{FROM} --->#012"
        f"{register().replace(chr(10), '#015#012')}\n"
        f"Nov 27 11:05:42 pbx asterisk[1]: <--- Transmitting SIP response (5 bytes) to UDP:{TO} --->#012"
        f"{answer(401, 'Unauthorized').replace(chr(10), '#015#012')}\n",
        ("", ""),
    ),
    "a prefix on each line": (
        "\n".join(
            f"Nov 27 11:05:42 pbx asterisk[1]: {line}"
            for line in (
                f"<--- Received SIP request (567 bytes) from UDP:{FROM} --->\n{register()}"
                f"<--- Transmitting SIP response (5 bytes) to UDP:{TO} --->\n{answer(401, 'Unauthorized')}"
            ).splitlines()
        ),
        ("", ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize("dump", DUMPS)
def test_a_dump_tells_the_messages_with_their_addresses(dump: str) -> None:
    text, (pbx_heard, pbx_said) = DUMPS[dump]
    assert events(text) == [seen(FROM, pbx_heard), seen(pbx_said, TO, 401)]


@pytest.mark.parametrize("dump", DUMPS)
def test_a_dump_with_the_line_ends_of_windows_is_read_alike(dump: str) -> None:
    text, _ = DUMPS[dump]
    assert events(text.replace("\n", "\r\n")) == events(text)


@pytest.mark.parametrize("dump", DUMPS)
def test_a_dump_that_was_cut_off_anywhere_raises_nothing(dump: str) -> None:
    text, _ = DUMPS[dump]
    for end in range(0, len(text), 7):
        events(text[:end])


def exchange(*messages: str) -> list[Event]:
    return [event for event in events("\n".join(messages)) if not isinstance(event, SipSeen)]


def test_a_200_with_a_contact_is_a_registration() -> None:
    contact = f"Contact: <sip:201@{PHONE}:5060>;expires=3600\n"
    (registered,) = exchange(register(102, authorized=True), answer(200, "OK", 102, contact))
    assert isinstance(registered, LineRegistered)
    assert (registered.mac, registered.extension, registered.contact) == (MAC, "201", f"{PHONE}:5060")


def test_a_401_to_credentials_may_only_renew_the_nonce() -> None:
    assert not exchange(register(), answer(401, "Unauthorized"))
    assert not exchange(register(102, authorized=True), answer(401, "Unauthorized", 102))


def test_a_second_401_to_credentials_is_a_wrong_password() -> None:
    tries = [
        text
        for cseq in (102, 103)
        for text in (register(cseq, authorized=True), answer(401, "Unauthorized", cseq))
    ]
    (refused,) = exchange(*tries)
    assert isinstance(refused, RegistrationRefused)
    assert (refused.extension, refused.reason) == ("201", "wrong password")


@pytest.mark.parametrize(("status", "reason"), [(403, "403 Forbidden"), (404, "404 Not Found")])
def test_other_refusals_are_told_with_their_status(status: int, reason: str) -> None:
    (refused,) = exchange(register(), answer(status, "x"))
    assert isinstance(refused, RegistrationRefused)
    assert refused.reason == reason


def test_a_via_header_is_not_the_first_line_of_a_message() -> None:
    assert not events("Via: SIP/2.0/UDP 10.0.0.11:5060\n Via: SIP/2.0 200\n")
