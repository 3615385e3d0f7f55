"""The forms of `ringup firmware rollout --json`."""

from ringup.cli.json_form import ObjectForm, Printed
from ringup.rollout.record import PhoneStep, RolloutState


class RolloutPhoneRecord(ObjectForm):
    """How far one phone is."""

    mac: str
    extensions: list[str]
    wave: int
    """Counted from 1; 0: it takes no part."""
    was: str
    """The load that it ran before."""
    loads: list[str]
    """The loads that it takes one after the other."""
    load: str
    """The load that it takes now."""
    step: PhoneStep
    text: str
    """The step in words."""
    since: float
    """When it reached this step; 0 if it has not begun."""
    restarts: int
    """Number of check-syncs for the load that it takes now."""
    reason: str
    """Why it failed, or takes no part."""


class RolloutRecord(Printed):
    """`ringup firmware rollout --json`; exit status 1 of `status`: it stopped."""

    id: int
    """0 in a plan (`--dry-run`)."""
    load: str
    scope: str
    """`site`, `group NAME`, or empty for named phones."""
    state: RolloutState
    reason: str
    """Why it stopped, or what it waits for."""
    since: float
    """When it got into this state."""
    started: float
    author: str
    at_most: int
    """Maximum number of phones of a wave."""
    canary: int
    """Number of phones of the first wave."""
    window: str
    """The hours in which phones restart; empty: always."""
    wait: float
    """Seconds that a phone may take to boot, and then to prove its load."""
    back_from: int
    """The rollout that this one takes back; 0: none."""
    wave: int
    """The wave that is under way."""
    waves: int
    counts: dict[str, int]
    """The number of phones at each step."""
    phones: list[RolloutPhoneRecord]
