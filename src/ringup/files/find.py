"""Find the file for a request over TFTP or HTTP, and decide whether the requester may have it.

Strategy: the name is normalised first, because phones request ``/x``, ``./x`` and ``US/x`` (P-TFTP-12). Then
the file is searched in three places: the files rendered from the site's records, the firmware folder, and the
operator's own folder. Differences of upper and lower case are accepted and reported (P-TFTP-13). Each
revision of the site gets a new finder, so a finder's cached files are always current.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import NamedTuple

from ringup.engine.found import Absent, File, Found, Refused
from ringup.errors import RingupError
from ringup.files.reasons import reason_for
from ringup.files.rendered import OWN, RENDERED, OwnKind, Records, RenderedKind
from ringup.firmware.folder import MOST_FOLDERS, FirmwareFolder
from ringup.phone.latin_letters import latin_bytes
from ringup.site.model import Site
from ringup.wire.file_names import MAC, owner_of

__all__ = ["Absent", "File", "FileFinder", "Found", "Refused", "Requester", "plain_name"]

MOST_PARTS = MOST_FOLDERS + 1
"""Maximum number of parts of a name; a 7940 requests at most one folder (``US/7960-tones.xml``, P-TFTP-12).
"""

MOST_OWN_FILES = 256
"""Maximum number of cached files that belong to single phones; 10,000 of them would take 9 MB."""

LEAST_WITH_MAC = 13
"""Minimum length of a name that contains a MAC: twelve digits, and at least one further character."""

_UNREADABLE = "the file in the folder is empty or cannot be read: copy it there again"
_SEPARATORS = re.compile(r"[:._-]")
_ANY_MAC = re.compile(rf"(?=({MAC}))")
"""Matches every run of twelve hexadecimal digits, overlapping runs included."""


class Requester(NamedTuple):
    """The client that requests a file."""

    address: str
    mac: str = ""
    """The MAC of the phone that has this address; empty if it is not a known phone."""
    unknown: str = "has no lease from this server"
    """The reason that a refusal gives if the address belongs to no phone."""


class FileFinder:
    """Finds files for one revision of the site."""

    def __init__(
        self,
        site: Site,
        firmware: FirmwareFolder,
        server: str,
        check_owner: bool,
        *,
        own_files: FirmwareFolder | None = None,
        rendered: Sequence[RenderedKind] = RENDERED,
    ) -> None:
        phones = {phone.mac: phone for phone in site.phones}
        self._records = Records(site, phones, firmware, server)
        self._check_owner = check_owner
        self._firmware = firmware
        self._folders = [folder for folder in (firmware, own_files) if folder is not None]
        self._kinds = {name: kind for kind in rendered for name in kind.names(site)}
        self._true_names: dict[str, str] = {}
        for name in self._kinds:
            self._true_names.setdefault(name.lower(), name)
        self._shared = lru_cache(None)(partial(_shared, self._kinds, self._records))
        self._own = lru_cache(MOST_OWN_FILES)(partial(_own, self._records))

    def find(self, name: str, requester: Requester) -> Found:
        """Return the file, or the reason why this requester does not get it."""
        plain = plain_name(name)
        if not isinstance(plain, str):
            return plain
        # Checked before rendering, so that the time of a refusal does not show whether the site contains the
        # MAC.
        denied = self._denied(plain, requester)
        if denied is not None:
            return self._refused_or_absent(plain, denied)
        try:
            file = self._rendered(plain, requester.mac) or self._stored(plain)
        except RingupError as error:
            return Absent(f"it cannot be made from the site's records: {error}")
        if isinstance(file, Absent):
            return file
        return file if _is_spelt_right(plain, file.name) else _with_note(file, plain)

    def names(self) -> list[str]:
        """Return every rendered name, in the spelling that phones should use."""
        site = self._records.site
        own = (kind.name(phone) for kind in OWN for phone in site.phones if kind.has(site, phone))
        return sorted((*self._kinds, *own))

    def phone_of(self, name: str) -> str:
        """Return the MAC of the site's phone whose own file this is; empty if it is not a phone's own file,
        or does not exist.
        """
        plain = plain_name(name)
        if not isinstance(plain, str):
            return ""
        owner = self._owner(plain)
        return owner if owner in self._records.phones and self._has(plain) else ""

    def _rendered(self, plain: str, mac: str) -> File | None:
        """Search the name without its folder.

        Phones put ``tftp_cfg_dir`` in front of the name of their own file (P-PARAM-23).
        """
        last = plain.rpartition("/")[2]
        name = last if last in self._kinds else self._true_names.get(last.lower())
        if name is not None:
            return self._made(name, mac) if not self._is_replaced(name, plain) else None
        upper = last.upper()
        for kind in OWN:
            if (phone := kind.phone(self._records, upper)) is not None:
                return self._own(kind, phone.mac)
        return None

    def _made(self, name: str, mac: str) -> File | None:
        """Return the file that all phones share, or this phone's version if phones get different versions."""
        shared, kind = self._shared(name), self._kinds[name]
        phone = self._records.phones.get(mac) if shared and not shared.for_all else None
        if phone is None or kind.for_phone is None:
            return shared
        return _file(name, kind.for_phone(self._records, phone), for_all=False)

    def _is_replaced(self, name: str, plain: str) -> bool:
        """Return whether a file in a folder is served instead of the rendered file of this name."""
        return self._kinds[name].stored_first and isinstance(self._stored(plain), File)

    def _stored(self, plain: str) -> File | Absent:
        is_listed = False
        for folder in self._folders:
            found = folder.get(plain)
            data = folder.read(plain) if found else None
            if found and data:
                return File(found.true_name, data, str(found.path), for_all=not self._owner(found.true_name))
            is_listed = is_listed or found is not None
        return Absent(_UNREADABLE if is_listed else self._reason(plain))

    def _refused_or_absent(self, plain: str, denied: Refused) -> Found:
        """Return the answer to a requester that may not have the file.

        It takes the same time whether the file exists or not.
        """
        absent = Absent(self._reason(plain))
        return denied if self._has(plain) else absent

    def _has(self, plain: str) -> bool:
        """Return whether the file exists, without rendering it.

        All places are searched, even after the file was found. Otherwise a client could measure whether it
        exists.
        """
        upper = plain.rpartition("/")[2].upper()
        made = [kind.phone(self._records, upper) is not None for kind in OWN]
        stored = [folder.get(plain) is not None for folder in self._folders]
        return any(made + stored)

    def _owner(self, name: str) -> str:
        """Return the MAC of the phone that a file belongs to; empty for a file that all phones may have.

        A copy of a phone's file (``SIP001646C0FFEE.cnf.bak``, or a name whose MAC has separators) belongs to
        the phone too, because it holds the same passwords.
        """
        if owner := owner_of(name):
            return owner
        if len(name) < LEAST_WITH_MAC or name in self._kinds:
            return ""
        plain = _SEPARATORS.sub("", name).upper()
        return next((mac for mac in _ANY_MAC.findall(plain) if mac in self._records.phones), "")

    def _denied(self, name: str, requester: Requester) -> Refused | None:
        owner = self._owner(name) if self._check_owner else ""
        if not owner or owner == requester.mac:
            return None
        holder = f"belongs to {requester.mac}" if requester.mac else requester.unknown
        return Refused(f"only its own phone gets this file: {requester.address} {holder}")

    def _reason(self, plain: str) -> str:
        if (other := self._firmware.similar(plain)) is not None:
            return f"the firmware folder has {other}: write the load's zeros as it does"
        return reason_for(plain)


def _shared(kinds: Mapping[str, RenderedKind], records: Records, name: str) -> File | None:
    text = kinds[name].render(records, name)
    return _file(name, text, for_all=not kinds[name].varies(records, text))


def _own(records: Records, kind: OwnKind, mac: str) -> File | None:
    phone = records.phones[mac]
    return _file(kind.name(phone), kind.render(records, phone), for_all=False)


def _file(name: str, text: str, *, for_all: bool) -> File | None:
    """Return a file, or None instead of an empty file.

    After "not found", a phone tries the next file name; after an empty file, it stops (P-TFTP-16).
    """
    data = latin_bytes(text)
    return File(name, data, "the site's records", for_all) if data else None


def plain_name(name: str) -> str | Absent | Refused:
    """Return a requested name without a leading ``/`` or ``./``, and with slashes instead of backslashes."""
    if "/" not in name and "\\" not in name and ".." not in name:
        return name
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts:
        return Refused("the name points outside the folder")
    if not parts:
        return Absent("the name is a folder")
    if len(parts) > MOST_PARTS:
        return Absent("the name lies more than two folders deep")
    return "/".join(parts)


def _is_spelt_right(plain: str, true_name: str) -> bool:
    return plain == true_name or plain.rpartition("/")[2] == true_name


def _with_note(file: File, requested: str) -> File:
    return replace(file, source=f"{file.source}; requested as {requested!r}: upper and lower case differ")
