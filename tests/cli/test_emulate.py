"""`ringup emulate`: its options, and its output."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ringup.cli import emulate_run
from ringup.cli.emulate import emulate
from ringup.cli.emulate_run import parse_command
from ringup.emulator.behaviour import HashKey, StimulusLength, Variant
from ringup.emulator.flash import Flash, save
from ringup.errors import BindError

ARGUMENTS = ["--interface", "lo", "--mac", "0016.46c0.ffee"]
STATIC = ["--static", "127.0.0.1/8", "--tftp-server", "127.0.0.1", "--tftp-port", "9"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"do": "dial", "digits": "202"}\n', {"do": "dial", "digits": "202"}),
        ("dial 202\n", {"do": "dial", "digits": "202"}),
        ("press  1#", {"do": "press", "digits": "1#"}),
        ("play 800", {"do": "play", "frequency": 800}),
        (" answer \n", {"do": "answer"}),
    ],
)
def test_a_command_is_json_or_words(line: str, expected: dict[str, Any]) -> None:
    assert parse_command(line) == expected


@pytest.mark.parametrize("line", ['{"do": 3}', "{}", "{", "play loud"])
def test_a_line_that_is_no_command_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError, match=r"do|Expecting|invalid"):
        parse_command(line)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([*ARGUMENTS[:2], "--mac", "nonsense"], "is not a MAC address"),
        ([*ARGUMENTS, "--static", "127.0.0.1/8"], "belong together"),
        ([*ARGUMENTS, "--static", "here", "--tftp-server", "127.0.0.1"], "is not an address such as"),
        ([*ARGUMENTS, "--model", "7912"], "7912"),
        ([*ARGUMENTS, "--speed", "0"], "speed"),
    ],
)
def test_wrong_flags_are_usage_errors(arguments: list[str], complaint: str) -> None:
    result = CliRunner().invoke(emulate, arguments)
    assert result.exit_code == 2
    assert complaint in result.output


def asked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> emulate_run.Emulation:
    """The settings that the options lead to."""
    taken: list[emulate_run.Emulation] = []

    async def take(emulation: emulate_run.Emulation) -> None:
        taken.append(emulation)

    monkeypatch.setattr(emulate_run, "run", take)
    result = CliRunner().invoke(emulate, [*ARGUMENTS, *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return taken[0]


def test_without_flags_the_phone_is_from_the_factory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch).flash == Flash("001646C0FFEE", "7960")


def test_the_flash_file_is_remembered_and_flags_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "flash.json"
    save(path, Flash("000000000001", "7940", "P0S3-8-12-00", "P003-8-12-00", "PAS30830", {"sync": "7"}))
    flash = asked(monkeypatch, "--flash", str(path), "--application", "P0S3-08-3-00").flash
    assert (flash.mac, flash.model) == ("001646C0FFEE", "7960")
    assert flash.settings == {"sync": "7"}
    assert (flash.application, flash.loader_version) == ("P0S3-08-3-00", "PAS30830")


def test_a_loader_flag_brings_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "--loader", "P003-8-12-00").flash.loader_version == "PAS30830"


def test_an_interface_that_is_not_there_is_named_at_once() -> None:
    result = CliRunner().invoke(emulate, ["--interface", "no-such-nic", "--mac", "001646C0FFEE"])
    assert isinstance(result.exception, BindError)
    assert "no-such-nic" in str(result.exception)
    assert result.output == ""


def test_a_stored_address_that_the_interface_lacks_is_an_error_with_its_cure() -> None:
    stored = ["--static", "192.0.2.10/24", "--tftp-server", "192.0.2.1"]
    result = CliRunner().invoke(emulate, [*ARGUMENTS, *stored])
    assert isinstance(result.exception, BindError)
    assert "using 192.0.2.10 on lo: the interface has 127.0.0.1" in str(result.exception)
    assert "ip address add 192.0.2.10/24 dev lo" in str(result.exception)
    assert result.output == ""


def test_the_flags_of_chance_and_guesses_make_the_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch).variant == Variant()
    flags = ["--seed", "7", "--failed-writes", "2", "--hash-key", "waits", "--stimulus-bytes", "8"]
    wanted = Variant(7, 2, HashKey.WAITS, stimulus=StimulusLength.EIGHT)
    assert asked(monkeypatch, *flags).variant == wanted


def test_help_shows_examples_and_commands() -> None:
    result = CliRunner().invoke(emulate, ["--help"])
    assert "--speed 10 --json" in result.output
    assert '{"do": "dial", "digits": "202"}' in result.output


async def talk(lines: str, *flags: str) -> list[dict[str, Any]]:
    """Run the real command with these input lines; return every line of its output as JSON."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ringup", "emulate", *ARGUMENTS, *STATIC, *flags,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(lines.encode()), 30)
    assert process.returncode == 0
    return [json.loads(line) for line in output.splitlines()]


def test_the_command_prints_json_lines_and_ends_with_power_off() -> None:
    lines = asyncio.run(talk('jump\n{"do": "dial", "digits": "1"}\n{"do": "power-off"}\n'))
    assert lines[0]["kind"] == "power-on"
    assert lines[0]["mac"] == "001646C0FFEE"
    refused = [line["reason"] for line in lines if line["kind"] == "refused"]
    assert refused == ["the phone's SIP half is not running"] * 2
    assert lines[-1]["kind"] == "power-off"


def test_the_command_ends_with_its_input_if_asked() -> None:
    lines = asyncio.run(talk("", "--until-eof"))
    assert [line["kind"] for line in lines] == ["power-on", "power-off"]
