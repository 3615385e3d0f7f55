"""Run a server: open the sockets, give up root, start the parts, and stop them in order."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any

from ringup import __version__
from ringup.errors import BindError
from ringup.events import ServerFault, ServerStarted, ServerStopped
from ringup.finding import ERROR, WARNING
from ringup.rule import Result
from ringup.serve.build import advertised_address
from ringup.serve.dhcp.other_server import refuse_beside_other_servers
from ringup.serve.http import HttpService
from ringup.serve.log_thread import written_beside
from ringup.serve.memory import collect_rarely, settle, share_one_heap
from ringup.serve.nodes.node import join
from ringup.serve.options import Options
from ringup.serve.owners.choice import check_owners, log_owners
from ringup.serve.parts import ServerParts, Service, server_parts, unchanged
from ringup.serve.privileges import drop_to, refuse_unwritable
from ringup.serve.readiness import in_short
from ringup.serve.recorder import Recorder
from ringup.serve.site_parts import addresses_changed, guests_changed, nodes_changed, site_changed
from ringup.serve.site_problems import log_missing, log_problems, log_warnings
from ringup.serve.sntp import PORT as SNTP_PORT
from ringup.serve.start_check import naming_the_holder
from ringup.serve.web_process import WebProcess
from ringup.site.guests import Guest
from ringup.site.model import Site
from ringup.store.database import file_of, open_database
from ringup.store.history import prepare_for_a_storm
from ringup.store.nodes import read_nodes
from ringup.wire.dhcp import SERVER_PORT


def run(options: Options, change_site: Callable[[Site], Site] = unchanged) -> None:
    """Serve until a signal stops the server; raises RingupError if it cannot start."""
    share_one_heap()
    database = open_database(options.database)
    collect_rarely()
    try:
        with written_beside(sys.stderr):
            asyncio.run(serve(server_parts(options, database, change_site)))
    finally:
        database.dispose()


async def serve(parts: ServerParts) -> None:
    """Serve until SIGINT or SIGTERM; raises BindError before the first reply."""
    # The check of the machine runs at the same time as the search for other DHCP servers, with root's rights.
    if parts.nodes:
        join(parts.database, parts.nodes.node)
    looking = asyncio.create_task(asyncio.to_thread(parts.machine_watch.look))
    await _look_for_other_servers(parts)
    open_sockets(parts)
    machine = await looking
    await _give_up_root(parts)
    stopped = _stop_signal()
    tasks = _start(parts)
    if parts.nodes:
        await parts.nodes.membership.beat(partial(_nodes_changed, parts))
    prepare_for_a_storm(parts.database)
    _report_start(parts, machine)
    settle()
    try:
        await _first_of(stopped, tasks)
    finally:
        await _stop(parts, tasks)


def open_sockets(parts: ServerParts) -> None:
    """Bind the sockets of all enabled parts.

    Raises BindError that names the conflicting program and the cure.
    """
    for service in parts.services():
        protocol, ports = _sockets_of(parts, service)
        with naming_the_holder(parts.interface.name, protocol, ports):
            service.open()


def _sockets_of(parts: ServerParts, service: Service) -> tuple[str, Collection[int]]:
    options = parts.options
    if service is parts.listener or service is parts.voice_vlan:
        return "raw", ()
    if service is parts.dhcp:
        return "udp", (SERVER_PORT,)
    if service is parts.tftp:
        return "udp", (options.tftp_port,)
    if service is parts.sntp:
        return "udp", (SNTP_PORT,)
    return "tcp", options.http_ports if service is parts.http or not options.metrics else options.metrics[1:]


async def _look_for_other_servers(parts: ServerParts) -> None:
    if not parts.options.dhcp:
        return
    try:
        await refuse_beside_other_servers(
            parts.interface,
            parts.recorder.emit,
            allowed=parts.options.allow_other_dhcp,
            nodes=[node.address for node in read_nodes(parts.database)] if parts.nodes else (),
        )
    except BindError:
        parts.recorder.flush()
        raise


async def _give_up_root(parts: ServerParts) -> None:
    # Use a thread now: at the first use, Python imports a module that the later user may not be allowed to
    # read.
    await asyncio.to_thread(lambda: None)
    if parts.options.user:
        drop_to(parts.options.user)
        refuse_unwritable(file_of(parts.database), parts.options.user)
    check_owners(parts.options.owners_by)


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def _start(parts: ServerParts) -> list[asyncio.Task[None]]:
    """Start all parts that read from sockets, and the background tasks.

    Return the tasks that must not end.
    """
    parts.store.start(asyncio.get_running_loop())
    running = [*background(parts), parts.machine_watch.run()]
    for service in parts.services():
        if isinstance(service, HttpService):
            running.append(service.run())
        else:
            service.start()
    if parts.nodes:
        running.append(parts.nodes.membership.run(partial(_nodes_changed, parts)))
    if pbx := parts.nodes.pbx if parts.nodes else parts.site.pbx:
        running.append(pbx.run())
    if not parts.nodes:
        running += [task.run() for task in parts.tasks.all()]
    if not parts.options.no_web:
        running.append(WebProcess(parts.options).run())
    return [asyncio.create_task(one) for one in running]


def background(parts: ServerParts) -> list[Coroutine[Any, Any, None]]:
    """Return the tasks that read no socket; none of them ever ends."""
    fault = partial(_emit_fault, parts.recorder)
    return [
        parts.recorder.run(),
        parts.journeys.run(),
        parts.retention.run(),
        parts.watch.run(partial(site_changed, parts.site), fault),
        parts.address_watch.run(partial(_addresses_changed, parts)),
        *([parts.books.run()] if parts.options.http else ()),
        *([parts.held_watch.run(parts.site.pbx.secrets_changed, fault)] if parts.site.pbx else ()),
        parts.guest_watch.run(partial(_guests_changed, parts), fault),
        *([parts.pin_watch.run(fault)] if parts.pin_watch else ()),
    ]


def _report_start(parts: ServerParts, machine: Sequence[Result]) -> None:
    """Report the start in the log and as an event, before the first reply.

    The report contains all faults that would stop phones.
    """
    site = parts.watch.site
    problems = [problem for result in machine for problem in result.problems(ERROR)]
    parts.recorder.emit(ServerStarted(time.time(), "", __version__, in_short(problems)))
    parts.machine_watch.take(machine)
    parts.recorder.flush()
    log_warnings(problem for result in machine for problem in result.problems(WARNING))
    log_owners(parts.options.owners_by)
    log_problems(site, (parts.site.firmware, parts.site.own_files), time.time())


def _nodes_changed(parts: ServerParts) -> None:
    nodes_changed(parts.site, parts.watch.site)


def _guests_changed(parts: ServerParts, guests: tuple[Guest, ...]) -> None:
    guests_changed(parts.site, parts.watch.site, guests)


def _addresses_changed(parts: ServerParts, before: str) -> None:
    site = parts.watch.site
    addresses = parts.site.addresses.all
    parts.tftp.addresses_changed(addresses, advertised_address(site, addresses))
    parts.http.addresses_changed(addresses)
    addresses_changed(parts.site, site, parts.interface.name, before)
    log_missing(list(parts.site.addresses.gone(site)))


async def _first_of(stopped: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the signal; if a task ends with an error, stop the service with that error."""
    waiting = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in done - {waiting}:
        task.result()


async def _stop(parts: ServerParts, tasks: list[asyncio.Task[None]]) -> None:
    """Stop the sockets first, so that nothing arrives, and the store thread last, so that nothing is lost."""
    for service in parts.services():
        service.close()
    parts.recorder.emit(ServerStopped(time.time(), ""))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    parts.store.stop()
    if parts.nodes:
        parts.nodes.membership.leave()  # leave only after the last lease is stored
    parts.journeys.finish()


def _emit_fault(recorder: Recorder, what: str) -> None:
    recorder.emit(ServerFault(time.time(), "", what))
