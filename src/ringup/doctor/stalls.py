"""Find files whose transfers broke off in the middle, again and again."""

from collections.abc import Iterator

from ringup.doctor.evidence import Evidence
from ringup.doctor.rule import Sign
from ringup.doctor.spans import file_events, of_kind, since_service
from ringup.doctor.verdict import LIKELY, POSSIBLE
from ringup.events import FileSent, TransferFailed

LEAST_STALLS = 2
"""Minimum number of transfers of one file that stopped in the middle; packet loss causes one on any path."""
_NOT_SILENT = ("same port", "tftp abort", "answered error")
"""Words in the reason of a failed transfer which show that the phone ended the transfer itself."""


def stalled_transfers(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a file whose transfers broke off in the middle at least LEAST_STALLS times.

    Logs of other programs rarely contain the number of bytes. There, one broken transfer counts if it is the
    last line about a file.
    """
    events, is_ours = since_service(evidence), evidence.source.kind == "ours"
    failed = [event for event in of_kind(events, TransferFailed) if _broke_off(event)]
    last_event = next(reversed(file_events(events)), None)
    for name in dict.fromkeys(event.name for event in failed if event.sent or not is_ours):
        stalls = tuple(event for event in failed if event.name == name and (event.sent or not is_ours))
        done = any(event.name == name and event.at > stalls[-1].at for event in of_kind(events, FileSent))
        is_repeated = len(stalls) >= LEAST_STALLS
        if not done and (is_repeated or (not is_ours and last_event is stalls[-1])):
            yield Sign(LIKELY if is_repeated else POSSIBLE, stalls, {"name": name, "how": _how(stalls)})


def _how(stalls: tuple[TransferFailed, ...]) -> str:
    """Return how many transfers broke off, and how far the last one got, as text."""
    last, count = stalls[-1], len(stalls)
    times = f" {count} times, the last time" if count > 1 else ""
    if last.size:
        return f"{times} after {last.sent:,} of {last.size:,} bytes"
    if last.sent:
        return f"{times} after {last.sent:,} bytes"
    return f" {count} times" if count > 1 else ""


def _broke_off(event: TransferFailed) -> bool:
    """Return whether the phone stopped sending in the middle; not if it sent an error or requested the file
    again.
    """
    return not any(words in event.reason.lower() for words in _NOT_SILENT)
