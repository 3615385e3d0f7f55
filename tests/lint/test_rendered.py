"""Files that ringup renders have no findings, whatever the site contains except mistakes of the operator."""

import re

import pytest
from hypothesis import HealthCheck, given, settings

from ringup.files.find import File, FileFinder, Requester
from ringup.finding import Finding
from ringup.firmware.folder import FirmwareFolder
from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.rules import lint
from ringup.render.skinny_conf import skinny_devices
from ringup.site.model import DialRule, Line, Phone, Site
from tests.render.sites import HOME, OFFICE, OLD, RULES
from tests.site.sites import sites

SERVER = "192.168.1.5"
DEVICES = "ringup_skinny_devices.conf"
SPARE = Line(extension="spare", secret="spare-secret")


NO_FIRMWARE = ("X401", "M509")
"""Codes of findings about loads that are not in the firmware folder here."""


def served(site: Site) -> list[Finding]:
    """Return the findings about all rendered files together."""
    finder = FileFinder(site, FirmwareFolder(None), SERVER, check_owner=False)
    found = [finder.find(name, Requester("")) for name in finder.names()]
    files = tuple(SourceFile(file.name, file.data) for file in found if isinstance(file, File))
    findings = lint(Bundle(files, models={phone.mac: phone.model for phone in site.phones}))
    return [each for each in findings if each.code not in NO_FIRMWARE]


def without_mistakes(site: Site) -> Site:
    """Return the site without the operator's choices that a rule correctly reports.

    They are privileged telnet, dial rules that no phone can dial, ring tones without a file, and phones
    without a line.
    """

    def quiet(values: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in values.items() if name != "telnet_level"}

    phones = [phone for phone in site.phones if phone.lines]
    return site.model_copy(
        update={
            "settings": quiet(site.settings),
            "dial_rules": (),
            "rings": (),
            "groups": tuple(g.model_copy(update={"settings": quiet(g.settings)}) for g in site.groups),
            "phones": tuple(p.model_copy(update={"settings": quiet(p.settings)}) for p in phones),
        }
    )


def reads_as_utf8(site: Site) -> bool:
    """Return whether Latin-1 letters of the site stand together like the bytes of UTF-8."""
    together = re.findall("[\x80-\xff]+", site.model_dump_json())
    return any(each.encode("latin-1").decode("utf-8", "ignore") for each in together)


@given(sites().map(without_mistakes))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_rendered_is_clean(site: Site) -> None:
    # A phone's own load is reported once as a note, and is not a fault.
    # The same holds for passwords that the operator chose, for names like <ANNA>, which look like a
    # placeholder, and for an SCCP load of a phone whose record says SIP: it gets no server at which to
    # register.
    chosen = ("C341", "C110", "K103", *(("F109",) if reads_as_utf8(site) else ()))
    found = [each for each in served(site) if each.severity != "note" and each.code not in chosen]
    assert [str(each) for each in found] == []


def test_the_file_of_a_phone_on_sccp_fits_skinny_conf() -> None:
    site = OFFICE.model_copy(update={"protocol": "sccp"})
    finder = FileFinder(site, FirmwareFolder(None), SERVER, check_owner=False)
    found = [finder.find(name, Requester("")) for name in finder.names()]
    address = site.pbx.address or SERVER
    files = [SourceFile(file.name, file.data) for file in found if isinstance(file, File)]
    files += [
        SourceFile("skinny.conf", f"[general]\nbindaddr={address}\n#include a/{DEVICES}\n".encode()),
        SourceFile(DEVICES, skinny_devices(site).encode()),
    ]
    findings = lint(Bundle(tuple(files)))
    assert [each for each in findings if each.code.startswith("K")] == []
    without = lint(Bundle(tuple(file for file in files if not file.name.startswith("SEP"))))
    assert {each.code for each in without if each.code.startswith("K")} == {"K102"}


@pytest.mark.thorough
@given(sites())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_site_has_no_errors_in_its_settings_and_lists(site: Site) -> None:
    # A phone that has no line yet, a ring tone whose file has a blank, a password like ${0}.
    allowed = {"C305", "R702", "C110"}
    found = [each for each in served(site) if each.severity == "error" and each.code[0] != "D"]
    assert [str(each) for each in found if each.code not in allowed] == []


@pytest.mark.parametrize("site", [HOME, Site()], ids=["home", "empty"])
def test_a_plain_site_has_not_even_notes(site: Site) -> None:
    assert served(site) == []


@pytest.mark.parametrize("site", [OFFICE, OLD, RULES])
def test_other_sites_have_only_what_their_operators_asked_for(site: Site) -> None:
    # Telnet with the known password, loads of their own, ring tones whose files are elsewhere, odd rules.
    asked_for = {"C308", "X404", "R704", "D301", "D304", "D201", "D202"}
    assert {each.code for each in served(site)} <= asked_for


def test_a_dial_rule_that_is_right_is_let_through() -> None:
    phone = Phone(mac="001646C0FFEE", lines=(SPARE,))
    rules = (DialRule(match="2..", timeout=0), DialRule(match="9,*", timeout=5))
    assert served(Site(phones=(phone,), dial_rules=rules)) == []
