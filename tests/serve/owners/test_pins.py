"""The first address that requests a phone's own file keeps it, but only if no other method identifies the
phone.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ringup.events import Event, PhonePinned, PhoneUnpinned
from ringup.serve.owners.pin_saver import pin_saver
from ringup.serve.owners.pins import Pins, PinWatch
from ringup.serve.store_thread import StoreThread
from ringup.store.database import open_database
from ringup.store.pins import Pin, PinnedBy, read_pins

ANN, BERT, STRANGER = "001646C0FFEE", "001646C0FFEF", "00AABBCCDDEE"
ROUTED, OTHER_ROUTED, BESIDE, OTHER_BESIDE = "10.9.0.20", "10.9.0.21", "10.0.0.20", "10.0.0.21"
NOW = 1000.0


class Office:
    """Pins with a neighbour table, a database that saves when a test wants it, and the events."""

    def __init__(self, *stored: Pin) -> None:
        self.neighbours: dict[str, str] = {}
        self.stored = list(stored)
        self.told: list[Event] = []
        self.waiting: list[Callable[[], None]] = []
        self.waited = 0
        """Number of times that a request waited for its pin."""
        self.pins = Pins(
            stored,
            neighbour=lambda address: self.neighbours.get(address, ""),
            is_beside=lambda address: address.startswith("10.0.0."),
            save=self._save,
            emit=self.told.append,
            clock=lambda: NOW,
        )
        self.watch = PinWatch(self.pins, self._state, lambda: list(self.stored))

    def _state(self) -> tuple[int, float]:
        return len(self.stored), max((pin.at for pin in self.stored), default=0.0)

    def _save(self, pin: Pin, done: Callable[[], None]) -> Callable[[], None]:
        def save() -> None:
            kept = [each for each in self.stored if each.mac != pin.mac and each.address != pin.address]
            self.stored = [*kept, pin]
            done()

        self.waiting.append(save)
        return self._wait

    def _wait(self) -> None:
        assert self.pins._lock.acquire(blocking=False), "nobody else can be answered meanwhile"
        self.pins._lock.release()
        self.waited += 1

    def save(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()

    def requests(self, mac: str, address: str) -> str:
        """Return the owner of the address after a request for that phone's own file."""
        return self.pins.claim(mac, address, self.pins.holder_of(address))


def test_behind_a_router_the_first_address_has_the_phone_and_no_later_one() -> None:
    office = Office()
    assert office.pins.holder_of(ROUTED) == ""
    assert office.requests(ANN, ROUTED) == ANN
    assert office.requests(ANN, OTHER_ROUTED) == ""
    assert office.requests(ANN, ROUTED) == ANN
    office.save()
    assert office.stored == [Pin(ANN, ROUTED, NOW, PinnedBy.REQUEST)]
    assert office.told == [PhonePinned(NOW, ANN, ROUTED, "", "first request")]


def test_a_first_request_waits_until_its_pin_is_stored_and_no_other_request_waits() -> None:
    office = Office()
    office.requests(ANN, ROUTED)
    assert office.waited == 1
    office.requests(ANN, ROUTED)
    office.requests(ANN, OTHER_ROUTED)
    office.neighbours[BESIDE] = BERT
    office.requests(BERT, BESIDE)
    assert office.waited == 1


def test_a_pin_is_on_the_disk_when_its_file_leaves(tmp_path: Path) -> None:
    database, store = open_database(str(tmp_path / "ringup.db")), StoreThread()
    with closing(asyncio.new_event_loop()) as loop:
        store.start(loop)
        pins = Pins(
            (),
            neighbour=lambda _address: "",
            is_beside=lambda _address: False,
            save=pin_saver(database, store),
            emit=lambda _event: None,
            clock=lambda: NOW,
        )
        assert pins.claim(ANN, ROUTED, "") == ANN
        assert read_pins(database) == [Pin(ANN, ROUTED, NOW, PinnedBy.REQUEST)]
        store.stop()
    database.dispose()


def test_a_disk_that_refuses_keeps_no_phone_from_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("ringup.serve.owners.pin_saver.save_pins", refuse)
    monkeypatch.setattr("ringup.serve.owners.pin_saver.SECONDS", 600.0)
    database, store = open_database("sqlite://"), StoreThread()
    with closing(asyncio.new_event_loop()) as loop:
        store.start(loop)
        pin_saver(database, store)(Pin(ANN, ROUTED, NOW, PinnedBy.REQUEST), lambda: None)()
        store.stop()
    database.dispose()


def test_one_address_has_one_phone() -> None:
    office = Office()
    office.requests(ANN, ROUTED)
    assert office.requests(BERT, ROUTED) == ANN
    assert len(office.told) == 1


@pytest.mark.parametrize("neighbour", ["", STRANGER, BERT])
def test_beside_us_only_the_mac_proves_a_phone(neighbour: str) -> None:
    office = Office()
    office.neighbours[BESIDE] = neighbour
    assert office.requests(ANN, BESIDE) == neighbour
    assert office.told == []


def test_an_address_beside_us_that_is_taken_by_hand_is_not_the_phones() -> None:
    office = Office(Pin(ANN, BESIDE, 1.0, PinnedBy.OPERATOR))
    assert office.pins.holder_of(BESIDE) == ""
    office.neighbours[BESIDE] = STRANGER
    assert office.requests(ANN, BESIDE) == STRANGER


def test_a_pin_follows_the_mac_to_a_new_address() -> None:
    office = Office()
    office.requests(ANN, ROUTED)
    office.neighbours[BESIDE] = ANN
    assert office.requests(ANN, BESIDE) == ANN
    assert office.pins.holder_of(ROUTED) == ""
    office.neighbours = {OTHER_BESIDE: ANN}
    assert office.requests(ANN, OTHER_BESIDE) == ANN
    office.save()
    assert office.stored == [Pin(ANN, OTHER_BESIDE, NOW, PinnedBy.NEIGHBOUR)]
    assert office.told[1:] == [
        PhonePinned(NOW, ANN, BESIDE, ROUTED, "neighbour"),
        PhonePinned(NOW, ANN, OTHER_BESIDE, BESIDE, "neighbour"),
    ]


def test_a_phone_whose_address_is_proved_to_be_anothers_is_free() -> None:
    office = Office(Pin(BERT, BESIDE, 1.0, PinnedBy.NEIGHBOUR))
    office.neighbours[BESIDE] = ANN
    assert office.requests(ANN, BESIDE) == ANN
    assert office.told[0] == PhoneUnpinned(NOW, BERT, BESIDE)
    assert office.requests(BERT, ROUTED) == BERT


def test_what_a_command_removed_or_made_counts_from_the_next_look_on() -> None:
    office = Office(Pin(ANN, ROUTED, 1.0, PinnedBy.REQUEST))
    office.stored = [Pin(BERT, OTHER_ROUTED, 2.0, PinnedBy.OPERATOR)]
    office.watch.look()
    assert office.told == [
        PhoneUnpinned(NOW, ANN, ROUTED),
        PhonePinned(2.0, BERT, OTHER_ROUTED, "", "operator"),
    ]
    assert office.requests(ANN, OTHER_ROUTED) == BERT
    assert office.requests(ANN, ROUTED) == ANN


def test_a_pin_that_is_not_saved_yet_is_not_lost_to_a_look() -> None:
    office = Office()
    office.requests(ANN, ROUTED)
    office.stored = [Pin(BERT, OTHER_ROUTED, 2.0, PinnedBy.OPERATOR)]
    office.watch.look()
    assert office.requests(ANN, "10.9.0.99") == ""
    office.save()
    office.watch.look()
    assert office.pins.holder_of(ROUTED) == ANN
    assert office.pins.holder_of(OTHER_ROUTED) == BERT


def test_pins_that_were_read_before_the_last_change_are_not_taken() -> None:
    office = Office()
    changes = office.pins.changes
    office.requests(ANN, ROUTED)
    office.save()
    office.pins.take([], changes)
    assert office.pins.holder_of(ROUTED) == ANN
