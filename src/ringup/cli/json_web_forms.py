"""The structure of what `--json` prints about the web page's accounts and tokens."""

from typing import Literal

from ringup.cli.json_form import ObjectForm, Printed

Role = Literal["viewer", "operator", "administrator"]


class AccountRecord(ObjectForm):
    """One account of the web page."""

    name: str
    role: Role
    second_factor: bool
    """True if each login needs a code of an authenticator app."""
    made: float
    """The time at which it was made, in Unix seconds."""


class AccountList(Printed):
    """`ringup account list --json`"""

    accounts: list[AccountRecord]


class TokenRecord(ObjectForm):
    """One token of the REST API, without its secret."""

    name: str
    role: Role
    by: str
    """The account that made it; or the user of the terminal, as in `ann (terminal)`."""
    made: float
    """The time at which it was made, in Unix seconds."""
    ends: float
    """The time at which it ends, in Unix seconds."""
    used: float
    """The time of its last use, in Unix seconds, a minute exact; 0: it was never used."""


class TokenList(Printed):
    """`ringup token list --json`"""

    tokens: list[TokenRecord]
