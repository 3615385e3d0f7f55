"""Read the files given to `ringup dial`; ``-`` is standard input."""

import sys
from pathlib import Path

import click

LARGEST_READ = 4_000_000
"""Maximum number of bytes read, so that an endless device file ends; phones read 8,191 bytes."""


def read_bytes(name: str) -> bytes:
    """Return the bytes of a file; raises a usage error (status 2) if it cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read(LARGEST_READ)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST_READ)
    except OSError as error:
        raise click.UsageError(f"{name}: {error.strerror}.") from error
