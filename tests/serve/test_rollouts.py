"""The server's task for rollouts: it checks often while one is open, and reports each fault once."""

import asyncio

import pytest

from ringup.errors import StoreError
from ringup.serve import rollouts
from ringup.serve.rollouts import IDLE_SECONDS, LOOK_SECONDS, Rollouts


class Work:
    """Stands for the work; its calls have scripted results."""

    def __init__(self, *outcomes: bool | StoreError) -> None:
        self._outcomes = iter(outcomes)

    async def look(self) -> bool:
        """Return or raise the next outcome; the last one ends the task."""
        outcome = next(self._outcomes, None)
        if outcome is None:
            raise asyncio.CancelledError
        if isinstance(outcome, StoreError):
            raise outcome
        return outcome


def test_it_looks_often_while_a_rollout_is_open_and_repeats_after_faults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    failed: list[str] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(rollouts.asyncio, "sleep", sleep)  # type: ignore[attr-defined]
    full = StoreError("writing", "the disk is full.", "Free some space.")
    work = Work(False, True, full, full, True, full)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Rollouts(work, failed.append).run())  # type: ignore[arg-type]
    assert slept == [IDLE_SECONDS, LOOK_SECONDS, IDLE_SECONDS, IDLE_SECONDS, LOOK_SECONDS, IDLE_SECONDS]
    assert failed == [f"the rollout of firmware: {full}"] * 2
