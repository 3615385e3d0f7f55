"""SARIF 2.1.0: the parts that its schema requires, and those on which programs rely."""

import json

from ringup.finding import WARNING, Finding, Location
from ringup.lint.rules import RULES, lint
from ringup.lint.sarif import sarif
from tests.lint.cases import CASES, changed
from tests.lint.good_bundle import bundle_of


def test_the_log_has_what_the_schema_requires() -> None:
    findings = [each for case in CASES.values() for each in lint(bundle_of(changed(case)))]
    log = json.loads(json.dumps(sarif(findings, RULES, [])))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "ringup lint"
    assert len({rule["id"] for rule in rules}) == len(rules) == len(RULES)
    assert len(run["results"]) == len(findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"]
        assert place.get("region", {"startLine": 1})["startLine"] >= 1


def test_paths_become_uris() -> None:
    def uri(path: str) -> str:
        finding = Finding("C101", WARNING, Location(path, 1), "x.", "y.")
        result = sarif([finding], RULES, [])["runs"][0]["results"][0]
        return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])

    assert uri("a b/SIPDefault.cnf") == "a%20b/SIPDefault.cnf"
    assert uri("/srv/tftp/x.cnf") == "file:///srv/tftp/x.cnf"
    assert uri("bad\udcff.cnf") == "bad%FF.cnf"


def test_what_could_not_be_read_is_a_notification() -> None:
    invocation = sarif([], RULES, ["x.cnf: gone"])["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "x.cnf: gone"
    assert sarif([], RULES, [])["runs"][0]["invocations"][0]["executionSuccessful"] is True
