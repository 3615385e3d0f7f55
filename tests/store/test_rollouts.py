"""Rollouts in the database: one at a time, and an operator's order counts more than an older state."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from ringup.errors import SiteErrors
from ringup.rollout.record import PhoneStep, Rollout, RolloutPhone, RolloutState
from ringup.store.rollouts import (
    begin_rollout,
    latest_rollout,
    open_rollout,
    order_rollout,
    rollout_version,
    save_rollout,
)

LOAD, OLD = "P0S3-8-12-00", "P0S3-08-11-00"
PHONES = tuple(
    RolloutPhone(f"00164600000{number}", number, (OLD, LOAD), "P0S3-07-4-00") for number in (3, 1, 2)
)
NEW = Rollout(LOAD, PHONES, scope="group lobby", window="22:00-05:00", author="ann", started=1.5)


def read(engine: Engine) -> Rollout:
    found = latest_rollout(engine)
    assert found is not None
    return found


def paused(rollout: Rollout) -> Rollout:
    return replace(rollout, state=RolloutState.PAUSED, since=9.0)


def test_a_rollout_is_read_as_it_was_stored_with_its_phones_in_order(engine: Engine) -> None:
    assert latest_rollout(engine) is None
    assert rollout_version(engine) == (0, 0)
    assert begin_rollout(engine, NEW) == read(engine) == replace(NEW, id=1, version=1)
    assert rollout_version(engine) == (1, 1)


def test_there_is_one_rollout_at_a_time(engine: Engine) -> None:
    begin_rollout(engine, NEW)
    with pytest.raises(SiteErrors, match="rollout 1 is not over"):
        begin_rollout(engine, NEW)
    order_rollout(engine, lambda rollout: replace(rollout, state=RolloutState.ABORTED))
    assert begin_rollout(engine, NEW).id == 2
    assert read(engine).state is RolloutState.RUNNING


def test_what_the_server_saw_is_kept(engine: Engine) -> None:
    before = begin_rollout(engine, NEW)
    first = before.phones[0].at(PhoneStep.FAILED, 5.0, "it did not boot")
    after = replace(before, phones=(first, *before.phones[1:]), state=RolloutState.STOPPED, reason="x")
    save_rollout(engine, before, after)
    assert read(engine) == replace(after, version=2)
    save_rollout(engine, read(engine), read(engine))
    assert rollout_version(engine) == (1, 2)


def test_an_order_that_comes_meanwhile_stays_and_so_does_what_the_phones_did(engine: Engine) -> None:
    before = begin_rollout(engine, NEW)
    order_rollout(engine, paused)
    first = before.phones[0].at(PhoneStep.DONE, 5.0)
    save_rollout(engine, before, replace(before, phones=(first, *before.phones[1:]), reason="older"))
    now = read(engine)
    assert (now.state, now.reason, now.phones[0]) == (RolloutState.PAUSED, "", first)
    assert open_rollout(engine) == now
    order_rollout(engine, lambda rollout: replace(rollout, state=RolloutState.DONE))
    assert open_rollout(engine) is None


def test_an_order_for_no_rollout_is_refused(engine: Engine) -> None:
    with pytest.raises(SiteErrors, match="there is none"):
        order_rollout(engine, paused)


def test_an_order_that_is_refused_changes_nothing(engine: Engine) -> None:
    begin_rollout(engine, NEW)

    def refuse(_rollout: Rollout) -> Rollout:
        raise SiteErrors(())

    with pytest.raises(SiteErrors):
        order_rollout(engine, refuse)
    assert rollout_version(engine) == (1, 1)
