"""The record of one address: its client, its state, and the end of that state."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class LeaseState(StrEnum):
    """The state of an address that has a record."""

    OFFERED = "offered"
    LEASED = "leased"
    DECLINED = "declined"
    RELEASED = "released"


# Names of this module: they are found in half the time of an enumeration's members.
_OFFERED, _LEASED, _DECLINED, _RELEASED = LeaseState
_HAD_IT = (_LEASED, _RELEASED)


class Lease(NamedTuple):
    """One address, and the phone that has, had or refused the address."""

    mac: str
    address: str
    expires: float
    """Unix seconds: the end of the lease, of the offer's hold or of the quarantine. For a released address,
    the time of the release.
    """
    state: LeaseState = LeaseState.LEASED
    client_id: str = ""
    """The client identifier (option 61) in hexadecimal digits."""
    host_name: str = ""


def after_step(leases: Iterable[Lease], step: float, now: float, longest: float) -> Iterator[Lease]:
    """Yield, with new ends, the leases that still run after the clock was set by `step` seconds.

    The clock was set while no server ran. `now` is in Unix seconds by the clock as it is set now; `longest`
    is the longest lease time in seconds. A lease is moved only if it then still runs, and no longer than
    `longest`: other leases were recorded by another clock.
    """
    for lease in leases:
        ends = lease.expires + step
        if step and lease.state in (_LEASED, _DECLINED) and now < ends <= now + longest:
            yield lease._replace(expires=ends)


def is_taken(lease: Lease, now: float) -> bool:
    """Return whether an address with a record is not free at `now`: offered, leased or in quarantine."""
    return lease.expires > now and lease.state is not _RELEASED


def is_surely_free(record: Lease, mac: str, now: float) -> bool:
    """Return whether an address with a record needs no probe before it is offered to a phone.

    A phone's own address needs none. A lease that ended is over for its phone too, because the phone counts
    from an earlier moment. An address that was released before its lease ended may still be in use: the
    RELEASE may be an old copy.
    """
    if record.mac == mac:
        return record.state in _HAD_IT or (record.state is _OFFERED and record.expires > now)
    return record.state is _LEASED
