"""Run the rules of `ringup check` that need no network when the server starts."""

import errno
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ringup.errors import BindError
from ringup.rule import Result, Unknown, judge
from ringup.serve.options import Options
from ringup.serve.readiness import CODES
from ringup.site.model import Site
from ringup.store.books import BookState

MOST_PHONES_ASKED = 200
"""Maximum number of phones whose accounts are looked up in Asterisk while the server runs. It limits the cost
on a large site.
"""
LEFT_OUT = ("pbx-manager", "pbx-verify")
"""Rules that do not run while the server runs: `PbxLost` reports the first; the second sends REGISTERs."""


def look_at_the_machine(options: Options, database: Path | None, site: Site, interface: str) -> list[Result]:
    """Return the results about this machine; `site_results` returns those about the site.

    It takes a few tens of milliseconds, mostly in other programs, and needs root to read a firewall's rules.
    """
    from ringup.check.probes.quick import Places, quick
    from ringup.check.rules import QUICK

    facts = quick(site, Places(database, options.firmware, options.user), interface, dhcp=options.dhcp)
    return judge([rule for rule in QUICK if rule.code not in (*CODES, "interface")], facts)


def look_at_the_books(site: Site, books: Sequence[BookState]) -> list[Result]:
    """Return the results about the address books of the phones' directory."""
    from ringup.check.directory_rules import RULES
    from ringup.check.facts import Facts

    return judge(RULES, Facts(site, books=tuple(books)))


def look_at_asterisk(site: Site, *, dhcp: bool) -> list[Result]:
    """Return the findings about Asterisk, except for the connection to it, which has its own event.

    This takes seconds, because it logs in and queries each line of the first phones.
    """
    from ringup.check.facts import Facts, ManagerRefusal, PbxState
    from ringup.check.probes import pbx
    from ringup.check.rules import RULES

    some = site.model_copy(update={"phones": site.phones[:MOST_PHONES_ASKED]})
    said = pbx.state(some)
    facts = Facts(
        some,
        dhcp,
        pbx_files=pbx.files(site),
        pbx=said if isinstance(said, PbxState | Unknown) else Unknown("Asterisk gave no answer"),
        refusal=said if isinstance(said, ManagerRefusal) else None,
    )
    results = judge([rule for code, rule in RULES.items() if code.startswith("pbx-")], facts)
    return [result for result in results if result.code not in LEFT_OUT]


@contextmanager
def naming_the_holder(interface: str, protocol: str, ports: Collection[int]) -> Iterator[None]:
    """If a port is in use, add the name of the program that uses it to the error, if the system shows it."""
    try:
        yield
    except BindError as error:
        cause = error.__cause__
        taken = isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE
        raise (_with_the_holder(error, interface, protocol, ports) if taken else error) from cause


def _with_the_holder(error: BindError, interface: str, protocol: str, ports: Collection[int]) -> BindError:
    from ringup.check.network_rules import held
    from ringup.check.probes.ports import listeners

    sockets = listeners(None)
    for each in () if isinstance(sockets, Unknown) else sockets:
        is_here = each.device in ("", interface) and not each.address.startswith("[")
        if each.protocol == protocol and each.port in ports and each.program and is_here:
            found = held(each)
            return BindError(error.tried, found.what, " ".join((found.cure, *found.commands)))
    return error
