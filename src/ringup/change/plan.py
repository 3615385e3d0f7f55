"""Compute the effects of a change on the phones and on Asterisk, before the change is made.

All commands use the same plan. It contains the changed records, the rendered files that change, and the
effects on running phones. This module uses no database, clock or socket; the caller passes the state of the
running system.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringup.change.effects import SHARED_CNF, Effect, effect_of
from ringup.change.file_diff import FileDiff
from ringup.change.file_diffs import FileDiffs
from ringup.change.rendered import (
    FilePair,
    asterisk_files,
    faulty_asterisk_files,
    own_files,
    shared_files,
    touched_phones,
)
from ringup.change.unsafe import ChangeFacts, Unsafe, unsafe
from ringup.change.world import World
from ringup.render.sip_cnf import phone_cnf
from ringup.site.difference import Changes
from ringup.site.model import Phone, Site
from ringup.site.records import ChangedRecords, changed

if TYPE_CHECKING:
    from ringup.journey.record import Call

MARK = "sync"
"""The parameter in `SIPDefault.cnf` that only marks the version that a phone has read (P-SYNC-3)."""

KINDS = ("site", "group", "phone")


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of added, changed and removed records of one kind."""

    kind: str
    """``site``, ``group`` or ``phone``."""
    added: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class GroupCount:
    """The number of added and changed phones of one group."""

    name: str
    phones: int


@dataclass(frozen=True, slots=True)
class DroppedRegistration:
    """A registered line that Asterisk will refuse until its phone has the new records."""

    mac: str
    extension: str
    reason: str
    """``phone removed``, ``line removed``, ``password changed`` or ``PBX changed``."""


@dataclass(frozen=True, slots=True)
class CallInTheWay:
    """A call on a phone that must restart, or that loses its registration."""

    mac: str
    extension: str
    to: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The effects of a change; a change without any effect on the records has an empty plan."""

    counts: tuple[Count, ...]
    """One entry per kind of record that changes."""
    groups: tuple[GroupCount, ...]
    """The groups of the added and changed phones, the group with the most of them first."""
    changes: Changes
    """Every changed record with its fields; secrets are masked."""
    files: Sequence[FileDiff]
    """Every rendered file that changes, with masked secrets.

    The files for all phones come first, Asterisk's files last.
    """
    restarts: tuple[str, ...]
    """MACs of the phones that must restart before they follow the change."""
    refreshes: tuple[str, ...]
    """MACs of the phones that need no restart, but must read their dial template again."""
    registrations: tuple[DroppedRegistration, ...]
    calls: tuple[CallInTheWay, ...]
    unsafe: tuple[Unsafe, ...]
    """Reasons to ask the operator before the change is made."""

    def __bool__(self) -> bool:
        return bool(self.changes)


def plan(
    before: Site, after: Site, world: World | None = None, records: ChangedRecords | None = None
) -> Plan:
    """Return the plan of the change from one site to another.

    `records` is the result of `changed(before, after)`, if the caller already has it.
    """
    world = world or World()
    records = records or changed(before, after)
    changes = Changes(*records)
    old, new = ({phone.mac: phone for phone in site.phones} for site in (before, after))
    touched = touched_phones(before, after, records) if changes else []
    staying = [mac for mac in old if mac in new]
    files = list(_judged_files(before, after, world, touched)) if changes else []
    restarts = _restarts(files, staying, after, world)
    dropped = tuple(_dropped(before, after, old, new, world))
    renewed = {name.partition(" ")[2] for name, kind in changes.kinds() if kind == "changed"}
    facts = ChangeFacts(
        before, after, world, old, new, files,
        changed=frozenset(mac for mac in staying if mac in renewed or mac in restarts),
    )  # fmt: skip
    return Plan(
        counts=tuple(_counts(changes, after)),
        groups=_groups(changes, new),
        changes=changes,
        files=FileDiffs(lambda: all_files(before, after, world, touched)) if changes else (),
        restarts=tuple(mac for mac in staying if mac in restarts),
        refreshes=tuple(mac for mac in staying if mac not in restarts) if _refreshes(files) else (),
        registrations=dropped,
        calls=tuple(_calls({*restarts, *(registration.mac for registration in dropped)}, world)),
        unsafe=unsafe(facts),
    )


def _judged_files(before: Site, after: Site, world: World, touched: Sequence[str]) -> Iterator[FilePair]:
    """Yield the files that decide which phones restart and whether the change is unsafe.

    The own files of phones that are added or removed do not matter for that.
    """
    both = {phone.mac for phone in before.phones} & {phone.mac for phone in after.phones}
    yield from shared_files(before, after, world)
    yield from own_files(before, after, world, [mac for mac in touched if mac in both])
    yield from faulty_asterisk_files(before, after, touched)


def all_files(before: Site, after: Site, world: World, touched: Sequence[str]) -> Iterator[FilePair]:
    """Yield every rendered file that differs; `touched` is the result of `touched_phones`."""
    yield from shared_files(before, after, world)
    yield from own_files(before, after, world, touched)
    yield from asterisk_files(before, after)


def _counts(changes: Changes, after: Site) -> Iterator[Count]:
    totals = {"site": 1, "group": len(after.groups), "phone": len(after.phones)}
    for kind in KINDS:
        own = [how for name, how in changes.kinds() if name.partition(" ")[0] == kind]
        if own:
            added, changed, removed = (own.count(name) for name in ("added", "changed", "removed"))
            yield Count(kind, added, changed, removed, totals[kind] - added - changed)


def _groups(changes: Changes, phones: Mapping[str, Phone]) -> tuple[GroupCount, ...]:
    touched = (phones.get(name.partition(" ")[2]) for name, _ in changes.kinds())
    counted = Counter(phone.group for phone in touched if phone is not None and phone.group)
    return tuple(GroupCount(name, number) for name, number in counted.most_common())


def _restarts(files: Sequence[FilePair], staying: Sequence[str], after: Site, world: World) -> set[str]:
    """Return the phones in both sites for which a file changes that they read only when they start."""
    shared = [file for file in files if file.side == "phone" and not file.mac]
    if any(file.name != SHARED_CNF and effect_of(file.name) is Effect.RESTART for file in shared):
        return set(staying)
    own = {file.mac for file in files if file.mac and effect_of(_kind(file)) is Effect.RESTART}
    keys = {key for file in shared if file.name == SHARED_CNF for key in _changed_keys(file)}
    found = own & set(staying)
    if keys:
        phones = {phone.mac: phone for phone in after.phones}
        server = str(after.server_address or world.server)
        found |= {mac for mac in staying if not keys <= _values(phone_cnf(after, phones[mac], server)).keys()}
    return found


def _kind(file: FilePair) -> str:
    return file.name.replace(file.mac, "<MAC>")


def _changed_keys(file: FilePair) -> set[str]:
    old, new = _values(file.before), _values(file.after)
    return {key for key in {*old, *new} if key != MARK and old.get(key) != new.get(key)}


def _values(text: str) -> dict[str, str]:
    """Return the values in a rendered .cnf file by their parameters, without comments."""
    rows = (row.partition(": ") for row in text.splitlines() if not row.startswith("#"))
    return {key: value for key, _, value in rows}


def _refreshes(files: Sequence[FilePair]) -> bool:
    """Return whether the phones' dial template changes."""
    return any(file.side == "phone" and not file.mac and effect_of(file.name) is Effect.DIAL_PLAN
               for file in files)  # fmt: skip


def _dropped(
    before: Site, after: Site, old: Mapping[str, Phone], new: Mapping[str, Phone], world: World
) -> Iterator[DroppedRegistration]:
    moved = _reached_at(before) != _reached_at(after)
    for mac in sorted(world.registered):
        accounts = {line.extension: line for line in new[mac].lines} if mac in new else {}
        for line in old[mac].lines if mac in old else ():
            if line.extension not in world.registered[mac]:
                continue
            now = accounts.get(line.extension)
            if mac not in new:
                reason = "phone removed"
            elif now is None:
                reason = "line removed"
            elif moved:
                reason = "PBX changed"
            elif (line.secret, line.auth_name) != (now.secret, now.auth_name):
                reason = "password changed"
            else:
                continue
            yield DroppedRegistration(mac, line.extension, reason)


def _reached_at(site: Site) -> tuple[str, int, str]:
    """Return the values that, if they change, end every registration: the PBX's address, its port and the
    driver.
    """
    return site.pbx.address, site.pbx.port, site.pbx.driver


def _calls(macs: Collection[str], world: World) -> Iterator[CallInTheWay]:
    for mac in sorted(macs):
        calls: tuple[Call, ...] = world.in_call.get(mac, ())
        yield from (CallInTheWay(mac, call.extension, call.to) for call in calls)
