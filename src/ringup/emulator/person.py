"""Run the commands that stand for a person's actions at the phone, in SIP and in SCCP."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import TypeVar

Outgoing = TypeVar("Outgoing")


def run_command(
    commands: Mapping[str, Callable[..., list[Outgoing]]],
    name: str,
    now: float,
    arguments: Mapping[str, object],
) -> list[Outgoing]:
    """Run a command by its name; raises ValueError for an unknown name or arguments that do not fit."""
    if name not in commands:
        raise ValueError(f"{name!r} is not a command: {', '.join(commands)}")
    command = commands[name]
    try:
        bound = signature(command).bind(now, **arguments)
    except TypeError as error:
        raise ValueError(f"{name}: {error}") from error
    return command(*bound.args, **bound.kwargs)
