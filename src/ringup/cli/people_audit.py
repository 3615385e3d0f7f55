"""Note commands about accounts and tokens in the audit log of the web page."""

import time

from sqlalchemy import Engine

from ringup.change.authors import author
from ringup.store.tokens import Audited, add_audited


def terminal_user() -> str:
    """Return the user of the terminal, in a form that is not the name of an account."""
    return f"{author()[:53]} (terminal)"


def note(engine: Engine, command: str) -> None:
    """Note a command that was carried out."""
    add_audited(engine, Audited(time.time(), terminal_user(), "", command, 200))
