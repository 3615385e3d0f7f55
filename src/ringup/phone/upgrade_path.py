"""The upgrade paths between firmware releases of a 7940/7960: one row for every hop that a source allows.

Strategy: a path consists of hops. Each hop is allowed by a row of `RULES`, and leads to a release in
`WAYPOINTS` or to the required release. The path with the fewest hops is chosen. Without a path, `PathRefusal`
gives the reason. Source: P-PATH-1 to P-PATH-12, with the keys of their table of sources. HOWTO05 is a post of
10 October 2005, "Using Cisco IP Phones with Asterisk"; it describes a 7940 that goes to SIP 6.3 and then to
7.4.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ringup.phone.firmware import loader_of
from ringup.phone.firmware_release import ANY, Numbers, Release, known

WAYPOINTS = (*known("SIP", (4, 4), (5, 3), (6, 3), (7, 4)), *known("SCCP", (5, 0)))
"""The releases through which a path may lead: the steps in CME-INST, and for 6.x and 7.x the releases in
HOWTO05.
"""


class Direction(Enum):
    """The direction in which a rule allows a hop within its range."""

    UP = "up"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class UpgradeMethod:
    """The files and names that make a phone take a hop.

    ``{load}`` and ``{loader}`` stand for those of the release at the end of the hop.
    """

    named_in: tuple[tuple[str, str], ...]
    """The files that name the firmware, each with the text that it must contain."""
    fetched: tuple[str, ...]
    """The files that the phone then requests, in this order."""


IMAGE_VERSION = ("SIPDefault.cnf", "image_version: {load}")
LOAD_INFORMATION = ("XMLDefault.cnf.xml", "loadInformation7 and 8: {load}")
LOADER_INFORMATION = ("XMLDefault.cnf.xml", "loadInformation7 and 8: {loader}, then {load}")
POINTER = ("OS79XX.TXT", "{load}")
LOADER_POINTER = ("OS79XX.TXT", "{loader}")
BY_LIST = ("{load}.loads", "{loader}.sbn if LA_VERSION differs", "{load}.sb2")

UNSIGNED_SIP = UpgradeMethod((POINTER, IMAGE_VERSION), ("{load}.bin",))
SIGNED_SIP = UpgradeMethod((POINTER, IMAGE_VERSION), ("{load}.sbn",))
SIP_TO_LOADER = UpgradeMethod(
    (LOADER_POINTER, IMAGE_VERSION, LOAD_INFORMATION), ("{loader}.sbn", "{load}.loads", "{load}.sb2")
)
LOADER_TO_SIP = UpgradeMethod((IMAGE_VERSION, LOAD_INFORMATION), BY_LIST)
LOADER_TO_OLD_SIP = UpgradeMethod((IMAGE_VERSION, LOAD_INFORMATION, POINTER), ("{load}.sbn",))
LOADER_TO_SCCP = UpgradeMethod((LOAD_INFORMATION, IMAGE_VERSION, POINTER), BY_LIST)
LOADER_TO_OLD_SCCP = UpgradeMethod((LOAD_INFORMATION, IMAGE_VERSION, POINTER), ("{load}.sbn",))
OLD_SCCP_TO_OLD_SIP = UpgradeMethod((POINTER, IMAGE_VERSION), ("{load}.bin",))
SCCP_TO_OLD_SIP = UpgradeMethod((POINTER, IMAGE_VERSION), ("{load}.sbn",))
OLD_SCCP_TO_LOADER = UpgradeMethod(
    (LOADER_POINTER, LOADER_INFORMATION), ("{loader}.bin", "{load}.loads", "{load}.sb2")
)
SCCP_TO_LOADER = UpgradeMethod(
    (LOADER_POINTER, LOADER_INFORMATION), ("{loader}.sbn", "{load}.loads", "{load}.sb2")
)
SCCP_WITHOUT_LOADER = (OLD_SCCP_TO_LOADER, SCCP_TO_LOADER)
"""Methods on which OS79XX.TXT has no effect, because it names P003, which is also the name of the phone's own
image (MATRIX).
"""
SCCP_UNSIGNED = UpgradeMethod((LOAD_INFORMATION,), ("{load}.bin",))
SCCP_SIGNED = UpgradeMethod((LOAD_INFORMATION,), ("{load}.sbn",))
SCCP_TAKES_LOADER = UpgradeMethod((LOAD_INFORMATION,), ("{load}.sbn", "{load}.loads", "{load}.sb2"))
SCCP_BY_LIST = UpgradeMethod((LOAD_INFORMATION,), BY_LIST)
SIP_BY_XML = UpgradeMethod((LOAD_INFORMATION,), BY_LIST)


@dataclass(frozen=True, slots=True)
class PathRule:
    """One row: a phone on a release in the first range may be given a release in the second range."""

    start: str
    start_range: tuple[Numbers, Numbers]
    end: str
    end_range: tuple[Numbers, Numbers]
    direction: Direction
    method: UpgradeMethod
    reason: str
    source: str

    def allows(self, start: Release, end: Release) -> bool:
        """Return whether this row allows a hop from `start` to `end`."""
        fits = (start.protocol, end.protocol) == (self.start, self.end)
        inside = _within(start.numbers, self.start_range) and _within(end.numbers, self.end_range)
        upwards = self.direction is Direction.EITHER or end.numbers >= start.numbers
        return fits and inside and upwards


def _within(numbers: Numbers, bounds: tuple[Numbers, Numbers]) -> bool:
    return bounds[0] <= numbers <= bounds[1]


def _majors(first: int, last: int) -> tuple[Numbers, Numbers]:
    return (first, 0), (last, 99)


UNSIGNED = ((2, 0), (4, 99))
LOADED = ((7, 0), ANY)

RULES: tuple[PathRule, ...] = (
    PathRule(
        "SIP", UNSIGNED, "SIP", UNSIGNED, Direction.UP, UNSIGNED_SIP,
        "2.x, 3.x and 4.x are unsigned, upgraded by .bin files; 4.4 is the step to the signed releases.",
        "[D] CME-INST; [L] UK04 uses 2.2, 3.0, 4.4",
    ),
    PathRule(
        "SIP", ((4, 4), (4, 99)), "SIP", _majors(5, 5), Direction.UP, UNSIGNED_SIP,
        "From 4.4, a phone can be upgraded to a signed release. It never accepts an unsigned one again.",
        "[D] CME-INST, 68244; [I] that it takes the .bin, as all before 5.x do",
    ),
    PathRule(
        "SIP", _majors(5, 5), "SIP", _majors(5, 5), Direction.UP, SIGNED_SIP,
        "5.x takes signed releases; 5.3 is the step to 6.x.", "[D] CME-INST",
    ),
    PathRule(
        "SIP", ((5, 3), (5, 99)), "SIP", _majors(6, 6), Direction.UP, SIGNED_SIP,
        "6.x is the step between 5.3 and the universal application loader of 7.x.",
        "[D] CME-INST; [L] HOWTO05: OS79XX.TXT and image_version both name P0S3-06-3-00",
    ),
    PathRule(
        "SIP", _majors(6, 6), "SIP", _majors(6, 6), Direction.UP, SIGNED_SIP,
        "6.x takes later signed releases.", "[D] CME-INST",
    ),
    PathRule(
        "SIP", _majors(6, 6), "SIP", _majors(7, 7), Direction.UP, SIP_TO_LOADER,
        "OS79XX.TXT names an image whose first four characters differ, P003: the phone takes the loader, "
        "which then takes the SIP application.",
        "[D] CME-INST, MATRIX; [L] HOWTO05",
    ),
    PathRule(
        "SIP", LOADED, "SIP", LOADED, Direction.EITHER, LOADER_TO_SIP,
        "With the universal application loader a phone takes any other release that has it.",
        "[L] JH, LKML20; [D] CME-INST",
    ),
    PathRule(
        "SIP", _majors(7, 7), "SIP", _majors(5, 6), Direction.EITHER, LOADER_TO_OLD_SIP,
        "A downgrade to any signed release starts at 7.x.",
        "[D] CME-INST; [I] that the loader takes the one .sbn",
    ),
    PathRule(
        "SCCP", ((0, 0), (3, 99)), "SIP", UNSIGNED, Direction.EITHER, OLD_SCCP_TO_OLD_SIP,
        "OS79XX.TXT names an image of another protocol, P0S3: the phone takes it.",
        "[D] 5455 (SCCP 3.x/earlier to SIP 6.x/earlier), MATRIX; [L] UK04",
    ),
    PathRule(
        "SCCP", ((0, 0), (3, 99)), "SIP", _majors(5, 6), Direction.EITHER, OLD_SCCP_TO_OLD_SIP,
        "OS79XX.TXT names an image of another protocol, P0S3; unsigned firmware takes its .bin.",
        "[D] 5455 (SCCP 3.x/earlier to SIP 6.x/earlier), MATRIX",
    ),
    PathRule(
        "SCCP", ((0, 0), (3, 99)), "SIP", _majors(7, 7), Direction.EITHER, OLD_SCCP_TO_LOADER,
        "5455 has its own procedure: unsigned firmware takes the loader's .bin, the loader the application.",
        "[D] 5455 (SCCP 3.x/earlier and 5.x to SIP 7.x), its steps not seen; [L] HOWTO05 for XMLDefault",
    ),
    PathRule(
        "SCCP", _majors(5, 5), "SIP", _majors(5, 6), Direction.EITHER, SCCP_TO_OLD_SIP,
        "SCCP 5.x goes straight to signed SIP: OS79XX.TXT names an image of another protocol.",
        "[D] CME-INST, 5455 (SCCP 5.x to SIP 5.x/6.x), MATRIX",
    ),
    PathRule(
        "SCCP", _majors(5, 5), "SIP", _majors(7, 7), Direction.EITHER, SCCP_TO_LOADER,
        "SCCP 5.x goes straight to SIP 7.x, by way of the loader.",
        "[D] CME-INST (5.x to 7.4), 5455 (SCCP 3.x/earlier and 5.x to SIP 7.x); [L] HOWTO05 for XMLDefault",
    ),
    PathRule(
        "SCCP", ((6, 0), ANY), "SIP", LOADED, Direction.EITHER, SIP_BY_XML,
        "XMLDefault.cnf.xml alone converts a phone that has the loader, from any release.",
        "[D] 5455 (SCCP 6.x/later to SIP 7.x/later); [L] JH: to 8.12 in one go",
    ),
    PathRule(
        "SIP", LOADED, "SCCP", _majors(5, 6), Direction.EITHER, LOADER_TO_OLD_SCCP,
        "From SIP 7.x on, a phone accepts any signed SCCP release.",
        "[D] S2S, 5455 (SIP 7.x/later to SCCP 5.x/later); [I] that the loader takes the one .sbn",
    ),
    PathRule(
        "SIP", LOADED, "SCCP", LOADED, Direction.EITHER, LOADER_TO_SCCP,
        "From SIP 7.x on, a phone accepts any signed SCCP release.",
        "[D] S2S, 5455 (SIP 7.x/later to SCCP 5.x/later)",
    ),
    PathRule(
        "SCCP", ((0, 0), (4, 99)), "SCCP", ((0, 0), (4, 99)), Direction.EITHER, SCCP_UNSIGNED,
        "Firmware before 5.x takes any unsigned image of its protocol.", "[D] 68244",
    ),
    PathRule(
        "SCCP", ((0, 0), (4, 99)), "SCCP", _majors(5, 5), Direction.UP, SCCP_UNSIGNED,
        "To a signed release, once: it never takes an unsigned one again.",
        "[D] CME-INST (SCCP must first be at 5.x), 68244; [I] that it takes the .bin, as all before 5.x do",
    ),
    PathRule(
        "SCCP", ((5, 0), ANY), "SCCP", _majors(5, 6), Direction.EITHER, SCCP_SIGNED,
        "Signed releases go up and down among themselves.", "[D] readme of SCCP 8.0(10)",
    ),
    PathRule(
        "SCCP", _majors(5, 6), "SCCP", LOADED, Direction.EITHER, SCCP_TAKES_LOADER,
        "Signed releases go up and down among themselves; the loader shares the load's name and comes first.",
        "[D] readme of SCCP 8.0(10); P-PATH-10",
    ),
    PathRule(
        "SCCP", LOADED, "SCCP", LOADED, Direction.EITHER, SCCP_BY_LIST,
        "Signed releases go up and down among themselves.", "[D] readme of SCCP 8.0(10)",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path, with the row that allows it."""

    start: Release
    end: Release
    rule: PathRule

    @property
    def named_in(self) -> list[tuple[str, str]]:
        """Return each file that names the firmware of this hop, with the text that it must contain."""
        return [(file, self._spelt(text)) for file, text in self.rule.method.named_in]

    @property
    def fetched(self) -> list[str]:
        """Return the files that the phone requests on this hop."""
        return [self._spelt(text) for text in self.rule.method.fetched]

    def _spelt(self, text: str) -> str:
        return text.format(load=self.end.load, loader=loader_of(self.end.load))


@dataclass(frozen=True, slots=True)
class Path:
    """The hops from one release to another.

    If there are no hops and a reason is given, there is no upgrade path.
    """

    start: Release
    end: Release
    hops: tuple[Hop, ...]
    reason: str = ""
    source: str = ""

    @property
    def exists(self) -> bool:
        """Return whether there is an upgrade path.

        A path without hops and without a reason exists: both releases are the same.
        """
        return not self.reason


class PathRefusal(Enum):
    """The reason why there is no upgrade path, with its source."""

    MGCP = "MGCP has no documented upgrade path.", "P-PATH-11 names none"
    UNSIGNED = (
        "{start} is signed, as all releases from 5.0 on, and never takes an unsigned one again.",
        "[D] CME-INST, 68244",
    )
    DOWN_TO_UNSIGNED = (
        "A downgrade leads through SIP 7.x; that is signed, and takes no unsigned release like {end}.",
        "[D] CME-INST",
    )
    SIP_TO_UNSIGNED_SCCP = (
        "SIP goes to SCCP through SIP 7.x; that is signed, and takes no unsigned release like {end}.",
        '[D] CME-INST; 5455 has a section "SIP 4.x/earlier to SCCP 5.x/earlier", not seen',
    )
    SCCP_4 = ("No source leads from {start} to unsigned SIP: 5455 starts at 3.x or earlier.", "[D] 5455")


def find_path(start: Release, end: Release) -> Path:
    """Return the path with the fewest hops, or a path without hops that has the reason why there is none."""
    if start == end:
        return Path(start, end, ())
    came_by: dict[Release, Hop] = {}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for hop in hops_from(here, end):
            if hop.end not in came_by and hop.end != start:
                came_by[hop.end] = hop
                waiting.append(hop.end)
    if end not in came_by:
        text, source = _refusal(start, end).value
        return Path(start, end, (), text.format(start=start, end=end), source)
    hops = [came_by[end]]
    while hops[0].start != start:
        hops.insert(0, came_by[hops[0].start])
    return Path(start, end, tuple(hops))


def hops_from(start: Release, end: Release) -> Iterator[Hop]:
    """Yield the allowed hops that lead to the required release or to a waypoint."""
    # Of two paths with as many hops, the one that converts the phone earlier is chosen, because the rules of
    # the required protocol then apply.
    through = sorted(WAYPOINTS, key=lambda each: each.protocol != end.protocol)
    for target in (end, *(each for each in through if str(each) != str(end))):
        rule = next((rule for rule in RULES if rule.allows(start, target)), None)
        if rule is not None and target != start:
            yield Hop(start, target, rule)


def _refusal(start: Release, end: Release) -> PathRefusal:
    if "MGCP" in (start.protocol, end.protocol):
        return PathRefusal.MGCP
    if start.is_signed:
        return PathRefusal.UNSIGNED
    if start.protocol == "SIP":
        return PathRefusal.DOWN_TO_UNSIGNED if end.protocol == "SIP" else PathRefusal.SIP_TO_UNSIGNED_SCCP
    return PathRefusal.SCCP_4
