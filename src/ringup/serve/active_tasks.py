"""Build the background tasks that need Asterisk; only the node that is connected to Asterisk runs them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Engine

from ringup.errors import Problem
from ringup.serve.log import log
from ringup.serve.site_watch import SiteWatch

if TYPE_CHECKING:
    from ringup.change.guest_calls import GuestCalls
    from ringup.serve.onboarding import Onboarding
    from ringup.serve.rollouts import Rollouts


class ActiveTasks(NamedTuple):
    """The tasks of the node that is connected to Asterisk; each is None without Asterisk."""

    rollouts: "Rollouts | None" = None
    """Carries out rollouts of firmware."""
    onboarding: "Onboarding | None" = None
    """Gives unknown phones their extensions, and guests' accounts."""

    def all(self) -> list["Rollouts | Onboarding"]:
        """Return the tasks that are not None."""
        return [task for task in self if task is not None]


def active_tasks(
    url: str,
    database: Engine,
    watch: SiteWatch,
    problems: Callable[[str], Sequence[Problem]],
    clock: Callable[[], float],
    fault: Callable[[str], None],
    guest_calls: "GuestCalls",
) -> ActiveTasks:
    """Build all tasks; `url` is the database's URL, and `problems` returns those of a firmware load."""
    # Imported here: these modules import the code for Asterisk's manager interface and files, which a server
    # without a PBX does not need.
    from ringup.change.guests import GuestOnboarding
    from ringup.change.onboarding import AutoOnboarding, Onboard
    from ringup.change.rollout import RolloutWork
    from ringup.fleet.unknown import read_unknown
    from ringup.serve.onboarding import Onboarding
    from ringup.serve.rollouts import Rollouts

    def unknown() -> Onboard:
        return read_unknown(database, clock())

    auto = AutoOnboarding(url, database, unknown, clock)
    guests = GuestOnboarding(url, database, unknown, clock, guest_calls.dialled)
    return ActiveTasks(
        Rollouts(RolloutWork(database, problems, fault, log.info), fault),
        Onboarding((auto.look, guests.look), lambda: watch.site, log.info, fault),
    )
