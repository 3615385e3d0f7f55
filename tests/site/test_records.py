"""The records of a stored site are equal to those that were stored, and small."""

from ringup.site.model import Line, Phone, Site
from ringup.site.records import of_records, records

PHONES = tuple(
    Phone(mac=f"00164600000{number}", lines=(Line(extension=f"20{number}", secret="secret"),))
    for number in range(3)
)


def test_stored_phones_are_those_that_were_stored_and_share_what_pydantic_notes_of_each() -> None:
    site = Site(phones=PHONES)
    stored = of_records(records(site))
    assert stored == site
    assert len({id(phone.model_fields_set) for phone in stored.phones}) == 1
    assert len({id(line.model_fields_set) for phone in stored.phones for line in phone.lines}) == 1
    assert stored.phones[0].model_dump() == PHONES[0].model_dump()


def test_a_changed_copy_of_a_stored_phone_leaves_the_others_as_they_are() -> None:
    first, second, _ = of_records(records(Site(phones=PHONES))).phones
    before = set(second.model_fields_set)
    changed = first.model_copy(update={"label": "Reception"})
    assert (changed.label, first.label) == ("Reception", "")
    assert second.model_fields_set == before
