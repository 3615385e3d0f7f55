"""The page for Prometheus: every row of the table with its number, on its own port."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ringup.pages.metrics import METRICS, Parts
from ringup.pages.metrics_page import MetricsPage
from tests.pages.http_client import ask, serving, serving_files


@dataclass
class FakeCounts:
    events: Mapping[str, int] = field(default_factory=lambda: {"FileSent": 7, "FileRequested": 8})
    files_sent: int = 7
    bytes_sent: int = 4200
    blocks_resent: int = 3
    waiting: int = 5
    lost: int = 2

    def stages(self) -> Mapping[str, int]:
        return {"registered": 9, "new": 1}


@dataclass
class FakeTftp:
    live: int = 11
    ignored: int = 12
    unsent: int = 13
    dropped: int = 14


@dataclass
class FakeHttp:
    connections: int = 15
    refused: int = 16


@dataclass
class FakeBoard:
    faults: int = 17

    def states(self) -> Mapping[str, int]:
        return {"trouble": 18}


ALL = Parts(FakeCounts(), FakeTftp(), FakeHttp(), FakeBoard())
EXPECTED = {
    ("ringup_events_total", "kind=FileRequested"): 8,
    ("ringup_events_total", "kind=FileSent"): 7,
    ("ringup_files_sent_total", ""): 7,
    ("ringup_bytes_sent_total", ""): 4200,
    ("ringup_blocks_resent_total", ""): 3,
    ("ringup_phones", "stage=new"): 1,
    ("ringup_phones", "stage=registered"): 9,
    ("ringup_phones_by_state", "state=trouble"): 18,
    ("ringup_faults", ""): 17,
    ("ringup_events_waiting", ""): 5,
    ("ringup_events_lost_total", ""): 2,
    ("ringup_transfers", ""): 11,
    ("ringup_datagrams_ignored_total", ""): 12,
    ("ringup_datagrams_unsent_total", ""): 13,
    ("ringup_datagrams_dropped_total", ""): 14,
    ("ringup_http_connections", ""): 15,
    ("ringup_http_connections_refused_total", ""): 16,
}


async def read(parts: Parts) -> dict[tuple[str, str], float]:
    """Return what Prometheus's own parser reads from the page."""
    async with serving(MetricsPage(parts)) as service:
        answer = await ask(service, "/metrics")
    assert (answer.status, answer.headers["content-type"][:10]) == (200, "text/plain")
    samples = [
        sample for family in text_string_to_metric_families(answer.body.decode()) for sample in family.samples
    ]
    return {
        (sample.name, ",".join(f"{name}={value}" for name, value in sample.labels.items())): sample.value
        for sample in samples
    }


@pytest.mark.asyncio
async def test_every_row_is_read_from_its_part() -> None:
    ours = {key: value for key, value in (await read(ALL)).items() if key[0].startswith("ringup_")}
    assert ours == EXPECTED
    assert {name for name, _ in ours} == {metric.name for metric in METRICS}


@pytest.mark.asyncio
async def test_the_process_itself_is_measured() -> None:
    samples = await read(Parts())
    assert samples["process_resident_memory_bytes", ""] > 1_000_000
    assert samples["process_cpu_seconds_total", ""] > 0


@pytest.mark.parametrize("part", [each.name for each in fields(Parts)])
@pytest.mark.asyncio
async def test_a_part_that_is_not_there_leaves_its_rows_out(part: str) -> None:
    names = {name for name, _ in await read(Parts(**{part: getattr(ALL, part)}))}
    assert {name for name in names if name.startswith("ringup_")} == {
        metric.name for metric in METRICS if metric.part == part
    }


@pytest.mark.asyncio
async def test_the_numbers_are_read_anew_each_time() -> None:
    http = FakeHttp()
    page = MetricsPage(Parts(http=http))
    async with serving(page) as service:
        first = (await ask(service, "/metrics")).body
        http.connections = 99
        second = (await ask(service, "/metrics")).body
    assert b"ringup_http_connections 15.0" in first
    assert b"ringup_http_connections 99.0" in second


@pytest.mark.asyncio
async def test_the_http_service_has_the_numbers_of_its_part() -> None:
    async with serving_files() as (files, _):
        assert (await read(Parts(http=files)))["ringup_http_connections", ""] == 0


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/", 404), ("GET", "/dialplan.xml", 404), ("POST", "/metrics", 405)],
)
@pytest.mark.asyncio
async def test_nothing_else_is_there(method: str, target: str, status: int) -> None:
    async with serving(MetricsPage(ALL)) as service:
        assert (await ask(service, target, "Content-Length: 0", method=method)).status == status


@pytest.mark.asyncio
async def test_a_phones_port_has_no_metrics() -> None:
    async with serving_files() as (service, _):
        assert (await ask(service, "/metrics")).status == 404


def test_names_follow_the_rules_of_prometheus() -> None:
    for metric in METRICS:
        assert metric.name.startswith("ringup_")
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.help.endswith(".")
        assert metric.advice.endswith(".")
