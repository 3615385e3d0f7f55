"""Find the rendered files that differ between two sites: those for phones and those for Asterisk."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from ringup.change.file_diff import Side
from ringup.change.world import World
from ringup.errors import SiteErrors
from ringup.files.rendered import OWN, RENDERED, Records
from ringup.render.pbx_files import PBX_TEXTS
from ringup.site.model import Phone, Site
from ringup.site.records import ChangedRecords


@dataclass(frozen=True, slots=True)
class FilePair:
    """The texts of one file before and after; an empty text means that the file does not exist."""

    side: Side
    name: str
    before: str
    after: str
    mac: str = ""
    """The MAC of the phone to which the file belongs; empty for a file that all phones share."""
    fault: str = ""
    """The reason why the file can no longer be rendered.

    Empty if it can be rendered, or if it could not be rendered before the change either.
    """

    def __repr__(self) -> str:  # the texts hold secrets
        return f"FilePair({self.side!r}, {self.name!r})"


def touched_phones(before: Site, after: Site, records: ChangedRecords) -> list[str]:
    """Return the MACs of the phones whose own files may differ; this is faster than rendering the files.

    `records` is the result of `changed(before, after)`.
    """
    names = {name for half in records for name in half}
    if "site" in names:
        return sorted({phone.mac for site in (before, after) for phone in site.phones})
    touched = {mac for kind, _, mac in (name.partition(" ") for name in names) if kind == "phone"}
    return sorted(touched | {phone.mac for phone in after.phones if f"group {phone.group}" in names})


def shared_files(before: Site, after: Site, world: World) -> Iterator[FilePair]:
    """Yield every differing file that all phones share."""
    return _differing(_shared(_records(before, world), _records(after, world)))


def own_files(before: Site, after: Site, world: World, touched: Iterable[str]) -> Iterator[FilePair]:
    """Yield every differing file of these phones; `touched` is the result of `touched_phones`."""
    return _differing(_own(_records(before, world), _records(after, world), touched))


def asterisk_files(before: Site, after: Site) -> Iterator[FilePair]:
    """Yield every differing file of Asterisk."""
    return _differing(_asterisk(before, after))


def faulty_asterisk_files(before: Site, after: Site, touched: Collection[str]) -> list[FilePair]:
    """Return the files of Asterisk that can no longer be rendered; `touched` is the result of
    `touched_phones`.

    Whether a line can be written does not depend on other lines. So only the touched phones are rendered
    first, and all phones only if one of those has a fault.
    """
    some = _only(after, touched)
    if not any(_text(partial(file.render, some))[1] for file in PBX_TEXTS if file.is_used(some)):
        return []
    return [pair for pair in asterisk_files(before, after) if pair.fault]


def _differing(pairs: Iterable[FilePair]) -> Iterator[FilePair]:
    return (pair for pair in pairs if pair.before != pair.after)


def _only(site: Site, macs: Collection[str]) -> Site:
    kept = frozenset(macs)
    return site.model_copy(update={"phones": tuple(phone for phone in site.phones if phone.mac in kept)})


def _phones(site: Site) -> dict[str, Phone]:
    return {phone.mac: phone for phone in site.phones}


def _records(site: Site, world: World) -> Records:
    return Records(site, _phones(site), world, str(site.server_address or world.server))


def _shared(old: Records, new: Records) -> Iterator[FilePair]:
    for kind in RENDERED:
        was, becomes = set(kind.names(old.site)), set(kind.names(new.site))
        for name in sorted(was | becomes):
            yield _pair(
                "phone",
                name,
                partial(kind.render, old, name) if name in was else None,
                partial(kind.render, new, name) if name in becomes else None,
            )


def _own(old: Records, new: Records, touched: Iterable[str]) -> Iterator[FilePair]:
    for mac in touched:
        was, becomes = old.phones.get(mac), new.phones.get(mac)
        for kind in OWN:
            before = partial(kind.render, old, was) if was and kind.has(old.site, was) else None
            after = partial(kind.render, new, becomes) if becomes and kind.has(new.site, becomes) else None
            if before or after:
                yield _pair("phone", f"{kind.before}{mac}{kind.after}", before, after, mac)


def _asterisk(before: Site, after: Site) -> Iterator[FilePair]:
    for file in PBX_TEXTS:
        yield _pair(
            "asterisk",
            file.name,
            partial(file.render, before) if file.is_used(before) else None,
            partial(file.render, after) if file.is_used(after) else None,
        )


Render = Callable[[], str]


def _pair(side: Side, name: str, before: Render | None, after: Render | None, mac: str = "") -> FilePair:
    was, old_fault = _text(before)
    becomes, fault = _text(after)
    return FilePair(side, name, was, becomes, mac, "" if old_fault else fault)


def _text(render: Render | None) -> tuple[str, str]:
    """Return a file's text, or the reason why it cannot be rendered."""
    try:
        return (render() if render else ""), ""
    except (SiteErrors, ValueError) as error:
        return "", str(error)
