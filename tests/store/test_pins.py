"""Pins on disk."""

from sqlalchemy import Engine

from ringup.site.model import Phone, Site
from ringup.store.pins import Pin, PinnedBy, pin_of, pins_state, read_pins, remove_pin, save_pins
from ringup.store.revisions import commit

LARRY = Pin("001646C0FFEE", "192.168.50.20", 1000.25, PinnedBy.REQUEST)
ANN = Pin("001646C0FFEF", "192.168.50.21", 1001.5, PinnedBy.OPERATOR)


def test_a_saved_pin_is_read_with_every_field(engine: Engine) -> None:
    assert (read_pins(engine), pin_of(engine, LARRY.mac)) == ([], None)
    save_pins(engine, [ANN, LARRY])
    assert read_pins(engine) == [LARRY, ANN]
    assert pin_of(engine, LARRY.mac) == LARRY


def test_a_phone_has_one_pin_and_so_has_an_address(engine: Engine) -> None:
    save_pins(engine, [LARRY, ANN])
    moved = Pin(LARRY.mac, ANN.address, 1002.0, PinnedBy.NEIGHBOUR)
    save_pins(engine, [moved])
    assert read_pins(engine) == [moved]


def test_each_change_is_seen(engine: Engine) -> None:
    states = [pins_state(engine)]
    for pin in (LARRY, ANN):
        save_pins(engine, [pin])
        states.append(pins_state(engine))
    assert remove_pin(engine, LARRY.mac)
    assert not remove_pin(engine, LARRY.mac)
    states.append(pins_state(engine))
    assert len(set(states)) == len(states)


def test_a_phone_that_leaves_the_site_leaves_no_pin_and_a_changed_one_keeps_its_own(engine: Engine) -> None:
    both = Site(phones=(Phone(mac=ANN.mac), Phone(mac=LARRY.mac)))
    commit(engine, both, author="ann", summary="two phones", at=1.0)
    save_pins(engine, [ANN, LARRY])
    one = Site(phones=(Phone(mac=ANN.mac, label="Ann"),))
    commit(engine, one, author="ann", summary="one phone", at=2.0)
    assert read_pins(engine) == [ANN]
