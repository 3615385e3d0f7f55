"""`ringup pbx adopt`: accounts in Asterisk's own files become lines, and the plan is shown before."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ringup.cli import pbx_adopt
from tests.cli.terminal import Ringup, Said

MAC, OTHER = "001646000001", "001646000002"
PJSIP = """
[phone](!)
type = endpoint
[login](!)
type = auth
auth_type = userpass
#include "phones.d/*.conf"
#tryinclude "ringup.d/ringup_pjsip.conf"
"""
LARRY = """
[201](phone)
auth = 201
aors = 201
[201](login)
username = larry
password = adopted-s3cret
[201]
type = aor
mailboxes = 201@default
"""
MORE = """
[202](phone)
auth = 202-auth
callerid = Ada Lovelace <202>
[202-auth](login)
username = 202
password = of-ada
[203](phone)
"""
WIZARD = """
[204]
type = wizard
accepts_registrations = yes
inbound_auth/username = 204
inbound_auth/password = of-the-wizard
endpoint/callerid = Grace <204>
endpoint/mailboxes = 204@default
[trunk]
type = wizard
sends_registrations = yes
"""


@pytest.fixture
def etc(ringup: Ringup, tmp_path: Path) -> Path:
    """Asterisk's folder, and a site with one of its lines."""
    folder = tmp_path / "asterisk"
    (folder / "phones.d").mkdir(parents=True)
    (folder / "ringup.d").mkdir()
    (folder / "pjsip.conf").write_text(PJSIP)
    (folder / "phones.d/1.conf").write_text(LARRY)
    (folder / "phones.d/2.conf").write_text(MORE)
    (folder / "pjsip_wizard.conf").write_text(WIZARD)
    (folder / "ringup.d/ringup_pjsip.conf").write_text("[299]\ntype=endpoint\n")
    ringup("phone", "add", MAC, "--extension", "201", "--name", "Larry", "--secret", "another")
    return folder


def adopt(ringup: Ringup, etc: Path, *typed: str) -> Said:
    with patch.object(pbx_adopt, "STOCK_FOLDER", etc):
        return ringup("pbx", "adopt", *typed)


def lines(ringup: Ringup, mac: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ringup("phone", "show", mac, "--json", "--reveal").json()["lines"]
    return found


def test_the_accounts_and_the_plan_are_shown_and_nothing_is_changed(ringup: Ringup, etc: Path) -> None:
    said = adopt(ringup, etc, "--dry-run")
    assert said.status == 0, said.err
    for words in ("201", "Ada Lovelace", "Grace", MAC, "(none: left out)", "phones.d/1.conf:"):
        assert words in said.out
    assert "299" not in said.out
    assert "trunk" not in said.out
    assert "s3cret" not in said.out + said.err
    assert "2 accounts without a phone." in said.out
    assert said.out.endswith("Nothing was changed (--dry-run).\n")
    assert lines(ringup, MAC)[0]["secret"] == "another"
    assert said.err == ""


def test_a_line_of_the_site_gets_the_login_that_asterisk_has(ringup: Ringup, etc: Path) -> None:
    said = adopt(ringup, etc, "--yes")
    assert said.status == 0, said.err
    [line] = lines(ringup, MAC)
    assert (line["secret"], line["auth_name"], line["name"]) == ("adopted-s3cret", "larry", "Larry")
    assert "Nothing to change" in adopt(ringup, etc, "--yes").out


def test_an_account_becomes_a_line_of_the_phone_that_is_named(ringup: Ringup, etc: Path) -> None:
    said = adopt(ringup, etc, "--yes", "--phone", f"{OTHER}=204", "--phone", "00:16:46:00:00:01=202")
    assert said.status == 0, said.err
    assert [line["extension"] for line in lines(ringup, MAC)] == ["201", "202"]
    [grace] = lines(ringup, OTHER)
    assert (grace["name"], grace["secret"], grace["voicemail"]) == ("Grace", "of-the-wizard", True)


def test_a_script_must_say_yes(ringup: Ringup, etc: Path) -> None:
    said = adopt(ringup, etc)
    assert said.status == 3
    assert "1 lines would be adopted. Nothing was changed." in said.err
    assert lines(ringup, MAC)[0]["secret"] == "another"


def test_accounts_without_a_phone_go_through_a_file_to_the_import(
    ringup: Ringup, etc: Path, tmp_path: Path
) -> None:
    file = tmp_path / "lines.csv"
    said = adopt(ringup, etc, "--dry-run", "--csv", str(file))
    assert f"2 accounts without a phone: written to {file}." in said.out
    assert file.stat().st_mode & 0o077 == 0
    file.write_text(file.read_text().replace("\n,204", f"\n{OTHER},204").replace("\n,202", f"\n{OTHER},202"))
    assert ringup("import", str(file)).status == 0
    assert {line["secret"] for line in lines(ringup, OTHER)} == {"of-ada", "of-the-wizard"}


def test_where_ringup_writes_the_accounts_too_that_is_said(ringup: Ringup, etc: Path) -> None:
    ringup("site", "set", f"pbx.etc={etc}")
    said = adopt(ringup, etc)
    assert said.status == 3
    assert "Asterisk would have them twice. Comment them out in your files first: [201] (" in said.err


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--phone", f"{OTHER}=299"), "there is no such account"),
        (("--phone", f"{OTHER}=201"), f"phone {MAC} has it"),
        (("--phone", "nonsense=201"), "nonsense=201"),
        (("--phone", OTHER), "MAC=ACCOUNT"),
        (("--driver", "chan_sip"), "it has no sip.conf"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(
    ringup: Ringup, etc: Path, typed: tuple[str, ...], words: str
) -> None:
    said = adopt(ringup, etc, "--yes", *typed)
    assert said.status == 2
    assert words in said.err
    assert lines(ringup, MAC)[0]["secret"] == "another"
