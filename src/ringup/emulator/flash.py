"""The contents of a phone's flash: its images and every accepted setting (P-LOAD-18, P-CNF-4)."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from ringup.errors import OutsideError

PROTOCOLS = {"0": "SCCP", "S": "SIP", "M": "MGCP"}
"""The protocol of an application, by the third character of its name (P-LOAD-1)."""

FACTORY_APPLICATION = "P00305000200"
"""The application of a new phone: SCCP 5.0(2), one of the loads from which a phone upgrades to SIP directly
(P-PATH-3).
"""
FACTORY_LOADER = "P00305000200"
FACTORY_LOADER_VERSION = "PAS30500"
"""The loader version of a new phone. [I] Any value other than the package's LA_VERSION makes the phone take
the new loader first.
"""

_WIPED_WITH_THE_LOADER = ("dyn_dns_addr_1", "dyn_dns_addr_2", "dyn_tftp_addr", "domain_name")


@dataclass(frozen=True, slots=True)
class Flash:
    """The contents of one phone's flash."""

    mac: str
    model: str
    application: str = FACTORY_APPLICATION
    """The name of the application load; empty if the flash has none."""
    loader: str = FACTORY_LOADER
    loader_version: str = FACTORY_LOADER_VERSION
    settings: Mapping[str, str] = field(default_factory=dict)
    """Every accepted `.cnf` value by its name in lower case."""
    address: str = ""
    """The address of the last lease; empty if there was none."""

    @property
    def protocol(self) -> str:
        """Return ``SCCP``, ``SIP``, ``MGCP``, or empty without an application."""
        return PROTOCOLS.get(self.application[2:3], "") if self.application else ""


def with_application(flash: Flash, load: str) -> Flash:
    """Return the flash after an application was written."""
    return replace(flash, application=load)


def with_loader(flash: Flash, loader: str, version: str) -> Flash:
    """Return the flash after a loader was written, which clears passwords and network settings
    (P-PATH-22).
    """
    kept = {
        name: value
        for name, value in flash.settings.items()
        if "password" not in name and name not in _WIPED_WITH_THE_LOADER
    }
    return replace(flash, loader=loader, loader_version=version, settings=kept, address="")


def with_address(flash: Flash, address: str) -> Flash:
    """Return the flash after a lease was obtained."""
    return replace(flash, address=address)


def with_settings(flash: Flash, settings: Mapping[str, str]) -> Flash:
    """Return the flash after `.cnf` files were read: a parameter that is in no file keeps its value."""
    return replace(flash, settings={**flash.settings, **settings})


def save(path: Path, flash: Flash) -> None:
    """Replace the flash file completely: a phone that loses power has the old flash or the new one."""
    record = json.dumps(asdict(flash), indent=2, sort_keys=True) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "w", encoding="utf-8", opener=_for_the_owner) as file:
        file.write(record)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _for_the_owner(path: str, flags: int) -> int:
    """Open a file with permissions for its owner only, because the settings hold passwords."""
    return os.open(path, flags, 0o600)


def load(path: Path) -> Flash | None:
    """Read a saved flash; None if there is no such file."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    if isinstance(record, dict):
        record = {"address": "", **record}  # Flash files of older ringup versions have no address.
    if not isinstance(record, dict) or not _is_complete(record):
        raise _unreadable(path, "it is not the flash of a software phone.")
    return Flash(**{name.name: record[name.name] for name in fields(Flash)})


def _is_complete(record: Mapping[str, object]) -> bool:
    texts = [record.get(each.name) for each in fields(Flash) if each.name != "settings"]
    settings = record.get("settings")
    return (
        all(isinstance(text, str) for text in texts)
        and isinstance(settings, dict)
        and all(isinstance(value, str) for value in settings.values())
    )


def _unreadable(path: Path, answer: str) -> OutsideError:
    return OutsideError(
        f"reading the flash file {path}", answer, "Remove the file to start with a factory phone."
    )
