"""Cures as jobs: the commands that the doctor names, run as if they were typed."""

import os
import subprocess
import sys
from collections.abc import Sequence

from ringup.doctor.cures import RUNNABLE, Cure, begins_with
from ringup.errors import OutsideError
from ringup.store.key_place import NAMED
from ringup.web.ask import Ask
from ringup.web.jobs import Job

LONGEST_SECONDS = 600
"""Seconds after which a command is stopped."""
QUESTIONS = frozenset({"phone", "site", "group", "restart"})
"""The commands with the option `--yes`."""


PLANNED = frozenset({"phone", "site", "group", "pbx"})
"""The commands whose changes have the option `--dry-run`."""
PLAN_SECONDS = 30
"""Seconds after which a command that shows its plan is stopped."""


def shown_plan(ask: Ask, cure: Cure) -> str:
    """Return what a command would change, in its own words; empty for a command without a plan."""
    if cure.words[:1] == [] or cure.words[0] not in PLANNED or not begins_with(cure.words, RUNNABLE):
        return ""
    try:
        return _called(ask, [*cure.words, "--dry-run"], "", PLAN_SECONDS).stdout
    except subprocess.TimeoutExpired:
        return f"It did not show its plan within {PLAN_SECONDS} s."


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
    approved = ["--yes"] if words[:1] and words[0] in QUESTIONS else []
    try:
        done = _called(ask, [*words, *approved], who, LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        job.say(f"It was stopped after {LONGEST_SECONDS} s.")
        return 124
    for line in done.stdout.splitlines():
        job.say(line)
    return done.returncode


def _called(ask: Ask, words: Sequence[str], who: str, seconds: float) -> "subprocess.CompletedProcess[str]":
    """Run one command with this database, and return its output."""
    key = NAMED.get()
    environment = {
        **os.environ, "RINGUP_DATABASE": ask.web.database, "RINGUP_FIRMWARE": str(ask.web.options.firmware),
        "USER": who or "web", **({"RINGUP_KEY": str(key)} if key else {}),
    }  # fmt: skip
    environment.pop("SUDO_USER", None)
    return subprocess.run(
        [sys.executable, "-m", "ringup", *words], env=environment, check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
    )  # fmt: skip
