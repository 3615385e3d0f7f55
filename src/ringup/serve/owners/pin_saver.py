"""Store a pin while the phone's file waits, so that after `kill -9` no other address gets the phone."""

import threading
from collections.abc import Callable
from functools import partial

from sqlalchemy import Engine

from ringup.serve.owners.pins import Save
from ringup.serve.store_thread import AnyStoreThread
from ringup.store.pins import Pin, save_pins

SECONDS = 2.0
"""Longest wait for the disk: a disk that hangs must not keep a phone from its file."""


def pin_saver(database: Engine, store: AnyStoreThread) -> Save:
    """Return a function that begins to store a pin and returns another one, which waits for the end."""

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
