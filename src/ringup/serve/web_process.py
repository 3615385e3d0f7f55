"""Start the process of the web page, and start it again if it ends."""

import asyncio
import os
import sys
from contextlib import suppress

from ringup.serve.log import log
from ringup.serve.options import Options
from ringup.store.key_place import NAMED

FIRST_WAIT = 1.0
"""Seconds before the process is started again; doubled after each quick end."""
LONGEST_WAIT = 60.0
"""Maximum seconds before the process is started again."""
STEADY = 60.0
"""Seconds after which a process counts as working, so that the next wait is short again."""
LAST_SECONDS = 5.0
"""Seconds that the process gets to end."""


class WebProcess:
    """The process of the web page. It shares only the database with the server, and runs at a lower priority,
    so a page delays no phone.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Keep the process running until cancelled."""
        wait, loop = FIRST_WAIT, asyncio.get_running_loop()
        try:
            while True:
                started = loop.time()
                status = await self._run_once()
                wait = FIRST_WAIT if loop.time() - started > STEADY else min(wait * 2, LONGEST_WAIT)
                log.warning("The web page's process ended (status %d); next start in %.0f s.", status, wait)
                await asyncio.sleep(wait)
        finally:
            await self._stop()

    async def _run_once(self) -> int:
        # The web page's process reads a pipe from this process. The pipe closes when this process ends, even
        # after `kill -9`, and the web page's process then ends, too.
        self._process = await asyncio.create_subprocess_exec(
            *command(self._options), stdin=asyncio.subprocess.PIPE, env=environment()
        )
        return await self._process.wait()

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), LAST_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def command(options: Options) -> list[str]:
    """Return the command line of the process."""
    words = [sys.executable, "-m", "ringup", "web", "--until-stdin-ends"]
    words += ["--database", options.database, "--firmware", str(options.firmware)]
    if options.files:
        words += ["--files", str(options.files)]
    if options.web:
        words += ["--bind", options.web]
    return words


def environment() -> dict[str, str]:
    """Return the environment of the process, which names the key of the database."""
    key = NAMED.get()
    return {**os.environ, **({"RINGUP_KEY": str(key)} if key else {})}
