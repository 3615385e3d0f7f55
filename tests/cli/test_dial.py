"""`ringup dial`: the output and the exit status of its three commands."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.dial.findings import CODES
from ringup.dial.template_file import read
from ringup.render.dialplan_xml import dial_template
from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.cli.terminal import Ringup
from tests.conftest import GOLDEN_FOLDER
from tests.render.sites import HOME, LARRY, OFFICE, RULES

FILES = GOLDEN_FOLDER / "dial"

CONF = """\
[office]
include => local
exten => s,1,NoOp()
exten => _2XXX,1,Dial(PJSIP/${EXTEN})
exten => _[34]XX,1,Dial(PJSIP/${EXTEN})
#include "more.conf"
[local]
exten => _9NXXNXXXXXX,1,Dial(PJSIP/${EXTEN:1}@trunk)
exten => _[5,1,NoOp()
"""


@pytest.fixture
def conf(tmp_path: Path) -> str:
    """Write an extensions.conf."""
    path = tmp_path / "extensions.conf"
    path.write_text(CONF)
    return str(path)


@pytest.fixture
def office(ringup: Ringup, tmp_path: Path) -> Ringup:
    """A `ringup` with the office's site."""
    store(tmp_path, OFFICE)
    return ringup


def store(folder: Path, site: Site) -> None:
    """Make this the site in `ringup`'s database."""
    engine = open_database(str(folder / "ringup.db"))
    commit(engine, site, author="test", summary="test", at=1.0)
    engine.dispose()


# --- test -------------------------------------------------------------------------------------------------


def test_a_number_is_told_key_by_key(office: Ringup, golden: Callable[[str, str], None]) -> None:
    said = office("dial", "test", "9,0113312")
    assert (said.status, said.err) == (0, "")
    assert "─" in said.out
    golden(
        "dial/test-number.txt",
        "".join(f"{line.rstrip()}\n" for line in said.out.replace("─", "-").splitlines()),
    )


def test_the_table_fits_into_80_columns(office: Ringup) -> None:
    said = office("dial", "test", "2015551234567890123456789012345678901234")
    assert max(map(len, said.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "last"),
    [
        (("201",), 'Dials 201;user=phone at once: by rule 3, MATCH="2..".'),
        (("20#",), "Dials 20 at once: # ends the number."),
        (("20",), "Dials 20 10 s after the last digit: no rule is complete."),
        (("91#",), 'Dials 91;user=phone at once: # ends the number, by rule 5, MATCH="9,*".'),
        (("",), "Nothing is dialled: the phone goes on-hook."),
        (("2015",), "Pressed too late, so not sent: 5."),
        (("201", "--phone", LARRY.mac), 'Dials 201;user=phone at once: by rule 3, MATCH="2..".'),
        (
            ("41", "--file", str(FILES / "D202.xml")),
            'Dials 41 5 s after the last digit: by rule 4, MATCH="*".',
        ),
    ],
)  # fmt: skip
def test_at_the_end_it_says_what_is_dialled_when_and_why(
    office: Ringup, words: tuple[str, ...], last: str
) -> None:
    said = office("dial", "test", *words)
    assert said.status == 0
    assert said.out.splitlines()[-1] == last


def test_a_phone_without_a_template_has_no_rules(ringup: Ringup, tmp_path: Path) -> None:
    silent = LARRY.model_copy(update={"group": "", "settings": {"dial_template": ""}})
    store(tmp_path, HOME.model_copy(update={"phones": (silent,)}))
    said = ringup("dial", "test", "201", "--phone", LARRY.mac)
    assert said.err == "The phone requests no template: the setting dial_template is empty.\n"
    assert said.out.endswith("Dials 201 10 s after the last digit: no rule is complete.\n")


def test_the_route_of_an_emergency_is_told(ringup: Ringup, tmp_path: Path) -> None:
    file = tmp_path / "rules.xml"
    file.write_text(dial_template(RULES))
    assert ringup("dial", "test", "112", "--file", str(file)).out.endswith("Its route is emergency.\n")


def test_a_line_has_its_own_rules(ringup: Ringup) -> None:
    file = str(FILES / "D203-good.xml")
    assert "by rule 1" in ringup("dial", "test", "201", "--file", file).out
    assert "by rule 2" in ringup("dial", "test", "201", "--file", file, "--line", "2").out


def test_json_has_every_key_and_the_end(office: Ringup) -> None:
    told = office("dial", "test", "2015", "--json").json()
    assert [step["keys"] for step in told["steps"]] == ["", "2", "20", "201"]
    assert told["steps"][-1] == {
        "keys": "201",
        "rule": 3,
        "match": "2..",
        "complete": True,
        "score": 1,
        "seconds": 0,
        "tone": "",
    }
    assert {key: told[key] for key in ("dialled", "request", "reason", "rule", "unused", "template")} == {
        "dialled": "201",
        "request": "201;user=phone",
        "reason": "rule",
        "rule": 3,
        "unused": "5",
        "template": "dialplan.xml",
    }


def test_a_number_that_another_rule_wrote_is_told_with_that_rule(ringup: Ringup, tmp_path: Path) -> None:
    file = tmp_path / "rules.xml"
    entries = '<TEMPLATE MATCH="9.11" REWRITE="1%1"/><TEMPLATE MATCH="9,011*"/>'
    file.write_text(f"<DIALTEMPLATE>{entries}</DIALTEMPLATE>")
    said = ringup("dial", "test", "9011", "--file", str(file))
    assert "Dials 10 10 s after the last digit: no rule is complete.\n" in said.out
    assert 'rewritten by rule 1, MATCH="9.11"' in said.out
    assert "waits 10 s, tone Bellcore-Outside" in said.out
    steps = ringup("dial", "test", "90", "--file", str(file), "--json").json()["steps"]
    assert [step["tone"] for step in steps] == ["", "Bellcore-Outside", ""]


@pytest.mark.parametrize(
    ("name", "said"), [("D106.xml", "has 1 fault."), ("D103.xml", "has 1 fault and the phone refuses it.")]
)
def test_a_faulty_file_is_said_before_it_is_tried(ringup: Ringup, name: str, said: str) -> None:
    done = ringup("dial", "test", "201", "--file", str(FILES / name))
    assert f"{FILES / name} {said} See: ringup dial lint {FILES / name}\n" == done.err
    assert "no rule is complete" in done.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("201", "--phone", "AABBCCDDEEFF"), "phone AABBCCDDEEFF: is not in the site."),
        (("201", "--phone", LARRY.mac, "--file", str(FILES / "D201.xml")), "not both"),
        (("201", "--file", "/nowhere.xml"), "No such file"),
        (("201", "--line", "7"), "7 is not in the range"),
    ],
)
def test_a_wrong_call_says_what_to_do(office: Ringup, words: tuple[str, ...], message: str) -> None:
    said = office("dial", "test", *words)
    assert (said.status, said.out) == (2, "")
    assert message in said.err


# --- lint -------------------------------------------------------------------------------------------------


def test_each_finding_has_its_file_line_code_and_cure(ringup: Ringup) -> None:
    bad, good = str(FILES / "D301.xml"), str(FILES / "D301-good.xml")
    said = ringup("dial", "lint", bad, good)
    assert (said.status, said.err) == (1, "")
    assert f"{good}: 4 rules, nothing found.\n" in said.out
    assert f'{bad}:2: warning D301: MATCH="2XX": a phone takes X literally. Write . for one digit' in said.out


def test_a_finding_of_the_whole_file_has_no_line(ringup: Ringup) -> None:
    file = str(FILES / "D102.xml")
    assert ringup("dial", "lint", file).out.startswith(f"{file}: error D102: ")


def test_lint_speaks_json(ringup: Ringup) -> None:
    said = ringup("dial", "lint", "--json", str(FILES / "D203.xml"))
    assert said.status == 1
    (found,) = said.json()["findings"]
    assert found == {
        "file": str(FILES / "D203.xml"),
        "severity": "warning",
        "title": "same MATCH twice",
        "code": "D203",
        "line": 3,
        "what": found["what"],
        "cure": "Remove one of them.",
    }
    assert "the first one wins" in found["what"]
    clean = ringup("dial", "lint", "--json", str(FILES / "D203-good.xml"))
    assert (clean.status, json.loads(clean.out)) == (0, {"version": 1, "findings": []})


def test_the_sites_own_template_is_clean(office: Ringup) -> None:
    said = office("dial", "lint")
    assert (said.status, said.out) == (0, "dialplan.xml: 6 rules, nothing found.\n")


def test_a_file_that_cannot_be_read_is_status_2(ringup: Ringup) -> None:
    said = ringup("dial", "lint", str(FILES / "D203.xml"), "/nowhere.xml")
    assert (said.status, said.out) == (2, "")
    assert "/nowhere.xml" in said.err


def test_a_template_can_be_piped_in(ringup: Ringup) -> None:
    said = ringup("dial", "lint", "-", typed='<DIALTEMPLATE>\n<TEMPLATE MATCH="2XX"/></DIALTEMPLATE>')
    assert said.status == 1
    assert said.out.startswith("-:2: warning D301: ")


def test_rules_too_many_to_compare_are_said(ringup: Ringup, tmp_path: Path) -> None:
    file = tmp_path / "many.xml"
    entries = "".join(f'<TEMPLATE MATCH="{number}"/>' for number in range(1_001))
    file.write_text(f"<DIALTEMPLATE>{entries}</DIALTEMPLATE>")
    said = ringup("dial", "lint", str(file))
    assert said.err == f"{file}: too many rules to compare them with each other.\n"
    assert "D102" in said.out


def test_the_how_to_explains_every_code() -> None:
    page = (GOLDEN_FOLDER.parents[1] / "docs" / "how-to" / "dial-template.md").read_text()
    assert [code for code in CODES if f" {code}" not in page] == []


# --- generate ---------------------------------------------------------------------------------------------


def test_the_site_alone_gives_its_own_template(office: Ringup) -> None:
    said = office("dial", "generate")
    assert (said.status, said.out) == (0, dial_template(OFFICE))
    assert said.err == "204 test numbers: phone and PBX agree.\n"


def test_asterisks_patterns_are_added_and_what_was_changed_is_said(
    office: Ringup, conf: str, golden: Callable[[str, str], None]
) -> None:
    said = office("dial", "generate", "--extensions-conf", conf, "--context", "office")
    assert said.status == 0
    golden("dial/generated.xml", said.out)
    golden("dial/generated.err", said.err)


def test_what_was_generated_is_clean_and_the_same_each_time(
    office: Ringup, conf: str, tmp_path: Path
) -> None:
    file = tmp_path / "dialplan.xml"
    words = ("dial", "generate", "--extensions-conf", conf, "--context", "office")
    assert office(*words, "-o", str(file)).out == ""
    assert file.read_text() == office(*words).out
    assert office("dial", "lint", str(file)).status == 0


def test_the_pause_is_the_one_asked_for(office: Ringup) -> None:
    rules = read(office("dial", "generate", "--timeout", "3").out.encode()).rules
    assert {rule.timeout for rule in rules} == {0, 3}


def test_yaml_can_be_applied(office: Ringup, conf: str, tmp_path: Path) -> None:
    words = ("dial", "generate", "--extensions-conf", conf, "--context", "office")
    site = tmp_path / "site.yaml"
    site.write_text(f"{office('export').out}\n{office(*words, '--yaml').out}")
    assert office("apply", str(site)).status == 0
    assert office("dial", "generate").out == office(*words).out


def test_a_rule_that_changes_numbers_is_listed_and_no_file_is_written(office: Ringup, tmp_path: Path) -> None:
    site, file = tmp_path / "site.yaml", tmp_path / "dialplan.xml"
    rules = "dial_rules:\n  - match: 2..\n    timeout: 0\n    rewrite: 9%s\n  - match: '*'\n"
    site.write_text(f"{office('export').out}\n{rules}")
    assert office("apply", str(site)).status == 0
    said = office("dial", "generate", "-o", str(file))
    assert said.status == 1
    assert "201 (line 201) takes 201; the phone dials 9201\n" in said.err
    assert "test numbers would be changed or cut short by the phone." in said.err
    assert not file.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--context", "office"), "together"),
        (("--extensions-conf", "CONF"), "together"),
        (("--extensions-conf", "CONF", "--context", "home"), "has no context home. It has: office, local."),
        (("--extensions-conf", "/nowhere.conf", "--context", "office"), "No such file"),
        (("-o", "/nowhere/dialplan.xml"), "/nowhere/dialplan.xml: No such file or directory."),
    ],
)
def test_a_wrong_call_of_generate_says_what_to_do(
    office: Ringup, conf: str, words: tuple[str, ...], message: str
) -> None:
    said = office("dial", "generate", *(conf if word == "CONF" else word for word in words))
    assert (said.status, said.out) == (2, "")
    assert message in said.err
