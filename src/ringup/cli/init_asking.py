"""Ask one question of `ringup init` on a terminal."""

import click

from ringup.first_run.question import NO, NONE, YES, Check, Question
from ringup.site.record_faults import FaultyRecord


def ask(question: Question, default: str, check: Check) -> str:
    """Return the operator's answer, or the default for an empty line; a wrong answer is asked again."""
    if question.why:
        click.echo(question.why, err=True)
    while True:
        try:
            return check(_typed(question, default))
        except FaultyRecord as error:
            click.echo(f"{error.what} {error.cure}", err=True)


def _typed(question: Question, default: str) -> str:
    if question.is_yes_or_no:
        return YES if click.confirm(question.text, default=default == YES, err=True) else NO
    typed = str(click.prompt(question.text, default=default or NONE, err=True)).strip()
    return "" if typed == NONE else typed
