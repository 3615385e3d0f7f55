"""Web: the parts that all requests share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ringup.web.jobs import Jobs
from ringup.web.options import WebOptions

if TYPE_CHECKING:
    from ringup.web.hooks.sender import HookSender
    from ringup.web.live.follower import FleetFollower
    from ringup.web.people.known import Known


@dataclass(frozen=True, slots=True)
class Web:
    """The parts that all requests share."""

    options: WebOptions
    engine: Engine
    follower: "FleetFollower"
    people: "Known"
    jobs: Jobs = field(default_factory=Jobs)

    hooks: "HookSender | None" = None
    """Sends webhooks; None in tests, which send none."""

    def hook_faults(self) -> Mapping[str, str]:
        """Return why the last message to a receiver of webhooks was not delivered, by its name."""
        return self.hooks.faults if self.hooks else {}

    def hooks_changed(self) -> None:
        """Let the receivers of webhooks be read anew."""
        if self.hooks:
            self.hooks.forget()

    @property
    def database(self) -> str:
        """Return the database's URL or path, as the functions of `change/` take it."""
        return self.options.database

    @property
    def zone(self) -> ZoneInfo | None:
        """Return the site's time zone, in which times are shown; None: the zone of this machine."""
        return self.follower.latest.zone
