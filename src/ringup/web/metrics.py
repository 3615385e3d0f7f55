"""The metrics of the web process; those of the server for phones have an address of their own."""

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ringup.web.answers import Answer, Download
from ringup.web.ask import Ask
from ringup.web.context import Web
from ringup.web.views.board import totals


class WebCollector(Collector):
    """Reads the numbers when Prometheus requests them."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the number of phones in each state, of viewers, and of jobs that run."""
        now = self._web.follower.latest
        phones = GaugeMetricFamily("ringup_web_phones", "Phones on the board, by state.", labels=["state"])
        for state, count in totals(now).items():
            phones.add_metric([state], count)
        yield phones
        yield GaugeMetricFamily("ringup_web_viewers", "Open live streams.", self._web.follower.viewers)
        running = sum(job.state == "running" for job in self._web.jobs.all())
        yield GaugeMetricFamily("ringup_web_jobs_running", "Jobs that run.", running)


def metrics(ask: Ask) -> Answer:
    """Return the metrics in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(WebCollector(ask.web))
    ProcessCollector(registry=registry)
    return Download("metrics.txt", generate_latest(registry), CONTENT_TYPE_LATEST, is_shown=True)
