"""Dial a number digit by digit on an idle phone: the effect of each digit, and the end of the dialling.

Source: P-DIAL-1 to P-DIAL-22. The pauses between the digits count as zero seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ringup.dial.decision import Decision, decide, takes_hash
from ringup.dial.pattern import Template
from ringup.dial.rewriting import with_user

Reason = Literal["rule", "#", "timeout", "nothing"]


@dataclass(frozen=True, slots=True)
class DigitStep:
    """One digit, and the phone's decision about all digits up to this one."""

    typed: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Dialling:
    """All digits of a number, and how the dialling ends."""

    keyed: tuple[DigitStep, ...]
    """One step per digit.

    The first step stands for no digit yet, because an empty MATCH may already dial.
    """
    number: str
    """The number that the phone dials; empty if it dials nothing and goes on-hook."""
    reason: Reason
    rule: int | None
    """Index of the rule that made the phone dial."""
    seconds: int
    """Seconds from the last digit that the phone used until it dials."""
    unused: str
    """Digits that were pressed after the phone had dialled; if there are any, the number was cut short."""
    user: str = ""
    route: str = "default"
    rewriter: int | None = None
    """Index of the rule that wrote the number; it may be another rule than `rule` (P-DIAL-21)."""

    @property
    def typed(self) -> str:
        """Return the digits that the phone used."""
        return self.keyed[-1].typed

    @property
    def request(self) -> str:
        """Return the number with the ``;user=`` that its rule adds."""
        return with_user(self.number, self.user)


def dial(templates: Sequence[Template], keys: str, line: int = 1) -> Dialling:
    """Press all digits one after the other, then wait until the phone dials."""
    decision = decide(templates, "", line)
    keyed = [DigitStep("", decision)]
    for position, key in enumerate(keys):
        if decision.complete and decision.timeout == 0:
            return _ended(templates, keyed, "rule", 0, keys[position:])
        typed = keys[:position]
        if key == "#" and not takes_hash(templates, typed, line):
            return _ended(templates, keyed, "#" if typed else "nothing", 0, keys[position + 1 :])
        decision = decide(templates, typed + key, line)
        keyed.append(DigitStep(typed + key, decision))
    return _ended(templates, keyed, "rule" if decision.complete else "timeout", decision.timeout, "")


def _ended(
    templates: Sequence[Template], keyed: list[DigitStep], reason: Reason, seconds: int, unused: str
) -> Dialling:
    decision = keyed[-1].decision
    # A "#" ends the wait. The complete rule then still rewrites the number.
    rule = decision.best_rule if decision.complete else None
    if not decision.number:
        return Dialling(tuple(keyed), "", "nothing", None, seconds, unused)
    nothing = Template("")
    route = (nothing if rule is None else templates[rule]).route
    user = (nothing if decision.rewriter is None else templates[decision.rewriter]).user
    return Dialling(
        tuple(keyed), decision.number, reason, rule, seconds, unused, user, route, decision.rewriter
    )
