"""Two servers on one PostgreSQL database, from which Asterisk reads the accounts: one carries out the changes
of both.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network
from itertools import count
from pathlib import Path

import pytest

from ringup.asterisk import sandbox
from ringup.asterisk.install import install
from ringup.events import LineRegistered
from ringup.site.model import Line, Pbx, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import read_site
from tests.end_to_end.demo_runs import CACHE, ROOT
from tests.end_to_end.killed_change import KILLED
from tests.end_to_end.killed_real_change import let_asterisk_read_the_tables
from tests.end_to_end.node_rig import Rig, rig
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

pytestmark = pytest.mark.end_to_end

PBX = "10.77.0.9"
MAC, OTHER = "001646000001", "001646000002"
SECRET = "s3cret"
LONGEST = 75.0
"""Maximum seconds for a phone to boot and register."""


def site_of(tables: str) -> Site:
    """Return a site with two phones, whose accounts are in these tables."""
    pbx = Pbx(
        address=PBX, bind=PBX, realtime=f"postgresql://postgres@{PBX}/{tables}", manager_host=PBX,
        manager_user="ringup", manager_secret=SECRET,
    )  # fmt: skip
    subnet = Subnet(
        network=IPv4Network("10.77.0.0/24"),
        first=IPv4Address("10.77.0.100"),
        last=IPv4Address("10.77.0.149"),
    )
    phones = tuple(
        Phone(mac=mac, lines=(Line(extension=name, secret=f"of-{name}", voicemail=False),))
        for mac, name in ((MAC, "201"), (OTHER, "202"))
    )
    return Site(pbx=pbx, subnets=(subnet,), phones=phones)


@contextmanager
def running(folder: Path, server: PostgresqlServer) -> Iterator[tuple[Rig, str]]:
    """Start Asterisk with realtime, node one as the active one, and node two on standby."""
    tables = server.database()
    site = site_of(tables.partition("@/")[2].partition("?")[0])
    with rig(folder, server, site, {"pbx": f"{PBX}/24"}) as made:
        instance = folder / "pbx"
        etc = sandbox.prepare(instance, address=PBX, manager_secret=SECRET)
        let_asterisk_read_the_tables(etc, site.pbx)
        install(site, etc)  # the transport and the dial plan were copied by hand
        relay = [str(ROOT / "tests" / "end_to_end" / "realtime.py"), "relay"]
        socket = str(server.folder / ".s.PGSQL.5432")
        made.start("pbx", folder / "relay", [sys.executable, *relay, socket, PBX])
        made.wait_for(lambda: "ready" in (folder / "relay").read_text(), "the relay")
        made.start("pbx", folder / "asterisk", sandbox.start_command(CACHE / "asterisk-22", instance))
        made.wait_for(lambda: "Asterisk Ready" in (folder / "asterisk").read_text(), "Asterisk")
        made.start_node("one")
        made.start_node("two")
        yield made, tables


def ringup(made: Rig, node: str, *words: str, check: bool = True) -> tuple[int, str]:
    """Run a command on a node."""
    command = [sys.executable, "-m", "ringup", *words, "--database", made.url]
    done = made.net.run(node, command, check=check)
    return done.returncode, done.stdout


def registered(made: Rig) -> set[str]:
    """Return the phones whose registration a node has stored."""
    return {event.mac for event in made.events(LineRegistered)}


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")


def test_a_phone_changed_at_one_node_boots_from_the_other_and_registers(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    with running(tmp_path, postgresql) as (made, _tables):
        changed = ringup(made, "one", "phone", "set", "201", "--line", "1", "--secret", "a-new-one")
        assert "Asterisk has 1 changed line as the site defines them." in changed[1]
        made.running["one"].kill()
        made.switch_on(MAC)
        made.wait_for(lambda: MAC in registered(made), "the registration", LONGEST)

        assert made.has_own_file(MAC)
        assert [(each.extension, each.contact.partition("@")[0]) for each in made.events(LineRegistered)] == [
            ("201", "sip:201")
        ]
        assert ringup(made, "two", "pbx", "verify", "201") == (0, "Asterisk has 1 line as in the site.\n")


def test_a_node_that_dies_in_a_change_leaves_all_old_or_all_new(
    tmp_path: Path, postgresql: PostgresqlServer
) -> None:
    with running(tmp_path, postgresql) as (made, tables):
        ringup(made, "two", "pbx", "verify")
        made.running["one"].kill()
        seen, now = [], "of-201"
        for step in count(1, 3):  # test_killed_real_change.py tests each step with one server
            new = f"new-{step}"
            words = ["-m", "tests.end_to_end.killed_node_change", made.url, new, str(step)]
            status = made.net.run("one", [sys.executable, *words], check=False).returncode
            assert status in (0, KILLED)
            engine = open_database(made.url)
            stored = read_site(engine).phones[0].lines[0].secret
            engine.dispose()
            assert stored in (now, new)
            seen.append(stored == new)
            now = stored
            made.wait_for(
                lambda: ringup(made, "two", "pbx", "verify", check=False)[0] == 0,
                f"Asterisk to have the records of step {step}",
            )
            assert postgresql.query(tables, "SELECT password FROM ps_auths WHERE id = '201'") == now
            if status == 0:
                break
        assert seen[0] is False
        assert seen[-1] is True
        assert len(seen) > 5
