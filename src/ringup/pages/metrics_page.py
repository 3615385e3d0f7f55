"""The page that Prometheus fetches: the metrics of `pages.metrics`, and those of the process."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ringup.pages.metrics import METRICS, Metric, Parts

PATH = "/metrics"

Family = CounterMetricFamily | GaugeMetricFamily
_FAMILIES: Mapping[str, type[CounterMetricFamily] | type[GaugeMetricFamily]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
}


class MetricsPage:
    """The ASGI application that serves only `/metrics`."""

    def __init__(self, parts: Parts) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_CountCollector(parts))
        ProcessCollector(registry=self._registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("Only GET, HEAD.\n", 405, {"allow": "GET, HEAD", "connection": "close"})
        if scope["path"] != PATH:
            return PlainTextResponse(f"It is at {PATH}\n", 404)
        return Response(generate_latest(self._registry), headers={"content-type": CONTENT_TYPE_LATEST})


class _CountCollector(Collector):
    """Reads the numbers when Prometheus requests the page."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Family]:
        """Yield the metrics of every part of the server that runs."""
        return list(self._rows())

    def _rows(self) -> Iterator[Family]:
        for row in METRICS:
            part = getattr(self._parts, row.part)
            if part is not None:
                yield _family(row, row.read(part))


def _family(row: Metric, read: float | Mapping[str, float]) -> Family:
    family = _FAMILIES[row.kind](
        row.name.removesuffix("_total"), row.help, labels=[row.label] if row.label else []
    )
    if isinstance(read, Mapping):
        for key, value in sorted(read.items()):
            family.add_metric([key], value)
    else:
        family.add_metric([], read)
    return family
