"""Read secrets from standard input, because a command line is visible in the shell's history and the process
list.
"""

import sys

import click

STANDARD_INPUT = "-"
"""The argument that means: read the secret from standard input."""


def secret_of(value: str, what: str) -> str:
    """Return the value, or for `-` the next line of standard input; a terminal does not show it.

    Raises UsageError when there is no line.
    """
    if value != STANDARD_INPUT:
        return value
    if sys.stdin.isatty():
        typed: str = click.prompt(what, hide_input=True, err=True)
        return typed
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{what}: it is not text in UTF-8. Type it in UTF-8.") from error
    if not line.strip("\r\n"):
        raise click.UsageError(
            f"{what}: standard input has no line for it. Type: printf '%s\\n' PASSWORD | ringup ..."
        )
    return line.rstrip("\r\n")


def read_secret(_context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Read one secret: Click's callback of an option."""
    return None if value is None else secret_of(value, option.opts[0])


def read_secrets(
    _context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Read several secrets: Click's callback of a repeatable option. Each `-` reads one line."""
    return tuple(secret_of(value, option.opts[0]) for value in values)
