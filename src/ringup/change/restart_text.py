"""Texts about phones that restart, for the terminal and the web page."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringup.change.restart import RestartResult, Target

AT_ONCE = 10
"""Number of phones that restart at the same time; small, so that most phones of a building stay reachable."""

WAIT_SECONDS = 180
"""Maximum seconds from the NOTIFY to the boot: a phone waits until it has been idle for 20 s (P-SYNC-2), then
restarts.
"""

BY_HAND = "At the phone, press *, 6 and Settings at the same time, or unplug its power for a moment."
"""The way to restart a phone that does not react (P-PROB-30)."""

SENTENCES = {
    "booted": "booted after {seconds:.0f} s.",
    "silent": f"no boot seen within {{seconds:.0f}} s. {BY_HAND}",
    "in-call": "in a call, so it got no check-sync. Repeat later, or add --now.",
    "not-sent": f"Asterisk could not send the check-sync: {{reason}} {BY_HAND}",
}
"""The text that is printed for each outcome."""


def named(target: "Target") -> str:
    """Return a phone's MAC, first extension and name."""
    return " ".join((target.mac, *target.extensions[:1], *([target.name] if target.name else [])))


def sentence(result: "RestartResult") -> str:
    """Return a sentence with a phone's result and its cure."""
    return SENTENCES[result.outcome].format(seconds=result.seconds or 0, reason=result.reason)


def sent_line(target: "Target") -> str:
    """Return the line about a phone that got a check-sync."""
    return f"{named(target)}: check-sync sent; it restarts after 20 s without a call."
