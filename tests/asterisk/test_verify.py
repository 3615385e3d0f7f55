"""Replies of Asterisk 16 (both drivers) and 22, compared with equal sites and with different ones."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ringup.asterisk.loaded import (
    Contact,
    LoadedAccount,
    LoadedConfig,
    dials,
    pjsip_account,
    sip_account,
)
from ringup.asterisk.register_query import SecretCheck
from ringup.asterisk.verify import SiteLine, verify
from ringup.engine.ami import Answered
from ringup.render.extensions_conf import TECHNOLOGY
from ringup.site.model import Driver
from ringup.wire.ami import AmiMessage
from tests.asterisk.real_verify import LINE, PHONE, site_for

RECORDINGS: Mapping[str, Driver] = {"16-pjsip": "pjsip", "22-pjsip": "pjsip", "16-chan_sip": "chan_sip"}


def recorded(name: str) -> Mapping[str, Any]:
    answers: Mapping[str, Any] = json.loads((Path(__file__).parent / f"verify-{name}.json").read_text())
    return answers


def messages(rows: Any) -> tuple[AmiMessage, ...]:
    return tuple(AmiMessage(tuple((name, value) for name, value in fields)) for fields in rows)


def loaded(name: str) -> LoadedConfig:
    answers = recorded(name)
    first, *rest = messages(answers["account"])
    answer = Answered("1", first, tuple(rest))
    account = pjsip_account(answer) if RECORDINGS[name] == "pjsip" else sip_account(answer)
    return LoadedConfig(
        accounts={"201": account},
        boxes=frozenset({"201@ringup"}),
        dials=dials(messages(answers["dialplan"])[1:]),
    )


def codes(name: str, seen: LoadedConfig, **changes: Any) -> list[str]:
    expected = replace(SiteLine(LINE, device(name), PHONE), **changes)
    return [each.code for each in verify(site_for(RECORDINGS[name]).pbx, [expected], seen)]


def with_contact(seen: LoadedConfig, **changes: Any) -> LoadedConfig:
    account = seen.accounts["201"]
    assert account.contact
    return replace(seen, accounts={"201": replace(account, contact=replace(account.contact, **changes))})


def device(name: str) -> str:
    """Return the channel that Dial calls to ring the line."""
    return f"{TECHNOLOGY[site_for(RECORDINGS[name]).pbx.driver]}/{LINE.extension}"


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_was_recorded_is_sound(name: str) -> None:
    assert codes(name, loaded(name)) == []


@pytest.mark.parametrize("name", RECORDINGS)
@pytest.mark.parametrize(
    ("option", "value", "code"),
    [("context", "elsewhere", "context"), ("allow", "ulaw", "codecs")],
)
def test_another_option_is_named(name: str, option: str, value: str, code: str) -> None:
    pbx = site_for(RECORDINGS[name]).pbx
    found = verify(
        pbx.model_copy(update={"options": {option: value}}), [SiteLine(LINE, device(name))], loaded(name)
    )
    assert [each.code for each in found] == [code]


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_concerns_every_line_is_said_once_and_alone(name: str) -> None:
    seen = loaded(name)
    assert codes(name, LoadedConfig(is_driver_loaded=False)) == ["no-module"]
    assert codes(name, replace(seen, accounts={})) == ["no-include"]
    assert codes(name, replace(seen, has_voicemail=False, boxes=frozenset())) == ["no-voicemail"]
    assert codes(name, replace(seen, has_context=False, dials={})) == ["no-context"]
    assert codes(name, seen, secret=SecretCheck.SILENT) == ["silent"]


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_a_line_lacks_is_named(name: str) -> None:
    seen = loaded(name)
    others = {"202": LoadedAccount({})}
    assert codes(name, replace(seen, accounts=others)) == ["no-account"]
    assert codes(name, replace(seen, boxes=frozenset())) == ["no-mailbox"]
    assert codes(name, replace(seen, dials={"201": ("PJSIP/2010,20", "SIP/2010,20")})) == ["extension"]
    assert codes(name, seen, secret=SecretCheck.WRONG) == ["secret"]


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_wrong_registration_is_named(name: str) -> None:
    seen = loaded(name)
    assert codes(name, seen, address="127.0.0.3") == ["contact-address"]
    assert codes(name, with_contact(seen, uri=f"sip:201@{PHONE}:5070")) == ["contact-port"]
    assert codes(name, with_contact(seen, user_agent="Softphone/1")) == ["user-agent"]
    assert codes(name, with_contact(seen, status="UNREACHABLE")) == ["unreachable"]
    assert codes(name, with_contact(seen, uri="tel:201")) == ["contact"]
    unregistered = replace(seen.accounts["201"], contact=None)
    assert codes(name, replace(seen, accounts={"201": unregistered})) == ["not-registered"]


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_contact_is_read_and_the_password_is_not_kept(name: str) -> None:
    account = loaded(name).accounts["201"]
    assert isinstance(account.contact, Contact)
    assert account.contact.user_agent == "Cisco-CP7960G/8.0"
    assert LINE.secret not in account.options.values()


@pytest.mark.parametrize(
    ("seen", "what"),
    [
        (LoadedConfig(missing_modules=("res_config_pgsql.so",)), "has not loaded res_config_pgsql.so"),
        (LoadedConfig(has_realtime=False), "is not connected to the database"),
        (LoadedConfig(), "do not name the realtime tables"),
    ],
)
def test_tables_that_asterisk_does_not_read_are_named(seen: LoadedConfig, what: str) -> None:
    pbx = site_for("pjsip").pbx.model_copy(update={"realtime": "postgresql://asterisk@10.0.0.5/asterisk"})
    (found,) = verify(pbx, [SiteLine(LINE, "PJSIP/201", PHONE)], seen)
    assert found.code == "no-realtime"
    assert what in str(found)


@pytest.mark.parametrize("name", RECORDINGS)
def test_where_freepbx_has_the_extensions_only_what_phones_need_is_compared(name: str) -> None:
    pbx = site_for(RECORDINGS[name]).pbx
    pbx = pbx.model_copy(update={"freepbx": "/etc/asterisk", "context": "another", "etc": ""})
    assert verify(pbx, [SiteLine(LINE, device(name), PHONE)], loaded(name)) == [], (
        "context, mailbox and dial plan are FreePBX's"
    )

    field, value = (
        ("peer.SIP-Forcerport", "Y") if pbx.driver == "chan_sip" else ("endpoint.ForceRport", "true")
    )
    seen = loaded(name)
    options = {**seen.accounts["201"].options, field: value}
    (found,) = verify(
        pbx,
        [SiteLine(LINE, device(name), PHONE)],
        replace(seen, accounts={"201": replace(seen.accounts["201"], options=options)}),
    )
    assert found.code == "forced-rport"
    assert found.cure.startswith("Set in FreePBX: Extensions > 201 > Advanced > ")
