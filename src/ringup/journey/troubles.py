"""What the events plainly show to be wrong: one row a trouble, what shows it and what ends it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ringup.events import (
    AddressDeclined,
    AddressLeased,
    Event,
    FileAbsent,
    FileRefused,
    FileSent,
    LineLoggedIn,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    OtherServerChosen,
    PoolEmpty,
    RegistrationRefused,
    TransferAbandoned,
)
from ringup.journey.describe import plain
from ringup.journey.file_kinds import FIRMWARE
from ringup.journey.stages import BOOTING

MOST_TROUBLES = 8
"""A phone with six lines has rarely more than one; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong now."""

    key: str
    subject: str
    """The extension, or the kind of file; empty when it is about the phone as a whole."""
    text: str


@dataclass(frozen=True, slots=True)
class TroubleRule:
    """One row of the table."""

    key: str
    event: type[Event]
    text: str
    """`{0}` is the event."""
    cured_by: tuple[type[Event], ...]
    """Events about the same subject that end it; a registration ends all but a line's own."""
    files: tuple[str, ...] = ()
    """The kinds of file it is about; none: any."""
    not_in: tuple[str, ...] = ()
    """Stages in which the event is normal."""
    of_a_line: bool = False
    """A line's own trouble: forgotten when the phone boots, because the line then registers anew."""


TROUBLE_RULES: tuple[TroubleRule, ...] = (
    TroubleRule(
        "unprovisioned", FileAbsent, "unprovisioned: no file {0.name}; ringup phone add {0.mac}",
        cured_by=(FileSent,), files=("own_file",), not_in=("hunt",),
    ),
    TroubleRule(
        "firmware_absent", FileAbsent, "no firmware file {0.name}; put it into the firmware folder",
        cured_by=(FileSent,), files=FIRMWARE,
    ),
    TroubleRule("file_refused", FileRefused, "may not have {0.name}: {0.reason}", cured_by=(FileSent,)),
    TroubleRule(
        "abandoned", TransferAbandoned, "{0.name} broke off at {0.sent:,} of {0.size:,} bytes: {0.reason}",
        cured_by=(FileSent,),
    ),
    TroubleRule(
        "other_server", OtherServerChosen, "takes its address from another DHCP server, {0.server}",
        cured_by=(AddressLeased,),
    ),
    TroubleRule("pool_empty", PoolEmpty, "no address is free in {0.subnet}", cured_by=(AddressLeased,)),
    TroubleRule(
        "declined", AddressDeclined, "{0.address} is in use by somebody else", cured_by=(AddressLeased,)
    ),
    TroubleRule(
        "registration_refused", RegistrationRefused, "the PBX refuses {0.extension}: {0.reason}",
        cured_by=(LineRegistered, LineLoggedIn), of_a_line=True,
    ),
    TroubleRule(
        "unreachable", LineUnreachable, "{0.extension} does not answer the PBX",
        cured_by=(LineReachable, LineRegistered, LineUnregistered), not_in=BOOTING, of_a_line=True,
    ),
    TroubleRule(
        "unregistered", LineUnregistered, "{0.extension} is not registered any more",
        cured_by=(LineRegistered, LineReachable), not_in=BOOTING, of_a_line=True,
    ),
)  # fmt: skip

_RULES = {rule.key: rule for rule in TROUBLE_RULES}

_RULES_OF = {
    event: [rule for rule in TROUBLE_RULES if rule.event is event]
    for event in {rule.event for rule in TROUBLE_RULES}
}


def shows_trouble(kind: type[Event], file: str, stage: str) -> bool:
    """Whether such an event about a file of that kind shows a trouble of a phone in `stage`."""
    return any(
        stage not in rule.not_in and (not rule.files or file in rule.files)
        for rule in _RULES_OF.get(kind, ())
    )


def _ends(event: Event, subject: str, trouble: Trouble) -> bool:
    rule = _RULES[trouble.key]
    if isinstance(event, LineRegistered) and not rule.of_a_line:
        return True
    return isinstance(event, rule.cured_by) and subject == trouble.subject


def troubles_after(troubles: tuple[Trouble, ...], event: Event, file: str, stage: str) -> tuple[Trouble, ...]:
    """The troubles that are left after `event`, about a `file` of that kind, and the one it shows (last)."""
    rules = _RULES_OF.get(type(event), ())
    if not troubles and not rules:
        return troubles
    subject = str(getattr(event, "extension", file))
    left = [trouble for trouble in troubles if not _ends(event, subject, trouble)]
    for rule in rules:
        if stage in rule.not_in or (rule.files and file not in rule.files):
            continue
        left = [trouble for trouble in left if (trouble.key, trouble.subject) != (rule.key, subject)]
        left.append(Trouble(rule.key, subject, plain(rule.text.format(event).removesuffix(": "))))
    return tuple(left[-MOST_TROUBLES:])


def troubles_of_a_new_boot(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """The troubles that a restart does not end."""
    return tuple(trouble for trouble in troubles if not _RULES[trouble.key].of_a_line)
