"""What the server does to its own process."""

import gc

from ringup.serve.run import COLLECT_AFTER, _collect_garbage_rarely


def test_garbage_is_looked_for_rarely_and_not_in_what_is_loaded() -> None:
    before = gc.get_threshold()
    try:
        _collect_garbage_rarely()
        assert gc.get_threshold() == (COLLECT_AFTER, *before[1:])
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
