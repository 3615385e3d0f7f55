"""The step that makes a running Kea follow the site, if the site names Kea's control socket."""

from collections.abc import Callable
from functools import partial

from ringup.change.carry_out import Step
from ringup.errors import OutsideError, SiteErrors
from ringup.kea.control import KeaControl, NoKea
from ringup.kea.drive import drive
from ringup.kea.merge import KeaChange, merged, removed
from ringup.kea.own_parts import Config
from ringup.render.dhcp_snippets import reserved
from ringup.site.model import Site

LATER = "Kea was not changed ({}) Make it follow: ringup kea apply --yes"


def kea_steps(before: Site, after: Site) -> tuple[Step, ...]:
    """Return the steps of a change; none if it does not concern Kea.

    If the site no longer names a Kea, ringup's parts are removed from it.
    """
    if _needs(before) == _needs(after) or not (before.kea or after.kea):
        return ()
    steps = [Step("changing Kea", partial(_follow, after.kea))] if after.kea else []
    if before.kea and before.kea != after.kea:
        steps.append(Step("removing ringup's parts from Kea", partial(_follow, before.kea)))
    return tuple(steps)


def _needs(site: Site) -> tuple[object, ...]:
    """Return the parts of a site that Kea has to know."""
    hosts = [(phone.mac, address) for phone, address in reserved(site)]
    return site.kea, site.server_address, hosts


def _follow(socket: str, site: Site) -> str:
    """Make the Kea with this socket follow a site.

    A Kea that cannot be reached is not an error, because the phones that have their addresses keep them.
    """
    try:
        said = drive(KeaControl(socket), _planner(socket, site), lambda _change: None, write=True)
    except NoKea as error:
        return LATER.format(error.answer)
    except SiteErrors as error:
        raise OutsideError("changing Kea", str(error), "") from error
    return " ".join(said)


def _planner(socket: str, site: Site) -> Callable[[Config], KeaChange]:
    server = site.server_address
    if site.kea != socket or server is None:
        return removed
    return lambda config: merged(config, site, server)
