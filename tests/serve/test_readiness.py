"""The conditions under which a server may report that it is ready."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.events import ServerStarted, SiteChanged
from ringup.firmware.folder import FirmwareFolder
from ringup.journey.describe import describe
from ringup.serve.readiness import in_short, lacking
from ringup.site.model import Line, Phone, Site, Subnet

LOAD = "P0S3-8-12-00"
NETWORK = Subnet(
    network=IPv4Network("192.0.2.0/24"), first=IPv4Address("192.0.2.100"), last=IPv4Address("192.0.2.199")
)
PHONE = Phone(mac="001646C0FFEE", lines=(Line(extension="201", secret="a-secret"),))
SITE = Site(load=LOAD, subnets=(NETWORK,), phones=(PHONE,))


def _texts(site: Site, folder: Path, address: str = "192.0.2.1", *, dhcp: bool = True) -> list[str]:
    return [str(problem) for problem in lacking(site, FirmwareFolder(folder), [address], dhcp=dhcp)]


def test_a_site_with_phone_network_and_firmware_lacks_nothing(tmp_path: Path) -> None:
    write_package(tmp_path, make_sip_package(LOAD))
    assert _texts(SITE, tmp_path) == []


def test_an_empty_site_is_told_to_add_a_phone_and_a_network(tmp_path: Path) -> None:
    phones, network = _texts(Site(), tmp_path)
    assert phones.startswith("phones: The site has no phones. Add one: ringup phone add ")
    assert network.startswith("network: The site has no network, so no phone gets an address. Set one, or ")
    assert "ringup site set network=" in network


def test_another_server_s_addresses_need_no_network_of_ours(tmp_path: Path) -> None:
    assert len(_texts(Site(), tmp_path, dhcp=False)) == 1


def test_a_network_that_the_interface_is_not_in_is_named(tmp_path: Path) -> None:
    write_package(tmp_path, make_sip_package(LOAD))
    (problem,) = _texts(SITE, tmp_path, "198.51.100.1")
    assert "no network for this interface (198.51.100.1); it has 192.0.2.0/24" in problem


def test_each_missing_file_of_a_needed_load_is_named_with_who_needs_it(tmp_path: Path) -> None:
    write_package(tmp_path, make_sip_package(LOAD))
    (tmp_path / f"{LOAD}.sb2").unlink()
    (problem,) = _texts(SITE, tmp_path)
    assert problem == (
        f"firmware: {tmp_path}: {LOAD}.sb2 is missing. 1 phone needs load {LOAD}. "
        "Add the package: ringup firmware add PACKAGE.zip"
    )


def test_a_load_that_no_phone_needs_is_not_missed(tmp_path: Path) -> None:
    write_package(tmp_path, make_sip_package(LOAD))
    phone = PHONE.model_copy(update={"load": LOAD})
    assert _texts(SITE.model_copy(update={"load": "P0S3-08-4-00", "phones": (phone,)}), tmp_path) == []


def test_the_word_ready_is_said_only_where_nothing_is_missing(tmp_path: Path) -> None:
    missing = in_short(lacking(Site(), FirmwareFolder(tmp_path), ["192.0.2.1"], dhcp=True))
    assert describe(ServerStarted(0, "", "1")) == "ringup 1 is ready"
    assert describe(ServerStarted(0, "", "1", missing)) == (
        "ringup 1 is NOT ready: The site has no phones. The site has no network, so no phone gets an address."
    )
    assert describe(SiteChanged(0, "", 2)) == "revision 2 is served"
    assert describe(SiteChanged(0, "", 2, missing)).startswith("revision 2 is NOT ready: The site has no")
