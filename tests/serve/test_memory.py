"""The server returns the memory that its start used."""

import ctypes
import gc
import weakref

import pytest

from ringup.serve import memory


@pytest.mark.thorough
def test_the_collector_walks_only_what_came_after_the_start() -> None:
    records = [[] for _ in range(1000)]  # type: ignore[var-annotated]
    try:
        memory.settle()
        assert gc.get_freeze_count() >= len(records)
        tracked = {id(thing) for thing in gc.get_objects()}
        assert not any(id(record) in tracked for record in records)
    finally:
        gc.unfreeze()


@pytest.mark.thorough
def test_garbage_of_the_imports_is_released() -> None:
    class Old:
        """A class refers to itself, and a dataclass with slots leaves one behind."""

    left = weakref.ref(Old)
    try:
        gc.freeze()
        del Old
        memory.settle()
        assert left() is None
    finally:
        gc.unfreeze()


@pytest.mark.thorough
def test_the_collector_never_walks_records_that_were_made_apart() -> None:
    try:
        with memory.uncollected():
            assert not gc.isenabled()
            records = [[] for _ in range(1000)]  # type: ignore[var-annotated]
        assert gc.isenabled()
        tracked = {id(thing) for thing in gc.get_objects()}
        assert not any(id(record) in tracked for record in records)
    finally:
        gc.unfreeze()


def test_a_failure_while_records_are_made_leaves_the_collector_on() -> None:
    try:
        with pytest.raises(RuntimeError), memory.uncollected():
            raise RuntimeError
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_glibc_is_told_to_keep_one_heap_and_to_give_back_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, tuple[int, ...]]] = []

    class Library:
        def __getattr__(self, name: str) -> object:
            return lambda *arguments: told.append((name, arguments))

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Library())
    try:
        memory.share_one_heap()
        memory.settle()
    finally:
        gc.unfreeze()
    assert told == [("mallopt", (-8, 1)), ("malloc_trim", (0,))]


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    memory.share_one_heap()


def test_garbage_is_looked_for_rarely() -> None:
    before = gc.get_threshold()
    try:
        memory.collect_rarely()
        assert gc.get_threshold() == (memory.COLLECT_AFTER, *before[1:])
    finally:
        gc.set_threshold(*before)
