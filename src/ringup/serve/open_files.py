"""The number of files and sockets that this process may have open."""

import resource

OTHERS = 512
"""Open files that are not HTTP connections: sockets of transfers, the database, logs."""
_MANY = 1 << 40


def allow(connections: int) -> int:
    """Let this process have so many connections beside its other open files; returns how many it may have.

    The soft limit is raised as far as the hard limit goes, which needs no right.
    """
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (_MANY if limit == resource.RLIM_INFINITY else limit for limit in limits)
    wanted = min(connections + OTHERS, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, limits[1]))
    return max(1, min(connections, max(soft, wanted) - OTHERS))
