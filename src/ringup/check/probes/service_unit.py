"""The user that systemd runs ringup's service as. Source: systemd.unit(5) and systemd.exec(5)."""

from collections.abc import Iterable, Sequence
from pathlib import Path

UNIT = "ringup.service"
FOLDERS = (
    Path("/etc/systemd/system"),
    Path("/run/systemd/system"),
    Path("/usr/local/lib/systemd/system"),
    Path("/usr/lib/systemd/system"),
    Path("/lib/systemd/system"),
)
"""systemd's folders of units, in the order of their precedence."""

ROOT = "root"


def unit_user(folders: Sequence[Path] = FOLDERS) -> str:
    """Return the user of the installed unit, or `root` if the unit sets none; empty: no unit can be read.

    The function reads the files and does not ask systemd, so that it also works before systemd has read them.
    """
    unit = next((folder / UNIT for folder in folders if (folder / UNIT).is_file()), None)
    if unit is None:
        return ""
    user = ""
    try:
        for file in (unit, *_drop_ins(folders)):
            for value in _values(file.read_text(errors="replace")):
                user = value
    except OSError:
        return ""
    return user or ROOT


def _drop_ins(folders: Sequence[Path]) -> Iterable[Path]:
    """Return the drop-in files of all folders, in the order of their names; if a name occurs twice, the first
    folder's file.
    """
    found: dict[str, Path] = {}
    for folder in reversed(folders):
        found |= {file.name: file for file in (folder / f"{UNIT}.d").glob("*.conf")}
    return (found[name] for name in sorted(found))


def _values(text: str) -> Iterable[str]:
    """Yield each value of User= in [Service]; an empty value cancels the earlier ones."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section == "[Service]" and line.partition("=")[0].strip() == "User":
            yield line.partition("=")[2].strip()
