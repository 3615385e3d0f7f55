"""Rollout: a change of the firmware of many phones, and how far each of them is; all as frozen values."""

from dataclasses import dataclass, replace
from enum import StrEnum


class RolloutState(StrEnum):
    """The state of a rollout."""

    RUNNING = "running"
    PAUSED = "paused"
    """The operator paused it: no further phone restarts."""
    STOPPED = "stopped"
    """A phone failed, or firmware is missing: no further phone restarts."""
    DONE = "done"
    ABORTED = "aborted"


class PhoneStep(StrEnum):
    """The step that one phone has reached."""

    WAITING = "waiting"
    """Its wave has not come."""
    OFFERED = "offered"
    """Its files name the load; it restarts when it is idle."""
    RESTARTING = "restarting"
    """It got a check-sync, and was not seen to boot."""
    TAKING = "taking"
    """It boots, or has booted, and is not proven to run the load."""
    READY = "ready"
    """It is in service, and waits for its next restart: for the proof, or for the next load of its ladder."""
    DONE = "done"
    FAILED = "failed"
    LEFT = "left"
    """It is left as it is: it could not be restarted when the rollout began, or it left the site."""


UNDER_WAY = (PhoneStep.OFFERED, PhoneStep.RESTARTING, PhoneStep.TAKING, PhoneStep.READY)
"""The steps of phones whose files name another load than before; a rollout limits their number."""

OPEN = (RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.STOPPED)
"""The states of a rollout that is not over; there is at most one."""

SITE = "site"
"""The scope of a rollout to every phone of the site."""
GROUP = "group "
"""The beginning of the scope of a rollout to one group; the group's name follows."""


@dataclass(frozen=True, slots=True)
class RolloutPhone:
    """One phone of a rollout."""

    mac: str
    wave: int
    """Counted from 1; 0: it has no wave, because it is left as it is."""
    loads: tuple[str, ...]
    """The loads that it takes one after the other; the last one is the rollout's."""
    was: str
    """The load that it ran before."""
    own_was: str = ""
    """The load of its own record before; empty: its group's or the site's."""
    own_end: str = ""
    """The load that its own record gets when the rollout is complete."""
    hop: int = 0
    """The place in `loads` of the load that it takes now."""
    step: PhoneStep = PhoneStep.WAITING
    since: float = 0.0
    """The time of its last change of step, in Unix seconds."""
    offered_at: float = 0.0
    """The time of the last offer, in Unix seconds: earlier boots prove nothing."""
    restarts: int = 0
    """Number of check-syncs for the load that it takes now."""
    reason: str = ""
    """The reason why it failed or is left as it is."""

    @property
    def load(self) -> str:
        """Return the load that it takes now."""
        return self.loads[self.hop]

    def at(self, step: PhoneStep, now: float, reason: str = "") -> "RolloutPhone":
        """Return the phone after a change of step."""
        return replace(self, step=step, since=now, reason=reason)


@dataclass(frozen=True, slots=True)
class Rollout:
    """One rollout, with its phones by wave and MAC."""

    load: str
    phones: tuple[RolloutPhone, ...]
    scope: str = ""
    """SITE, GROUP with a name, or empty for named phones."""
    scope_load: str = ""
    """The load that the site or the group gets when all phones have it."""
    scope_was: str = ""
    """The load of the site or the group before."""
    at_most: int = 10
    """Maximum number of phones under way."""
    canary: int = 1
    """Number of phones of the first wave."""
    window: str = ""
    """``22:00-05:00``, in the site's time zone: only then phones restart; empty: always."""
    wait: float = 600.0
    """Maximum seconds from a check-sync to the boot, and from the boot to the proof."""
    back_from: int = 0
    """The rollout that this one takes back; 0: none."""
    author: str = ""
    started: float = 0.0
    """Unix seconds."""
    state: RolloutState = RolloutState.RUNNING
    since: float = 0.0
    """The time of the last change of state, in Unix seconds."""
    reason: str = ""
    """The reason why it stopped, or the event that it waits for."""
    id: int = 0
    """Its number; 0 until it is stored."""
    version: int = 0
    """Counts the changes of its state by operators and the server."""

    @property
    def is_open(self) -> bool:
        """Return whether it is not over."""
        return self.state in OPEN

    @property
    def under_way(self) -> tuple[RolloutPhone, ...]:
        """Return the phones whose files name a load that they are not proven to run."""
        return tuple(phone for phone in self.phones if phone.step in UNDER_WAY)

    @property
    def waves(self) -> int:
        """Return the number of waves."""
        return max((phone.wave for phone in self.phones), default=0)

    @property
    def wave(self) -> int:
        """Return the first wave with a phone that is not done; the last wave if there is none."""
        open_waves = (each.wave for each in self.phones if each.step not in (PhoneStep.DONE, PhoneStep.LEFT))
        return min(open_waves, default=self.waves)

    def counts(self) -> dict[PhoneStep, int]:
        """Return the number of phones at each step."""
        return {step: sum(phone.step is step for phone in self.phones) for step in PhoneStep}
