"""Requests outside calls, invalid datagrams, and the actions of a person."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.sip.config import SipLine
from ringup.emulator.sip.phone import SipPhone
from ringup.wire import sip
from tests.emulator.sip.caller import FAR, OFFER, Caller, words
from tests.emulator.sip.world import PROXY, config, from_phone

Golden = Callable[[str, str], None]


# --- outside a call ---------------------------------------------------------------------------------------


def test_options_is_answered_with_what_the_phone_can(golden: Golden) -> None:
    (reply,) = Caller().hear(Caller().request("OPTIONS"))
    golden("sip/options-200.txt", sip.build(reply).decode())
    assert sip.parameter(sip.parse_address(sip.first(reply, "To")).parameters, "tag")


def test_an_answered_options_is_told() -> None:
    caller = Caller()
    caller.ask("OPTIONS")
    told = [report.detail for report in caller.phone.take_reports() if report.kind == "qualified"]
    assert told == [{"source": "192.0.2.99:40000"}]


@pytest.mark.parametrize("method", ["SUBSCRIBE", "PUBLISH", "MESSAGE", "REGISTER", "UPDATE", "XYZZY"])
def test_an_unknown_method_is_not_implemented(method: str) -> None:
    assert Caller().ask(method) == [501]


@pytest.mark.parametrize("method", ["BYE", "CANCEL", "INVITE", "INFO", "UPDATE"])
def test_a_request_of_an_unknown_call_is_told_so(method: str) -> None:
    caller = Caller()
    caller.to += ";tag=unknown"
    assert caller.ask(method) == [481]


def test_an_ack_of_nothing_is_not_answered() -> None:
    assert Caller().ask("ACK") == []


def test_the_lamp_follows_the_message_summary() -> None:
    caller = Caller()
    for body, lamps in [
        (b"Messages-Waiting: yes\r\nVoice-Message: 1/0 (0/0)\r\n", [True]),
        (b"messages-waiting: YES\r\n", []),
        (b"Voice-Message: 1/0\r\n", []),
        (b"Messages-Waiting: no\r\n", [False]),
    ]:
        assert caller.ask("NOTIFY", 1, body, Event="message-summary") == [200]
        assert [report.detail["on"] for report in caller.reports("lamp")] == lamps


def test_a_notify_in_a_dialog_of_the_servers_own_turns_the_lamp_too() -> None:
    caller = Caller()
    caller.to += ";tag=old"
    assert caller.ask("NOTIFY", 1, b"Messages-Waiting: yes\r\n", Event="message-summary;id=1") == [200]
    assert len(caller.reports("lamp")) == 1


def test_check_sync_is_reported_once_the_phone_was_idle_for_twenty_seconds() -> None:
    caller = Caller()
    assert caller.ask("NOTIFY", Event="check-sync") == [200]
    caller.wake(19.9)
    assert caller.reports("check-sync") == []
    caller.wake(0.1)
    (report,) = caller.reports("check-sync")
    assert report.at == 120.0


def test_check_sync_waits_for_the_end_of_a_call() -> None:
    caller = Caller()
    caller.call()
    assert caller.ask("NOTIFY", 2, Event="check-sync", Call_ID="other") == [200]
    caller.wake(50.0)
    caller.do("hangup")
    caller.wake(19.0)
    assert caller.reports("check-sync") == []
    caller.wake(1.1)
    assert len(caller.reports("check-sync")) == 1


def test_another_event_is_a_bad_one() -> None:
    assert Caller().ask("NOTIFY", Event="presence") == [489]


def test_a_request_that_comes_twice_has_one_effect_and_the_same_answer() -> None:
    caller = Caller()
    notify = caller.request("NOTIFY", 1, b"Messages-Waiting: yes\r\n", Event="message-summary")
    first = caller.hear(notify)
    caller.now += 1.0
    assert caller.hear(notify) == first
    assert len(caller.reports("notify")) == 1


def test_answers_are_forgotten_in_time_and_never_hoarded() -> None:
    caller = Caller()
    options = caller.request("OPTIONS")
    first = caller.hear(options)
    caller.now += 32.0
    assert caller.hear(options) != first
    for _ in range(500):
        caller.ask("OPTIONS")
    assert len(caller.phone._answers) <= 64


# --- invalid datagrams ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"From: ", b"From: <", []),
        (b"CSeq: 1 ", b"CSeq: x ", []),
        (b"CSeq: 1 INVITE", b"CSeq: 1 BYE", []),
        (b"Via: ", b"Vie: ", []),
        (b"sip:299@192.0.2.99>;tag=z", b"tel:299>;tag=z", [400]),
        (b"<sip:299@192.0.2.99:5071>", b"<", [400]),
        (b"INVITE sip:201@192.0.2.11:5060", b"INVITE tel:201", [400]),
    ],
)
def test_a_malformed_invite_is_ignored_or_refused_and_said_so(
    old: bytes, new: bytes, said: list[int | str]
) -> None:
    caller = Caller()
    assert words(caller.hear(caller.request("INVITE", 1, OFFER).replace(old, new))) == said
    assert len(caller.reports("ignored")) == 1
    assert caller.phone.idle


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_ignored(data: bytes) -> None:
    assert Caller().hear(data) == []


@given(st.data())
def test_a_damaged_conversation_never_raises_and_is_bounded(data: st.DataObject) -> None:
    caller = Caller()
    said = 0
    for cseq, method in enumerate(("INVITE", "INVITE", "UPDATE", "NOTIFY", "BYE", "CANCEL"), start=1):
        whole = caller.request(method, cseq, OFFER, Record_Route="<sip:192.0.2.7;lr>", Event="check-sync")
        place = data.draw(st.integers(0, len(whole)))
        damage = data.draw(st.binary(max_size=4))
        said += len(caller.phone.receive(whole[:place] + damage + whole[place + len(damage) :], 100.0, FAR))
        if cseq == 1:
            said += len(caller.do("answer"))
        assert said <= 3 * cseq


# --- the person -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("fly", {}),
        ("dial", {}),
        ("dial", {"digits": "20x"}),
        ("dial", {"digits": "202", "line": 3}),
        ("dial", {"digits": "202", "speed": 3}),
        ("press", {"digits": ""}),
        ("press", {"digits": "x"}),
        ("play", {"frequency": 0}),
        ("play", {"frequency": 4000}),
        ("play", {"frequency": "x"}),
    ],
)
def test_what_no_person_could_do_is_an_error(command: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"command|missing|unexpected|dialled|configured|pressed|Hz|invalid"):
        Caller().do(command, **arguments)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [("press", {"digits": "1"}), ("play", {"frequency": 400}), ("stop", {}), ("messages", {})],
)
def test_what_makes_no_sense_now_is_refused_and_said_so(command: str, arguments: dict[str, object]) -> None:
    caller = Caller()
    assert caller.do(command, **arguments) == []
    assert [report.detail["command"] for report in caller.reports("refused")] == [command]


def test_a_phone_in_use_dials_nobody_else() -> None:
    caller = Caller(messages_uri="500")
    caller.call()
    caller.do("dial", digits="202")
    caller.do("messages")
    assert len(caller.reports("refused")) == 2


def test_hanging_up_or_answering_nothing_is_nothing() -> None:
    caller = Caller()
    assert caller.do("hangup") + caller.do("answer") == []


def test_the_messages_key_calls_messages_uri() -> None:
    (invite,) = Caller(messages_uri="500").do("messages")
    assert isinstance(invite, sip.SipRequest)
    assert invite.uri == "sip:500@192.0.2.1;user=phone"


@pytest.mark.parametrize(
    ("route", "changes", "place"),
    [
        ("default", {}, PROXY),
        ("emergency", {}, PROXY),
        ("emergency", {"proxy_emergency": "192.0.2.112"}, ("192.0.2.112", 5060)),
        ("default", {"outbound_proxy": "192.0.2.3", "outbound_proxy_port": 5080}, ("192.0.2.3", 5080)),
        ("FQDN", {"proxy_emergency": "192.0.2.112"}, PROXY),
    ],
)
def test_a_rules_route_decides_where_the_invite_goes(
    route: str, changes: dict[str, object], place: tuple[str, int]
) -> None:
    template = f'<DIALTEMPLATE><TEMPLATE MATCH="..." TIMEOUT="0" USER="IP" ROUTE="{route}"/></DIALTEMPLATE>'
    caller = Caller(dial_template=template.encode(), **changes)
    caller.do("dial", digits="112")
    (outgoing,) = caller.phone.wake(200.0)
    invite = from_phone(outgoing)
    assert isinstance(invite, sip.SipRequest)
    assert outgoing.destination == place
    assert invite.uri == "sip:112@192.0.2.1;user=ip"


def test_a_phone_off_hook_without_a_number_goes_on_hook() -> None:
    caller = Caller()
    caller.do("dial", digits="")
    caller.wake(14.0)
    assert caller.ask("INVITE", 1, OFFER) == [486]
    caller.wake(1.0)
    assert len(caller.reports("on-hook")) == 1
    assert caller.phone.idle


def test_a_dial_template_that_cannot_be_read_is_reported() -> None:
    caller = Caller(dial_template=b'<DIALTEMPLATE><TEMPLATE USER="fax"/>', proxy_register=False)
    caller.phone.start(0.0)
    (report,) = caller.reports("dial-template")
    assert report.detail == {"errors": 1, "rules": 0}


def test_media_ports_are_even_and_within_their_range() -> None:
    for seed in range(50):
        phone = SipPhone(config(start_media_port=16385, end_media_port=16390), Random(seed))
        assert phone._new_media().port in (16386, 16388, 16390)


def test_a_call_leaves_from_the_line_it_is_dialled_on() -> None:
    lines = tuple(SipLine(index, f"20{index}", "x", "x", "192.0.2.1") for index in (1, 2))
    settings = config()
    phone = SipPhone(type(settings)(settings.address, settings.mac, lines, messages_uri="500"), Random(1))
    phone.command("dial", 0.0, digits="300#", line=2)
    (outgoing,) = phone.wake(10.0)
    assert "<sip:202@192.0.2.1>" in sip.first(from_phone(outgoing), "From")
