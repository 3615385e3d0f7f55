"""The web process: opens the database and its socket, and serves until a signal."""

import logging
import os
import socket
import ssl
import sys
from contextlib import suppress
from threading import Thread

import uvicorn
from sqlalchemy import Engine

from ringup.errors import BindError
from ringup.store.database import open_database
from ringup.web.app import application
from ringup.web.context import Web
from ringup.web.hooks.sender import HookSender
from ringup.web.live.follower import FleetFollower
from ringup.web.options import WebOptions
from ringup.web.people.first_link import new_first_link
from ringup.web.people.stored import StoredPeople

NICENESS = 5
"""Added to the process's niceness, so that pages do not compete with DHCP and TFTP for a processor."""
MOST_CONNECTIONS = 2000
"""Maximum number of connections at the same time; more are answered with status 503."""
LAST_SECONDS = 2
"""Seconds that unfinished answers get at the end."""

log = logging.getLogger("ringup.web")


def run(options: WebOptions, *, ends_with_stdin: bool) -> None:
    """Serve pages until SIGINT or SIGTERM; raises RingupError if the process cannot start.

    With `ends_with_stdin` it also ends when standard input does: the program that started it is gone.
    """
    engine = open_database(options.database)
    try:
        opened = _listening(options)
        with suppress(OSError):
            os.nice(NICENESS)
        _serve(options, engine, opened, ends_with_stdin=ends_with_stdin)
    finally:
        engine.dispose()


def _serve(options: WebOptions, engine: Engine, opened: socket.socket, *, ends_with_stdin: bool) -> None:
    follower = FleetFollower(engine)
    follower.start()
    web = Web(options, engine, follower, StoredPeople(engine), hooks=HookSender(engine, follower))
    server = _Server(_config(options, web), follower)
    url = _url(options, opened)
    log.info("web page at %s", url)
    if token := new_first_link(engine):
        log.info("make the first account within an hour, on this machine: %sfirst/%s", url, token)
    if ends_with_stdin:
        Thread(target=_end_with_stdin, args=(server,), daemon=True).start()
    try:
        server.run([opened])
    finally:
        follower.stop()


class _Server(uvicorn.Server):
    """uvicorn's server, which ends the live streams before it waits for unfinished answers."""

    def __init__(self, config: uvicorn.Config, follower: FleetFollower) -> None:
        super().__init__(config)
        self._follower = follower

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then the connections."""
        self._follower.stop()
        await super().shutdown(sockets)


def _config(options: WebOptions, web: Web) -> uvicorn.Config:
    return uvicorn.Config(
        application(web), ws="none", lifespan="on", log_config=None, access_log=False,
        proxy_headers=False, server_header=False, limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=30, timeout_graceful_shutdown=LAST_SECONDS,
        ssl_certfile=options.certificate, ssl_keyfile=options.certificate_key,
    )  # fmt: skip


def _listening(options: WebOptions) -> socket.socket:
    """Return the listening socket; raises BindError if the port is not free or the certificate unreadable."""
    where = f"web page at {options.address}:{options.port}"
    if options.certificate:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                options.certificate, options.certificate_key
            )
        except (OSError, ssl.SSLError) as error:
            cure = "--certificate needs a PEM file with the chain, and --certificate-key its private key."
            raise BindError(where, f"certificate {options.certificate}: {error}.", cure) from error
    family = socket.AF_INET6 if ":" in options.address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((options.address, options.port))
    except OSError as error:
        opened.close()
        cure = "Choose another address or port with --bind, or stop the other program (`ss -ltnp`)."
        raise BindError(where, f"{error.strerror}.", cure) from error
    opened.listen(256)
    return opened


def _url(options: WebOptions, opened: socket.socket) -> str:
    host = f"[{options.address}]" if ":" in options.address else options.address
    return f"http{'s' if options.certificate else ''}://{host}:{opened.getsockname()[1]}/"


def _end_with_stdin(server: uvicorn.Server) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    server.should_exit = True
