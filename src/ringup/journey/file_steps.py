"""The steps of a storm: a file asked for, sent or absent that changes nothing but the stage and the requests.

`follow` would do the same at three times the cost; a boot whose files are all there has no others.
"""

import re
from functools import lru_cache

from ringup.events import Event, FileAbsent, FileAsked, FileSent
from ringup.journey.changes import OUTCOMES
from ringup.journey.describe import plain
from ringup.journey.file_kinds import FILE_KINDS, kind_of
from ringup.journey.record import (
    MOST_REQUESTS,
    OWN_MAC,
    TIME_BYTES,
    Asked,
    Journey,
    asked_for,
    packed_time,
    without_mac,
)
from ringup.journey.stages import IN_SERVICE, STAGES, depends_on_files, reached_by, starts_a_boot
from ringup.journey.troubles import may_trouble

_MAY_BE_A_MAC = re.compile(r"[0-9A-F]{12}", re.ASCII)
_made = tuple.__new__
"""What `Journey._make` calls."""
MOST_EARLIER = TIME_BYTES * (MOST_REQUESTS - 1)
DEPENDS = "depends"
"""On the files that were sent before."""


@lru_cache(maxsize=4096)
def _kind_without_mac(name: str) -> str | None:
    """`kind_of` a name with OWN_MAC in it; None where a MAC is left, another's or in another spelling."""
    spelt = name.upper()
    return None if _MAY_BE_A_MAC.search(spelt) else kind_of(spelt.replace(OWN_MAC, "<MAC>"), "")


def _stage_after(kind: type[Event], file: str, now_in: str) -> str | None:
    """The stage after an event of this kind, DEPENDS, or None where more than the stage may change."""
    if now_in in IN_SERVICE or may_trouble(kind, file) or (kind is FileAsked and file == "load_list"):
        return None
    return DEPENDS if depends_on_files(kind, file) else reached_by(kind, file, now_in, tuple)


_STAGES_AFTER = {
    (kind, file, now_in.key): _stage_after(kind, file, now_in.key)
    for kind in (FileAsked, FileSent, FileAbsent)
    for file in ("", *(known.key for known in FILE_KINDS))
    for now_in in STAGES
}


def _sent(asked: tuple[Asked, ...]) -> set[str]:
    return {one.file for one in asked if one.outcome == "sent"}


def file_step(journey: Journey, event: FileAsked | FileSent | FileAbsent) -> Journey | None:
    """The journey after this event of the same phone; None when only `follow` can tell."""
    mac, address, model, stage, since, boots, load, _, asked, times, lines, calls, boxes, troubles = journey
    kind, at, name = type(event), event.at, without_mac(event.name, mac)
    again = asked[-1] if asked and asked[-1].name == name else None
    file = again.file if again else _kind_without_mac(name) if kind is FileAsked else None
    after = None if troubles or file is None else _STAGES_AFTER[kind, file, stage]
    if after is None or file is None:
        return None
    if file == "first" and starts_a_boot(event, file, stage, lambda: {one.file for one in asked}):
        return None
    before = asked[:-1] if again else asked
    if kind is FileAsked:
        asked = (
            *before[1 - MOST_REQUESTS :],
            asked_for(name, file, "asked", again.times + 1 if again else 1),
        )
        times = times[: len(before) * TIME_BYTES][-MOST_EARLIER:] + packed_time(at)
        if event.address != address:
            address = plain(event.address)
    elif again:
        asked = (*before, asked_for(name, file, OUTCOMES[kind], again.times))
    if after is DEPENDS:
        after = reached_by(kind, file, stage, lambda: _sent(asked))
    if after != stage:
        stage, since, boots = after, at, boots or 1
    return _made(
        Journey,
        (mac, address, model, stage, since, boots, load, event, asked, times, lines, calls, boxes, troubles),
    )
