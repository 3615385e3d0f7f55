"""`ringup pbx adopt` and `pbx verify` on a machine where FreePBX manages the extensions."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.cli import pbx_adopt
from tests.asterisk.freepbx_folder import LONG, extension, write_freepbx
from tests.cli.terminal import Ringup

MAC = "001646000001"
RIGHT = {"force_rport": "no", "rewrite_contact": "no"}


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "asterisk"
    write_freepbx(
        folder,
        extension("201", "of-201", box="default"),
        extension("202", LONG, **RIGHT),
        transports={"0.0.0.0-udp": "udp 0.0.0.0:5160"},
    )
    return folder


def test_extensions_become_lines_and_the_fields_are_named(ringup: Ringup, etc: Path) -> None:
    before = {path: path.read_bytes() for path in etc.rglob("*")}
    with patch.object(pbx_adopt, "STOCK_FOLDER", etc):
        said = ringup("pbx", "adopt", "--phone", f"{MAC}=201", "--yes")

    assert said.status == 0, said.err
    assert "provider" not in said.out, "a trunk is not a phone"
    assert "Extensions > 201 > Advanced > Force rport: No. Then Apply Config." in said.out
    assert "Extensions > 201 > Advanced > Rewrite Contact: No." in said.out
    shown = json.loads(ringup("phone", "show", MAC, "--json", "--reveal").out)
    assert [(line["extension"], line["secret"], line["voicemail"]) for line in shown["lines"]] == [
        ("201", "of-201", True)
    ]
    pbx = ringup("site", "show").out
    assert str(etc) in pbx
    assert "5160" in pbx, "the phones' port is that of FreePBX's transport"
    assert {path: path.read_bytes() for path in etc.rglob("*")} == before


def test_a_secret_that_phones_cannot_take_is_changed_in_freepbx_first(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", f"pbx.freepbx={etc}")
    ringup("phone", "add", MAC, "--extension", "202")
    said = ringup("pbx", "adopt", "--yes")
    assert "line 202: FreePBX's secret has 32 characters" in said.out
    assert LONG not in ringup("phone", "show", MAC, "--reveal").out

    write_freepbx(etc, extension("202", "short-enough", **RIGHT))
    adopted = ringup("pbx", "adopt", "--yes")
    assert "1 phone must restart to follow" in adopted.out
    assert ringup("pbx", "verify").out == "FreePBX's files have 1 line as in the site.\n"


def test_verify_names_the_fields_without_a_manager_user(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", f"pbx.freepbx={etc}")
    ringup("phone", "add", MAC, "--extension", "201", "--secret", "of-201")
    said = ringup("pbx", "verify")
    assert said.status == 1
    assert "line 201: error forced-rport Force rport is on: answers go to the port" in said.out
    assert "ringup site set pbx.port=5160" in said.out


def test_freepbx_and_ringup_do_not_both_have_the_extensions(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", f"pbx.freepbx={etc}")
    said = ringup("site", "set", f"pbx.etc={etc}")
    assert said.status == 2
    assert "freepbx and etc are both set" in said.err


def test_install_refuses_freepbxs_folder(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", "name=office")
    said = ringup("pbx", "install", "--etc", str(etc), "--yes")
    assert said.status == 2
    assert "FreePBX generates the files there, and would delete ringup's lines." in said.err
    assert f"ringup site set pbx.etc= pbx.freepbx={etc}" in said.err


def test_a_new_phone_gets_freepbxs_secret_name_and_mailbox(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", f"pbx.freepbx={etc}", "pbx.port=5160")
    assert ringup("phone", "add", MAC, "--extension", "201").status == 0
    (line,) = json.loads(ringup("phone", "show", MAC, "--json", "--reveal").out)["lines"]
    assert (line["secret"], line["name"], line["voicemail"]) == ("of-201", "Name of 201", True)


def test_secrets_are_not_rotated_where_freepbx_has_them(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", f"pbx.freepbx={etc}")
    ringup("phone", "add", MAC, "--extension", "201")
    said = ringup("secrets", "rotate", "--all", "--yes")
    assert said.status == 2
    assert "Extensions > EXTENSION > General > Secret" in said.err


def test_imported_and_applied_lines_get_freepbxs_secrets_and_keep_their_own(
    ringup: Ringup, etc: Path
) -> None:
    ringup("site", "set", f"pbx.freepbx={etc}")
    ringup("phone", "add", MAC, "--extension", "300", "--secret", "mine")
    csv = "mac,extension,secret\n001646000002,201,\n001646000003,301,given\n"
    assert ringup("import", "-", typed=csv).status == 0
    site = ringup("export", "--reveal").out
    assert all(secret in site for secret in ("of-201", "given", "mine"))
    applied = site.replace("of-201", "'********'").replace("given", "'********'")
    assert ringup("apply", "-", typed=applied).status == 0, "a stored line keeps its secret"
    assert "of-201" in ringup("export", "--reveal").out


def test_unreadable_files_of_freepbx_are_named(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", f"pbx.freepbx={etc}/none")
    said = ringup("phone", "add", MAC, "--extension", "201")
    assert said.status == 2
    assert f"reading {etc}/none: it has no pjsip.conf or pjsip_wizard.conf." in said.err
    assert ringup("phone", "add", MAC, "--extension", "201", "--secret", "mine").status == 0
