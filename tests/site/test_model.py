"""The values that a phone inherits from its group and from the site."""

import pytest
from pydantic import BaseModel, ValidationError

from ringup.site.model import Group, Phone, Site

LEVELS = ("site", "group", "phone")


def _site(name: str, levels: tuple[str, ...]) -> Site:
    """Return a site with one phone in one group, in which each of these levels sets a parameter to its own
    name.
    """
    settings = {level: {name: level} if level in levels else {} for level in LEVELS}
    return Site(
        settings=settings["site"],
        groups=(Group(name="sales", settings=settings["group"]),),
        phones=(Phone(mac="001646C0FFEE", group="sales", settings=settings["phone"]),),
    )


@pytest.mark.parametrize(
    ("levels", "nearest"),
    [
        (("site",), "site"),
        (("group",), "group"),
        (("phone",), "phone"),
        (("site", "group"), "group"),
        (("site", "phone"), "phone"),
        (("group", "phone"), "phone"),
        (("site", "group", "phone"), "phone"),
    ],
)
def test_the_nearest_level_decides_a_setting(levels: tuple[str, ...], nearest: str) -> None:
    site = _site("services_url", levels)
    assert site.settings_of(site.phones[0]) == {"services_url": nearest}


def test_settings_of_all_levels_come_together() -> None:
    site = Site(
        settings={"telnet_level": "1"},
        groups=(
            Group(name="sales", settings={"tos_media": "5"}),
            Group(name="attic", settings={"sync": "9"}),
        ),
        phones=(Phone(mac="001646C0FFEE", group="sales", settings={"phone_prompt": "Ann"}),),
    )
    assert site.settings_of(site.phones[0]) == {"telnet_level": "1", "tos_media": "5", "phone_prompt": "Ann"}


@pytest.mark.parametrize(
    ("own", "of_the_group", "load"),
    [
        ("", "", "P0S3-8-12-00"),
        ("", "P0S3-08-11-00", "P0S3-08-11-00"),
        ("P0S3-08-3-00", "P0S3-08-11-00", "P0S3-08-3-00"),
    ],
)
def test_the_nearest_level_decides_the_load(own: str, of_the_group: str, load: str) -> None:
    site = Site(
        load="P0S3-8-12-00",
        groups=(Group(name="sales", load=of_the_group),),
        phones=(Phone(mac="001646C0FFEE", group="sales", load=own),),
    )
    assert site.load_of(site.phones[0]) == load


@pytest.mark.parametrize("record", [Site(), Phone(mac="001646C0FFEE"), Group(name="sales")])
def test_a_record_cannot_be_changed(record: BaseModel) -> None:
    field = next(iter(type(record).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(record, field, getattr(record, field))


SIP, SCCP = "P0S3-8-12-00", "P00308010200"


@pytest.mark.parametrize(
    ("group", "phone", "load"),
    [
        ({}, {}, SIP),
        ({"load": "P0S3-08-9-00"}, {}, "P0S3-08-9-00"),
        ({"load": "P0S3-08-9-00"}, {"load": "P0S3-8-11-00"}, "P0S3-8-11-00"),
        ({"protocol": "sccp"}, {}, SCCP),
        ({"load": SIP, "protocol": "sccp"}, {}, SCCP),
        ({"load": "P00308000500", "protocol": "sccp"}, {}, "P00308000500"),
        ({"load": SIP}, {"protocol": "sccp"}, SCCP),
        ({"protocol": "sccp"}, {"protocol": "sip"}, SIP),
    ],
)
def test_the_nearest_load_of_the_phones_protocol_counts(
    group: dict[str, str], phone: dict[str, str], load: str
) -> None:
    own = Phone.model_validate({"mac": "001646C0FFEE", "group": "sales", **phone})
    site = Site(groups=(Group.model_validate({"name": "sales", **group}),), phones=(own,))
    assert site.load_of(own) == load
