"""`ringup why --screen`: what the words on a phone's screen mean, alone or beside a diagnosis."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ringup.doctor.screen import ScreenText
    from ringup.doctor.verdict import Diagnosis


def _row(text: str) -> "ScreenText":
    from ringup.doctor.screen import SCREEN_TEXTS, meaning_of

    row = meaning_of(text)
    if row is None:
        known = "; ".join(each.text for each in SCREEN_TEXTS)
        raise click.UsageError(f"ringup does not know this text. It knows: {known}.")
    return row


def explained(text: str) -> list[str]:
    """Return what the words mean on any phone; raises UsageError for words that no source explains."""
    from ringup.doctor.text import labelled

    row = _row(text)
    lines = [f"{row.text} ({row.models})", ""]
    lines += [*labelled("means", row.meaning), *labelled("do next", row.next)]
    if row.causes:
        lines += labelled("causes", ", ".join(row.causes))
    lines += labelled("source", row.source)
    if row.causes:
        lines += [
            "",
            "To see which one applies: ringup why PHONE",
            f"About one: ringup why --explain {row.causes[0]}",
        ]
    return lines


def screen_lines(text: str, diagnosis: "Diagnosis") -> list[str]:
    """Return what the words mean, and whether they fit the causes that were found for this phone.

    Raises UsageError for words that no source explains.
    """
    from ringup.doctor.text import labelled

    row = _row(text)
    found = [verdict.code for verdict in diagnosis.verdicts]
    fitting = [code for code in found if code in row.causes]
    lines = labelled("screen", f"{row.text}: {row.meaning}")
    if fitting:
        lines += labelled("", f"These words fit {', '.join(fitting)}.")
    elif found and row.causes:
        usual = ", ".join(row.causes)
        lines += labelled("", f"These words usually have another cause: {usual}.")
    elif row.causes:
        lines += labelled("", f"Usual causes: {', '.join(row.causes)}.")
    return lines if found else lines + labelled("do next", row.next)
