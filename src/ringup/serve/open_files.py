"""Raise the number of files and sockets that this process may have open."""

import resource

OTHERS = 512
"""Open files that are not HTTP connections: sockets of transfers, the database, logs."""
_MANY = 1 << 40


def allow(connections: int) -> int:
    """Raise the limit of open files for this many connections; returns the number of connections it allows.

    The soft limit is raised as far as the hard limit goes, which needs no privilege.
    """
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (_MANY if limit == resource.RLIM_INFINITY else limit for limit in limits)
    wanted = min(connections + OTHERS, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, limits[1]))
    return max(1, min(connections, max(soft, wanted) - OTHERS))
