"""A CSV file with 300 phones: after the import and a boot, a real Asterisk has all of them; undo reverts
everything.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from benchmarks.rig.fleet import FIRST_MAC

from ringup.asterisk import sandbox
from ringup.emulator.firmware import make_sip_package, write_package
from tests.end_to_end.demo_runs import CACHE, ROOT
from tests.end_to_end.node_rig import Rig
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until

pytestmark = pytest.mark.end_to_end

PHONES = 300
SERVER, PBX = "10.77.0.1", "10.77.0.9"
MEMBERS = {"server": f"{SERVER}/16", "pbx": f"{PBX}/16", "phones": "10.77.0.8/16"}
SITE = f"""
site: {{name: office, server_address: {SERVER}}}
pbx:
  {{address: {PBX}, bind: {PBX}, etc: ETC, manager_host: {PBX}, manager_user: ringup, manager_secret: s3cret}}
network:
  - {{network: 10.77.0.0/16, first: 10.77.128.0, last: 10.77.131.255}}
"""
BOOT_SECONDS = 120


def write_csv(path: Path) -> None:
    """Write the phones as a spreadsheet does."""
    rows = [f"{FIRST_MAC + number:012X},7960,{1000 + number},Person {number}" for number in range(PHONES)]
    path.write_text("\n".join(("mac,model,extension,name", *rows)) + "\n")


def snapshot(etc: Path, ringup: Callable[..., str]) -> tuple[Mapping[str, bytes], str]:
    """Return Asterisk's files, and the records from which every phone's file is made, with their secrets."""
    files = {path.name: path.read_bytes() for path in (etc / "ringup.d").glob("ringup_*.conf")}
    return files, ringup("export", "--reveal")


def registered_at_asterisk(net: PrivateNetwork) -> int:
    """Return the number of contacts that Asterisk has."""
    code = (
        "import asyncio; from ringup.asterisk.control import Manager\n"
        "async def ask():\n"
        f"    manager = Manager({PBX!r}, 5038, 'ringup', 's3cret')\n"
        "    await manager.connect()\n"
        "    print((await manager.command('pjsip show contacts')).count('sip:'))\n"
        "    await manager.close()\n"
        "asyncio.run(ask())\n"
    )
    return int(net.run("server", [sys.executable, "-c", code]).stdout)


def test_three_commands_take_a_csv_of_300_phones_to_the_registered_fleet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGUP_DATABASE", str(tmp_path / "ringup.db"))
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    monkeypatch.setenv("RINGUP_ACCEPT_TEST_SIGNER", "1")
    write_package(tmp_path / "firmware", make_sip_package())
    write_csv(tmp_path / "phones.csv")
    etc = sandbox.prepare(tmp_path / "pbx", address=PBX, manager_secret="s3cret")
    (tmp_path / "site.yaml").write_text(SITE.replace("ETC", str(etc)))

    with private_network(MEMBERS) as net:
        net.run("phones", ["ip", "route", "add", "local", "10.77.128.0/17", "dev", INTERFACE])

        def ringup(*words: str) -> str:
            return net.run("server", [sys.executable, "-m", "ringup", *words], timeout=60).stdout

        ringup("apply", str(tmp_path / "site.yaml"), "--yes")
        ringup("pbx", "install", "--yes")
        before = snapshot(etc, ringup)
        start(
            net, "pbx", tmp_path / "asterisk", sandbox.start_command(CACHE / "asterisk-22", tmp_path / "pbx")
        )
        Rig.wait_for(lambda: "Asterisk Ready" in (tmp_path / "asterisk").read_text(), "Asterisk")
        serve = ["serve", "--interface", INTERFACE, "--no-probe", "--firmware", str(tmp_path / "firmware")]
        start(net, "server", tmp_path / "serve", [sys.executable, "-m", "ringup", *serve])
        Rig.wait_for(lambda: " ready" in (tmp_path / "serve").read_text(), "the server")

        said = ringup("import", str(tmp_path / "phones.csv"))
        assert f"phones: {PHONES} added" in said
        assert "changed lines as the site defines them" in said, "Asterisk was compared"
        assert booted(net)["registered"] == PHONES
        assert registered_at_asterisk(net) == PHONES

        assert f"{PHONES} removed" in ringup("undo", "--yes")
        assert snapshot(etc, ringup) == before


def start(net: PrivateNetwork, member: str, output: Path, command: list[str]) -> None:
    """Start a program whose output goes to a file."""
    output.touch()
    net.popen(member, ["sh", "-c", f'exec "$@" >{output} 2>&1', "-", *command])


def booted(net: PrivateNetwork) -> dict[str, int]:
    """Switch all phones on within five seconds; return the result of each."""
    words = ["--interface", INTERFACE, "--phones", str(PHONES), "--window", "5", "--speed", "10"]
    command = [sys.executable, "-m", "benchmarks.rig.phone_fleet", *words, "--cap", str(BOOT_SECONDS)]
    pipe = subprocess.PIPE
    with subprocess.Popen(net.command("phones", command), stdin=pipe, stdout=pipe) as fleet:
        assert fleet.stdin
        read_until(fleet, "ready\n", seconds=30)
        fleet.stdin.write(b"\n")
        fleet.stdin.flush()
        found: dict[str, int] = json.loads(read_until(fleet, "}\n", seconds=BOOT_SECONDS + 30))
        fleet.kill()
        return found
