"""Read several files of evidence: one pass over each, then all events sorted by time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo

from ringup.events import Event, given_to
from ringup.evidence.capture import CaptureReader
from ringup.evidence.clock import Clock
from ringup.evidence.forms import CAPTURE, FORMS
from ringup.evidence.join import is_address_key, joined
from ringup.evidence.observation import Context, Observation, Observations
from ringup.evidence.proven import with_proven
from ringup.evidence.reading import FileReading, Reading
from ringup.evidence.source import InputFile, OpenedSource, lines, opened, read_exactly
from ringup.evidence.store import Store
from ringup.evidence.text import TextReader
from ringup.wire import pcap

_PROTOCOLS = {form.name: form.protocols for form in FORMS}
MOST_EARLY = 10_000
"""Maximum number of observations that wait for the first timestamp in a file; beyond it, the file counts as
one without timestamps.
"""
EMPTY = "the file is empty"
NOTHING_KNOWN = "no line of it is in a form that ringup reads"


def read(sources: Iterable[InputFile], zone: tzinfo) -> Reading:
    """Read all files; `zone` applies to timestamps without a zone. Never raises because of a file's contents.

    Memory is bounded for files of any size (`store.MOST_KEPT`).
    """
    store, files, contexts = Store(), list[FileReading](), list[Context]()
    for source in sources:
        content = opened(source.stream)
        take = _capture if content.is_capture else _text
        file, context = take(source, content, store, zone)
        files.append(file)
        contexts.append(context)
    holders = {address: mac for context in contexts for address, mac in context.holders.items()}
    hinted = frozenset(mac for context in contexts for mac in context.hinted)
    mentioned = {mac for context in contexts for mac in context.mentioned}
    events = with_proven(_with_mentioned(joined(store.in_order(), holders), mentioned))
    clients = {mac: vlan for context in contexts for mac, vlan in context.dhcp_clients.items()}
    servers = {vlan: server for context in contexts for vlan, server in context.dhcp_servers.items()}
    return Reading(tuple(events), tuple(files), store.omitted, hinted, clients, servers)


def _with_mentioned(events: list[Event], mentioned: set[str]) -> list[Event]:
    """Assign the events of a phone without a MAC to the MAC that the texts mention, if there is exactly one
    such phone and one such MAC.
    """
    keys = {event.mac for event in events if event.mac}
    if len(keys) != 1 or len(mentioned) != 1 or not all(map(is_address_key, keys)):
        return events
    (mac,) = mentioned
    return [given_to(mac, event) if event.mac else event for event in events]


def _text(
    source: InputFile, content: OpenedSource, store: Store, zone: tzinfo
) -> tuple[FileReading, Context]:
    clock = Clock(zone, source.written)
    reader, last = TextReader(clock), ""
    early: Observations = []
    for line in lines(content.stream):
        observations = reader.read(line)
        if early and clock.is_timed:
            store.add(_stamped(early, reader.context.at))
            early = []
        if observations and (clock.is_timed or len(early) > MOST_EARLY):
            store.add(observations)
        else:
            early += observations
        last = line or last
    store.add([*early, *reader.finish()])
    last_at, _ = clock.read(last, reader.lines)
    return (
        FileReading(
            source.name,
            _kind("text", content),
            reader.lines,
            dict(reader.forms),
            _protocols(reader.forms),
            reader.unread,
            tuple(reader.examples),
            last_at if clock.is_timed else 0.0,
            clock.is_timed,
            frozenset(clock.offsets),
            "" if reader.forms else NOTHING_KNOWN if reader.lines else EMPTY,
        ),
        reader.context,
    )


def _stamped(early: Observations, at: float) -> Observations:
    """Return the observations before the first timestamp of the file, with the time of that timestamp."""
    return [Observation(replace(event, at=at), address) for event, address in early]


def _capture(
    source: InputFile, content: OpenedSource, store: Store, _zone: tzinfo
) -> tuple[FileReading, Context]:
    reader = CaptureReader()
    for packet in pcap.packets(read_exactly(content.stream)):
        if observations := reader.read(packet):
            store.add(observations)
    file = FileReading(
        source.name,
        _kind("capture", content),
        reader.packets,
        {f"{CAPTURE.name}: {protocol}": count for protocol, count in reader.forms.items()},
        frozenset(CAPTURE.protocols),
        last_at=reader.context.at,
        problem="" if reader.packets else EMPTY,
    )
    return file, reader.context


def _kind(kind: str, content: OpenedSource) -> str:
    return f"compressed {kind}" if content.is_packed else kind


def _protocols(forms: Counter[str]) -> frozenset[str]:
    return frozenset(protocol for form in forms for protocol in _PROTOCOLS[form])
