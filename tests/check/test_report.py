"""The report fits into 80 columns, and the data for programs has a version."""

import json
from collections.abc import Callable

from ringup.check.report import WIDTH, has_errors, lines, record, summary
from ringup.check.rules import check
from ringup.finding import ERROR
from ringup.rule import Found, Result
from tests.check.cases import CASES
from tests.check.sound import SOUND


def test_the_text_is_as_it_was_read(golden: Callable[[str, str], None]) -> None:
    text = ""
    for name in ("dnsmasq on 67", "a password of 32 characters", "no phones", "a clock that nothing sets"):
        results = check(CASES[name].facts)
        text += f"=== {name}\n" + "\n".join(lines(results)) + f"\n{summary(results)}\n"
    golden("check/report.txt", _as_latin(text))


def test_what_each_fault_prints_is_as_it_was_read(golden: Callable[[str, str], None]) -> None:
    text = "".join(
        f"=== {name}\n" + "".join(f"{line}\n" for line in lines(check(case.facts), quiet=True))
        for name, case in CASES.items()
    )
    golden("check/faults.txt", _as_latin(text))


def _as_latin(text: str) -> str:
    """Golden files contain Latin-1."""
    return text.replace("✓", "+").replace("✗", "x").replace("–", "-")


def test_every_line_fits_the_screen() -> None:
    printed = [line for case in CASES.values() for line in lines(check(case.facts))]
    assert max(map(len, printed)) <= WIDTH


def test_a_long_command_goes_on_after_a_backslash() -> None:
    command = "ringup phone set 001646C0FFEE " + "--line 1 --secret NEW " * 5
    result = Result("x", "x", "found", ((ERROR, Found("It is so.", "Do this:", (command.strip(),))),))
    _, *rows = lines([result])
    assert max(map(len, rows)) <= WIDTH
    assert " ".join(row.strip().removesuffix("\\").strip() for row in rows) == command.strip()
    assert [row.endswith("\\") for row in rows] == [True] * (len(rows) - 1) + [False]


def test_a_sound_machine_is_silent_when_only_faults_are_wanted() -> None:
    assert list(lines(check(SOUND), quiet=True)) == []
    assert summary(check(SOUND)) == "No fault was found."


def test_warnings_alone_are_no_error() -> None:
    results = check(CASES["nginx on 80"].facts)
    assert not has_errors(results)
    assert summary(results) == "1 warning."


def test_the_data_say_the_same_with_a_version() -> None:
    data = json.loads(json.dumps(record(check(CASES["tftpd on 69"].facts))))
    assert data["ok"] is False
    (row,) = (row for row in data["checks"] if row["state"] == "found")
    assert row["code"] == "tftp-port"
    assert row["found"][0] == {
        "severity": "error",
        "what": "in.tftpd (process 9) has UDP port 69.",
        "cure": "Stop it:",
        "commands": ["systemctl disable --now tftpd-hpa"],
    }
