"""A complete site in three commands, and an accident with it: nothing is lost on either side."""

from pathlib import Path

import pytest

from ringup.asterisk.install import contents
from ringup.change.stored_site import stored_site
from ringup.change.world import World
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.files.rendered import OWN, RENDERED, Records
from ringup.site.model import Site
from tests.cli.terminal import Ringup
from tests.street.streets import LOAD

PHONES = 300


def files(site: Site) -> dict[str, str]:
    """Return every file of the phones and of Asterisk, by its name."""
    phones = {phone.mac: phone for phone in site.phones}
    records = Records(site, phones, World(), "192.0.2.1")
    shared = {name: kind.render(records, name) for kind in RENDERED for name in kind.names(site)}
    own = {
        f"{kind.before}{mac}{kind.after}": kind.render(records, phone)
        for mac, phone in phones.items()
        for kind in OWN
        if kind.has(site, phone)
    }
    return {**shared, **own, **contents(site)}


@pytest.fixture
def table(ringup: Ringup, tmp_path: Path) -> Path:
    """A table of 300 phones, and a site that has their firmware and one phone."""
    write_package(tmp_path / "firmware", make_sip_package(LOAD))
    ringup("site", "set", f"load={LOAD}")
    ringup("phone", "add", "0016460A0B0C", "--extension", "100")
    rows = (f"0016460001{n:02X},{2000 + n},Person {n}" for n in range(256))
    more = (f"0016460002{n:02X},{3000 + n},Person {n}" for n in range(PHONES - 256))
    path = tmp_path / "phones.csv"
    path.write_text("\n".join(("mac,extension,name", *rows, *more, "")))
    return path


def site_of(tmp_path: Path) -> Site:
    return stored_site(str(tmp_path / "ringup.db"))


@pytest.mark.end_to_end
def test_a_table_of_300_phones_comes_up_in_three_commands(
    ringup: Ringup, table: Path, tmp_path: Path
) -> None:
    before = files(site_of(tmp_path))
    etc = tmp_path / "etc"
    etc.mkdir()
    assert ringup("import", str(table)).status == 0
    assert ringup("pbx", "install", "--etc", str(etc)).status == 0
    assert f"{PHONES + 1} of {PHONES + 1} phones got into service" in ringup("rehearse").out
    pjsip = (etc / "ringup.d/ringup_pjsip.conf").read_text()
    assert f"\n[{3000 + PHONES - 257}]" in pjsip
    assert ringup("undo", "--yes").status == 0
    assert files(site_of(tmp_path)) == before


def test_an_empty_file_asks_and_an_undo_brings_everything_back(
    ringup: Ringup, table: Path, tmp_path: Path
) -> None:
    ringup("import", str(table))
    before = site_of(tmp_path)
    said = ringup("apply", "-", typed="")
    assert said.status == 3
    assert f"Nothing is left: the site and {PHONES + 1} phones go" in said.err
    assert site_of(tmp_path) == before
    assert ringup("apply", "-", "--yes", typed="").status == 0
    assert site_of(tmp_path).phones == ()
    assert ringup("undo").status == 0
    after = site_of(tmp_path)
    assert after == before
    assert files(after) == files(before)
    assert all(line.secret for _, line in after.lines())
