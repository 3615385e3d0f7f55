"""The output of Asterisk 16.28 about chan_skinny, and what it means for the site."""

import asyncio
from pathlib import Path

import pytest

from ringup.asterisk.include_lines import FOLDER, including
from ringup.asterisk.install import install, remove
from ringup.asterisk.loaded import LoadedConfig
from ringup.asterisk.skinny import (
    Device,
    Skinny,
    changed_channels,
    is_loaded,
    read_skinny,
    registrations_of,
)
from ringup.asterisk.verify_sccp import verify_sccp
from ringup.errors import AmiRefused
from ringup.site.model import Line, Phone, Site

LARRY = Phone(mac="0011223344AA", protocol="sccp", lines=(Line(extension="601", secret="s3cret"),))
BOB = Phone(mac="0011223344BB", protocol="sccp", lines=(Line(extension="602", secret="s3cret"),))
SITE = Site(phones=(LARRY, BOB))

SHOWN = {
    "skinny show devices": """\
Name                 DeviceId         IP              Type            R NL
-------------------- ---------------- --------------- --------------- - --
SEP0011223344AA      SEP0011223344AA  10.9.0.2        7960            Y  1
SEP0011223344BB      SEP0011223344BB                  No Device       N  1
""",
    "skinny show lines": """\
Name                 Device Name          Instance Label
-------------------- -------------------- -------- --------------------
601                  SEP0011223344AA             1 601
602                  SEP0011223344BB             0 602
""",
}
LOADED = Skinny(
    {"SEP0011223344AA": Device("10.9.0.2", True), "SEP0011223344BB": Device("", False)},
    {"601": "SEP0011223344AA", "602": "SEP0011223344BB"},
)
CONFIG = LoadedConfig(
    boxes=frozenset({"601@ringup", "602@ringup"}),
    dials={line: (f"Skinny/{line}@{device},20",) for line, device in LOADED.lines.items()},
)


class Console:
    """Stands for the manager interface."""

    def __init__(self, shown: dict[str, str], refusal: str = "Command output follows.") -> None:
        self.shown = shown
        self.refusal = refusal

    async def command(self, text: str) -> str:
        if text not in self.shown:
            raise AmiRefused("asking Asterisk for Command", self.refusal, "")
        return self.shown[text]


def test_the_consoles_tables_are_read() -> None:
    assert asyncio.run(read_skinny(Console(SHOWN))) == LOADED  # type: ignore[arg-type]


def test_without_chan_skinny_there_is_nothing_to_read() -> None:
    assert asyncio.run(read_skinny(Console({}))) is None  # type: ignore[arg-type]


def test_an_account_that_may_not_run_commands_proves_nothing() -> None:
    with pytest.raises(AmiRefused, match="Permission denied"):
        asyncio.run(read_skinny(Console({}, "Permission denied.")))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "no table", "-- \n\n", "x--\nSEP\n"])
def test_other_output_gives_no_phone_that_is_registered(text: str) -> None:
    found = asyncio.run(read_skinny(Console(dict.fromkeys(SHOWN, text))))  # type: ignore[arg-type]
    assert found is not None
    assert not any(device.is_registered for device in found.devices.values())


def test_registered_phones_have_all_their_lines() -> None:
    found = registrations_of(SITE, LOADED)
    assert {line: each.contact for line, each in found.items()} == {"601": "sccp:10.9.0.2"}
    assert found["601"].is_proven


def test_a_reload_is_spared_only_if_all_phones_and_lines_are_loaded() -> None:
    assert is_loaded(SITE, LOADED)
    assert not is_loaded(SITE, LOADED._replace(lines={"601": "SEP0011223344AA"}))
    assert not is_loaded(SITE, LOADED._replace(devices={}))


@pytest.mark.parametrize(
    ("written", "channels"),
    [
        ([f"{FOLDER}/ringup_pjsip.conf"], ["pjsip"]),
        ([f"{FOLDER}/ringup_skinny_lines.conf"], ["pjsip", "skinny"]),
        (["everything"], ["pjsip", "skinny"]),
    ],
)
def test_chan_skinny_reads_its_files_only_if_they_were_written(
    written: list[str], channels: list[str]
) -> None:
    assert changed_channels(SITE, written) == channels


def codes(skinny: Skinny | None, addresses: dict[str, str] | None = None) -> list[tuple[str, str]]:
    found = verify_sccp(SITE, SITE.phones, addresses or {}, CONFIG, skinny)
    return [(each.code, str(each.where.file)) for each in found]


def test_what_asterisk_lacks_is_named() -> None:
    assert codes(LOADED) == [("not-registered", "phone 0011223344BB")]
    assert codes(None) == [("no-module", "Asterisk")]
    assert ("no-account", "phone 0011223344AA") in codes(LOADED._replace(devices={}))
    assert ("no-account", "line 601") in codes(LOADED._replace(lines={"602": "SEP0011223344BB"}))
    assert ("contact-address", "phone 0011223344AA") in codes(LOADED, {"0011223344AA": "10.9.0.7"})


SECTIONS = ("general", "lines", "devices")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"[general]\n[lines]\n#L\n[devices]\n#D\n"),
        (b"[general]\nx=1\n[lines]\n[9]\n[devices]\n[SEP9]\ny=1",
         b"[general]\nx=1\n[lines]\n[9]\n#L\n[devices]\n[SEP9]\ny=1\n#D\n"),
        (b"[general]\n[devices]\n", b"[general]\n[lines]\n#L\n[devices]\n#D\n"),
    ],
)  # fmt: skip
def test_each_part_of_skinny_conf_gets_its_line(before: bytes, after: bytes) -> None:
    for _ in range(2):  # the second time, nothing changes
        before = including(before, "L", SECTIONS, "devices")
        before = including(before, "D", SECTIONS)
        expected = after
        for name in (b"L", b"D"):
            expected = expected.replace(b"#" + name, b'#tryinclude "ringup.d/' + name + b'"')
        assert before == expected


def test_both_files_are_installed_and_removed_again(tmp_path: Path) -> None:
    theirs = b"[general]\nbindport=2000\n[lines]\n[9]\n[devices]\n"
    (tmp_path / "skinny.conf").write_bytes(theirs)
    install(SITE, tmp_path)
    assert (tmp_path / "skinny.conf").read_bytes() == (
        b'[general]\nbindport=2000\n[lines]\n[9]\n#tryinclude "ringup.d/ringup_skinny_lines.conf"\n'
        b'[devices]\n#tryinclude "ringup.d/ringup_skinny_devices.conf"\n'
    )
    assert "[601]" in (tmp_path / FOLDER / "ringup_skinny_lines.conf").read_text()
    assert install(SITE, tmp_path) == []
    remove(tmp_path)
    assert (tmp_path / "skinny.conf").read_bytes() == theirs


def test_an_absent_skinny_conf_is_made_and_removed_again(tmp_path: Path) -> None:
    install(SITE, tmp_path)
    assert (tmp_path / "skinny.conf").is_file()
    remove(tmp_path)
    assert not (tmp_path / "skinny.conf").exists()
