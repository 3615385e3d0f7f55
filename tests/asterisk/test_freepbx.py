"""FreePBX's generated files are recognised and read, and the fields that these phones need are named."""

from pathlib import Path

import pytest

from ringup.asterisk.adopt_files import accounts_of
from ringup.asterisk.freepbx import is_freepbx, read_freepbx
from ringup.asterisk.freepbx_fields import field_faults, findings
from ringup.asterisk.install import install, to_write
from ringup.errors import InstallError
from ringup.site.model import Driver, Line, Pbx, Phone, Site
from tests.asterisk.freepbx_folder import LONG, extension, peer, write_freepbx

RIGHT = {"force_rport": "no", "rewrite_contact": "no"}


def site(*lines: Line, driver: Driver = "pjsip", port: int = 5060) -> Site:
    return Site(pbx=Pbx(driver=driver, port=port), phones=(Phone(mac="001646C0FFEE", lines=lines),))


def faults(etc: Path, whose: Site) -> list[str]:
    found = field_faults(whose, read_freepbx(etc, whose.pbx.driver))
    return [f"{','.join(each.numbers)}: {each.what} {each.cure} {each.command}".rstrip() for each in found]


def test_the_extensions_are_read_and_the_trunks_are_not(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, extension("201", "a1"), extension("202", "b2", box="default"))
    found = read_freepbx(etc, "pjsip")

    assert {name: each.account.secret for name, each in found.extensions.items()} == {
        "201": "a1",
        "202": "b2",
    }
    assert [each.account.has_mailbox for each in found.extensions.values()] == [False, True]
    assert found.extensions["201"].account.caller_name == "Name of 201"
    assert found.ports == {"0.0.0.0-udp": 5060}
    assert found.notes == ()


def test_chan_sips_extensions_and_port_are_read(tmp_path: Path) -> None:
    found = read_freepbx(write_freepbx(tmp_path, peers=peer("201", "a1")), "chan_sip")
    assert found.extensions["201"].account.secret == "a1"
    assert found.ports == {"": 5160}


def test_only_a_folder_of_generated_files_is_freepbxs(tmp_path: Path) -> None:
    assert not is_freepbx(tmp_path)
    (tmp_path / "pjsip.conf").write_text("[global]\n")
    assert not is_freepbx(tmp_path)
    assert is_freepbx(write_freepbx(tmp_path))


def test_nothing_is_written_into_freepbxs_folder(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, extension("201", "a1"))
    before = {path: path.read_bytes() for path in etc.rglob("*")}
    for write in (install, to_write):
        with pytest.raises(InstallError, match=r"pbx\.etc= pbx\.freepbx="):
            write(site(Line(extension="201", secret="a1")), etc)
    assert {path: path.read_bytes() for path in etc.rglob("*")} == before


def test_an_extension_as_phones_need_it_has_no_fault(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, extension("201", "a1", **RIGHT), peers=peer("201", "a1"))
    assert faults(etc, site(Line(extension="201", secret="a1"))) == []
    assert faults(etc, site(Line(extension="201", secret="a1"), driver="chan_sip", port=5160)) == []


def test_each_wrong_option_names_its_field_once_for_all_extensions(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, *(extension(each, "a1") for each in ("201", "202")))
    lines = [Line(extension=each, secret="a1") for each in ("201", "202")]
    assert faults(etc, site(*lines)) == [
        "201,202: Force rport is on: answers go to the port the phone sends from, so it never registers. "
        "Set in FreePBX: Extensions > EXTENSION > Advanced > Force rport: No. Then Apply Config.",
        "201,202: Rewrite Contact is on: calls go to the port the phone sends from. "
        "Set in FreePBX: Extensions > EXTENSION > Advanced > Rewrite Contact: No. Then Apply Config.",
    ]
    each = findings(site(*lines), read_freepbx(etc, "pjsip"))
    assert [(str(found.where), found.code) for found in each][:2] == [
        ("line 201", "forced-rport"),
        ("line 202", "forced-rport"),
    ]


@pytest.mark.parametrize("nat", ["force_rport,comedia", "auto_force_rport", "yes"])
def test_chan_sips_nat_mode_is_a_field(tmp_path: Path, nat: str) -> None:
    etc = write_freepbx(tmp_path, peers=peer("201", "a1", nat=nat))
    (found,) = faults(etc, site(Line(extension="201", secret="a1"), driver="chan_sip", port=5160))
    assert "Extensions > 201 > Advanced > NAT Mode: No - (no)." in found


@pytest.mark.parametrize(
    ("options", "transports", "says"),
    [
        (
            {"transport": "0.0.0.0-tls"},
            {"0.0.0.0-udp": "udp 0.0.0.0:5060"},
            "Advanced > Transport: 0.0.0.0-udp.",
        ),
        ({}, {"0.0.0.0-udp": "udp 0.0.0.0:5160"}, "ringup site set pbx.port=5160"),
        (
            {},
            {"0.0.0.0-tcp": "tcp 0.0.0.0:5060"},
            "Switch udp on in FreePBX: Settings > Asterisk SIP Settings.",
        ),
    ],
)
def test_transport_and_port(
    tmp_path: Path, options: dict[str, str], transports: dict[str, str], says: str
) -> None:
    etc = write_freepbx(tmp_path, extension("201", "a1", **RIGHT, **options), transports=transports)
    (found,) = faults(etc, site(Line(extension="201", secret="a1")))
    assert says in found


def test_a_secret_of_32_characters_and_another_secret(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, extension("201", LONG, **RIGHT), extension("202", "b2", **RIGHT))
    long, other, missing = faults(
        etc, site(*(Line(extension=each, secret="mine") for each in ("201", "202", "203")))
    )
    assert long.startswith(
        "201: FreePBX's secret has 32 characters; 7940/7960 firmware takes 31. Set in FreePBX: "
    )
    assert "Extensions > 201 > General > Secret: at most 31" in long
    assert (
        other
        == "202: FreePBX's secret or user name differs from the site's. Take FreePBX's: ringup pbx adopt"
    )
    assert missing.startswith("203: FreePBX has no extension with a secret for pjsip.")


def test_an_addition_in_a_custom_file_counts(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, extension("201", "a1"))
    (etc / "pjsip.endpoint_custom_post.conf").write_text("[201](+)\nforce_rport=no\nrewrite_contact=no\n")
    assert faults(etc, site(Line(extension="201", secret="a1"))) == []


def test_the_accounts_of_generated_files_are_still_read_by_name(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, extension("201", "a1"))
    found, _notes = accounts_of([etc / "pjsip.conf"], "pjsip")
    assert found["201"].secret == "a1"


def test_a_missing_file_is_noted_because_asterisk_then_refuses_all(tmp_path: Path) -> None:
    etc = write_freepbx(tmp_path, extension("201", "a1"))
    (etc / "pjsip_custom.conf").unlink()
    (note,) = read_freepbx(etc, "pjsip").notes
    assert note.what == "#include pjsip_custom.conf was not followed."


def test_lines_that_do_not_speak_sip_are_not_freepbxs(tmp_path: Path) -> None:
    whose = site(Line(extension="299", secret="a1"))
    etc = write_freepbx(tmp_path, extension("201", "a1"))
    assert faults(etc, whose)
    assert not faults(etc, whose.model_copy(update={"protocol": "sccp"}))
