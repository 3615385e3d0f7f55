"""Files given to `ringup dial`: all their bytes at once, ``-`` for what is piped in."""

import sys
from pathlib import Path

import click

LARGEST_READ = 4_000_000
"""Bytes: a phone reads 8,191 and Asterisk's files are small; this is so that no device is read for ever."""


def read_bytes(name: str) -> bytes:
    """The bytes of a file; a usage error, status 2, if it cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read(LARGEST_READ)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST_READ)
    except OSError as error:
        raise click.UsageError(f"{name}: {error.strerror}.") from error
