"""Run the rules of `ringup check` that need no network when the server starts."""

import errno
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from ringup.errors import BindError
from ringup.rule import Result, Unknown, judge
from ringup.serve.options import Options
from ringup.serve.readiness import CODES
from ringup.site.model import Site


def look_at_the_machine(options: Options, database: Path | None, site: Site, interface: str) -> list[Result]:
    """Return the findings about this machine; `lacking` returns those about the site.

    It takes a few tens of milliseconds, mostly in other programs, and needs root to read a firewall's rules.
    """
    from ringup.check.probes.quick import Places, quick
    from ringup.check.rules import QUICK

    facts = quick(site, Places(database, options.firmware, options.user), interface, dhcp=options.dhcp)
    return judge([rule for rule in QUICK if rule.code not in (*CODES, "interface")], facts)


@contextmanager
def naming_the_holder(interface: str, protocol: str, ports: Collection[int]) -> Iterator[None]:
    """Add to an error about a port the name of the program that uses the port, if the system shows it."""
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
