"""An operator's orders to a rollout: pause, resume and abort."""

import time
from dataclasses import replace

from ringup.change.gather import journeys_of
from ringup.change.stored_site import opened_to_change
from ringup.errors import Problem, SiteErrors
from ringup.rollout.course import resumed
from ringup.rollout.record import PhoneStep, Rollout, RolloutState
from ringup.store.rollouts import latest_rollout, order_rollout

FROM = {
    RolloutState.PAUSED: (RolloutState.RUNNING,),
    RolloutState.RUNNING: (RolloutState.PAUSED, RolloutState.STOPPED, RolloutState.DONE),
    RolloutState.ABORTED: (RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.STOPPED),
}
"""The states from which an order may lead to each state.

A rollout that is done may resume, because it may have left out phones.
"""


def order(database: str, state: RolloutState) -> Rollout:
    """Bring the last rollout into this state; raises SiteErrors if its present state does not allow that."""
    with opened_to_change(database) as engine:
        now, last = time.time(), latest_rollout(engine)
        left = [each.mac for each in last.phones if each.step is PhoneStep.LEFT] if last else []
        journeys = journeys_of(engine, left) if left and state is RolloutState.RUNNING else {}
        present = {mac for mac, journey in journeys.items() if journey.registered}

        def change(rollout: Rollout) -> Rollout:
            _check(rollout, state, bool(present))
            if state is RolloutState.RUNNING:
                return resumed(rollout, now, present)
            return replace(rollout, state=state, since=now, reason="")

        return order_rollout(engine, change)


def _check(rollout: Rollout, state: RolloutState, has_more: bool) -> None:
    is_over = rollout.state is RolloutState.DONE and not has_more
    if rollout.state not in FROM[state] or is_over:
        what = f"rollout {rollout.id} is {rollout.state}."
        raise SiteErrors([Problem("rollout", what, "See it: ringup firmware rollout status")])
