"""The running side of `ringup emulate`: reports out, commands in, signals."""

import asyncio
import contextlib
import json
import select
import signal
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ringup.emulator import flash as flash_file
from ringup.emulator.behaviour import Variant
from ringup.emulator.boot.machine import Trunk
from ringup.emulator.display.terminal import text_of
from ringup.emulator.flash import Flash
from ringup.emulator.phone import EmulatedPhone, PhoneHost
from ringup.emulator.report import Report


@dataclass(frozen=True, slots=True)
class Emulation:
    """The settings of one run of `ringup emulate`."""

    flash: Flash
    host: PhoneHost
    flash_path: Path | None
    speed: float
    tftp_port: int
    variant: Variant
    is_readable: bool
    """Print lines for people instead of JSON."""
    until_eof: bool
    trunk: Trunk | None = None
    """The phone's port if it asks for a voice VLAN."""
    has_screen: bool = False
    """Draw the display at each change, instead of lines."""


_ARGUMENTS = {
    "select": "entry",
    "submit": "text",
    "type": "text",
    "key": "key",
    "screenshot": "file",
    "listen": "file",
    "ring": "ring",
}
"""The argument of each command that does not take digits."""


async def run(emulation: Emulation) -> None:
    """Run the phone until it is stopped."""
    path = emulation.flash_path
    printed = _print_readable if emulation.is_readable else _print_json
    phone = EmulatedPhone(
        emulation.flash,
        emulation.host,
        on_report=lambda report: told(report),
        save=(lambda flash: flash_file.save(path, flash)) if path else (lambda flash: None),
        speed=emulation.speed,
        tftp_port=emulation.tftp_port,
        variant=emulation.variant,
        trunk=emulation.trunk,
    )
    told = _Redrawn(phone) if emulation.has_screen else printed
    running = asyncio.ensure_future(phone.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    typing = asyncio.ensure_future(_read_commands(phone, running, emulation.until_eof))
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        typing.cancel()


def parse_command(line: str) -> dict[str, Any]:
    """Read ``{"do": "dial", "digits": "202"}`` or ``dial 202``; raises ValueError for anything else."""
    text = line.strip()
    if text.startswith("{"):
        command = json.loads(text)
        if not isinstance(command.get("do"), str):
            raise ValueError('a command has a "do".')
        return dict(command)
    name, _, argument = text.partition(" ")
    if not argument:
        return {"do": name}
    if name in _ARGUMENTS:
        return {"do": name, _ARGUMENTS[name]: argument.strip()}
    if name == "play":
        return {"do": name, "frequency": int(argument)}
    return {"do": name, "digits": argument.strip()}


async def _read_commands(phone: EmulatedPhone, running: "asyncio.Future[None]", until_eof: bool) -> None:
    """Run the commands from standard input line by line, once the phone has power."""
    await phone.powered.wait()
    if _is_watchable(sys.stdin.fileno()):
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
        )
        async for line in reader:
            await _carry_out(phone, running, line.decode(errors="replace"))
    if until_eof:
        running.cancel()


def _is_watchable(descriptor: int) -> bool:
    """Return whether more commands can come on this input; a file or /dev/null ends at once."""
    with select.epoll() as watch:
        try:
            watch.register(descriptor, select.EPOLLIN)
        except OSError:
            return False
    return True


async def _carry_out(phone: EmulatedPhone, running: "asyncio.Future[None]", line: str) -> None:
    if not line.strip():
        return
    try:
        command = parse_command(line)
        name = command.pop("do")
        if name == "power-off":
            running.cancel()
        else:
            await phone.command(name, **command)
    except (ValueError, TypeError) as error:
        phone.refuse(line.strip(), str(error))


class _Redrawn:
    """Draws the display again when it changes."""

    def __init__(self, phone: EmulatedPhone) -> None:
        self._phone = phone
        self._last = ""

    def __call__(self, _report: Report) -> None:
        text = text_of(self._phone.shown)
        if text != self._last:
            self._last = text
            if sys.stdout.isatty():
                click.clear()
            click.echo(text)


def _print_json(report: Report) -> None:
    click.echo(report.to_json())


def _print_readable(report: Report) -> None:
    clock = datetime.fromtimestamp(report.at).astimezone().strftime("%H:%M:%S.%f")[:-3]
    detail = "  ".join(f"{key}={_shown(value)}" for key, value in report.detail.items() if value != "")
    click.echo(f"{clock}  {click.style(f'{report.kind:<16}', bold=True)}  {detail}")


def _shown(value: object) -> str:
    return " | ".join(str(each) for each in value) if isinstance(value, list) else str(value)
