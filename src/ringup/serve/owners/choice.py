"""Builds what the operator chose with `--owners`, and says so when the server starts."""

from collections.abc import Callable, Mapping

from ringup.errors import Problem
from ringup.serve.log import log
from ringup.serve.owners.address_owners import AddressOwners, Holder, reserved_for
from ringup.serve.owners.lease_file import LeaseFile
from ringup.serve.owners.pins import Pins
from ringup.serve.owners.source import OwnersBy, OwnerSource
from ringup.site.model import Site


def address_owners(
    source: OwnerSource,
    site: Site,
    own_lease: Holder,
    neighbour: Holder,
    clock: Callable[[], float],
    pins: Pins | None = None,
) -> AddressOwners:
    """Return who an address belongs to, by this way; `pins` only where they are the way."""
    if pins is not None:
        return AddressOwners(source.by, pins.holder_of, neighbour, reserved_for(site), pins.claim)
    holder = neighbour if source.by is OwnersBy.NEIGHBOURS else own_lease
    if source.file:
        holder = LeaseFile(source.file, clock).holder_of
    return AddressOwners(source.by, holder, neighbour, reserved_for(site))


def check_owners(source: OwnerSource) -> None:
    """Raise BindError when the chosen way cannot work; called as the user who will serve."""
    if source.file:
        LeaseFile(source.file).check()


OPEN_TO_ALL = Problem(
    "--owners open",
    "every phone's file, passwords included, goes to any host that requests it.",
    "Leave --owners out, or let a firewall restrict UDP port 69 and TCP ports 80 and 6970 to the phones.",
)

_WORDS: Mapping[OwnersBy, str] = {
    OwnersBy.OWN_LEASES: "goes to the address that the phone holds a living lease of",
    OwnersBy.LEASES: "goes to the address that the phone has a living lease of in {0.file}",
    OwnersBy.NEIGHBOURS: "goes to the neighbour on the interface that has the phone's MAC; phones behind a "
    "router get none (use --owners leases:FILE or pin)",
    OwnersBy.PIN: "goes to the neighbour on the interface that has the phone's MAC, and behind a router to "
    "the first address that requests it (`ringup phone pins` lists them)",
}


def log_owners(source: OwnerSource) -> None:
    """Log to whom a phone's own file goes."""
    if source.by is OwnersBy.OPEN:
        log.warning("%s", OPEN_TO_ALL)
        return
    log.info("A phone's own file %s", _WORDS[source.by].format(source))
    if source.file and not source.file.exists():
        log.warning("%s does not exist yet: no phone gets its own file until it does", source.file)
