"""The tasks that need Asterisk, and that only one of several nodes may do."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Engine

from ringup.errors import Problem
from ringup.serve.log import log
from ringup.serve.site_watch import SiteWatch

if TYPE_CHECKING:
    from ringup.serve.onboarding import Onboarding
    from ringup.serve.rollouts import Rollouts


class ActiveTasks(NamedTuple):
    """The tasks of the node that is connected to Asterisk; each None without Asterisk."""

    rollouts: "Rollouts | None" = None
    """Carries out rollouts of firmware."""
    onboarding: "Onboarding | None" = None
    """Gives unknown phones their extensions."""

    def all(self) -> list["Rollouts | Onboarding"]:
        """Return the tasks that there are."""
        return [task for task in self if task is not None]


def active_tasks(
    url: str,
    database: Engine,
    watch: SiteWatch,
    problems: Callable[[str], Sequence[Problem]],
    clock: Callable[[], float],
    fault: Callable[[str], None],
) -> ActiveTasks:
    """Build all tasks; `url` names the database, and `problems` returns those of a load."""
    # These modules import Asterisk's manager interface and files, as the link to the PBX does.
    from ringup.change.onboarding import AutoOnboarding
    from ringup.change.rollout import RolloutWork
    from ringup.fleet.unknown import read_unknown
    from ringup.serve.onboarding import Onboarding
    from ringup.serve.rollouts import Rollouts

    auto = AutoOnboarding(url, database, lambda: read_unknown(database, clock()), clock)
    return ActiveTasks(
        Rollouts(RolloutWork(database, problems, fault, log.info), fault),
        Onboarding(auto, lambda: watch.site, log.info, fault),
    )
