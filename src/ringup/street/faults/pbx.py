"""Faults of the simulated PBX: it stops or restarts, or has wrong settings or accounts."""

from dataclasses import replace
from random import Random

from ringup.street.faults.row import Begin, End, FaultRow, nothing
from ringup.street.registrar import Change
from ringup.street.street import Street


def _pbx_with(wrong: Change) -> Begin:
    return lambda street, _dice: street.registrar.misbehave(wrong)


def _pbx_dead(street: Street, _dice: Random) -> End:
    street.registrar.stop()
    return street.registrar.start


def _pbx_restarts(street: Street, _dice: Random) -> End:
    street.registrar.stop()
    street.registrar.start()
    return nothing


def _pbx_has_another_secret(street: Street, dice: Random) -> End:
    extension = dice.choice(sorted(street.registrar.passwords))
    return street.registrar.change_account(extension, street.registrar.passwords[extension] + "x")


def _pbx_without_an_account(street: Street, dice: Random) -> End:
    return street.registrar.change_account(dice.choice(sorted(street.registrar.passwords)), None)


PBX_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("pbx-dead", "pbx", "the PBX is silent", "has its files, never registers", _pbx_dead,
             hides_registration=True,
             verdicts=("pbx-lost",)),
    FaultRow("pbx-restart", "pbx", "the PBX forgets its contacts", "no calls until the next REGISTER",
             _pbx_restarts),
    FaultRow("force-rport", "pbx", "answers go to the source port", "REGISTER again and again",
             _pbx_with(lambda usual: replace(usual, force_rport=True)), hides_registration=True,
             verdicts=("challenge-unanswered", "pbx-forces-rport", "line-lost")),
    FaultRow("rewritten-contact", "pbx", "the contact has the source port", "registered, but unreachable",
             _pbx_with(lambda usual: replace(usual, rewrite_contact=True)),
             verdicts=("contact-rewritten",)),
    FaultRow("other-secret", "pbx", "a line's secret was changed on the PBX only", "REGISTER is refused",
             _pbx_has_another_secret, hides_registration=True,
             verdicts=("secret-differs",)),
    FaultRow("account-missing", "pbx", "a line has no account on the PBX", "REGISTER is refused",
             _pbx_without_an_account, hides_registration=True,
             verdicts=("account-missing", "account-unknown")),
)  # fmt: skip
