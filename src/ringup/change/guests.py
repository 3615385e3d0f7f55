"""Give unknown phones a guest's account, and bind the phone that dialled a right code."""

import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from math import inf

from sqlalchemy import Engine

from ringup.change.guest_calls import DialledCode
from ringup.change.guest_restart import restarted
from ringup.change.naming import named_phones
from ringup.change.onboarding import Onboard, bind_record, is_here, unknown_of
from ringup.change.site import refuse_unsafe
from ringup.errors import Problem, SiteErrors
from ringup.site.guests import BLOCK_SECONDS, CODE_DIGITS, CODE_SECONDS, MOST_WRONG, Guest
from ringup.site.model import Pbx, Phone, Site
from ringup.store.guests import (
    ClaimCode,
    add_guest,
    read_codes,
    remove_code,
    remove_guest,
    save_code,
    save_guest,
)

IDLE_SECONDS = 7200.0
"""Seconds without a packet after which a new guest may take the account of another one; a guest that is
plugged in registers again every hour.
"""


def new_code(taken: Collection[str]) -> str:
    """Return a random code that is not taken."""
    while (code := f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}") in taken:
        pass
    return code


def waiting_records(onboard: Onboard) -> list[Phone]:
    """Return the records that wait for their phones: nothing was heard of their MACs."""
    return [phone for phone in onboard.site.phones if phone.mac not in onboard.heard]


def code_for(engine: Engine, onboard: Onboard, wanted: str, now: float) -> tuple[Phone, ClaimCode]:
    """Store a code with which a guest claims the waiting record of this name; raises SiteErrors."""
    found = [each for each in named_phones(onboard.site, wanted) if each.mac not in onboard.heard]
    if len(found) != 1:
        macs = ", ".join(each.mac for each in found)
        what = f"may mean {macs}." if found else "is not a record that waits for its phone."
        cure = "Give an extension." if found else "List these records: ringup phone code"
        raise SiteErrors([Problem(f"phone {wanted}", what, cure)])
    taken = {each.code for each in read_codes(engine, now)} | {each.code for each in onboard.guests}
    code = ClaimCode(new_code(taken), found[0].mac, now + CODE_SECONDS)
    save_code(engine, code, now)
    return found[0], code


class GuestOnboarding:
    """Gives unknown phones guests' accounts, renews their codes, and handles the codes that they dial."""

    def __init__(
        self,
        database: str,
        engine: Engine,
        read: Callable[[], Onboard],
        clock: Callable[[], float],
        dialled: Callable[[], Collection[DialledCode]],
        restart: Callable[[Pbx, Guest], str] = restarted,
    ) -> None:
        """`read` returns the site, the unknown phones and the guests; `dialled` the codes since its last
        call.
        """
        self._database = database
        self._engine = engine
        self._read = read
        self._clock = clock
        self._dialled = dialled
        self._restart = restart

    def look(self, site: Site) -> list[str]:
        """Do what is due; return a sentence for each change.

        Raises RingupError. The rest is done later, but a guest then has to dial its code again.

        `site` is the site of the latest revision; without guests, nothing is read.
        """
        if not site.guests:
            return []
        said: list[str] = []
        for each in self._dialled():
            said += self._handle(each)
        onboard = self._without_own(self._read())
        said += self._renewed(onboard)
        known = {phone.mac for phone in onboard.site.phones}  # the phones were read a moment before the site
        for phone in onboard.unknown:
            is_new = phone.mac not in known and onboard.guest(phone.mac) is None
            if is_new and is_here(phone, self._clock()):
                guest = self._added(onboard, phone.mac, phone.model)
                onboard = onboard._replace(guests=(*onboard.guests, guest))
                said.append(f"unknown phone {phone.mac} ({phone.model}) is guest {guest.number} now")
        return said

    def _without_own(self, onboard: Onboard) -> Onboard:
        """Remove the guests that have a record of the site now, and those above the maximum."""
        most = onboard.site.guests_most
        gone = [each for each in onboard.guests if onboard.site.phone(each.mac) or each.number > most]
        for each in gone:
            remove_guest(self._engine, each.mac)
        return onboard._replace(guests=tuple(each for each in onboard.guests if each not in gone))

    def _renewed(self, onboard: Onboard) -> Iterator[str]:
        """Give each guest whose code or block has ended a new code."""
        now, taken = self._clock(), _taken(self._engine, onboard, self._clock())
        for each in onboard.guests:
            is_over = each.blocked_until <= now if each.blocked_until else each.code_until <= now
            if is_over:
                code = new_code(taken)
                taken.add(code)
                wrong = 0 if each.blocked_until else each.wrong
                save_guest(
                    self._engine,
                    replace(each, code=code, code_until=now + CODE_SECONDS, wrong=wrong, blocked_until=0.0),
                )
                if each.blocked_until:
                    yield f"guest {each.number} ({each.mac}) is no longer blocked"

    def _added(self, onboard: Onboard, mac: str, model: str) -> Guest:
        now = self._clock()
        code = new_code(_taken(self._engine, onboard, now))
        guest = Guest(mac, self._free_number(onboard, now), model, code, now + CODE_SECONDS)
        add_guest(self._engine, guest)
        return guest

    def _free_number(self, onboard: Onboard, now: float) -> int:
        """Return a free account, or that of a guest that has been silent for longest; raises SiteErrors."""
        used = {each.number for each in onboard.guests}
        if free := [number for number in range(1, onboard.site.guests_most + 1) if number not in used]:
            return free[0]
        heard = {phone.mac: phone.heard_at for phone in onboard.unknown}
        silent = [each for each in onboard.guests if now - heard.get(each.mac, 0.0) > _longest_silence(each)]
        oldest = min(silent, key=lambda each: heard.get(each.mac, 0.0), default=None)
        if oldest is None:
            what = f"all {onboard.site.guests_most} guests' accounts are in use."
            raise SiteErrors([Problem("guests_most", what, "Claim these phones, or raise guests_most.")])
        remove_guest(self._engine, oldest.mac)
        return oldest.number

    def _handle(self, dialled: DialledCode) -> list[str]:
        """Bind the phone if the code is right, or else count it; return a sentence."""
        onboard, now = self._read(), self._clock()
        guest = onboard.guest(dialled.mac)
        if guest is None or guest.blocked_until or onboard.site.phone(guest.mac):
            return []
        waiting = {phone.mac: phone for phone in waiting_records(onboard)}
        codes = {each.code: each for each in read_codes(self._engine, now) if each.mac in waiting}
        code = codes.get(dialled.code)
        if code is None:
            return [self._counted(guest, now)]
        return self._bound(onboard, guest, waiting[code.mac], code)

    def _bound(self, onboard: Onboard, guest: Guest, record: Phone, code: ClaimCode) -> list[str]:
        numbers = ", ".join(line.extension for line in record.lines)
        phone, summary = unknown_of(onboard, guest), f"guest: {guest.mac} claims {numbers}"
        bind_record(self._database, phone, onboard, record, summary, refuse_unsafe, self._clock())
        remove_code(self._engine, code.code)
        cure = self._restart(onboard.site.pbx, guest)
        return [f"phone {guest.mac} dialled the code of {numbers}, and is its phone now. {cure}".rstrip()]

    def _counted(self, guest: Guest, now: float) -> str:
        wrong = guest.wrong + 1
        until = now + BLOCK_SECONDS if wrong >= MOST_WRONG else 0.0
        save_guest(self._engine, replace(guest, wrong=wrong, blocked_until=until))
        blocked = f" and is blocked for {BLOCK_SECONDS / 3600:.0f} hours" if until else ""
        return f"guest {guest.number} ({guest.mac}) dialled wrong code {wrong} of {MOST_WRONG}{blocked}"


def _longest_silence(guest: Guest) -> float:
    """Return the seconds without a packet for which a guest keeps its account.

    A guest that guesses codes keeps it as long as a block, so that other MACs do not give it more guesses.
    """
    if guest.blocked_until:
        return inf
    return BLOCK_SECONDS if guest.wrong else IDLE_SECONDS


def _taken(engine: Engine, onboard: Onboard, now: float) -> set[str]:
    codes = (each.code for each in read_codes(engine, now))
    return {*codes, *(each.code for each in onboard.guests)}
