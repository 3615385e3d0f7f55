"""Write findings as SARIF 2.1.0 (OASIS, 2020), which code hosts and editors show beside the lines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ringup import __version__
from ringup.finding import Finding
from ringup.lint.finding import CodedRule

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def sarif(
    findings: Iterable[Finding], rules: Mapping[str, CodedRule], unreadable: Sequence[str]
) -> dict[str, Any]:
    """Return a SARIF log that contains one run with these findings."""
    index = {code: place for place, code in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "ringup lint",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in rules.values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not unreadable,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": text}} for text in unreadable
                        ],
                    }
                ],
                "results": [_result(finding, index[finding.code]) for finding in findings],
            }
        ],
    }


def _rule(rule: CodedRule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.where.file)}}
    if finding.where.line:
        place["region"] = {"startLine": finding.where.line}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": f"{finding.what} {finding.cure}"},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: str) -> str:
    """Return a relative path as it was given, and an absolute path as a file URI."""
    quoted = quote(path.encode("utf-8", "surrogateescape"))
    return f"file://{quoted}" if path.startswith("/") else quoted
