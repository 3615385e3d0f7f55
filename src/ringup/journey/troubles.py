"""Derive the troubles of a phone from its events.

There is one row per kind of trouble, with the event that shows it and the events that end it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ringup.events import (
    AddressDeclined,
    AddressLeased,
    Event,
    FileNotFound,
    FileRefused,
    FileSent,
    FilesFromTwoAddresses,
    LeasedAddressElsewhere,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    OtherServerChosen,
    PoolEmpty,
    RegisteredElsewhere,
    RegistrationRefused,
    TransferFailed,
)
from ringup.journey.describe import plain
from ringup.journey.file_kinds import FIRMWARE
from ringup.journey.stages import BOOTING, IN_SERVICE

MOST_TROUBLES = 8
"""Maximum number of troubles per phone, which rarely has more than one; the oldest are dropped first."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with a phone now."""

    key: str
    subject: str
    """The extension or the kind of file; empty if the trouble concerns the whole phone."""
    what: str
    """The fact: what is wrong."""
    cure: str
    """What to do, or the command to type."""

    @property
    def text(self) -> str:
        """Return the fact and the cure in one line."""
        return f"{self.what}; {self.cure}"


@dataclass(frozen=True, slots=True)
class TroubleRule:
    """One kind of trouble, with the event that shows it."""

    key: str
    event: type[Event]
    what: str
    """The fact; `{0}` stands for the event."""
    cure: str
    """The cure; `{0}` stands for the event."""
    cleared_by: tuple[type[Event], ...]
    """Events about the same subject that end the trouble.

    A registration also ends every trouble that is not `of_a_line`.
    """
    files: tuple[str, ...] = ()
    """The kinds of files that the trouble is about; empty for any kind."""
    not_in: tuple[str, ...] = ()
    """Stages in which the event is normal, so that it shows no trouble."""
    unheard_in: tuple[str, ...] = ()
    """Stages in which a transfer without a single ACK is normal.

    A repeated request then gets two answers, and the phone uses the first one.
    """
    of_a_line: bool = False
    """True if a registration does not end the trouble, but a boot does, because the line then registers
    again.
    """

    def trouble(self, subject: str, event: Event) -> Trouble:
        """Return the trouble that `event` shows for `subject`; if the event has no reason, the text has no
        colon.
        """
        fact = self.what.format(event).removesuffix(": ")
        return Trouble(self.key, subject, plain(fact), plain(self.cure.format(event)))


TROUBLE_RULES: tuple[TroubleRule, ...] = (
    TroubleRule(
        "unprovisioned", FileNotFound, "not in the site: no {0.name}",
        "run: ringup phone add {0.mac}",
        cleared_by=(FileSent,), files=("own_file",), not_in=("hunt",),
    ),
    TroubleRule(
        "firmware_absent", FileNotFound, "no firmware file {0.name}",
        "add its package: ringup firmware add ZIP",
        cleared_by=(FileSent,), files=FIRMWARE,
    ),
    TroubleRule(
        "file_refused", FileRefused, "{0.name} refused: {0.reason}",
        "see the requests: ringup status {0.mac}",
        cleared_by=(FileSent,),
    ),
    TroubleRule(
        "abandoned", TransferFailed, "{0.name} {0.progress}: {0.reason}",
        "check the cable and restart the phone",
        cleared_by=(FileSent,), unheard_in=IN_SERVICE,
    ),
    TroubleRule(
        "other_server", OtherServerChosen, "gets its address from another DHCP server, {0.server}",
        "stop that server, or run ringup serve --no-dhcp",
        cleared_by=(AddressLeased,),
    ),
    TroubleRule(
        "pool_empty", PoolEmpty, "no free address in {0.subnet}",
        "enlarge the pool: ringup site set network=NETWORK:FIRST-LAST:ROUTER",
        cleared_by=(AddressLeased,),
    ),
    TroubleRule(
        "declined", AddressDeclined, "another host uses {0.address}",
        "find that host, or take the address out of the pool",
        cleared_by=(AddressLeased,),
    ),
    TroubleRule(
        "registered_elsewhere", RegisteredElsewhere,
        "boots at {0.address} while it is registered from {0.registered}: perhaps two devices with one MAC",
        "find both in the switch's MAC table, unless the phone just moved",
        cleared_by=(LineRegistered,),
    ),
    TroubleRule(
        "two_addresses", FilesFromTwoAddresses,
        "{0.address} and {0.before} requested its files within a minute: perhaps two devices with one MAC",
        "find both in the switch's MAC table, and restart the phone",
        cleared_by=(AddressLeased,), of_a_line=True,
    ),
    TroubleRule(
        "address_elsewhere", LeasedAddressElsewhere,
        "the device {0.holder} uses its address {0.address}",
        "find that MAC in the switch's MAC table, and restart the phone",
        cleared_by=(AddressLeased,), of_a_line=True,
    ),
    TroubleRule(
        "registration_refused", RegistrationRefused, "the PBX refuses {0.extension}: {0.reason}",
        "run: ringup pbx install --reload",
        cleared_by=(LineRegistered, LineAuthenticated), of_a_line=True,
    ),
    TroubleRule(
        "unreachable", LineUnreachable, "{0.extension} does not answer the PBX",
        "check that the phone has power and network",
        cleared_by=(LineReachable, LineRegistered, LineUnregistered), not_in=BOOTING, of_a_line=True,
    ),
    TroubleRule(
        "unregistered", LineUnregistered, "{0.extension} is no longer registered",
        "restart the phone if it stays so",
        cleared_by=(LineRegistered, LineReachable), not_in=BOOTING, of_a_line=True,
    ),
)  # fmt: skip

MOST_ATTEMPTS = 6
"""Maximum number of boots that a phone may begin before it has all its files.

A guess: a conversion takes four boots, including those that a lost datagram adds (P-BOOT-21).
"""

REPEATED_BOOTS = "repeated_boots"
"""The key of the trouble of a phone that boots again and again."""

_OF_A_LINE = {rule.key: rule.of_a_line for rule in TROUBLE_RULES} | {REPEATED_BOOTS: False}
_CLEARED_BY = {rule.key: rule.cleared_by for rule in TROUBLE_RULES} | {REPEATED_BOOTS: (LineRegistered,)}

_RULES_OF = {
    event: [rule for rule in TROUBLE_RULES if rule.event is event]
    for event in {rule.event for rule in TROUBLE_RULES}
}


def shows_trouble(kind: type[Event], file: str, stage: str) -> bool:
    """Return whether an event of this kind, about a `file` of this kind, shows a trouble of a phone in
    `stage`.
    """
    return any(
        stage not in rule.not_in and (not rule.files or file in rule.files)
        for rule in _RULES_OF.get(kind, ())
    )


def _ends(event: Event, subject: str, trouble: Trouble) -> bool:
    if isinstance(event, LineRegistered) and not _OF_A_LINE[trouble.key]:
        return True
    return isinstance(event, _CLEARED_BY[trouble.key]) and subject == trouble.subject


def troubles_after(troubles: tuple[Trouble, ...], event: Event, file: str, stage: str) -> tuple[Trouble, ...]:
    """Return the troubles after `event`, which is about a `file` of this kind; a new trouble comes last."""
    rules = _RULES_OF.get(type(event), ())
    if not troubles and not rules:
        return troubles
    subject = str(getattr(event, "extension", file))
    left = [trouble for trouble in troubles if not _ends(event, subject, trouble)]
    for rule in rules:
        if stage in rule.not_in or (rule.files and file not in rule.files):
            continue
        if stage in rule.unheard_in and not getattr(event, "sent", 1):
            continue
        left = [trouble for trouble in left if (trouble.key, trouble.subject) != (rule.key, subject)]
        left.append(rule.trouble(subject, event))
    return tuple(left[-MOST_TROUBLES:])


def troubles_of_a_new_boot(troubles: Iterable[Trouble], mac: str, attempts: int) -> tuple[Trouble, ...]:
    """Return the troubles that a restart does not end, and one more if the phone restarts again and again.

    `attempts` is the number of boots since the phone `mac` last had all its files, including this boot.
    """
    left = tuple(each for each in troubles if not _OF_A_LINE[each.key] and each.key != REPEATED_BOOTS)
    if attempts <= MOST_ATTEMPTS:
        return left
    what = f"began to boot {attempts} times in a row and never got all its files"
    cure = f"see what each boot requested: ringup status {mac}"
    return (*left, Trouble(REPEATED_BOOTS, "", what, cure))
