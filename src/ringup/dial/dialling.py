"""A number dialled key by key on an idle phone: what each key brings about, and how it ends.

Source: P-DIAL-1 to P-DIAL-22. The pause of the person between two keys counts as none.
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
    """One key, and what the phone makes of all keys so far."""

    typed: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Dialling:
    """All keys, and the end."""

    keyed: tuple[DigitStep, ...]
    """First without any key, where an empty MATCH may already dial."""
    number: str
    """What is dialled; empty: nothing, the phone goes on-hook."""
    reason: Reason
    rule: int | None
    """Index of the rule that decided."""
    seconds: int
    """After the last key that counted."""
    unused: str
    """Keys pressed after the phone had dialled: the number was cut short."""
    user: str = ""
    route: str = "default"
    rewriter: int | None = None
    """Index of the rule that wrote the number; may be another than the one that decided, see P-DIAL-21."""

    @property
    def typed(self) -> str:
        """The keys that counted."""
        return self.keyed[-1].typed

    @property
    def request(self) -> str:
        """The number with the ``;user=`` of its rule."""
        return with_user(self.number, self.user)


def dial(templates: Sequence[Template], keys: str, line: int = 1) -> Dialling:
    """Press all keys one after the other, then wait."""
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
    # A "#" hurries the rule that is complete, which still rewrites.
    rule = decision.best_rule if decision.complete else None
    if not decision.number:
        return Dialling(tuple(keyed), "", "nothing", None, seconds, unused)
    nothing = Template("")
    route = (nothing if rule is None else templates[rule]).route
    user = (nothing if decision.rewriter is None else templates[decision.rewriter]).user
    return Dialling(
        tuple(keyed), decision.number, reason, rule, seconds, unused, user, route, decision.rewriter
    )
