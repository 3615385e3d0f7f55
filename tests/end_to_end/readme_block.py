"""Run the commands for a real phone that a page contains, word for word, and print the results.

The test beside this file runs it inside `ringup.demo.isolation`. The machine has Debian's Asterisk 22 with
all its modules and its unchanged `/etc/asterisk`. The phone is emulated, the firmware is synthetic, and the
machine's folders are copies or empty. `./install` is the real script, but it uses this Python instead of
making an environment, for which it would have to download packages. `sudo` simply runs its command.
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
PAGES = {
    "README.md": "## With real phones",
    "docs/tutorial/box-to-dial-tone.md": "",
    "docs/how-to/set-up-step-by-step.md": "",
}
"""The pages, each with the heading above its commands; empty for the complete page."""
ADDRESS = "192.168.1.10/24"
MAC, EXTENSION = "001646C0FFEE", "201"
LOAD = "P0S3-8-12-00"
REGISTERED_SECONDS, ANSWER_SECONDS, MESSAGE_SECONDS = 120, 20, 90
READY_SECONDS = 90
STAYS = re.compile(r"^sudo ringup (init|serve|watch)\b")
"""Commands that run until they are stopped."""
SAYS_READY = {"serve": "ready", "init": "Power the phone on"}
"""The words with which these commands report that a phone may be plugged in."""
TYPED_ANSWERS = Path(__file__).with_name("typed_answers.py")
POWER_ON = "sudo ringup watch"
"""The command after which the phone is plugged in."""
EMPTY_FOLDERS = ("/opt", "/usr/local", "/var/lib", "/var/cache")


def block(text: str, heading: str) -> str:
    """Return every indented block under a heading, without its indentation."""
    section = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0] if heading else text
    found = re.findall(r"(?m)^\n((?:    .*\n|\n(?=    ))+)", section)
    assert found, f"no indented block under {heading}"
    return re.sub(r"(?m)^    ", "", "\n".join(found))


def commands(script: str) -> list[str]:
    """Split a block into its commands, including here-documents and lines continued by a backslash."""
    found: list[str] = []
    end = ""
    for line in script.splitlines():
        if end:
            found[-1] += f"\n{line}"
            end = "" if line == end else end
        elif found and found[-1].endswith("\\"):
            found[-1] += f"\n{line}"
        elif line.strip() and not line.startswith("#"):
            found.append(line)
            end = (re.findall(r"<<'?(\w+)'?", line) or [""])[0]
    return found


def lay_out_machine(state: Path, tree: Path) -> None:
    """Give this mount namespace an unchanged /etc/asterisk, empty folders for what is installed, and
    `sudo`.
    """
    instance = state / "pbx"
    for folder in ("var/lib/asterisk", "var/spool/asterisk/voicemail", "var/log/asterisk", "run/asterisk"):
        (instance / folder).mkdir(parents=True)
    shutil.copytree(tree / "etc/asterisk", instance / "etc/asterisk")
    etc = state / "etc"
    subprocess.run(["cp", "-a", "/etc", etc], stderr=subprocess.DEVNULL, check=False)
    (etc / "asterisk").mkdir(exist_ok=True)
    network.run(["mount", "--bind", str(etc), "/etc"])
    network.run(["mount", "--bind", str(instance / "etc/asterisk"), "/etc/asterisk"])
    for folder in EMPTY_FOLDERS:
        network.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder])
    Path("/usr/local/bin").mkdir()
    programs = state / "bin"
    programs.mkdir()
    _program(programs / "sudo", 'exec "$@"')
    pid = instance / "run/asterisk/asterisk.pid"
    _program(
        programs / "asterisk",
        f'exec nsenter --mount="/proc/$(cat {pid})/ns/mnt" chroot {tree} /usr/sbin/asterisk "$@"',
    )


def _program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def copy_clone(folder: Path) -> None:
    """Copy the files that git keeps, and let `./install` use this Python instead of making an environment."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    packed = subprocess.run(
        ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=names, check=True, capture_output=True
    )
    subprocess.run(["tar", "-C", str(folder), "-x", "--no-same-owner"], input=packed.stdout, check=True)
    _program(
        folder / "tools/make-environment",
        f"""mkdir -p "$2/bin"
printf '#!/bin/sh\\nexec {sys.executable} "$@"\\n' >"$2/bin/python"
chmod 755 "$2/bin/python"
ln -s {Path(sys.executable).with_name("ringup")} "$2/bin/ringup\"""",
    )


def write_zip(path: Path) -> None:
    """Write a synthetic package with the file name that the README uses."""
    with zipfile.ZipFile(path, "w") as package:
        for name, data in make_sip_package(LOAD).items():
            package.writestr(name, data)


async def run(page: str, tree: Path) -> dict[str, Any]:
    """Run a page's commands and try the phone: whether it registers, whether 500 answers, and whether the
    lamp lights up.
    """
    state = isolation.STATE
    lay_out_machine(state, tree)
    network.make_switch()
    network.add_host("machine", address=ADDRESS)
    folder = state / "clone"
    folder.mkdir()
    copy_clone(folder)
    write_zip(folder / f"{LOAD}.zip")
    phone = SoftwarePhone("phone1", MAC, EXTENSION, speed=10, state=state)
    network.add_host("phone1", mac=phone.mac_with_colons)
    asterisk = HostProcess(
        "Asterisk", network.inside("machine", sandbox.start_command(tree, state / "pbx")), state / "pbx.log"
    )
    await asterisk.start()
    await asked(state, "core waitfullybooted", "fully booted")
    typed = commands(block((ROOT / page).read_text(), PAGES[page]))
    first = typed.index(POWER_ON)
    said = await _type(typed[:first], folder, state)
    await phone.power_on()
    said += await _type(typed[first : first + 1], folder, state)
    result = await try_phone(phone, state)
    _, status = await asyncio.to_thread(run_command, shell("ringup status --json", folder, state))
    result["faults"] = json.loads(status)["faults"]
    said += await _type(typed[first + 1 :], folder, state)
    await phone.power_off()
    failed = [row for row in said if row[1]]
    shown = await asyncio.to_thread(_shown, state / "init.log")
    return {"count": first, "all": len(typed), "failed": failed, "said": said, "shown": shown, **result}


def _shown(log: Path) -> str:
    """Return what `ringup init` has shown on its terminal; empty if it was not typed."""
    return log.read_text() if log.exists() else ""


async def try_phone(phone: SoftwarePhone, state: Path) -> dict[str, Any]:
    """Call 500, then leave the phone a message."""
    await phone.wait("registration", "line", REGISTERED_SECONDS, state="registered")
    await phone.press("dial", digits="500")
    await phone.wait("calling 500", "call", ANSWER_SECONDS, state="answered")
    application = await asked(state, "core show channels", "VoiceMailMain")
    await phone.press("hangup")
    await asked(state, "core show channels", "0 active channels")
    message = f"channel originate Local/{EXTENSION}@ringup application Playback demo-congrats"
    await asked(state, message, "")
    lamp = await phone.wait("the message lamp", "lamp", MESSAGE_SECONDS, on=True)
    return {"voicemail_runs": "VoiceMailMain" in application, "lamp_on": lamp["on"]}


async def asked(state: Path, command: str, expected: str) -> str:
    """Repeat a console command until its output contains the expected text, for at most half a minute; return
    the last output.
    """
    answer = ""
    for _ in range(300):
        _, answer = await asyncio.to_thread(run_command, [str(state / "bin/asterisk"), "-rx", command])
        if expected in answer:
            break
        await asyncio.sleep(0.1)
    return answer


async def _type(typed: list[str], folder: Path, state: Path) -> list[tuple[str, int, str]]:
    """Run the commands in the environment of one shell; commands that do not end run beside the others."""
    os.environ["RINGUP_ACCEPT_TEST_SIGNER"] = "1"
    said: list[tuple[str, int, str]] = []
    for command in typed:
        if STAYS.match(command):
            log = state / f"{command.split()[2]}.log"
            words = shell(command, folder, state)
            person = [sys.executable, str(TYPED_ANSWERS)] if log.name == "init.log" else []
            await HostProcess(command, [*person, *words], log).start()
            said.append((command, 0, await _first_words(log)))
            continue
        said.append((command, *await asyncio.to_thread(run_command, shell(command, folder, state))))
    return said


async def _first_words(log: Path) -> str:
    """Wait until the command says that a phone may be plugged in, as a user would."""
    said, ready = "", SAYS_READY.get(log.stem, "")
    for _ in range(READY_SECONDS * 10):
        said = await asyncio.to_thread(log.read_text)
        if ready in said:
            break
        await asyncio.sleep(0.1)
    return said


def run_command(command: list[str]) -> tuple[int, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def shell(command: str, folder: Path, state: Path) -> list[str]:
    settings = [
        f"PATH={state / 'bin'}:/usr/local/bin:{os.environ['PATH']}",
        f"RINGUP_PYTHON={sys.executable}",
    ]
    alone = ["-u", "RINGUP_CACHE", "-u", "RINGUP_CONFIG"]
    return network.inside("machine", ["env", "-C", str(folder), *alone, *settings, "bash", "-c", command])


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(sys.argv[1], Path(sys.argv[2])))))
