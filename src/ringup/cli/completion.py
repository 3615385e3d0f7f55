"""Completion by the shell's Tab key: phones, groups, keys and loads of the site.

A function takes click's context and the beginning of the word. It offers nothing if the site cannot be read,
because a message would appear in the line that the user types.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from ringup.cli.options import default_database
from ringup.errors import RingupError

if TYPE_CHECKING:
    from ringup.site.model import Site

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
"""The form of click's `shell_complete`."""


def _of_site(offers: "Callable[[Site], Iterable[tuple[str, str]]]") -> Complete:
    """Return a completer that suggests words of the site, each with its help text."""

    def complete(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        from ringup.change.stored_site import stored_site

        try:
            site = stored_site(_database(context))
        except (RingupError, OSError):
            return []
        return _beginning_with(begun, offers(site))

    return complete


def _beginning_with(begun: str, words: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    """Return each word once that begins with this text; upper and lower case count as equal."""
    kept = {word: said for word, said in words if word.casefold().startswith(begun.casefold())}
    return [CompletionItem(word, help=said or None) for word, said in kept.items()]


def _phones(site: "Site") -> Iterable[tuple[str, str]]:
    for phone in site.phones:
        name = phone.label or next((line.name for line in phone.lines if line.name), "")
        yield phone.mac, name
        for line in phone.lines:
            yield line.extension, line.name
        if phone.label:
            yield phone.label, phone.mac


def _groups(site: "Site") -> Iterable[tuple[str, str]]:
    return [(group.name, "") for group in site.groups]


def _loads(site: "Site") -> Iterable[tuple[str, str]]:
    from ringup.site.wanted import required_loads

    return [(load, "") for load in required_loads(site)]


phones = _of_site(_phones)
"""Yield MACs, extensions and labels."""


def phones_and_files(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the phones of the site, and let the shell offer files."""
    return [*phones(context, parameter, begun), CompletionItem(begun, type="file")]


groups = _of_site(_groups)

loads = _of_site(_loads)

directories = _of_site(lambda site: [(source.name, source.url) for source in site.directory])
rings = _of_site(lambda site: [(ring.name, ring.file) for ring in site.rings])
"""Offer the loads that the site, a group or a phone requires."""


def unknown_macs(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the MACs that have a lease and are not in the site."""
    from ringup.change.stored_site import opened
    from ringup.store.leases import read_leases
    from ringup.store.revisions import read_site

    try:
        with opened(_database(context)) as engine:
            site = read_site(engine)
            new = [
                (lease.mac, lease.address) for lease in read_leases(engine) if site.phone(lease.mac) is None
            ]
    except (RingupError, OSError):
        return []
    return _beginning_with(begun, new)


def _database(context: click.Context) -> str:
    return str(context.params.get("database") or default_database())


def pairs(*fields: str) -> Complete:
    """Return the completion of KEY=VALUE: these fields and every `.cnf` parameter."""
    return _keys("=", lambda: fields)


def keys(*fields: str) -> Complete:
    """Return the completion of KEY alone."""
    return _keys("", lambda: fields)


def _keys(end: str, fields: Callable[[], Iterable[str]]) -> Complete:
    def complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        from ringup.phone.parameters import PARAMETERS

        return _beginning_with(begun, [(f"{name}{end}", "") for name in (*fields(), *PARAMETERS)])

    return complete


def _site_fields() -> Iterable[str]:
    from ringup.site.model import Pbx, Site

    several = (
        "pbx", "subnets", "groups", "phones", "dial_rules", "rings", "directory", "settings",
    )  # fmt: skip
    own = [name for name in Site.model_fields if name not in several]
    return (*own, "network", *(f"pbx.{name}" for name in Pbx.model_fields if name != "options"))


site_pairs = _keys("=", _site_fields)
"""Fields of the site and of its PBX, and `.cnf` parameters."""

site_keys = _keys("", _site_fields)
