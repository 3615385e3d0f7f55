"""Cures as jobs: the commands that the doctor names, run as if they were typed."""

import os
import subprocess
import sys
from collections.abc import Sequence

from ringup.doctor.cures import Cure
from ringup.errors import OutsideError
from ringup.store.key_place import NAMED
from ringup.web.ask import Ask
from ringup.web.jobs import Job

LONGEST_SECONDS = 600
"""Seconds after which a command is stopped."""
QUESTIONS = frozenset({"phone", "site", "group", "restart"})
"""The commands with the option `--yes`."""


def start_cure(ask: Ask, title: str, commands: Sequence[Cure]) -> Job:
    """Start a job that runs these commands until one fails."""
    who = ask.person.name if ask.person else ""

    def work(job: Job) -> None:
        for cure in commands:
            job.say(f"$ {cure.command}")
            status = _run(ask, job, cure.words, who)
            if status:
                raise OutsideError(cure.command, f"ended with status {status}.", "Its output is above.")
        ask.web.follower.look_now()

    return ask.web.jobs.start(f"Cure: {title}", who, work)


def _run(ask: Ask, job: Job, words: Sequence[str], who: str) -> int:
    """Run one command with this database; its output becomes the job's lines."""
    key = NAMED.get()
    environment = {
        **os.environ, "RINGUP_DATABASE": ask.web.database, "RINGUP_FIRMWARE": str(ask.web.options.firmware),
        "USER": who or "web", **({"RINGUP_KEY": str(key)} if key else {}),
    }  # fmt: skip
    environment.pop("SUDO_USER", None)
    approved = ["--yes"] if words[:1] and words[0] in QUESTIONS else []
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ringup", *words, *approved], env=environment, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=LONGEST_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        job.say(f"It was stopped after {LONGEST_SECONDS} s.")
        return 124
    for line in done.stdout.splitlines():
        job.say(line)
    return done.returncode
