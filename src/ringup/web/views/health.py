"""Answers for programs that watch the web process."""

from ringup.web.answers import Answer, WebPage, WebRefusal
from ringup.web.ask import Ask


def alive(_ask: Ask) -> Answer:
    """Answer that the process runs."""
    return WebPage("health.html", "Alive", {"status": "ok"})


def ready(ask: Ask) -> Answer:
    """Answer whether the database can be read."""
    if problem := ask.web.follower.latest.problem:
        return WebRefusal(503, problem)
    return WebPage("health.html", "Ready", {"status": "ok"})
