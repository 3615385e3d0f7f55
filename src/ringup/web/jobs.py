"""Jobs: work that takes longer than a request, such as restarts of phones; a page shows its progress.

A job ends with the process: whatever it does is safe to be cut off, as the commands are on Ctrl-C.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock, Thread
from typing import Any

from ringup.errors import RingupError

log = logging.getLogger("ringup.web")

MOST_JOBS = 50
"""Maximum number of jobs whose results are kept."""
MOST_RUNNING = 4
"""Maximum number of jobs that run at the same time."""
MOST_LINES = 1000
"""Maximum number of lines that one job keeps."""


@dataclass(slots=True)
class Job:
    """One piece of work and its progress."""

    number: int
    title: str
    by: str
    """The account that started it."""
    started: float
    lines: list[str] = field(default_factory=list)
    """What happened so far, oldest first."""
    ended: float = 0.0
    """The time at which it ended; 0 while it runs."""
    failed: str = ""
    """The reason why it failed."""
    result: Any = None
    """What the work returned."""

    def say(self, line: str) -> None:
        """Add a line about the progress."""
        if len(self.lines) < MOST_LINES:
            self.lines.append(line)

    @property
    def state(self) -> str:
        """Return ``running``, ``done`` or ``failed``."""
        return "running" if not self.ended else "failed" if self.failed else "done"


class TooManyJobs(RingupError):
    """As many jobs as may run at the same time are running."""


class Jobs:
    """The jobs of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = count(1)
        self._jobs: dict[int, Job] = {}
        self._threads: list[Thread] = []

    def start(self, title: str, by: str, work: Callable[[Job], Any]) -> Job:
        """Start some work in a thread; raises TooManyJobs."""
        with self._lock:
            if sum(job.state == "running" for job in self._jobs.values()) >= MOST_RUNNING:
                raise TooManyJobs(f"{MOST_RUNNING} jobs are running. Wait until one has ended.")
            job = Job(next(self._numbers), title, by, time.time())
            self._jobs[job.number] = job
            for number in [each.number for each in self._jobs.values() if each.ended][:-MOST_JOBS]:
                del self._jobs[number]
        thread = Thread(target=_run, args=(job, work), name=f"job {job.number}", daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()
        return job

    def wait(self) -> None:
        """Wait until all jobs have ended."""
        for thread in list(self._threads):
            thread.join()

    def get(self, number: int) -> Job | None:
        """Return a job; None if it is unknown."""
        return self._jobs.get(number)

    def all(self) -> list[Job]:
        """Return the jobs, the latest first."""
        return list(self._jobs.values())[::-1]


def _run(job: Job, work: Callable[[Job], Any]) -> None:
    try:
        job.result = work(job)
    except RingupError as error:
        job.failed = str(error)
    except Exception as error:
        log.exception("Fault in ringup in job %d (%s)", job.number, job.title)
        job.failed = f"Fault in ringup: {type(error).__name__}. Its log holds the details: please report it."
    finally:
        job.ended = time.time()
