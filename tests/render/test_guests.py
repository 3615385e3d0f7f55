"""Asterisk's files for guests: an account in a context that reaches nothing, whatever ``options`` say."""

import re

import pytest

from ringup.render.dialplan_xml import guest_template
from ringup.render.extensions_conf import extensions_conf
from ringup.render.pjsip_conf import pjsip_conf
from ringup.render.realtime_rows import realtime_rows
from ringup.render.sip_conf import sip_conf
from ringup.site.model import Line, Pbx, Phone, Site

DANGEROUS = {
    "context": "outside",
    "allow_transfer": "yes",
    "pickup_group": "1",
    "named_pickup_group": "all",
    "set_var": "x=y",
    "message_context": "outside",
    "allow_subscribe": "yes",
    "identify_by": "ip",
}
OWN = Phone(mac="001646C0FFEE", lines=(Line(extension="201", secret="s3cret"),))


def site(**pbx: object) -> Site:
    return Site(guests=True, guests_most=2, guests_secret="x", phones=(OWN,), pbx=Pbx(etc="/etc", **pbx))  # type: ignore[arg-type]


def parts(text: str) -> dict[str, list[str]]:
    """Return the lines of each section; sections of one name are joined."""
    found: dict[str, list[str]] = {}
    for heading, body in re.findall(r"(?ms)^\[([^\]]+)\]\n(.*?)(?=^\[|\Z)", text):
        found.setdefault(heading, []).extend(line for line in body.splitlines() if line)
    return found


def test_the_context_of_guests_takes_six_digits_and_reaches_nothing() -> None:
    found = parts(extensions_conf(site()))
    assert found["ringup-guests"] == [
        "exten => _XXXXXX,1,Answer()",
        "same => n,Wait(2)",
        "same => n,Hangup()",
    ]
    assert "include" not in "".join(found["ringup-guests"])
    off = site().model_copy(update={"guests": False})
    assert "guests" not in extensions_conf(off) + pjsip_conf(off) + sip_conf(off)


def test_pjsip_gives_guests_only_the_options_that_concern_packets() -> None:
    found = parts(pjsip_conf(site(options={**DANGEROUS, "direct_media": "yes", "allow": "alaw"})))
    guest = found["ringup-guest-2"]
    assert {"context = ringup-guests", "allow_transfer = no", "identify_by = username"} <= set(guest)
    assert {"direct_media = yes", "allow = alaw", "allow_subscribe = no"} <= set(guest)
    assert not [
        line for line in guest if line.split(" = ")[0] in ("pickup_group", "set_var", "message_context")
    ]
    assert "ringup-guest-3" not in found
    assert {"pickup_group = 1", "context = outside"} <= set(found["201"])


def test_chan_sip_gives_guests_only_the_options_that_concern_packets() -> None:
    found = parts(
        sip_conf(site(driver="chan_sip", options={"pickupgroup": "1", "context": "x", "nat": "yes"}))
    )
    guest = found["ringup-guest-1"]
    assert {"context = ringup-guests", "subscribecontext = ringup-guests", "allowtransfer = no"} <= set(guest)
    assert {"nat = yes", "allowsubscribe = no"} <= set(guest)
    assert not [line for line in guest if line.startswith(("pickupgroup", "mailbox"))]


def test_realtime_has_the_accounts_of_guests_in_its_tables_and_not_in_the_file() -> None:
    here = site(realtime="postgresql://asterisk@10.0.0.5/asterisk")
    assert "ringup-guest" not in pjsip_conf(here)
    rows = {(row.table, row.id): row.columns for row in realtime_rows(here)}
    assert rows["ps_endpoints", "ringup-guest-1"]["context"] == "ringup-guests"
    assert len(rows) == 9, "three accounts of three rows"


def test_a_guest_dials_a_code_at_its_last_digit() -> None:
    assert '<TEMPLATE MATCH="......" TIMEOUT="0" USER="Phone"/>' in guest_template(site())


@pytest.mark.parametrize("render", [pjsip_conf, sip_conf])
def test_the_files_change_with_the_secret_and_not_with_the_guests(render: object) -> None:
    assert callable(render)
    other = site().model_copy(update={"guests_secret": "y"})
    assert render(site()) != render(other)
