"""Asterisk's four files: goldens, the options that each line needs, and names that cannot break a file."""

from collections.abc import Callable

import pytest
from hypothesis import example, given

from ringup.errors import SiteErrors
from ringup.render.extensions_conf import extensions_conf
from ringup.render.pjsip_conf import pjsip_conf
from ringup.render.sip_conf import sip_conf
from ringup.render.voicemail_conf import NO_PIN, voicemail_conf
from ringup.site.model import Line, Pbx, Phone, Site
from tests.render.asterisk_files import entries, sections
from tests.render.sites import HOME, OFFICE, OLD, sites
from tests.site.sites import ANY_SECRETS

Golden = Callable[[str, str], None]

RENDERERS = {
    "ringup_pjsip.conf": pjsip_conf,
    "ringup_sip.conf": sip_conf,
    "ringup_extensions.conf": extensions_conf,
    "ringup_voicemail.conf": voicemail_conf,
}


@pytest.mark.parametrize(
    ("folder", "site", "name"),
    [
        *[("home", HOME, name) for name in RENDERERS if name != "ringup_sip.conf"],
        *[("office", OFFICE, name) for name in RENDERERS if name != "ringup_sip.conf"],
        *[("old", OLD, name) for name in RENDERERS if name != "ringup_pjsip.conf"],
    ],
)
def test_the_file_is_as_reviewed(folder: str, site: Site, name: str, golden: Golden) -> None:
    golden(f"{folder}/{name}", RENDERERS[name](site))


def test_answers_and_calls_go_to_the_port_the_phone_listens_on() -> None:
    endpoint = sections(pjsip_conf(HOME))["201", "endpoint"]
    assert (endpoint["force_rport"], endpoint["rewrite_contact"]) == ("no", "no")
    assert sections(sip_conf(OLD))["201", "friend"]["nat"] == "no"


def test_each_line_has_an_endpoint_an_auth_and_an_aor() -> None:
    found = sections(pjsip_conf(OFFICE))
    assert {kind for name, kind in found if name == "9001"} == {"endpoint", "auth", "aor"}
    assert found["9001", "auth"] == {
        "type": "auth",
        "auth_type": "userpass",
        "username": "workshop",
        "password": "workshop",
    }
    assert found["202", "auth"]["password"] == "a;b"


def test_our_transport_is_only_there_where_the_operator_has_none() -> None:
    assert sections(pjsip_conf(HOME))["ringup-udp", "transport"]["bind"] == "0.0.0.0:5060"
    assert "type = transport" not in pjsip_conf(OFFICE)
    assert sections(pjsip_conf(OFFICE))["201", "endpoint"]["transport"] == "transport-udp"


def test_the_operators_options_replace_add_and_remove() -> None:
    endpoint = sections(pjsip_conf(OFFICE))["201", "endpoint"]
    assert (endpoint["direct_media"], endpoint["rtp_keepalive"]) == ("yes", "5")
    assert "timers" not in endpoint
    assert sections(sip_conf(OLD))["201", "friend"]["qualify"] == "200"


def test_a_line_without_voicemail_has_no_box_anywhere() -> None:
    assert "mailboxes" not in sections(pjsip_conf(OFFICE))["9001", "endpoint"]
    assert "9001" not in voicemail_conf(OFFICE)
    assert "VoiceMail(9001" not in extensions_conf(OFFICE)


def test_the_context_names_the_dial_plan_and_the_boxes_alike() -> None:
    site = HOME.model_copy(update={"pbx": Pbx(context="phones")})
    assert sections(pjsip_conf(site))["201", "endpoint"]["mailboxes"] == "201@phones"
    assert "[phones]" in voicemail_conf(site)
    assert "VoiceMailMain(${CALLERID(num)}@phones,s)" in extensions_conf(site)


def test_a_box_without_pin_cannot_be_opened_by_any_keypad() -> None:
    assert not set(NO_PIN.removeprefix("-")) & set("0123456789*#ABCDabcd")
    assert f"202 => {NO_PIN},Ada Lovelace Dr." in voicemail_conf(OFFICE)
    assert "201 => 4711,Larry Ellison,,,passwordlocation=spooldir\n" in voicemail_conf(OFFICE)
    assert f"202 => {NO_PIN},Ada Lovelace Dr.\n" in voicemail_conf(OFFICE)


def test_there_is_a_way_out_only_where_one_is_named() -> None:
    assert "_9." not in extensions_conf(HOME)
    assert "exten => _9.,1," in extensions_conf(OFFICE)
    without_prefix = OFFICE.pbx.model_copy(update={"outside_prefix": ""})
    assert "exten => _XX.,1," in extensions_conf(OFFICE.model_copy(update={"pbx": without_prefix}))


def test_the_echo_test_makes_room_for_an_extension_of_its_number() -> None:
    phone = Phone(mac="001646C0FFEE", lines=(Line(extension="600", secret="s"),))
    assert "Echo()" in extensions_conf(HOME)
    assert "Echo()" not in extensions_conf(Site(phones=(phone,)))


def test_the_driver_decides_what_is_dialled() -> None:
    assert "Dial(PJSIP/201,20)" in extensions_conf(OFFICE)
    assert "Dial(SIP/201,20)" in extensions_conf(OLD)


def test_calls_from_outside_ring_as_the_setting_says() -> None:
    assert "Alert-Info" not in extensions_conf(OFFICE)
    ring = {"outside_ring": "Bellcore-dr3"}
    pjsip, sip = (
        extensions_conf(site.model_copy(update={"pbx": site.pbx.model_copy(update=ring)}))
        for site in (OFFICE, OLD)
    )
    assert "Set(PJSIP_HEADER(add,Alert-Info)=Bellcore-dr3)" in pjsip
    assert "SIPAddHeader(Alert-Info: Bellcore-dr3)" in sip
    for text in (pjsip, sip):
        assert "/201,20,b(ringup^ringup-ring^1(${CHANNEL(name)})))" in text


def test_parked_calls_are_dialled_where_the_site_names_their_context() -> None:
    parking = HOME.model_copy(update={"pbx": Pbx(parking="parkedcalls")})
    assert "[ringup]\ninclude => parkedcalls\n" in extensions_conf(parking)
    assert "include =>" not in extensions_conf(HOME)


def test_a_line_cannot_have_the_name_of_a_step() -> None:
    line = Line(extension="ringup-forward", secret="s")
    with pytest.raises(SiteErrors, match="a step of ringup's dial plan"):
        extensions_conf(Site(phones=(Phone(mac="001646C0FFEE", lines=(line,)),)))


def test_chan_sip_refuses_what_it_could_never_log_in() -> None:
    with pytest.raises(SiteErrors, match="auth_name"):
        sip_conf(OFFICE)


@pytest.mark.parametrize("number", ["_X.", "_."])
def test_an_extension_that_is_a_pattern_is_refused(number: str) -> None:
    line = Line.model_construct(**{**dict(HOME.phones[0].lines[0]), "extension": number})
    phone = HOME.phones[0].model_copy(update={"lines": (line,)})
    with pytest.raises(SiteErrors, match="pattern"):
        extensions_conf(HOME.model_copy(update={"phones": (phone,)}))


@pytest.mark.parametrize("options", [{"a\nb": "c"}, {"allow": "ulaw\n[x]"}, {"x]": "1"}])
def test_an_option_that_would_be_another_line_is_refused(options: dict[str, str]) -> None:
    site = HOME.model_copy(update={"pbx": HOME.pbx.model_copy(update={"options": options})})
    for render in (pjsip_conf, sip_conf):
        with pytest.raises(ValueError, match=r"control character|not an option"):
            render(site)


def keys_of(text: str) -> list[tuple[str, str]]:
    """Every section and key: what must not depend on anybody's name or secret."""
    return [(section, key) for section, key, _value in entries(text)]


def tame(site: Site) -> Site:
    """The same site with harmless text in the place of all names and secrets."""
    phones = tuple(
        phone.model_copy(
            update={
                "lines": tuple(
                    line.model_copy(update={"name": "name", "secret": "secret"}) for line in phone.lines
                )
            }
        )
        for phone in site.phones
    )
    outside = "x" if site.pbx.outside_dial else ""
    pbx = site.pbx.model_copy(update={"outside_dial": outside})
    return site.model_copy(update={"phones": phones, "pbx": pbx})


@given(sites())
def test_no_name_or_secret_makes_a_line_a_section_or_a_directive(site: Site) -> None:
    for render in RENDERERS.values():
        written = keys_of(render(site))
        assert written == keys_of(render(tame(site)))
        assert "#directive" not in {key for _section, key in written}


@given(sites())
def test_every_secret_arrives_as_it_was(site: Site) -> None:
    pjsip, sip = sections(pjsip_conf(site)), sections(sip_conf(site))
    last = {line.extension: line for _phone, line in site.lines()}
    for extension, line in last.items():
        assert pjsip[extension, "auth"]["password"] == line.secret
        assert sip[extension, "friend"]["secret"] == line.secret


def stripped(text: str) -> str:
    """The text as Asterisk leaves it (ast_strip): Python's own strip takes more, like U+0085."""
    return text.strip("".join(map(chr, range(33))))


def with_secret(secret: str) -> Site:
    lines = (Line(extension="201", secret=secret), Line(extension="202", secret="s3cret"))
    return Site(phones=(Phone(mac="001646C0FFEE", lines=lines),))


@pytest.mark.parametrize("render", [pjsip_conf, sip_conf])
@pytest.mark.parametrize("secret", ["a\n#exec /bin/sh", "   ", "x" * 9000, "a\0"])
def test_an_account_whose_password_cannot_be_written_is_left_out_and_not_open(
    render: Callable[[Site], str], secret: str
) -> None:
    text = render(with_secret(secret))
    assert {name for name, key, _ in entries(text) if not key} - {"ringup-udp"} == {"202"}
    cure = "Set another: ringup phone set 001646C0FFEE --line 1 --secret NEW"
    assert f"\n; 201 is left out: no line here can hold its password. {cure}\n" in text


@given(ANY_SECRETS)
@example("\x85")
def test_no_password_at_all_says_anything_else_to_asterisk(secret: str) -> None:
    for render, kind, key in ((pjsip_conf, "auth", "password"), (sip_conf, "friend", "secret")):
        found, usual = (sections(render(with_secret(one))) for one in (secret, "s3cret"))
        if ("201", kind) in found:
            assert stripped(found["201", kind].pop(key)) == stripped(secret) != ""
            del usual["201", kind][key]
        else:
            usual = {name: options for name, options in usual.items() if name[0] != "201"}
        assert found == usual
