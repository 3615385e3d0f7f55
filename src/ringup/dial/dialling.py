"""A number dialled digit by digit on an idle phone: what each digit does, and how the dialling ends.

Source: P-DIAL-1 to P-DIAL-22. The person's pauses between digits count as zero.
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
    """One digit, and the phone's decision for all digits so far."""

    typed: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Dialling:
    """All digits of a number, and the end of the dialling."""

    keyed: tuple[DigitStep, ...]
    """One step per digit; the first step is before any digit, where an empty MATCH may already dial."""
    number: str
    """The number that is dialled; empty: nothing, the phone goes on-hook."""
    reason: Reason
    rule: int | None
    """Index of the rule that decided."""
    seconds: int
    """Seconds from the last digit that counted until the phone dials."""
    unused: str
    """Digits pressed after the phone had dialled: the number was cut short."""
    user: str = ""
    route: str = "default"
    rewriter: int | None = None
    """Index of the rule that wrote the number. It may differ from the rule that decided, see P-DIAL-21."""

    @property
    def typed(self) -> str:
        """Return the digits that counted."""
        return self.keyed[-1].typed

    @property
    def request(self) -> str:
        """Return the number with the ``;user=`` of its rule."""
        return with_user(self.number, self.user)


def dial(templates: Sequence[Template], keys: str, line: int = 1) -> Dialling:
    """Press all digits one after the other, then wait."""
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
    # A "#" ends the wait; the complete rule still rewrites the number.
    rule = decision.best_rule if decision.complete else None
    if not decision.number:
        return Dialling(tuple(keyed), "", "nothing", None, seconds, unused)
    nothing = Template("")
    route = (nothing if rule is None else templates[rule]).route
    user = (nothing if decision.rewriter is None else templates[decision.rewriter]).user
    return Dialling(
        tuple(keyed), decision.number, reason, rule, seconds, unused, user, route, decision.rewriter
    )
