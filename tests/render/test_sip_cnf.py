"""SIPDefault.cnf and SIP<MAC>.cnf: goldens, inheritance, cleared values, and texts that cannot break a
line.
"""

import re
from collections.abc import Callable

import pytest
from hypothesis import given

from ringup.emulator import cnf as emulated
from ringup.errors import SiteErrors
from ringup.phone import cnf_text
from ringup.phone.parameters import PARAMETERS, check, check_together
from ringup.render.masked import masked
from ringup.render.sip_cnf import default_cnf, phone_cnf
from ringup.site.model import Group, Line, Phone, Site
from ringup.site.page_tokens import token_of
from tests.render.sites import ADA, HOME, LARRY, OFFICE, SERVER, sites
from tests.site.sites import ANY_SECRETS

Golden = Callable[[str, str], None]

_ROW = re.compile(r'([A-Za-z0-9_]+): (?:([0-9]+)|"([^"]*)")')


def values(text: str) -> dict[str, str]:
    """Return the parameters as the phone reads them; every line must be a parameter or a comment."""
    found: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("#"):
            continue
        match = _ROW.fullmatch(line)
        assert match, line
        assert match[1] not in found, f"{match[1]} stands twice"
        found[match[1]] = match[2] or match[3] or ""
    return found


def both(site: Site, phone: Phone) -> dict[str, str]:
    """Return the parameters that the phone has after it has read both files, its own one last."""
    return {**values(default_cnf(site, SERVER)), **values(phone_cnf(site, phone, SERVER))}


@pytest.mark.parametrize(("name", "site"), [("home", HOME), ("office", OFFICE)])
def test_the_shared_file_is_as_reviewed(name: str, site: Site, golden: Golden) -> None:
    golden(f"{name}/SIPDefault.cnf", default_cnf(site, SERVER))


@pytest.mark.parametrize(("name", "site"), [("home", HOME), ("office", OFFICE)])
def test_each_phones_own_file_is_as_reviewed(name: str, site: Site, golden: Golden) -> None:
    for phone in site.phones:
        golden(f"{name}/SIP{phone.mac}.cnf", phone_cnf(site, phone, SERVER))


@pytest.mark.parametrize("site", [HOME, OFFICE])
def test_every_value_is_one_that_the_phone_takes(site: Site) -> None:
    for phone in site.phones:
        everything = both(site, phone)
        assert {name: fault for name in everything if (fault := check(name, everything[name]))} == {}
        assert check_together(everything) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("proxy_register", "1"),
        ("nat_enable", "0"),
        ("sntp_mode", "unicast"),
        ("messages_uri", "500"),
        ("image_version", "P0S3-8-12-00"),
        ("proxy1_address", "192.168.1.10"),
        ("sntp_server", SERVER),
        ("dial_template", "dialplan"),
        ("line1_name", "201"),
        ("line1_authname", "201"),
        ("line1_password", "s3cret-of-201"),
    ],
)
def test_a_phone_gets_what_it_needs_to_register(name: str, value: str) -> None:
    assert both(HOME, HOME.phones[0])[name] == value


def test_the_pbx_is_the_server_itself_where_nobody_says_otherwise() -> None:
    assert values(default_cnf(Site(), SERVER))["proxy1_address"] == SERVER


def test_every_line_has_the_pbx_so_that_none_falls_back_to_a_former_owners() -> None:
    found = values(default_cnf(HOME, SERVER))
    assert [found[f"proxy{key}_address"] for key in range(1, 7)] == ["192.168.1.10"] * 6


@pytest.mark.parametrize(
    "name", ["outbound_proxy", "nat_address", "dyn_tftp_addr", "cfwd_url", "logo_url", "proxy_backup"]
)
def test_what_a_former_owner_may_have_set_is_cleared(name: str) -> None:
    assert f'{name}: ""\n' in default_cnf(HOME, SERVER)


def test_the_buttons_lead_to_our_pages_unless_a_setting_says_otherwise() -> None:
    found = values(default_cnf(HOME, SERVER))
    assert found["services_url"] == f"http://{SERVER}/phone/services"
    assert found["directory_url"] == f"http://{SERVER}/phone/directory"
    assert values(default_cnf(OFFICE, SERVER))["services_url"] == "http://192.168.1.5/services"
    off = HOME.model_copy(update={"settings": {"directory_url": ""}})
    assert values(default_cnf(off, SERVER))["directory_url"] == ""


def test_keys_without_a_line_are_cleared_as_far_as_the_model_has_keys() -> None:
    larry = values(phone_cnf(HOME, HOME.phones[0], SERVER))
    assert [larry[f"line{key}_name"] for key in range(1, 7)] == ["201", "", "", "", "", ""]
    assert larry["line6_password"] == ""
    ada = values(phone_cnf(OFFICE, ADA, SERVER))
    assert "line3_name" not in ada


def test_no_number_is_ever_an_empty_text() -> None:
    """An empty integer in quotes is an error in that line (P-CNF-6)."""
    for name, value in both(OFFICE, LARRY).items():
        assert value or PARAMETERS[name].kind not in ("integer", "switch", "port"), name


def test_settings_are_inherited_and_the_nearest_wins() -> None:
    group = Group(name="sales", settings={"call_waiting": "2", "enable_vad": "1"})
    phone = LARRY.model_copy(update={"settings": {"call_waiting": "3"}})
    site = OFFICE.model_copy(update={"groups": (group,), "phones": (phone,), "settings": {"enable_vad": "0"}})
    found = both(site, phone)
    assert (found["call_waiting"], found["enable_vad"]) == ("3", "1")


def test_a_setting_of_the_site_wins_over_what_we_compute_for_a_phone() -> None:
    assert both(OFFICE, LARRY)["phone_prompt"] == "Office"
    assert both(HOME, HOME.phones[0])["phone_prompt"] == "201"


def test_each_phone_names_the_load_it_should_run() -> None:
    found = {phone.mac: values(phone_cnf(OFFICE, phone, SERVER))["image_version"] for phone in OFFICE.phones}
    assert found == {LARRY.mac: "P0S3-08-9-00", ADA.mac: "P0S3-08-11-00"}


def test_a_long_name_is_cut_because_the_phone_would_reject_it_whole() -> None:
    line = Line(extension="201", name="x" * 40, secret="s")
    phone = Phone(mac="001646C0FFEE", lines=(line,))
    text = phone_cnf(Site(phones=(phone,)), phone, SERVER)
    assert values(text)["line1_displayname"] == "x" * 31


def test_a_phone_without_lines_gets_a_file_all_the_same() -> None:
    phone = Phone(mac="001646C0FFEE")
    assert values(phone_cnf(Site(phones=(phone,)), phone, SERVER))["phone_label"] == ""


def test_a_zone_that_the_phone_cannot_follow_is_greenwich_and_says_so() -> None:
    text = default_cnf(Site(time_zone="Asia/Kolkata"), SERVER)
    assert 'time_zone: "GMT"\ndst_auto_adjust: 0\n' in text
    assert re.search(r"(?m)^# Asia/Kolkata: .*whole hours", text)


@pytest.mark.parametrize("zone", ["Nowhere/At\nall", 'Nowhere "x', "\x00"])
def test_a_zone_that_does_not_exist_breaks_no_line(zone: str) -> None:
    values(default_cnf(Site.model_construct(**{**dict(Site()), "time_zone": zone}), SERVER))


@pytest.mark.parametrize(
    "settings",
    [
        {"telnet_level: 2\nx": "1"},
        {"phone_label": '"a'},
        {"phone_label": 'a"; b'},
        {"phone_label": 'a"\tb'},
        {"phone_label": "a\nline1_name: 1"},
        {"phone_label": "a\rb"},
        {"": "x"},
    ],
)
def test_a_setting_that_would_become_another_line_is_refused(settings: dict[str, str]) -> None:
    site = Site.model_construct(**{**dict(HOME), "settings": settings})
    with pytest.raises(SiteErrors):
        default_cnf(site, SERVER)


@given(sites())
def test_no_name_or_secret_of_a_line_leaves_its_line(site: Site) -> None:
    values(default_cnf(site, SERVER))
    for phone in site.phones:
        found = values(phone_cnf(site, phone, SERVER))
        names = [found[f"line{key}_name"] for key in range(1, 7)]
        assert [name for name in names if name] == [line.extension for line in phone.lines]
        for key, line in enumerate(phone.lines, 1):
            assert found[f"line{key}_password"] == line.secret


@given(sites())
def test_what_is_served_has_as_many_lines_as_what_was_rendered(site: Site) -> None:
    for phone in site.phones:
        text = phone_cnf(site, phone, SERVER)
        assert text.encode("latin-1", "replace").count(b"\n") == text.count("\n")


def test_a_setting_with_a_double_quote_is_written_bare_and_once() -> None:
    site = HOME.model_copy(update={"settings": {"force:services_url": 'http://x/"a"', "telnet_level": "1"}})
    text = default_cnf(site, SERVER)
    assert '\nservices_url: http://x/"a"\n' in text
    assert text.count("services_url") == 1
    assert "\ntelnet_level: 1\n" in text


def with_secrets(secret: str, password: str = "") -> tuple[Site, Phone]:
    """Return a phone with two lines, the second one with this password, and its site."""
    lines = (Line(extension="201", secret="s3cret"), Line(extension="202", secret=secret))
    phone = Phone(mac="001646C0FFEE", password=password, lines=lines)
    return Site(phones=(phone,)), phone


def test_a_password_with_a_double_quote_is_written_as_phones_had_it() -> None:
    text = phone_cnf(*with_secrets('s3"cret', "\ttab"), SERVER)
    assert '\nline2_password: s3"cret\n' in text
    assert '\nphone_password: "\ttab"\n' in text
    assert text.count("line2_password") == 1


@pytest.mark.parametrize("secret", ["x\nline1_name: 900", "x\0", "x\x0bline1_name: 900", 'a"; b', "x" * 2000])
def test_a_password_that_no_row_can_hold_costs_its_row_alone(secret: str) -> None:
    found = phone_cnf(*with_secrets(secret, secret), SERVER)
    usual = phone_cnf(*with_secrets("s3cret", "menu"), SERVER)
    assert values(found) == {
        name: value
        for name, value in values(usual).items()
        if name not in ("line2_password", "phone_password")
    }
    start = "is left out: no line here can hold it. Set another: ringup phone set 001646C0FFEE"
    assert f"\n# line2_password {start} --line 2 --secret NEW\n" in found
    assert f"\n# phone_password {start} --password NEW\n" in found


@given(ANY_SECRETS, ANY_SECRETS)
def test_no_password_at_all_says_anything_else_to_the_phone(secret: str, password: str) -> None:
    """Two readers that share no code agree."""
    data = phone_cnf(*with_secrets(secret, password), SERVER).encode("latin-1")
    usual = phone_cnf(*with_secrets("s3cret", "menu"), SERVER).encode("latin-1")
    own = {"line2_password": secret, "phone_password": password}
    for read in (_emulated, _plainly):
        found, expected = read(data), read(usual)
        assert {**found, **own} == {**expected, **own}
        assert all(found[name] == own[name] for name in own.keys() & found.keys() if len(own[name]) < 32)


def _emulated(data: bytes) -> dict[str, str]:
    return dict(emulated.read(data, "SIP001646C0FFEE.cnf").settings)


def _plainly(data: bytes) -> dict[str, str]:
    return {name: line.value for name, line in cnf_text.read(data).values.items()}


def test_only_a_phone_with_a_token_has_urls_of_its_own_and_views_mask_the_token() -> None:
    phone = Phone(mac="001646C0FFEE", group="far", password="pw")
    site = Site(phones=(phone,), groups=(Group(name="far"),), page_tokens="far", page_tokens_secret="k3y")
    rendered = phone_cnf(site, phone, "10.0.0.1")
    begins = f"http://10.0.0.1/phone/~{token_of(site, phone)}/"
    assert f'services_url: "{begins}services"\n' in rendered
    assert f'directory_url: "{begins}directory"\n' in rendered
    assert token_of(site, phone)[13:] not in masked(rendered)
    assert "_url" not in phone_cnf(site, phone.model_copy(update={"group": ""}), "10.0.0.1")
    own = site.model_copy(update={"settings": {"services_url": "http://10.0.0.9/menu"}})
    assert 'services_url: "http://10.0.0.9/menu"\n' in phone_cnf(own, phone, "10.0.0.1")
