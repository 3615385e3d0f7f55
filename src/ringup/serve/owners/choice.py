"""Build the object that finds the phone of an address as `--owners` selects, and log the choice."""

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
    """Return the object that finds phones by this method; `pins` is set only if the method is pins."""
    if pins is not None:
        return AddressOwners(source.by, pins.holder_of, neighbour, reserved_for(site), pins.claim)
    holder = neighbour if source.by is OwnersBy.NEIGHBOURS else own_lease
    if source.file:
        holder = LeaseFile(source.file, clock).holder_of
    return AddressOwners(source.by, holder, neighbour, reserved_for(site))


def check_owners(source: OwnerSource) -> None:
    """Raise BindError if the chosen method cannot work; call it as the user that the server runs as."""
    if source.file:
        LeaseFile(source.file).check()


OPEN_TO_ALL = Problem(
    "--owners open",
    "every phone's file, passwords included, goes to any host that requests it.",
    "Leave --owners out, or use a firewall that allows only the phones to reach UDP port 69 and TCP ports "
    "80 and 6970.",
)

_WORDS: Mapping[OwnersBy, str] = {
    OwnersBy.OWN_LEASES: "goes to the address that the phone currently leases",
    OwnersBy.LEASES: "goes to the address that the phone currently leases according to {0.file}",
    OwnersBy.NEIGHBOURS: "goes to the neighbour on the interface that has the phone's MAC; phones behind a "
    "router get none (use --owners leases:FILE or pin)",
    OwnersBy.PIN: "goes to the neighbour on the interface that has the phone's MAC, and behind a router to "
    "the first address that requests it (`ringup phone pins` lists them)",
}


def log_owners(source: OwnerSource) -> None:
    """Log which address gets a phone's own file."""
    if source.by is OwnersBy.OPEN:
        log.warning("%s", OPEN_TO_ALL)
        return
    log.info("A phone's own file %s", _WORDS[source.by].format(source))
    if source.file and not source.file.exists():
        log.warning("%s does not exist yet: no phone gets its own file until it does", source.file)
