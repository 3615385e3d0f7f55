"""Run services in threads, so that a slow or faulty service delays only the phone that requested it.

The user of that phone gets a page with a sentence about the fault.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import partial

from ringup.errors import OutsideError, StoreError
from ringup.pages.answers import Shown, sentence
from ringup.pages.objects.limits import URL
from ringup.pages.objects.values import Menu, MenuItem, Text
from ringup.pages.services.caller import Caller, KnownCaller
from ringup.pages.services.menu import may_use
from ringup.pages.services.service import Service, call

SECONDS = 5.0
"""Maximum seconds that a phone waits for a service; how long phones themselves would wait is not known."""
MOST_AT_ONCE = 4
"""Maximum number of threads for one service; further callers wait for one.

A caller that waited SECONDS in vain gets a page that asks the user to try again.
"""
_THREADS = 16
"""Number of threads for all services together."""


class Runner:
    """Runs services in threads."""

    def __init__(self, on_fault: Callable[[str], None]) -> None:
        self._on_fault = on_fault
        self._threads = ThreadPoolExecutor(_THREADS, "service")
        self._free: dict[str, asyncio.Semaphore] = {}

    async def page(self, called: Service, caller: Caller) -> Shown:
        """Return the page of a service, or a page with the reason why there is none."""

        def refused(reason: str) -> Text:
            return sentence(caller.say(called.title), caller.say(reason))

        if called.is_for_known and not isinstance(caller, KnownCaller):
            return refused("This phone is not known here. Ask your administrator to add it.")
        if not may_use(caller, called):
            return refused("This phone may not use this service.")
        free = self._free.setdefault(called.name, asyncio.Semaphore(MOST_AT_ONCE))
        try:
            async with asyncio.timeout(SECONDS):
                await free.acquire()
        except TimeoutError:
            return refused("Too many phones ask at once. Try again.")
        loop = asyncio.get_running_loop()
        run = partial(copy_context().run, call, called, caller, caller.request.query)
        work = loop.run_in_executor(self._threads, run)
        work.add_done_callback(lambda done: _ended(free, done))
        try:
            return await asyncio.wait_for(asyncio.shield(work), SECONDS)
        except TimeoutError:
            self._on_fault(f"the service {called.name} takes longer than {SECONDS:.0f} s")
            return refused("The answer takes too long. Try again later.")
        except StoreError as error:
            self._on_fault(f"the service {called.name}: {error}")
            return refused("The database does not answer. Try again later.")
        except OutsideError as error:
            self._on_fault(f"the service {called.name}: {error}")
            other = await loop.run_in_executor(self._threads, _at_other_server, caller)
            return other or refused("The PBX does not answer. Try again later.")
        except Exception as error:  # a service may raise anything
            self._on_fault(f"the service {called.name}: {error!r}")
            return refused("This service failed. The administrator's log says why.")


def _at_other_server(caller: Caller) -> Menu | None:
    """Return a page that leads to the same page of the server that is connected to Asterisk; None: no other
    server is.
    """
    try:
        address = "" if caller.sources.pbx.is_connected else caller.sources.pbx_server()
    except StoreError:
        return None
    if not address:
        return None
    there = replace(caller, server=address)
    path = caller.request.path.strip("/")
    url = there.url(path, **caller.request.query)
    item = MenuItem(caller.say("Ask the other server"), url if len(url) <= URL else there.url(path))
    return Menu([item], caller.say("Services"))


def _ended(free: asyncio.Semaphore, done: "asyncio.Future[Shown]") -> None:
    free.release()
    if not done.cancelled():
        done.exception()  # the exception is read, because asyncio reports exceptions that were never read
