"""The files for SCCP phones: those that Asterisk reads, and those that the phone fetches."""

from xml.etree.ElementTree import fromstring

import pytest

from ringup.emulator.boot.config_xml import load_in, servers_in
from ringup.render.default_xml import default_xml
from ringup.render.extensions_conf import extensions_conf
from ringup.render.masked import masked
from ringup.render.pbx_files import changed_channels, wanted
from ringup.render.pjsip_conf import pjsip_conf
from ringup.render.sep_xml import has_own_file, sep_xml
from ringup.render.sip_cnf import phone_cnf
from ringup.render.sip_conf import sip_conf
from ringup.render.skinny_conf import skinny_devices, skinny_lines
from ringup.render.voicemail_conf import voicemail_conf
from ringup.site.model import Group, Line, Pbx, Phone, Site, SpeedDial
from ringup.site.page_tokens import token_of

SCCP = Phone(
    mac="001646C0FFEE", model="7960", protocol="sccp",
    lines=(Line(extension="201", name="Larry", secret="s3cret", short_name="Larry E."),),
    speed_dials=(
        SpeedDial(number="202", name="Ada"), SpeedDial(number="0123"), SpeedDial(number="203", hint=False),
    ),
)  # fmt: skip
SIP = Phone(mac="001646000000", lines=(Line(extension="202", name="Ada", secret="s3cret2", voicemail=False),))
OTHER = Phone(mac="001646000001", group="old", lines=(Line(extension="203", secret="s3cret3"),))
SITE = Site(
    pbx=Pbx(address="10.0.0.9"), phones=(SCCP, SIP, OTHER), groups=(Group(name="old", protocol="sccp"),)
)

LINES = """
[general](+)
keepalive = 30

[203]
callerid = <203>
linelabel = 203
context = ringup
mailbox = 203@ringup
vmexten = 500

[201]
callerid = "Larry" <201>
linelabel = Larry E.
context = ringup
mailbox = 201@ringup
vmexten = 500
"""

DEVICES = """
[SEP001646000001]
device = SEP001646000001
version = P00308010200
line = 203

[SEP001646C0FFEE]
device = SEP001646C0FFEE
version = P00308010200
line = 201
speeddial = 202@ringup,Ada
speeddial = 0123,0123
speeddial = 203,203
"""


def body(text: str) -> str:
    return text.partition("\n")[2]


def test_lines_and_devices_stand_in_two_files_for_the_two_parts_of_skinny_conf() -> None:
    assert body(skinny_lines(SITE)) == LINES
    assert body(skinny_devices(SITE)) == DEVICES


def test_a_line_that_speaks_sccp_has_no_sip_account_but_an_extension_and_a_mailbox() -> None:
    for text in (pjsip_conf(SITE), sip_conf(SITE)):
        assert "s3cret2" in text
        assert "[201]" not in text
        assert "[203]" not in text
    assert "same => n,Dial(Skinny/201@SEP001646C0FFEE,20)" in extensions_conf(SITE)
    assert "exten => 201,hint,Skinny/201@SEP001646C0FFEE&" in extensions_conf(SITE)
    assert "same => n,Dial(PJSIP/202,20)" in extensions_conf(SITE)
    assert "201 => " in voicemail_conf(SITE)


def test_asterisks_files_of_sccp_exist_only_where_a_phone_speaks_it() -> None:
    names = [file.name for file in wanted(SITE)]
    assert "ringup_skinny_lines.conf" in names
    assert "ringup_skinny_devices.conf" in names
    sip_only = SITE.model_copy(update={"phones": (SIP,)})
    assert [file.name for file in wanted(sip_only) if "skinny" in file.name] == []


def test_chan_skinny_is_reloaded_only_if_its_own_files_change() -> None:
    renamed = SIP.model_copy(update={"lines": (SIP.lines[0].model_copy(update={"name": "Ada L."}),)})
    assert changed_channels(SITE, SITE.model_copy(update={"phones": (renamed, OTHER, SCCP)})) == ("pjsip",)
    fewer = SITE.model_copy(update={"phones": (SIP, SCCP)})
    assert changed_channels(SITE, fewer) == ("pjsip", "skinny")


@pytest.mark.parametrize("phone", [SCCP, OTHER])
def test_the_phones_own_file_names_its_load_and_its_server(phone: Phone) -> None:
    assert has_own_file(SITE, phone)
    data = sep_xml(SITE, phone, "10.0.0.1").encode()
    root = fromstring(data)
    assert root.findtext("deviceProtocol") == "SCCP"
    assert load_in(data, phone.model) == "P00308010200"
    assert servers_in(data) == [("10.0.0.9", 2000)]
    assert not has_own_file(SITE, SIP)


def test_a_phone_that_runs_sip_learns_from_its_own_file_that_it_goes_back_to_sccp() -> None:
    assert 'image_version: "P00308010200"' in phone_cnf(SITE, SCCP, "10.0.0.1")
    assert 'image_version: "P0S3-8-12-00"' in phone_cnf(SITE, SIP, "10.0.0.1")


def test_a_site_on_sccp_names_its_load_for_every_phone() -> None:
    text = default_xml(SITE.model_copy(update={"protocol": "sccp"}), "10.0.0.1").encode()
    assert load_in(text, "7960") == "P00308010200"
    assert load_in(default_xml(SITE, "10.0.0.1").encode(), "7960") == "P0S3-8-12-00"
    assert servers_in(text) == [("10.0.0.9", 2000)]


def test_the_nearest_protocol_wins_and_so_does_the_nearest_load_for_it() -> None:
    site = Site(
        protocol="sccp", sccp_load="P00308000500",
        groups=(Group(name="a", protocol="sip"), Group(name="b", load="P0S3-08-11-00")),
    )  # fmt: skip
    phones = {name: Phone(mac="00000000000A", group=name) for name in ("", "a", "b")}
    assert [site.protocol_of(phone) for phone in phones.values()] == ["sccp", "sip", "sccp"]
    loads = [site.load_of(phone) for phone in phones.values()]
    assert loads == ["P00308000500", "P0S3-8-12-00", "P00308000500"]


def buttons(site: Site, phone: Phone) -> list[tuple[str, str | None]]:
    root = fromstring(sep_xml(site, phone, "10.0.0.1"))
    return [(each.tag, each.text) for each in root if each.tag.endswith("URL")]


def test_an_sccp_phone_has_the_pages_behind_its_buttons_unless_a_setting_names_others() -> None:
    own = "http://10.0.0.1/phone/"
    assert buttons(SITE, SCCP) == [("directoryURL", f"{own}directory"), ("servicesURL", f"{own}services")]
    assert buttons(SITE, SIP.model_copy(update={"load": "P0S3-7-5-00"})) == []
    group = Group(name="old", protocol="sccp", settings={"services_url": "http://10.0.0.8/?a=1&b=2"})
    site = SITE.model_copy(update={"settings": {"directory_url": ""}, "groups": (group,)})
    assert buttons(site, OTHER) == [("servicesURL", "http://10.0.0.8/?a=1&b=2")]


def test_an_sccp_phone_with_a_token_has_it_in_its_own_file() -> None:
    site = SITE.model_copy(update={"page_tokens": "old", "page_tokens_secret": "s1te"})
    begins = f"http://10.0.0.1/phone/~{token_of(site, OTHER)}/"
    assert [url for _element, url in buttons(site, OTHER)] == [f"{begins}directory", f"{begins}services"]
    assert buttons(site, SCCP) == buttons(SITE, SCCP)
    assert token_of(site, OTHER)[13:] not in masked(sep_xml(site, OTHER, "10.0.0.1"))
