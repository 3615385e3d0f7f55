"""The checks of the server, and rehearsals of the site in software, as jobs."""

import tempfile
from pathlib import Path

from ringup.errors import OutsideError
from ringup.web.answers import Answer, See, WebPage
from ringup.web.ask import Ask
from ringup.web.commands import run_command
from ringup.web.jobs import Job


def form(ask: Ask) -> Answer:
    """Show what can be checked, and the faults that the server reports now."""
    now = ask.web.follower.latest
    data = {"faults": now.faults, "pbx_lost": now.pbx_lost, "phones": len(now.site.phones)}
    return WebPage("checking.html", "Check and rehearse", data)


def check(ask: Ask) -> Answer:
    """Run the checks of this machine in a job."""
    words = ["check", "--no-listen"]
    return _job(ask, "Check of the server", words, "ringup found faults; they are above.")


def rehearse(ask: Ask) -> Answer:
    """Boot all phones of the site, or of an uploaded site file, in software, in a job."""
    words = ["rehearse"]
    if ask.field("power_cut"):
        words.append("--power-cut")
    if ask.field("phones").isascii() and ask.field("phones").isdecimal():
        words += ["--phones", ask.field("phones")[:5]]
    sent = ask.uploads.get("file")
    content = sent.content if sent else b""
    return _job(ask, "Rehearsal", words, "not every phone got into service; see above.", change=content)


def _job(ask: Ask, title: str, words: list[str], failed: str, *, change: bytes = b"") -> Answer:
    who = ask.person.name if ask.person else ""

    def work(job: Job) -> None:
        with tempfile.TemporaryDirectory() as folder:
            if change:
                place = Path(folder) / "change.yaml"
                place.write_bytes(change)
                words.extend(["--change", str(place)])
            job.say(f"$ ringup {' '.join(words)}")
            status, output = run_command(ask, words, who)
        for line in output.splitlines():
            job.say(line)
        if status:
            raise OutsideError(title, failed, "")

    return See(f"/jobs/{ask.web.jobs.start(title, who, work).number}")
