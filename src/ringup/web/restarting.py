"""Restarts of phones as a job, for the pages and the API."""

import asyncio
from collections.abc import Collection

from ringup.asterisk.check_sync import check_sync
from ringup.asterisk.control import Manager
from ringup.change.lookup import phone_of
from ringup.change.restart import RestartOutcome, Restarts, Target
from ringup.change.restart_phones import restart_phones
from ringup.change.restart_text import AT_ONCE, WAIT_SECONDS, named, sent_line, sentence
from ringup.errors import Problem, SiteErrors
from ringup.site.model import Pbx
from ringup.store.revisions import read_site
from ringup.web.ask import Ask
from ringup.web.changing import author_of
from ringup.web.jobs import Job


def start_restart(ask: Ask, macs: Collection[str], *, also_in_call: bool = False) -> Job:
    """Start the restart of these phones; raises SiteErrors if it cannot begin."""
    site = read_site(ask.web.engine)
    phones = [phone for phone in site.phones if phone.mac in macs]
    problems = [
        Problem(f"phone {mac}", "is not in the site.", "Choose another phone.")
        for mac in sorted(set(macs) - {phone.mac for phone in phones})
    ]
    problems += _without_manager(site.pbx)
    if problems or not phones:
        raise SiteErrors(problems or [Problem("phones", "none is chosen.", "Choose one at least.")])
    targets = [Target.of(site, phone) for phone in phones]
    restarts = Restarts(targets, AT_ONCE, WAIT_SECONDS, also_in_call=also_in_call)

    def work(job: Job) -> None:
        with author_of(ask):
            asyncio.run(
                restart_phones(
                    ask.web.database, site, targets, restarts,
                    lambda target: job.say(sent_line(target)),
                    lambda result: job.say(f"{named(result.target)}: {sentence(result)}"),
                )
            )  # fmt: skip
        booted = sum(result.outcome is RestartOutcome.BOOTED for result in restarts.results)
        job.say(f"{booted} of {len(targets)} booted.")

    count = len(targets)
    title = f"Restart {count} phone{'' if count == 1 else 's'}"
    return ask.web.jobs.start(title, ask.person.name if ask.person else "", work)


def start_resync(ask: Ask, mac: str) -> Job:
    """Start a check-sync without a new ``SYNC``: the phone reads its dial plan again (P-SYNC-3).

    It restarts only if it has not restarted since the last new ``SYNC``. Raises SiteErrors if it cannot get
    a check-sync.
    """
    site = read_site(ask.web.engine)
    phone = phone_of(site, mac)
    problems = _without_manager(site.pbx)
    if site.protocol_of(phone) == "sccp":
        problems.append(Problem(f"phone {mac}", "speaks SCCP, which has no check-sync.", "Restart it."))
    if not phone.lines:
        problems.append(Problem(f"phone {mac}", "has no line, so Asterisk cannot reach it.", "Give it one."))
    if problems:
        raise SiteErrors(problems)
    extension = phone.lines[0].extension

    def work(job: Job) -> None:
        asyncio.run(_resync(site.pbx, extension))
        job.say(f"Asterisk has accepted a check-sync for {extension}. The phone fetches dialplan.xml now.")

    return ask.web.jobs.start(f"Resync {extension}", ask.person.name if ask.person else "", work)


async def _resync(pbx: Pbx, extension: str) -> None:
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        await manager.connect()
        await check_sync(manager, pbx.driver, extension)
    finally:
        await manager.close()


def _without_manager(pbx: Pbx) -> list[Problem]:
    if pbx.manager_user:
        return []
    cure = "Make one on the server, as root: ringup pbx install --yes"
    return [Problem("pbx", "names no manager user, which restarts need.", cure)]
