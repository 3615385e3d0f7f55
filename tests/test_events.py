"""Events and their form as plain data."""

import json
from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass, replace

import pytest
from hypothesis import given

from ringup.events import (
    FIELDS,
    FORMER_NAMES,
    KINDS,
    DiscoverReceived,
    Event,
    FileRequested,
    FileSent,
    ServerStopped,
    from_record,
    given_to,
    kind_named,
    to_record,
)
from ringup.events.fields_json import fields_json
from tests.journey.event_strategies import events


@given(events())
def test_an_event_survives_its_plain_data_form(event: Event) -> None:
    record = to_record(event)
    assert list(record)[:3] == ["kind", "at", "mac"]
    assert repr(from_record(record)) == repr(event)  # repr: a NaN is not equal to itself


@given(events())
def test_the_plain_data_form_is_json(event: Event) -> None:
    assert repr(from_record(json.loads(json.dumps(to_record(event))))) == repr(event)


@given(events())
def test_an_event_given_to_a_phone_is_the_same_but_for_its_mac(event: Event) -> None:
    assert repr(given_to("001646C0FFEE", event)) == repr(replace(event, mac="001646C0FFEE"))


@given(events())
def test_the_fields_are_written_as_the_json_module_writes_them(event: Event) -> None:
    record = to_record(event)
    own = {name: record[name] for name in FIELDS[type(event)][2:]}
    assert fields_json(event) == json.dumps(own)


def test_a_whole_number_of_seconds_is_json_too() -> None:
    assert json.loads(fields_json(FileSent(1, "", "a", "10.0.0.1", 1, 2)))["seconds"] == 2


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_kind_is_a_frozen_dataclass_with_a_time_and_a_mac_and_says_what_it_is(
    kind: type[Event],
) -> None:
    assert is_dataclass(kind)
    assert [field.name for field in fields(kind)[:2]] == ["at", "mac"]
    assert all(field.default is MISSING for field in fields(kind)[:2])
    assert kind.__doc__
    assert kind.__doc__.endswith(".")
    assert kind.__slots__


def test_events_cannot_be_changed() -> None:
    event = ServerStopped(1.0, "")
    with pytest.raises(FrozenInstanceError):
        event.at = 2.0  # type: ignore[misc]


def test_every_kind_is_known_by_its_own_name() -> None:
    assert all(name == kind.__name__ for name, kind in KINDS.items())


def test_fields_of_a_newer_version_are_dropped() -> None:
    record = {"kind": "DiscoverReceived", "at": 1.0, "mac": "", "vendor_class": "x", "colour": "red"}
    assert from_record(record) == DiscoverReceived(1.0, "", "x")


def test_fields_that_an_older_version_did_not_write_take_their_default() -> None:
    record = to_record(FileSent(1.0, "", "a", "10.0.0.1", 1, 0.5, resent=3))
    del record["resent"]
    assert from_record(record) == FileSent(1.0, "", "a", "10.0.0.1", 1, 0.5)


@pytest.mark.parametrize("record", [{}, {"kind": "Earthquake"}, {"kind": "ServerStopped", "at": 1.0}])
def test_a_record_that_is_no_event_raises_key_error(record: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        from_record(record)


def test_an_event_is_read_and_printed_under_its_former_name_too() -> None:
    event = FileRequested(1.0, "", "a", "10.0.0.1", 69)
    record = to_record(event)
    assert (record["kind"], record["formerly"]) == ("FileRequested", "FileAsked")
    assert from_record({**record, "kind": record["formerly"]}) == event


def test_every_former_name_leads_to_an_event() -> None:
    assert {kind_named(former) for former in FORMER_NAMES} <= set(KINDS.values())
    assert not set(FORMER_NAMES) & set(KINDS)
    assert kind_named("NoSuchEvent") is None
