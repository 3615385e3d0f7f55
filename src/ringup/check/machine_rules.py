"""Check the clock, the disk, and the rights of the service's user."""

from collections.abc import Iterator

from ringup.check.facts import ClockState, Facts, Place, RequiredAccess, ServiceUser
from ringup.finding import ERROR, WARNING
from ringup.rule import Found, Rule, known

OLDEST_YEAR = 2026
"""The year of this version: a clock with an earlier year is wrong, as on a machine without a battery."""

LEAST_FREE, FEW_FREE = 10_000_000, 200_000_000
"""Free bytes. Below the first number no lease can be stored, so no phone gets an address. Below the second,
that will happen soon.
"""

_READ, _WRITE, _ENTER = 4, 2, 1


def _year(facts: Facts) -> Iterator[Found]:
    clock = known(facts.clock)
    if clock.year < OLDEST_YEAR:
        yield Found(
            f"The system's clock shows the year {clock.year}. When it is corrected, the current leases end.",
            "Set it:",
            ("timedatectl set-ntp true",),
        )


def _synchronised(facts: Facts) -> Iterator[Found]:
    if known(facts.clock).is_synchronised is False:
        yield Found(
            "The system's clock is not synchronised.",
            "Install an NTP client, or switch it on:",
            ("apt-get install chrony",),
        )


def _synchronised_seen(facts: Facts) -> str:
    clock: ClockState = known(facts.clock)
    return "synchronised" if clock.is_synchronised else "this system does not show it"


def _disk(facts: Facts) -> Iterator[Found]:
    disk = known(facts.disk)
    if disk.free < FEW_FREE:
        yield Found(
            f"{disk.folder} has {disk.free // 1_000_000} MB left. On a full disk no lease can be stored, "
            "so no phone gets an address.",
            "Find the largest folders, and free space:",
            (f"du -xsh {disk.folder}/* /var/log",),
            ERROR if disk.free < LEAST_FREE else WARNING,
        )


def may(user: ServiceUser, place: Place, wanted: int) -> bool:
    """Return whether the user has all of these permission bits (4 read, 2 write, 1 enter) at one place."""
    if user.uid == 0:
        return True
    shift = 6 if user.uid == place.uid else 3 if place.gid in user.groups else 0
    return (place.mode >> shift) & wanted == wanted


def _obstacle(user: ServiceUser, right: RequiredAccess) -> Place | None:
    """Return the first place on the path that the user may not use; the last place is the file or folder
    itself.
    """
    *above, last = right.places
    for place in above:
        if not may(user, place, _ENTER):
            return place
    wanted = _READ | (_WRITE if right.needs_writing else 0) | (_ENTER if last.is_folder else 0)
    return None if may(user, last, wanted) else last


def _rights(facts: Facts) -> Iterator[Found]:
    user = known(facts.user)
    reported: list[str] = []
    for right in known(facts.rights):
        place = _obstacle(user, right) if right.places else None
        if place is None or any(f"{place.path}/".startswith(f"{path}/") for path in reported):
            continue  # the same place, or one below it that has the same cure
        reported.append(place.path)
        verb = "write to" if right.needs_writing else "read"
        on_the_way = "" if place.path == right.places[-1].path else f": {place.path} is closed to it"
        yield Found(
            f"The user {user.name} may not {verb} {right.path} ({right.purpose}){on_the_way}.",
            "Give it the right:",
            (_give(user, place, on_the_way),),
        )


def _give(user: ServiceUser, place: Place, on_the_way: str) -> str:
    if on_the_way:
        return f"setfacl -m u:{user.name}:x {place.path}"
    return f"chown -R {user.name} {place.path}"


RULES: tuple[Rule[Facts], ...] = (
    Rule("clock", "system clock", ERROR, _year, lambda facts: f"{known(facts.clock).year}", quick=True),
    Rule("clock-sync", "clock's source", WARNING, _synchronised, _synchronised_seen, after=("clock",)),
    Rule(
        "disk", "disk", ERROR, _disk,
        lambda facts: f"{known(facts.disk).free // 1_000_000_000:,} GB free", quick=True,
    ),
    Rule(
        "rights", "rights", ERROR, _rights,
        lambda facts: f"{known(facts.user).name} may use what it needs ({len(known(facts.rights))} places)",
        quick=True,
    ),
)  # fmt: skip
