"""A new revision reaches the files, DHCP and the PBX; no other host gets a phone's own file."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from ringup.cli.fleet_view import style_of
from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.route import Arrival
from ringup.engine.found import File, Refused
from ringup.events import Event, ServerAddressChanged, SiteChanged
from ringup.serve.options import Options
from ringup.serve.owners.source import OPEN, OwnerSource
from ringup.serve.site_parts import SiteParts, addresses_changed, site_changed, site_parts
from ringup.site.model import Line, Phone, Site, Subnet
from ringup.wire.dhcp import MessageType
from tests.engine.dhcp.clients import CISCO, DAY, KNOWN, LAPTOP, NOW, SERVER, Client, kind_of

NETWORK = Subnet(
    network=IPv4Network("10.0.0.0/24"), first=IPv4Address("10.0.0.10"), last=IPv4Address("10.0.0.12")
)
PHONE = Phone(mac=KNOWN, lines=(Line(extension="201", secret="tellnobody"),))
SITE = Site(subnets=(NETWORK,), phones=(PHONE,))
OWN_FILE = f"SIP{KNOWN}.cnf"
LEASES = (Lease(KNOWN, "10.0.0.10", NOW + DAY), Lease(CISCO, "10.0.0.11", NOW + DAY))


@pytest.fixture
def told() -> list[Event]:
    return []


def parts_of(
    site: Site, folder: Path, told: list[Event], now: float = NOW, neighbour: str = "", **options: Any
) -> SiteParts:
    made_of = Options("eth0", "", folder, **{"probe": False, **options})
    return site_parts(
        made_of, (SERVER,), site, LEASES, told.append, lambda: now, neighbour=lambda _: neighbour
    )


@pytest.fixture
def with_pbx(
    tmp_path: Path, told: list[Event], monkeypatch: pytest.MonkeyPatch
) -> tuple[SiteParts, list[Site]]:
    """Parts with a link to a PBX, and the sites that the link was given."""
    parts, given = parts_of(SITE, tmp_path, told), list[Site]()
    assert parts.pbx is not None
    monkeypatch.setattr(parts.pbx, "site_changed", given.append)
    return parts, given


def changed(**fields: Any) -> Site:
    return SITE.model_copy(update=fields)


def data_of(parts: SiteParts, name: str = OWN_FILE, address: str = "10.0.0.10") -> bytes:
    found = parts.files.find(name, address)
    assert isinstance(found, File), found
    return found.data


@pytest.mark.parametrize("address", ["10.0.0.11", "10.0.0.66"], ids=["another phone's", "nobody's"])
def test_a_phones_own_file_goes_to_the_address_it_leases(
    address: str, tmp_path: Path, told: list[Event]
) -> None:
    parts = parts_of(SITE, tmp_path, told)
    assert b"tellnobody" in data_of(parts)
    assert isinstance(parts.files.find(OWN_FILE, address), Refused)


def test_a_phones_own_file_does_not_go_to_an_address_that_it_once_leased(
    tmp_path: Path, told: list[Event]
) -> None:
    parts = parts_of(SITE, tmp_path, told, now=NOW + 2 * DAY)
    assert isinstance(parts.files.find(OWN_FILE, "10.0.0.10"), Refused)


def test_the_owner_is_checked_in_every_later_revision_too(tmp_path: Path, told: list[Event]) -> None:
    parts = parts_of(SITE, tmp_path, told)
    site_changed(parts, changed(name="later"), 2)
    assert isinstance(parts.files.find(OWN_FILE, "10.0.0.66"), Refused)


@pytest.mark.parametrize(
    ("owners", "neighbour", "is_given"),
    [
        (None, KNOWN, True), (None, CISCO, False), (None, "", False),
        (OPEN, CISCO, True),
    ],
    ids=["its own", "another's", "unknown", "open"],
)  # fmt: skip
def test_without_our_own_leases_the_neighbour_table_tells(
    owners: OwnerSource | None, neighbour: str, tmp_path: Path, told: list[Event], *, is_given: bool
) -> None:
    parts = parts_of(SITE, tmp_path, told, neighbour=neighbour, dhcp=False, owners=owners)
    assert isinstance(parts.files.find(OWN_FILE, "10.0.0.66"), File) is is_given


def test_a_revision_takes_an_address_given_by_hand_away(tmp_path: Path, told: list[Event]) -> None:
    by_hand = changed(phones=(PHONE.model_copy(update={"address": IPv4Address("10.0.0.50")}),))
    parts = parts_of(by_hand, tmp_path, told, neighbour=KNOWN)
    assert b"tellnobody" in data_of(parts, address="10.0.0.50")
    site_changed(parts, SITE, 2)
    assert isinstance(parts.files.find(OWN_FILE, "10.0.0.50"), Refused)


def test_a_new_revision_reaches_the_files(tmp_path: Path, told: list[Event]) -> None:
    parts = parts_of(SITE, tmp_path, told)
    assert b"tellnobody" in data_of(parts)
    line = PHONE.lines[0].model_copy(update={"secret": "another"})
    site_changed(parts, changed(phones=(PHONE.model_copy(update={"lines": (line,)}),)), 2)
    assert b"another" in data_of(parts)
    assert b"tellnobody" not in data_of(parts)


def test_a_new_revision_reaches_dhcp(tmp_path: Path, told: list[Event]) -> None:
    parts = parts_of(changed(subnets=()), tmp_path, told)
    client = Client(parts.dhcp, mac="001646000000")
    assert client.discover() is None
    site_changed(parts, SITE, 2)
    offer = client.discover()
    assert offer is not None
    assert offer.message.your_address == "10.0.0.12"


def test_a_new_revision_takes_no_lease_away(tmp_path: Path, told: list[Event]) -> None:
    parts = parts_of(SITE, tmp_path, told)
    site_changed(parts, changed(name="later"), 2)
    assert parts.dhcp.who_has("10.0.0.10") == KNOWN


def test_a_new_revision_reaches_the_pbx(with_pbx: tuple[SiteParts, list[Site]]) -> None:
    parts, heard = with_pbx
    later = changed(name="later")
    site_changed(parts, later, 2)
    assert heard == [later]


def test_a_server_without_a_pbx_has_no_link_to_one(tmp_path: Path, told: list[Event]) -> None:
    parts = parts_of(SITE, tmp_path, told, pbx=False)
    assert parts.pbx is None
    site_changed(parts, SITE, 2)


def test_a_new_revision_is_told_with_what_its_phones_lack(tmp_path: Path, told: list[Event]) -> None:
    parts = parts_of(SITE, tmp_path, told)
    site_changed(parts, changed(phones=()), 7)
    (event,) = told
    assert isinstance(event, SiteChanged)
    assert (event.at, event.revision, event.missing) == (NOW, 7, "The site has no phones.")


def test_the_operators_own_folder_is_served(tmp_path: Path, told: list[Event]) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "owl.pcm").write_bytes(b"hoot")
    assert data_of(parts_of(SITE, tmp_path, told, files=own), "owl.pcm") == b"hoot"


@pytest.mark.parametrize(("told_address", "named"), [(None, SERVER), (IPv4Address("10.0.0.2"), "10.0.0.2")])
def test_files_name_the_address_that_phones_are_told(
    told_address: IPv4Address | None, named: str, tmp_path: Path, told: list[Event]
) -> None:
    parts = parts_of(changed(server_address=told_address), tmp_path, told)
    assert f'sntp_server: "{named}"'.encode() in data_of(parts, "SIPDefault.cnf")


def test_another_address_of_ours_is_told_at_once(tmp_path: Path, told: list[Event]) -> None:
    parts = parts_of(SITE, tmp_path, told)
    parts.addresses.take(("10.0.0.5",))
    addresses_changed(parts, SITE, "eth0", SERVER)
    assert b'sntp_server: "10.0.0.5"' in data_of(parts, "SIPDefault.cnf")
    offer = Client(parts.dhcp, mac="001646000000", arrival=Arrival("eth0", ("10.0.0.5",))).discover()
    assert offer is not None
    assert offer.message.next_server == "10.0.0.5"
    assert offer.message.option(66) == b"10.0.0.5"
    assert offer.message.option(150) == offer.message.option(54) == bytes((10, 0, 0, 5))
    (event,) = told
    assert isinstance(event, ServerAddressChanged)
    assert (event.interface, event.before, event.after) == ("eth0", SERVER, "10.0.0.5")


def test_another_address_of_ours_reaches_the_pbx(with_pbx: tuple[SiteParts, list[Site]]) -> None:
    parts, heard = with_pbx
    parts.addresses.take(("10.0.0.5",))
    addresses_changed(parts, SITE, "eth0", SERVER)
    assert heard == [SITE]


def test_an_address_that_the_site_names_and_that_is_gone_is_said(tmp_path: Path, told: list[Event]) -> None:
    named = changed(server_address=IPv4Address(SERVER))
    parts = parts_of(named, tmp_path, told)
    parts.addresses.take(("10.0.0.5",))
    addresses_changed(parts, named, "eth0", SERVER)
    (event,) = told
    assert isinstance(event, ServerAddressChanged)
    assert event.missing.startswith(f"Phones are sent to {SERVER}, which the interface no longer has.")
    assert "bold red" in style_of(event)


@pytest.mark.parametrize("serve_all", [False, True])
def test_other_devices_get_an_address_where_all_are_served(
    tmp_path: Path, told: list[Event], *, serve_all: bool
) -> None:
    parts = parts_of(SITE, tmp_path, told, serve_all=serve_all)
    offer = Client(parts.dhcp, mac=LAPTOP, vendor_class=None).discover()
    assert (offer is not None) is serve_all


@pytest.mark.parametrize("allowed", [False, True])
def test_an_address_that_another_server_may_have_given_is_refused_unless_it_is_allowed(
    tmp_path: Path, told: list[Event], *, allowed: bool
) -> None:
    parts = parts_of(SITE, tmp_path, told, allow_other_dhcp=allowed)
    answer = kind_of(Client(parts.dhcp, mac="001646000000").reboot("10.0.0.200"))
    assert answer is (None if allowed else MessageType.NAK)
