"""Restart phones that the operator chose, without any other change."""

import time
from collections.abc import Callable, Sequence

from ringup.change.restart import RestartResult, Restarts, Target, with_new_sync
from ringup.change.restart_run import restart
from ringup.change.site import restart_revision
from ringup.change.stored_site import opened
from ringup.site.model import Site


async def restart_phones(
    database: str,
    site: Site,
    targets: Sequence[Target],
    restarts: Restarts,
    on_sent: Callable[[Target], None],
    finished: Callable[[RestartResult], None],
) -> None:
    """Restart the phones of `restarts` with a new ``SYNC``, without any other change.

    `on_sent` and `finished` are called once for each phone. Raises the errors of `restart`.
    """
    told = 0

    def begin() -> None:
        count = len(targets)
        summary = f"restart {count} phone{'' if count == 1 else 's'}"
        restart_revision(database, lambda stored: with_new_sync(stored, time.time()), summary)

    def tell() -> None:
        nonlocal told
        for result in restarts.results[told:]:
            finished(result)
        told = len(restarts.results)

    with opened(database) as engine:
        macs = tuple(target.mac for target in targets)
        await restart(site.pbx, engine, restarts, macs, begin, on_sent, tell)
