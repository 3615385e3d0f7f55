"""The record of a rollout: a change of the firmware of many phones, and the progress of each phone."""

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
    """Its wave has not begun."""
    OFFERED = "offered"
    """Its files name the load; the phone restarts as soon as it is idle."""
    RESTARTING = "restarting"
    """It got a check-sync, and its boot was not seen yet."""
    TAKING = "taking"
    """It is booting or has booted, and is not yet proven to run the load."""
    READY = "ready"
    """It is in service and waits for its next restart, either for the proof or for the next load of its
    upgrade path.
    """
    DONE = "done"
    FAILED = "failed"
    LEFT = "left"
    """It does not take part: it could not be restarted when the rollout began, or it was removed from the
    site.
    """


UNDER_WAY = (PhoneStep.OFFERED, PhoneStep.RESTARTING, PhoneStep.TAKING, PhoneStep.READY)
"""The steps of phones in progress, whose files name the new load; a rollout limits the number of such phones.
"""

OPEN = (RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.STOPPED)
"""The states of a rollout that is not finished; at most one rollout is in one of them."""

SITE = "site"
"""The scope of a rollout to every phone of the site."""
GROUP = "group "
"""The first part of the scope of a rollout to one group; the group's name follows."""


@dataclass(frozen=True, slots=True)
class RolloutPhone:
    """One phone of a rollout."""

    mac: str
    wave: int
    """The number of the wave, counted from 1; 0 if the phone does not take part."""
    loads: tuple[str, ...]
    """The loads that the phone takes one after the other; the last one is the load of the rollout."""
    was: str
    """The load that the phone ran before the rollout."""
    own_was: str = ""
    """The load in the phone's own record before the rollout; empty if the phone used its group's or the
    site's load.
    """
    own_end: str = ""
    """The load that the phone's own record gets when the rollout is complete."""
    hop: int = 0
    """The index in `loads` of the load that the phone takes now."""
    step: PhoneStep = PhoneStep.WAITING
    since: float = 0.0
    """The time of the last change of `step`, in Unix seconds."""
    offered_at: float = 0.0
    """The time of the last offer, in Unix seconds; boots that began earlier prove nothing."""
    restarts: int = 0
    """Number of check-syncs that the phone got for the load that it takes now."""
    reason: str = ""
    """The reason why the phone failed or does not take part."""

    @property
    def load(self) -> str:
        """Return the load that the phone takes now."""
        return self.loads[self.hop]

    def at(self, step: PhoneStep, now: float, reason: str = "") -> "RolloutPhone":
        """Return the phone at another step."""
        return replace(self, step=step, since=now, reason=reason)


@dataclass(frozen=True, slots=True)
class Rollout:
    """One rollout, with its phones sorted by wave and MAC."""

    load: str
    phones: tuple[RolloutPhone, ...]
    scope: str = ""
    """SITE; or GROUP and the group's name; or empty if the operator named single phones."""
    scope_load: str = ""
    """The load that the record of the site or group gets when all phones have the load."""
    scope_was: str = ""
    """The load in the record of the site or group before the rollout."""
    at_most: int = 10
    """Maximum number of phones in progress at once."""
    canary: int = 1
    """Number of phones in the first wave."""
    window: str = ""
    """The hours in which phones may restart, like ``22:00-05:00``, in the site's time zone; empty for all
    hours.
    """
    wait: float = 600.0
    """Maximum seconds from a check-sync to the boot, and from the boot to the proof."""
    back_from: int = 0
    """The number of the rollout that this one reverts; 0 if it reverts none."""
    author: str = ""
    started: float = 0.0
    """The start of the rollout, in Unix seconds."""
    state: RolloutState = RolloutState.RUNNING
    since: float = 0.0
    """The time of the last change of `state`, in Unix seconds."""
    reason: str = ""
    """The reason why the rollout stopped, or what it waits for."""
    id: int = 0
    """The number of the rollout; 0 until it is stored."""
    version: int = 0
    """Number of changes of the rollout that operators and the server have made."""

    @property
    def is_open(self) -> bool:
        """Return whether the rollout is not finished."""
        return self.state in OPEN

    @property
    def under_way(self) -> tuple[RolloutPhone, ...]:
        """Return the phones in progress: their files name a load that they are not yet proven to run."""
        return tuple(phone for phone in self.phones if phone.step in UNDER_WAY)

    @property
    def waves(self) -> int:
        """Return the number of waves."""
        return max((phone.wave for phone in self.phones), default=0)

    @property
    def wave(self) -> int:
        """Return the open wave: the first one with a phone that is not done, or the last wave if all are
        done.
        """
        open_waves = (each.wave for each in self.phones if each.step not in (PhoneStep.DONE, PhoneStep.LEFT))
        return min(open_waves, default=self.waves)

    def counts(self) -> dict[PhoneStep, int]:
        """Return the number of phones at each step."""
        return {step: sum(phone.step is step for phone in self.phones) for step in PhoneStep}
