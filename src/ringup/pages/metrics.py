"""The server's metrics for Prometheus: one row per metric, and the interfaces from which the numbers are
read.

Strategy: nothing is counted here. When Prometheus requests the page, each row reads a number that some part
of the server already has. The rows of a part that does not run are left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol


class CountReader(Protocol):
    """The counts of events that the server emitted."""

    @property
    def events(self) -> Mapping[str, int]:
        """Return the number of events by their kind."""

    @property
    def files_sent(self) -> int:
        """Return the number of files that were sent over TFTP and HTTP, completely or in part."""

    @property
    def bytes_sent(self) -> int:
        """Return the number of bytes of these files that were sent."""

    @property
    def blocks_resent(self) -> int:
        """Return the number of retransmitted TFTP DATA packets."""

    def stages(self) -> Mapping[str, int]:
        """Return the number of phones in each stage, by the stage's key."""

    @property
    def waiting(self) -> int:
        """Return the number of events that are still to be written to the database."""

    @property
    def lost(self) -> int:
        """Return the number of events that were lost before they reached the database."""


class TftpGauges(Protocol):
    """The counters of the TFTP service."""

    @property
    def live(self) -> int:
        """Return the number of running transfers."""

    @property
    def ignored(self) -> int:
        """Return the number of datagrams without an answer."""

    @property
    def unsent(self) -> int:
        """Return the number of datagrams that the kernel did not accept for sending."""

    @property
    def dropped(self) -> int:
        """Return the number of datagrams that the kernel dropped before the server read them."""


class HttpGauges(Protocol):
    """The counters of the HTTP service."""

    @property
    def connections(self) -> int:
        """Return the number of open connections."""

    @property
    def refused(self) -> int:
        """Return the number of connections that were closed at once, because too many were open."""


class BoardGauges(Protocol):
    """The counts that the `ringup watch` screen shows."""

    @property
    def faults(self) -> int:
        """Return the number of faults that the site, the machine and Asterisk have now."""

    def states(self) -> Mapping[str, int]:
        """Return the number of phones of the site in each state."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the server; None for a part that does not run."""

    counts: CountReader | None = None
    tftp: TftpGauges | None = None
    http: HttpGauges | None = None
    board: BoardGauges | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the page."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    part: str
    """The field of `Parts` from which the number is read."""
    read: Callable[[Any], float | Mapping[str, float]]
    advice: str
    """What the number means for an operator."""
    label: str = ""
    """The name of the label, if the metric has several numbers; empty for a single number."""


METRICS: tuple[Metric, ...] = (
    Metric(
        "ringup_events_total", "counter", "Events, by kind.",
        "counts", lambda counts: counts.events,
        "The kinds are those of `ringup serve --log json`. Set an alarm for any increase of `ServerFault` "
        "or `PoolEmpty`.",
        label="kind",
    ),
    Metric(
        "ringup_files_sent_total", "counter", "Files that phones took, over TFTP and HTTP.",
        "counts", lambda counts: counts.files_sent,
        "A 7960 on SIP takes five to seven per boot.",
    ),
    Metric(
        "ringup_bytes_sent_total", "counter", "Bytes of those files.",
        "counts", lambda counts: counts.bytes_sent,
        "A boot takes about 10 KB, firmware 750 KB per phone.",
    ),
    Metric(
        "ringup_blocks_resent_total", "counter", "TFTP blocks sent more than once.",
        "counts", lambda counts: counts.blocks_resent,
        "A few are normal if a phone is unplugged. A steady rate means that the network loses packets.",
    ),
    Metric(
        "ringup_phones", "gauge", "Phones, by the stage they have reached.",
        "counts", lambda counts: counts.stages(),
        "The stages are those of `ringup status`. If a phone stays in a stage before `registered`, check "
        "it with `ringup status`.",
        label="stage",
    ),
    Metric(
        "ringup_phones_by_state", "gauge", "Phones of the site, by their state.",
        "board", lambda board: board.states(),
        "Any phone in `trouble` is worth an alarm. A phone whose next boot stage is overdue is one of them.",
        label="state",
    ),
    Metric(
        "ringup_faults", "gauge", "Present faults of the site, the machine and Asterisk.",
        "board", lambda board: board.faults,
        "Should be 0. `ringup status` shows each fault with its cure.",
    ),
    Metric(
        "ringup_events_waiting", "gauge", "Events that are not in the database yet.",
        "counts", lambda counts: counts.waiting,
        "It returns to 0 within a second or two after a boot storm. If it only grows, the disk is full or "
        "slow.",
    ),
    Metric(
        "ringup_events_lost_total", "counter", "Events that never reached the database.",
        "counts", lambda counts: counts.lost,
        "It should stay 0; otherwise the histories of phones have gaps.",
    ),
    Metric(
        "ringup_transfers", "gauge", "TFTP transfers under way.",
        "tftp", lambda tftp: tftp.live,
        "One or two per booting phone. Transfers of phones that were unplugged half-way end by themselves.",
    ),
    Metric(
        "ringup_datagrams_ignored_total", "counter", "TFTP datagrams that got no answer.",
        "tftp", lambda tftp: tftp.ignored,
        "Phones send no such datagrams; port scanners do.",
    ),
    Metric(
        "ringup_datagrams_unsent_total", "counter", "TFTP datagrams that the kernel did not take.",
        "tftp", lambda tftp: tftp.unsent,
        "They are retransmitted. A steady rate means that a cable is unplugged or an interface is too slow.",
    ),
    Metric(
        "ringup_datagrams_dropped_total", "counter", "Datagrams lost in the kernel's full queue.",
        "tftp", lambda tftp: tftp.dropped,
        "Each costs a phone four seconds. Raise `net.core.rmem_max`, or find what keeps the processor busy.",
    ),
    Metric(
        "ringup_http_connections", "gauge", "Open HTTP connections of phones.",
        "http", lambda http: http.connections,
        "The number should be small, because phones close their connections. It is limited in all and per "
        "address.",
    ),
    Metric(
        "ringup_http_connections_refused_total", "counter",
        "HTTP connections closed because too many were open.",
        "http", lambda http: http.refused,
        "It is always 0 if only phones connect.",
    ),
)  # fmt: skip
"""Every metric of ringup, in the order of the page; the metrics of the process follow them."""
