"""The counts that the metrics read."""

from ringup.events import FileSent, ServerStopped
from ringup.serve.counts import Counts


def test_counts_grow_and_are_named_by_the_kind() -> None:
    counts = Counts(lambda: {"hunt": 3}, lambda: 7)
    assert counts.events == {}
    counts.take([ServerStopped(1, ""), FileSent(1, "", "a", "", 10, 0.1, 3)])
    counts.take([FileSent(1, "", "a", "", 5, 0.1)])
    assert counts.events == {"ServerStopped": 1, "FileSent": 2}
    assert (counts.files_sent, counts.bytes_sent, counts.blocks_resent) == (2, 15, 3)
    assert counts.stages() == {"hunt": 3}
    assert (counts.waiting, counts.lost) == (7, 0)
