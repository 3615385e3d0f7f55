"""Cures as jobs: the commands that the doctor names, run as if they were typed."""

from collections.abc import Sequence

from ringup.doctor.cures import RUNNABLE, Cure, begins_with
from ringup.errors import OutsideError
from ringup.web.ask import Ask
from ringup.web.commands import run_command
from ringup.web.jobs import Job

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
    return run_command(ask, [*cure.words, "--dry-run"], "", PLAN_SECONDS)[1]


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
    status, output = run_command(ask, [*words, *approved], who)
    for line in output.splitlines():
        job.say(line)
    return status
