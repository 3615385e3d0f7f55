"""Store a pin before the phone gets its file, so that no other address gets it after `kill -9`."""

import threading
from collections.abc import Callable
from functools import partial

from sqlalchemy import Engine

from ringup.serve.owners.pins import Save
from ringup.serve.store_thread import AnyStoreThread
from ringup.store.pins import Pin, save_pins

SECONDS = 2.0
"""Maximum seconds to wait for the disk: a disk that hangs must not keep a phone from its file."""


def pin_saver(database: Engine, store: AnyStoreThread) -> Save:
    """Return a function that begins to store a pin, and returns a function that waits until this is done."""

    def save(pin: Pin, done: Callable[[], None]) -> Callable[[], object]:
        ended = threading.Event()

        def work() -> None:
            try:
                save_pins(database, [pin])
            finally:
                ended.set()

        store.high_priority(work, lambda _: done())
        return partial(ended.wait, SECONDS)

    return save
