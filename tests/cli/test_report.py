"""`ringup report`: one file about one phone, without its secrets."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ringup.cli.report import report
from ringup.events import RegistrationRefused
from ringup.site.model import Site
from ringup.site.scrub import forms_of, scrubbed, secrets_of
from ringup.store.database import open_database
from tests.cli.fleet import BERT, EVENTS, SITE, fill

SECRET = 'S3cr&t/"<longer>'
PASSWORD, PIN = "Fr0m-The-Phone", "927461"


def secretive() -> Site:
    """A site with a secret of every kind, all on the phone that the report is about."""
    phones = list(SITE.phones)
    line = phones[1].lines[0].model_copy(update={"secret": SECRET, "voicemail_pin": PIN})
    phones[1] = phones[1].model_copy(update={"lines": (line,), "settings": {"phone_password": PASSWORD}})
    pbx = SITE.pbx.model_copy(update={"manager_user": "", "manager_secret": "Manager-Secret-9"})
    return SITE.model_copy(update={"phones": tuple(phones), "pbx": pbx})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(str(tmp_path / "ringup.db"))
    leaked = RegistrationRefused(260.0, BERT, "202", f"secret {SECRET} refused")
    fill(engine, site=secretive(), events=(*EVENTS, leaked))
    yield engine
    engine.dispose()


def run(engine: Engine, *words: str) -> Result:
    arguments = [*words, "--database", str(engine.url.database), "--firmware", "/nowhere"]
    return CliRunner().invoke(report, arguments, env={"TZ": "UTC"})


def test_a_report_is_one_file_with_all_that_is_known_and_no_secret(engine: Engine, tmp_path: Path) -> None:
    place = tmp_path / "report.zip"
    result = run(engine, "202", "-o", str(place), "--no-check")
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(place) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert f"files/SIP{BERT}.cnf" in texts
    assert "wrong password" in texts["diagnosis.txt"] + texts["events.jsonl"]
    assert f"DATA SIP{BERT}.cnf" in texts["ladder.txt"]
    assert texts["versions.txt"].startswith("ringup ")
    ET.fromstring(texts["ladder.svg"])
    secrets = secrets_of(secretive())
    assert {SECRET, PASSWORD, PIN, "Manager-Secret-9", "not-for-eyes"} <= secrets
    for secret in secrets:
        for form in forms_of(secret):
            assert [name for name, text in texts.items() if form in text] == [], form


def test_a_secret_is_found_in_every_form(engine: Engine) -> None:
    for form in forms_of(SECRET):
        assert form not in scrubbed(f"before {form} after", frozenset([SECRET]))


def test_the_checks_of_this_machine_are_part_of_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(engine, "202")
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(tmp_path / f"ringup-report-{BERT}.zip") as archive:
        assert "system clock" in archive.read("checks.txt").decode()


def test_an_unknown_phone_has_no_report(engine: Engine) -> None:
    result = run(engine, "AABBCC000001")
    assert result.exit_code == 1
    assert "has sent no packets" in result.output
