"""The required load has one source: all files for a phone name the same load."""

import asyncio
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.boot import start as boot
from ringup.emulator.boot.config_xml import load_in
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.emulator.flash import Flash
from ringup.files.find import Absent, File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.phone.firmware import loader_of
from ringup.phone.models import MODELS
from ringup.render.sep_xml import sep_xml
from ringup.site.model import Group, Phone, Site
from tests.emulator.scripted_host import MAC, Answer, Bench, PowerOff, ScriptedHost
from tests.site.sites import sites

IMAGE_VERSION = re.compile(r'(?m)^image_version: "([^"]*)"$')

SIX = "P0S3-06-3-00"


def served(finder: FileFinder, name: str, mac: str) -> str | None:
    found = finder.find(name, Requester("10.0.0.9", mac))
    assert isinstance(found, File | Absent)
    return found.data.decode("latin-1") if isinstance(found, File) else None


def load_of_the_hunt(finder: FileFinder, phone: Phone) -> str:
    """Return the load that the loader reads: from the phone's own file if there is one, otherwise from the
    common file (P-LOAD-17).
    """
    own = served(finder, f"SEP{phone.mac}.cnf.xml", phone.mac)
    text = own if own is not None else served(finder, "XMLDefault.cnf.xml", phone.mac)
    assert text is not None
    return load_in(text.encode("latin-1"), phone.model)


def load_of_the_application(finder: FileFinder, phone: Phone) -> list[str]:
    """Return the load that the SIP application reads; the second file's value replaces the first file's
    (P-LOAD-17).
    """
    texts = [served(finder, name, phone.mac) for name in ("SIPDefault.cnf", f"SIP{phone.mac}.cnf")]
    return IMAGE_VERSION.findall("".join(text or "" for text in texts))


@given(sites(), st.sampled_from(["P0S3-8-12-00", "P00308010200", SIX, "P0S30202"]))
def test_every_file_tells_a_phone_the_same_load(site: Site, load: str) -> None:
    site = site.model_copy(update={"load": load})
    finder = FileFinder(site, FirmwareFolder(None), "10.0.0.1", True)
    for phone in site.phones:
        wanted = site.load_of(phone)
        assert load_of_the_hunt(finder, phone) == wanted
        assert load_of_the_application(finder, phone) == [site.load, wanted]
    pointer = served(finder, "OS79XX.TXT", "")
    assert pointer == f"{loader_of(site.load)}\n"


@given(sites())
def test_a_stranger_is_told_the_sites_load(site: Site) -> None:
    finder = FileFinder(site, FirmwareFolder(None), "10.0.0.1", True)
    text = served(finder, "XMLDefault.cnf.xml", "")
    assert text is not None
    assert {load_in(text.encode("latin-1"), model) for model in MODELS} == {site.load}


def test_only_a_phone_with_another_load_gets_a_file_that_says_so() -> None:
    site = Site(
        groups=(Group(name="old", load="P0S3-08-11-00"), Group(name="new")),
        phones=(
            Phone(mac="00000000000A"),
            Phone(mac="00000000000B", group="old"),
            Phone(mac="00000000000C", group="new"),
            Phone(mac="00000000000D", group="old", load="P0S3-8-12-00"),
            Phone(mac="00000000000E", load="P0S3-08-3-00"),
        ),
    )
    finder = FileFinder(site, FirmwareFolder(None), "10.0.0.1", False)
    assert [name for name in finder.names() if name.startswith("SEP")] == [
        "SEP00000000000B.cnf.xml",
        "SEP00000000000E.cnf.xml",
    ]


@pytest.mark.parametrize(
    ("load", "protocol"), [("P0S3-08-11-00", "SIP"), ("P00308010200", "SCCP"), ("P0M3-07-4-00", "MGCP")]
)
def test_the_phones_own_file_is_four_lines(load: str, protocol: str) -> None:
    assert sep_xml(Site(), Phone(mac="00000000000A", load=load), "10.0.0.1") == (
        "<device>\n"
        f"  <deviceProtocol>{protocol}</deviceProtocol>\n"
        f"  <loadInformation>{load}</loadInformation>\n"
        "</device>\n"
    )


def test_the_pointer_names_the_loader_that_the_package_says(tmp_path: Path) -> None:
    write_package(tmp_path, make_sip_package("P0S3-8-12-00", "P003-08-11-00"))
    finder = FileFinder(Site(), FirmwareFolder(tmp_path), "10.0.0.1", False)
    assert served(finder, "OS79XX.TXT", "") == "P003-08-11-00\n"


def test_the_pointer_of_a_load_without_loader_names_the_load() -> None:
    finder = FileFinder(Site(load=SIX), FirmwareFolder(None), "10.0.0.1", False)
    assert served(finder, "OS79XX.TXT", "") == f"{SIX}\n"


def boot_with(files: dict[str, Answer]) -> list[object]:
    """Return the loads that a factory phone flashes within an hour with these files."""
    bench = Bench(ScriptedHost(files, limit=3600), Flash(MAC, "7960"), 1.0)
    with suppress(PowerOff):
        asyncio.run(boot.boot(bench.machine))
    return [detail["load"] for detail in bench.details("flash")]


def test_a_phone_whose_load_is_not_the_sites_takes_its_own() -> None:
    """With XMLDefault.cnf.xml alone, its loader would take the site's load, whatever SIP then requires
    (P-LOAD-21).
    """
    site = Site(phones=(Phone(mac=MAC, load="P0S3-08-11-00"),))
    finder = FileFinder(site, FirmwareFolder(None), "10.0.0.1", True)
    texts = {name: served(finder, name, MAC) for name in finder.names()}
    packages = {**make_sip_package("P0S3-08-11-00", "P003-08-11-00"), **make_sip_package()}
    rendered = {name: text.encode("latin-1") for name, text in texts.items() if text is not None}
    files: dict[str, Answer] = {**packages, **rendered}
    assert boot_with(files) == ["P003-08-11-00", "P0S3-08-11-00"]
    del files[f"SEP{MAC}.cnf.xml"]
    assert boot_with(files)[:2] == ["P003-8-12-00", "P0S3-8-12-00"]
