"""Person and Known: what the guard learns about the account behind a request."""

from dataclasses import dataclass
from typing import Protocol

from ringup.web.people.login import LoginLimits


@dataclass(frozen=True, slots=True)
class Person:
    """The account behind a request."""

    name: str
    role: str
    csrf: str = ""
    """The token that a form of this session must contain; empty for an API token, which needs none."""


class Known(Protocol):
    """Answers who is behind a session or a token; it is asked in worker threads."""

    def has_accounts(self) -> bool:
        """Return whether an account exists."""
        ...

    def of_session(self, cookie: str, address: str) -> Person | None:
        """Return the account of a session's cookie; None if the session is unknown or has expired."""
        ...

    def of_token(self, token: str) -> Person | None:
        """Return the account of an API token; None if the token is unknown or has expired."""
        ...

    @property
    def limits(self) -> LoginLimits:
        """Return the failed logins of the last minutes."""
        ...

    def begin_session(self, account: str, address: str) -> str:
        """Begin a session of an account; return its cookie."""
        ...

    def end_session(self, cookie: str) -> None:
        """End the session of this cookie."""
        ...
