"""Pin each phone behind a router to the first address that requests the phone's own file.

Strategy: on the server's own segment, the kernel's neighbour table decides, and a pin follows the phone's MAC
there. The table does not show hosts behind a router: the first address that requests the phone's own file is
pinned, until an operator removes the pin. The file is sent once the pin is stored.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable

from ringup.errors import RingupError
from ringup.events import Event, PhonePinned, PhoneUnpinned
from ringup.serve.owners.address_owners import Holder
from ringup.store.pins import Pin, PinnedBy

LOOK_SECONDS = 1.0
"""Seconds until the server applies a pin that a command made or removed."""

Save = Callable[[Pin, Callable[[], None]], Callable[[], object]]
"""Takes a pin to store, and a function that is called when the pin is stored or has been refused. Returns a
function that waits until then.
"""


class Pins:
    """The pins of all phones; the threads of TFTP and HTTP use this object."""

    def __init__(
        self,
        stored: Iterable[Pin],
        *,
        neighbour: Holder,
        is_beside: Callable[[str], bool],
        save: Save,
        emit: Callable[[Event], None],
        clock: Callable[[], float],
    ) -> None:
        """`is_beside` returns whether an address is on the server's own segment, where only the MAC
        identifies a phone.
        """
        self._neighbour = neighbour
        self._is_beside = is_beside
        self._save = save
        self._emit = emit
        self._clock = clock
        self._lock = threading.Lock()
        self._unsaved = 0
        self._changes = 0
        self._by_mac = {pin.mac: pin for pin in stored}
        self._by_address = {pin.address: pin for pin in self._by_mac.values()}

    def holder_of(self, address: str) -> str:
        """Return the MAC of the phone that an address belongs to; empty: no known phone."""
        if neighbour := self._neighbour(address):
            return neighbour
        pin = self._by_address.get(address)
        return pin.mac if pin and not self._is_beside(address) else ""

    def claim(self, mac: str, address: str, holder: str) -> str:
        """Return the phone of an address after a request for a phone's own file; pin the phone if it has no
        pin.

        `holder` is the result of `holder_of`. A pin that rests on the request alone is stored before this
        returns.
        """
        stored: Callable[[], object] = bool
        with self._lock:
            pin = self._by_mac.get(mac)
            is_first = not holder and pin is None and not self._is_beside(address)
            if holder != mac and not is_first:
                return holder
            if pin is None or pin.address != address:
                by = PinnedBy.REQUEST if is_first else PinnedBy.NEIGHBOUR
                saved = self._pin(Pin(mac, address, self._clock(), by))
                stored = saved if is_first else stored
        stored()
        return mac

    @property
    def changes(self) -> int:
        """Return the number of changes of the pins so far; pass it to `take`."""
        return self._changes

    def take(self, stored: Iterable[Pin], changes: int) -> None:
        """Replace the pins by those of the database.

        `changes` is the value of that property before the database was read; if it has risen since, the
        stored pins are outdated and are ignored.
        """
        with self._lock:
            if self._unsaved or changes != self._changes:
                return
            before, now = self._by_mac, {pin.mac: pin for pin in stored}
            self._by_mac, self._by_address = now, {pin.address: pin for pin in now.values()}
        for mac in before.keys() - now.keys():
            self._emit(PhoneUnpinned(self._clock(), mac, before[mac].address))
        for mac, pin in now.items():
            if before.get(mac) != pin:
                self._emit_pin(pin, before.get(mac))

    def _pin(self, pin: Pin) -> Callable[[], object]:
        before = self._by_mac.get(pin.mac)
        displaced = self._by_address.get(pin.address)
        if before:
            del self._by_address[before.address]
        if displaced and displaced.mac != pin.mac:
            del self._by_mac[displaced.mac]
            self._emit(PhoneUnpinned(pin.at, displaced.mac, pin.address))
        self._by_mac[pin.mac] = self._by_address[pin.address] = pin
        self._unsaved += 1
        self._changes += 1
        self._emit_pin(pin, before)
        return self._save(pin, self._saved)

    def _saved(self) -> None:
        with self._lock:
            self._unsaved -= 1
            self._changes += 1

    def _emit_pin(self, pin: Pin, before: Pin | None) -> None:
        self._emit(PhonePinned(pin.at, pin.mac, pin.address, before.address if before else "", str(pin.by)))


class PinWatch:
    """Applies pins that a command made or removed."""

    def __init__(
        self, pins: Pins, state: Callable[[], tuple[int, float]], read: Callable[[], list[Pin]]
    ) -> None:
        """`state` is quick and returns a different value after a change; both functions are called in a
        thread.
        """
        self._pins = pins
        self._state = state
        self._read = read
        self._seen = state()

    async def run(self, failed: Callable[[str], None]) -> None:
        """Check each second, until cancelled; retry after a database error."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await asyncio.to_thread(self.look)
            except RingupError as error:
                failed(str(error))

    def look(self) -> None:
        """Take the stored pins if they have changed."""
        changes, state = self._pins.changes, self._state()
        if state != self._seen:
            self._pins.take(self._read(), changes)
            self._seen = state
