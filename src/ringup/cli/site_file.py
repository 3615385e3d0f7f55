"""Read the site file that a command names."""

import sys
from pathlib import Path

from ringup.errors import Problem, SiteErrors
from ringup.site.rows import Rows
from ringup.site.yaml_rows import read_yaml

STANDARD_INPUT = Path("-")


def read_site_file(file: Path) -> tuple[str, Rows]:
    """Return the file's name for messages, and its rows; raises SiteErrors if the file cannot be read."""
    name = "standard input" if file == STANDARD_INPUT else str(file)
    return name, read_yaml(_text(file, name), name)


def _text(file: Path, name: str) -> str:
    try:
        return sys.stdin.buffer.read().decode() if file == STANDARD_INPUT else file.read_bytes().decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SiteErrors(
            [Problem(f"{name}:{line}", "this is not UTF-8.", "Save the file as UTF-8.")]
        ) from error
    except OSError as error:
        raise SiteErrors([Problem(name, f"{error.strerror}.", "Check its name.")]) from error
