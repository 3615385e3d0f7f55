"""`--reveal`: show passwords and PINs in plain text; the history keeps who did, when and which."""

from collections.abc import Callable
from typing import Any

import click


def reveal_option(help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator that adds `--reveal` to a command; `--secrets` was its name before."""
    return click.option(
        "--reveal", "--secrets", "reveal", is_flag=True, help=f"{help_text} The history records this."
    )


def note_if(reveal: bool, database: str, what: str) -> None:
    """Note in the history that secrets are shown, before they are.

    Raises StoreError if this user may not write the database; nothing is then shown.
    """
    if not reveal:
        return
    from time import time

    from ringup.change.authors import author
    from ringup.change.stored_site import opened_to_change
    from ringup.store.revisions import note

    with opened_to_change(database) as engine:
        note(engine, author=author(), summary=f"reveal {what}", at=time())
