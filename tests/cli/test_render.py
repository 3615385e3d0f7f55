"""`ringup render`: the bytes of a file, with its secrets only on request."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringup.cli.render import render
from ringup.errors import SiteErrors
from ringup.render.masked import masked
from ringup.render.pjsip_conf import pjsip_conf
from ringup.render.sip_cnf import default_cnf, phone_cnf
from ringup.render.voicemail_conf import voicemail_conf
from ringup.site.mask import MASK
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.render.sites import LARRY, OFFICE

MAC = LARRY.mac
SERVER = "192.168.1.5"


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "ringup.db"
    engine = open_database(str(path))
    commit(engine, OFFICE, author="test", summary="test", at=1.0)
    engine.dispose()
    return str(path)


def run(database: str, *arguments: str) -> Result:
    return CliRunner().invoke(render, ["--database", database, *arguments])


def test_without_a_name_the_phones_files_are_listed_with_their_sizes(database: str) -> None:
    done = run(database, MAC, "--server", SERVER)
    assert done.exit_code == 0
    rows = {name: size for size, name in (row.split() for row in done.stdout.splitlines())}
    assert rows["SIPDefault.cnf"] == str(len(default_cnf(OFFICE, SERVER)))
    assert {"dialplan.xml", "XMLDefault.cnf.xml", f"SIP{MAC}.cnf", "RINGLIST.DAT", "syncinfo.xml"} <= set(
        rows
    )
    assert not any(name.startswith("SIP001646000000") for name in rows)


def test_with_secrets_the_bytes_are_exact(database: str) -> None:
    done = run(database, "00:16:46:c0:ff:ee", f"SIP{MAC}.cnf", "--server", SERVER, "--reveal")
    assert done.stdout_bytes == phone_cnf(OFFICE, LARRY, SERVER).encode("latin-1")
    assert done.stderr == ""


def test_without_secrets_passwords_are_masked_and_it_is_said(database: str) -> None:
    done = run(database, MAC, f"SIP{MAC}.cnf")
    assert "s3cret-of-201" not in done.stdout
    assert "unlock-me" not in done.stdout
    assert f'line1_password: "{MASK}"\n' in done.stdout
    assert 'line2_password: ""\n' in done.stdout
    assert "--reveal prints the exact bytes" in done.stderr


def test_a_file_without_secrets_is_exact_anyway(database: str) -> None:
    done = run(database, MAC, "dialplan.xml")
    assert done.stdout.startswith("<DIALTEMPLATE>")
    assert done.stderr == ""


def test_the_pbxs_files_are_listed_and_printed(database: str) -> None:
    assert "ringup_pjsip.conf" in run(database, "--pbx").stdout
    done = CliRunner().invoke(render, ["--database", database, "--pbx", "ringup_pjsip.conf", "--reveal"])
    assert done.stdout == pjsip_conf(OFFICE)


def test_every_secret_of_every_file_is_masked() -> None:
    text = (
        masked(pjsip_conf(OFFICE)) + masked(voicemail_conf(OFFICE)) + masked(phone_cnf(OFFICE, LARRY, SERVER))
    )
    for secret in ("s3cret-of-201", "workshop\n", "4711", "unlock-me", "a\\;b"):
        assert f"password = {secret}" not in text
        assert f'"{secret}"' not in text
    assert "4711" not in text
    assert "s3cret" not in text


def test_extensions_are_no_pins() -> None:
    assert masked("exten => 201,1,Dial(PJSIP/201,20)\n") == "exten => 201,1,Dial(PJSIP/201,20)\n"


def test_what_names_no_phone_is_an_error(database: str) -> None:
    done = run(database, "nonsense")
    assert isinstance(done.exception, SiteErrors)
    assert "12 hexadecimal digits" in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Name a phone"),
        (("AABBCCDDEEFF",), "no phone AABBCCDDEEFF"),
        ((MAC, "nonsense.cnf"), "Choose from"),
        (("--pbx", "ringup_sip.conf"), "no file ringup_sip.conf"),
    ],
)
def test_a_wrong_call_says_what_to_do(database: str, arguments: tuple[str, ...], message: str) -> None:
    done = run(database, *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "snmp_community",
        "vpn_passphrase",
        "password2",
        "phone_password",
        "Admin_PWD",
        "wlan.psk",
        "user_pin",
        "pin",
    ],
)
def test_every_key_that_says_it_is_secret_is_masked_in_a_phones_file(name: str) -> None:
    for row in (f'{name}: "tell-nobody"\n', f"{name}: tell-nobody\n"):
        assert "tell-nobody" not in masked(f'logo_url: "a"\n{row}')


@pytest.mark.parametrize("name", ["logo_url", "shipping", "secret_service", "pin_code_url", "community_name"])
def test_other_keys_are_shown(name: str) -> None:
    assert masked(f'{name}: "shown"\n') == f'{name}: "shown"\n'
