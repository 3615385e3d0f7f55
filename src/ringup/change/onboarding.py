"""Bind unknown phones to records: one on an operator's order, or each one that appears, until an end."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Engine

from ringup.change.lookup import plain_phone
from ringup.change.naming import is_mac, named_phones
from ringup.change.new_phone import add_phone
from ringup.change.pbx_steps import is_ours
from ringup.change.restart import with_new_sync
from ringup.change.site import Approve, Changed, change_site, refuse_unsafe
from ringup.errors import Problem, SiteErrors
from ringup.phone.models import MODELS
from ringup.site.auto_record import end_of, extensions_in
from ringup.site.guests import CODE_DIGITS, Guest
from ringup.site.model import Phone, Site
from ringup.site.rows import Plain
from ringup.store.revisions import read_site
from ringup.wire.mac import parse as parse_mac

DEFAULT_MODEL = "7960"
"""The model of a phone that sent no DHCP to this server; the operator may correct it."""
RECENT_SECONDS = 300.0
"""Seconds after its last packet in which a phone counts as plugged in: it requests its file every 31 s, and
writing the flash takes it less than three minutes.
"""
_LOCALLY_ADMINISTERED = 0x02
"""The bit of a MAC's first byte that no vendor's phone has set (IEEE 802)."""
_EXTENSION = re.compile(r"[0-9]+")
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")


class UnknownPhone(NamedTuple):
    """A device that behaves like a phone and has no record."""

    mac: str
    model: str
    """Empty while it is unknown."""
    address: str
    heard_at: float = 0.0
    """The time of its last packet, in Unix seconds."""


class Onboard(NamedTuple):
    """The facts for a claim."""

    site: Site
    unknown: tuple[UnknownPhone, ...]
    heard: frozenset[str]
    """The MACs of the site's phones that have sent packets."""
    guests: tuple[Guest, ...] = ()
    """The unknown phones that have a guest's account."""

    def guest(self, mac: str) -> Guest | None:
        """Return the guest with this MAC, or None."""
        return next((guest for guest in self.guests if guest.mac == mac), None)


def unknown_phone(onboard: Onboard, text: str, now: float) -> UnknownPhone:
    """Return the unknown phone with this MAC or address, or with this code on its screen.

    `now` is in Unix seconds. Raises SiteErrors if there is no such phone.
    """
    if _CODE.fullmatch(text):
        return _phone_with_code(onboard, text, now)
    mac = parse_mac(text) if is_mac(text) else ""
    found = [phone for phone in onboard.unknown if text == phone.address or mac == phone.mac]
    if found:
        return found[0]
    if mac and onboard.site.phone(mac):
        cure = f"See it: ringup phone show {mac}"
        raise SiteErrors([Problem(f"phone {mac}", "is in the site already.", cure)])
    seen = ", ".join(f"{phone.mac} ({phone.address or 'no address'})" for phone in onboard.unknown[:5])
    cure = (
        f"Unknown phones: {seen}."
        if seen
        else "No unknown phone was heard. Plug it in; ringup watch shows it."
    )
    raise SiteErrors([Problem(f"phone {text}", "is not an unknown phone that was heard.", cure)])


def _phone_with_code(onboard: Onboard, code: str, now: float) -> UnknownPhone:
    guest = next((each for each in onboard.guests if each.code == code), None)
    if guest is None or guest.code_until <= now or guest.blocked_until:
        cure = "Restart the phone, which then shows a new code; or give its MAC, which `ringup status` lists."
        raise SiteErrors([Problem(f"code {code}", "is not on a phone's screen, or has ended.", cure)])
    return unknown_of(onboard, guest)


def unknown_of(onboard: Onboard, guest: Guest) -> UnknownPhone:
    """Return a guest as an unknown phone, also if no packet of it is on record."""
    heard = (phone for phone in onboard.unknown if phone.mac == guest.mac)
    return next(heard, UnknownPhone(guest.mac, guest.model, ""))


def claim(
    database: str,
    phone: UnknownPhone,
    onboard: Onboard,
    wanted: str,
    name: str,
    approve: Approve,
    now: float,
) -> Changed:
    """Bind a phone to the record of this name or extension, or give it a new record with this extension.

    A guest is restarted by a check-sync, for which the revision has a new ``sync``. `now` is in Unix seconds.
    Raises SiteErrors, and the errors of `approve`; nothing is changed then.
    """
    changed = _claimed(database, phone, onboard, wanted, name, approve, now)
    if (guest := onboard.guest(phone.mac)) is None:
        return changed
    from ringup.change.guest_restart import restarted  # imports Asterisk's manager: 30 ms

    said = restarted(changed.site.pbx, guest) or "The phone restarts, and fetches its file."
    return replace(changed, done=(*changed.done, said))


def _claimed(
    database: str,
    phone: UnknownPhone,
    onboard: Onboard,
    wanted: str,
    name: str,
    approve: Approve,
    now: float,
) -> Changed:
    if phone.model and phone.model not in MODELS:
        what = f"is a {phone.model}, which ringup does not configure."
        raise SiteErrors([Problem(f"phone {phone.mac}", what, f"Models: {', '.join(MODELS)}.")])
    summary = f"claim {phone.mac} as {wanted}"
    found = named_phones(onboard.site, wanted)
    if not found:
        return _added(database, phone, onboard, _new_record(phone, wanted, name), summary, approve, now)
    record = _waiting(found, wanted, onboard.heard)
    if name:
        cure = f"Leave --name out, or change it later: ringup phone set {wanted} --name"
        raise SiteErrors([Problem(f"phone {record.mac}", "has a record with a name.", cure)])
    return bind_record(database, phone, onboard, record, summary, approve, now)


def _added(
    database: str,
    phone: UnknownPhone,
    onboard: Onboard,
    record: Plain,
    summary: str,
    approve: Approve,
    now: float,
) -> Changed:
    """Add the record of a phone; if the phone is a guest, with a new ``sync`` too."""
    if onboard.guest(phone.mac) is None:
        return add_phone(database, record, summary, approve)

    def append(data: Plain) -> None:
        data["phones"].append(record)
        _set_new_sync(data, onboard.site, now)

    return change_site(database, append, summary, approve)


def bind_record(
    database: str,
    phone: UnknownPhone,
    onboard: Onboard,
    record: Phone,
    summary: str,
    approve: Approve,
    now: float,
) -> Changed:
    """Bind a phone to a record that waits for it; see `claim`."""

    def bind(data: Plain) -> None:
        plain = plain_phone(data, record.mac)
        plain["mac"] = phone.mac
        plain["model"] = phone.model or plain["model"]
        away: dict[str, str] = data["site"].get("away") or {}
        for extension, home in away.items():  # lines that were taken to another phone come back to this one
            away[extension] = home.replace(record.mac, phone.mac)
        if onboard.guest(phone.mac):
            _set_new_sync(data, onboard.site, now)

    return change_site(database, bind, summary, approve)


def _set_new_sync(data: Plain, site: Site, now: float) -> None:
    """Set a new ``sync`` in a site's plain form, where the site has it."""
    fresh = with_new_sync(site, now)
    data["site"]["sync"] = fresh.sync
    if fresh.settings:
        data["site"]["settings"] = dict(fresh.settings)


def _new_record(phone: UnknownPhone, extension: str, name: str) -> dict[str, Any]:
    if not _EXTENSION.fullmatch(extension):
        cure = f"To make a record, give its extension: ringup claim {phone.mac} 201 --name {extension!r}"
        raise SiteErrors([Problem(f"phone {extension}", "is not a name or extension of the site.", cure)])
    line = {"extension": extension, **({"name": name} if name else {})}
    return {"mac": phone.mac, "model": phone.model or DEFAULT_MODEL, "settings": {}, "lines": [line]}


def _waiting(found: Sequence[Phone], wanted: str, heard: frozenset[str]) -> Phone:
    """Return the record that waits for a device: the only one of this name, of which nothing was heard."""
    waiting = [phone for phone in found if phone.mac not in heard]
    if len(waiting) == 1:
        return waiting[0]
    macs = ", ".join(phone.mac for phone in waiting or found)
    if waiting:
        raise SiteErrors([Problem(f"phone {wanted}", f"may mean {macs}.", "Give an extension.")])
    cure = f"To put another phone in its place, remove it first: ringup phone remove {found[0].mac}"
    raise SiteErrors([Problem(f"phone {wanted}", f"has a phone that was heard: {macs}.", cure)])


class AutoOnboarding:
    """Gives each unknown phone an extension of the site's range, one revision per phone."""

    def __init__(
        self, database: str, engine: Engine, read: Callable[[], Onboard], clock: Callable[[], float]
    ) -> None:
        """`read` returns the site and the unknown phones."""
        self._read = read
        self._database = database
        self._engine = engine
        self._clock = clock

    def look(self, site: Site) -> list[str]:
        """Add the unknown phones; return a sentence for each. Raises RingupError, the rest is added later.

        `site` is the site of the latest revision; without a range, nothing is read.
        """
        now = self._clock()
        if not site.auto_extensions or now >= end_of(site.auto_until, site.time_zone):
            return []
        phones = [phone for phone in self._read().unknown if is_here(phone, now)]
        if not phones:
            return []
        if not is_ours(site.pbx):
            cure = "Run this once, as root: ringup pbx install"
            raise SiteErrors([Problem("auto_extensions", "ringup does not write Asterisk's files.", cure)])
        return [self._add(phone) for phone in phones]

    def _add(self, phone: UnknownPhone) -> str:
        site = read_site(self._engine)
        extension = free_extension(site)
        summary = f"auto: add phone {phone.mac}, {extension}"
        add_phone(self._database, _new_record(phone, extension, ""), summary, refuse_unsafe)
        return f"unknown phone {phone.mac} ({phone.model}) has extension {extension} now (auto_extensions)"


def is_here(phone: UnknownPhone, now: float) -> bool:
    """Return whether a phone that ringup configures waits now, and is not the invented one of a probe."""
    is_invented = bool(int(phone.mac[:2], 16) & _LOCALLY_ADMINISTERED)
    return phone.model in MODELS and not is_invented and now - phone.heard_at <= RECENT_SECONDS


def free_extension(site: Site) -> str:
    """Return the lowest free extension of the site's range; raises SiteErrors if no phone may be added."""
    taken = {line.extension for _, line in site.lines()} | {site.pbx.messages}
    range_ = extensions_in(site.auto_extensions)
    used = sum(extension in taken for extension in range_)
    free = [extension for extension in range_ if extension not in taken]
    if used < site.auto_most and free:
        return free[0]
    what = f"has {used} of {len(range_)} extensions in use, and auto_most is {site.auto_most}."
    cure = "Raise auto_most, widen the range, or claim the phone."
    raise SiteErrors([Problem("auto_extensions", what, cure)])
