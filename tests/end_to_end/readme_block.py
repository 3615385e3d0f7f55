"""Cuts the commands for real phones out of the README and runs them word for word; prints what came of it.

Run inside `ringup.demo.isolation`: the test beside this file does. The machine has Debian's Asterisk 22 and
its stock `/etc/asterisk`; the phone is emulated, the firmware is synthetic, the machine's folders are copies.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from ringup.asterisk import sandbox
from ringup.demo import isolation, network
from ringup.demo.processes import HostProcess, SoftwarePhone
from ringup.emulator.firmware import make_sip_package

ROOT = Path(__file__).parents[2]
HEADING = "## With real phones"
ADDRESS = "192.168.1.10/24"
MAC, EXTENSION = "001646C0FFEE", "201"
LOAD = "P0S3-8-12-00"
REGISTERED_SECONDS, ANSWER_SECONDS = 120, 20
STAYS = re.compile(r"^ringup (serve|watch)\b")
"""Commands that run until they are stopped."""


def block(text: str, heading: str = HEADING) -> str:
    """Return the first indented block under a heading, without its indentation."""
    section = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(r"(?m)^(?:    .*\n|\n(?=    ))+", section)
    assert found, f"no indented block under {heading}"
    return re.sub(r"(?m)^    ", "", found[0])


def commands(script: str) -> list[str]:
    """Split a block into its commands; a here-document belongs to the command that reads it."""
    found: list[str] = []
    end = ""
    for line in script.splitlines():
        if end:
            found[-1] += f"\n{line}"
            end = "" if line == end else end
        elif line.strip() and not line.startswith("#"):
            found.append(line)
            end = (re.findall(r"<<'?(\w+)'?", line) or [""])[0]
    return found


def lay_out_machine(state: Path, tree: Path) -> None:
    """Give this mount namespace an /etc/asterisk of stock files, an empty /var/lib and the programs named."""
    instance = state / "pbx"
    for folder in ("var/lib/asterisk", "var/spool/asterisk/voicemail", "var/log/asterisk", "run/asterisk"):
        (instance / folder).mkdir(parents=True)
    shutil.copytree(tree / "etc/asterisk", instance / "etc/asterisk")
    etc = state / "etc"
    subprocess.run(["cp", "-a", "/etc", etc], stderr=subprocess.DEVNULL, check=False)
    (etc / "asterisk").mkdir(exist_ok=True)
    network.run(["mount", "--bind", str(etc), "/etc"])
    network.run(["mount", "--bind", str(instance / "etc/asterisk"), "/etc/asterisk"])
    network.run(["mount", "-t", "tmpfs", "tmpfs", "/var/lib"])
    programs = state / "bin"
    programs.mkdir()
    _program(programs / "sudo", 'case $1 in -s) exit 0 ;; esac\nexec "$@"')
    pid = instance / "run/asterisk/asterisk.pid"
    _program(
        programs / "asterisk",
        f'exec nsenter --mount="/proc/$(cat {pid})/ns/mnt" chroot {tree} /usr/sbin/asterisk "$@"',
    )
    _program(programs / "ringup", f'exec {sys.executable} -m ringup "$@"')


def _program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def write_zip(path: Path) -> None:
    """Write a synthetic package of the README's name."""
    with zipfile.ZipFile(path, "w") as package:
        for name, data in make_sip_package(LOAD).items():
            package.writestr(name, data)


async def run(tree: Path) -> dict[str, Any]:
    """Run the README's block and try the phone: does it register, and does 500 answer?"""
    state = isolation.STATE
    lay_out_machine(state, tree)
    network.make_switch()
    network.add_host("machine", address=ADDRESS)
    folder = state / "clone"
    folder.mkdir()
    write_zip(folder / f"{LOAD}.zip")
    phone = SoftwarePhone("phone1", MAC, EXTENSION, speed=10, state=state)
    network.add_host("phone1", mac=phone.mac_with_colons)
    asterisk = HostProcess(
        "Asterisk", network.inside("machine", sandbox.start_command(tree, state / "pbx")), state / "pbx.log"
    )
    await asterisk.start()
    await _asked(state, "core waitfullybooted", "fully booted")
    result = await _type(commands(block((ROOT / "README.md").read_text())), folder, state)
    await phone.power_on()
    await phone.wait("registration", "line", REGISTERED_SECONDS, state="registered")
    await phone.press("dial", digits="500")
    await phone.wait("calling 500", "call", ANSWER_SECONDS, state="answered")
    application = await _asked(state, "core show channels", "VoiceMailMain")
    await phone.power_off()
    return {**result, "voicemail_runs": "VoiceMailMain" in application}


async def _asked(state: Path, command: str, expected: str) -> str:
    """Ask Asterisk until its answer holds what is expected, or for half a minute; returns the last answer."""
    answer = ""
    for _ in range(300):
        _, answer = await asyncio.to_thread(_run, [str(state / "bin/asterisk"), "-rx", command])
        if expected in answer:
            break
        await asyncio.sleep(0.1)
    return answer


async def _type(typed: list[str], folder: Path, state: Path) -> dict[str, Any]:
    """Run the commands in one shell's environment; those that stay run beside the others."""
    os.environ["RINGUP_ACCEPT_TEST_SIGNER"] = "1"
    environment = {**os.environ, "PATH": f"{state / 'bin'}:{os.environ['PATH']}"}
    said: list[tuple[str, int, str]] = []
    for command in typed:
        if STAYS.match(command):
            await HostProcess(command, _shell(command, folder, environment), state / "serve.log").start()
            continue
        said.append((command, *await asyncio.to_thread(_run, _shell(command, folder, environment))))
    return {"count": len(typed), "failed": [row for row in said if row[1]], "said": said}


def _run(command: list[str]) -> tuple[int, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _shell(command: str, folder: Path, environment: dict[str, str]) -> list[str]:
    path = f"PATH={environment['PATH']}"
    return network.inside("machine", ["env", "-C", str(folder), path, "bash", "-c", command])


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1])))))
