"""HookSender: sends news to the receivers from a thread of its own; a slow receiver delays nothing else."""

import asyncio
import hashlib
import hmac
import http.client
import json
import logging
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from queue import Empty, Full, Queue
from threading import Event, Thread
from urllib.parse import urlsplit

from sqlalchemy import Engine

from ringup.errors import RingupError
from ringup.store.hooks import Hook, read_hooks
from ringup.web.hooks.news import News, NewsFinder
from ringup.web.live.follower import FleetFollower
from ringup.web.live.stream import changes

TRIES = 4
"""Number of attempts for one message."""
FIRST_PAUSE = 1.0
"""Seconds before the second attempt; doubled before each further one."""
SECONDS = 5.0
"""Maximum seconds for one attempt."""
MOST_WAITING = 1000
"""Maximum number of messages that wait; further ones are dropped, and the receiver's fault says so."""
REFRESH = 5.0
"""Seconds for which the list of receivers is kept."""
SIGNATURE = "X-Ringup-Signature"
"""The header with the HMAC-SHA-256 of the body, in hexadecimal digits after ``sha256=``."""

log = logging.getLogger("ringup.web")


class HookSender:
    """Follows the fleet and sends the news."""

    def __init__(self, engine: Engine, follower: FleetFollower) -> None:
        self._engine = engine
        self._follower = follower
        self._waiting: Queue[tuple[Hook, News]] = Queue(MOST_WAITING)
        self._stop = Event()
        self._hooks: list[Hook] = []
        self._read_at = 0.0
        self._thread = Thread(target=self._run, name="hooks", daemon=True)
        self.faults: dict[str, str] = {}
        """The reason why the last message to a receiver was not delivered, by its name."""

    async def follow(self) -> None:
        """Put the news of each change into the queue, until cancelled."""
        self._thread.start()
        finder = NewsFinder(self._follower.latest)
        try:
            while not self._stop.is_set():  # a stream ends if this program is too slow for it
                async for change in changes(self._follower):
                    for news in finder.news(change) if change else ():
                        await asyncio.to_thread(self.put, news)
        finally:
            self._stop.set()

    def put(self, news: News) -> None:
        """Let every receiver of this kind have the news."""
        for hook in self._receivers():
            if news.kind in hook.kinds:
                try:
                    self._waiting.put_nowait((hook, news))
                except Full:
                    self.faults[hook.name] = f"more than {MOST_WAITING} messages wait; one was dropped"

    def forget(self) -> None:
        """Read the receivers anew at the next news, because they were changed."""
        self._read_at = 0.0

    def _receivers(self) -> list[Hook]:
        if time.monotonic() - self._read_at > REFRESH or not self._read_at:
            with suppress(RingupError):
                self._hooks = read_hooks(self._engine)
            self._read_at = time.monotonic()
        return self._hooks

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                hook, news = self._waiting.get(timeout=0.5)
            except Empty:
                continue
            self._deliver(hook, news, self._stop.wait)

    def _deliver(self, hook: Hook, news: News, wait: Callable[[float], object]) -> None:
        pause = FIRST_PAUSE
        for number in range(1, TRIES + 1):
            fault = post(hook, news)
            if not fault:
                self.faults.pop(hook.name, None)
                return
            if number < TRIES:
                wait(pause)
                pause *= 2
        self.faults[hook.name] = fault
        log.warning("webhook %s was not delivered: %s", hook.name, fault)


def body_of(news: News) -> bytes:
    """Return the body of the message."""
    return json.dumps({"version": 1, **asdict(news)}, ensure_ascii=False).encode()


def post(hook: Hook, news: News) -> str:
    """Send one message; return why it was not accepted, or an empty text. Redirects are not followed."""
    place, body = urlsplit(hook.url), body_of(news)
    signed = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", SIGNATURE: f"sha256={signed}", "User-Agent": "ringup"}
    try:
        connection = (
            http.client.HTTPSConnection(place.hostname or "", place.port, timeout=SECONDS,
                                        context=ssl.create_default_context())
            if place.scheme == "https"
            else http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS)
        )  # fmt: skip
        try:
            path = f"{place.path or '/'}{f'?{place.query}' if place.query else ''}"
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    return "" if 200 <= status < 300 else f"it answered with status {status}"
