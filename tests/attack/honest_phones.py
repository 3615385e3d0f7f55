"""The failures and times of the honest phones beside the attacks; they are printed at the end of the run."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

import pytest

PROPERTY = "honest phone"
"""The name under which a test's report contains a boot, so that a worker process can pass it on."""

MEASURED = "measured"
"""The name under which a test's report contains a figure as text."""


@dataclass
class Boot:
    """One boot of an honest phone; all times are in seconds."""

    failure: str = ""
    """The phone's report if it did not get its own file; otherwise empty."""
    dhcp: list[float] = field(default_factory=list)
    """Seconds from the first DISCOVER to the address."""
    tftp: list[float] = field(default_factory=list)
    """Seconds from each file's request to its last block, or to the refusal."""


BOOTS: list[Boot] = []
"""The boots of the running test."""


def boot_from(reports: Sequence[dict[str, Any]], mac: str) -> Boot:
    """Make a Boot from an emulated phone's reports."""
    received = any(each["kind"] == "file-received" and mac in each["name"] for each in reports)
    timeout = any(each["kind"] == "file-timeout" for each in reports)
    boot = Boot("" if received and not timeout else str(reports) or "the phone reported nothing")
    configuring = 0.0
    requested: dict[str, float] = {}
    for each in reports:
        if each["kind"] == "screen" and each["lines"] == ["Configuring IP"]:
            configuring = each["at"]
        elif each["kind"] == "address" and configuring:
            boot.dhcp.append(each["at"] - configuring)
        elif each["kind"] == "file-request":
            requested[each["name"]] = each["at"]
        elif each["kind"] in ("file-received", "file-error"):
            boot.tftp.append(each["at"] - requested.pop(each["name"]))
    return boot


def record_boots(item: pytest.Item) -> None:
    """Move the boots of the finished test into its report."""
    item.user_properties += [(PROPERTY, asdict(boot)) for boot in BOOTS]
    BOOTS.clear()


def p99(seconds: Sequence[float]) -> float:
    """Return the smallest time that 99 of 100 boots do not exceed."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1] if seconds else math.nan


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the attacks measured, the number of boots, their failures, and the p99 of DHCP and TFTP."""
    ended = [
        report
        for report in chain.from_iterable(terminalreporter.stats.values())
        if getattr(report, "when", "") == "teardown"
    ]
    figures = [said for report in ended for name, said in report.user_properties if name == MEASURED]
    if figures:
        terminalreporter.section("what the attacks measured")
        for figure in figures:
            terminalreporter.line(figure)
    boots = [Boot(**said) for report in ended for name, said in report.user_properties if name == PROPERTY]
    if boots:
        failures = sum(bool(boot.failure) for boot in boots)
        dhcp, tftp = (p99([*chain(*each)]) for each in zip(*((b.dhcp, b.tftp) for b in boots), strict=True))
        terminalreporter.section("honest phones beside the attacks")
        times = f"DHCP {dhcp * 1e3:.0f} ms, TFTP {tftp * 1e3:.1f} ms"
        terminalreporter.line(f"{len(boots)} boots, {failures} failures; p99: {times}")
