"""The loads that a site requires."""

from hypothesis import given

from ringup.site.model import Group, Phone, Site
from ringup.site.wanted import required_loads
from tests.site.sites import sites


def test_who_wants_a_load_is_told_by_level() -> None:
    site = Site(
        load="P0S3-8-12-00",
        groups=(Group(name="attic", load="P0S3-08-11-00"), Group(name="cellar")),
        phones=(
            Phone(mac="00000000000A", group="attic"),
            Phone(mac="00000000000B", group="cellar"),
            Phone(mac="00000000000C", load="P0S3-08-3-00"),
        ),
    )
    assert {load: str(wanted) for load, wanted in required_loads(site).items()} == {
        "P0S3-8-12-00": "the site and 1 phone",
        "P0S3-08-11-00": "group attic and 1 phone",
        "P0S3-08-3-00": "1 phone",
    }


@given(sites())
def test_every_phone_is_among_those_that_want_its_load(site: Site) -> None:
    wanted = required_loads(site)
    assert next(iter(wanted)) == site.load
    assert sorted(mac for each in wanted.values() for mac in each.phones) == [
        each.mac for each in site.phones
    ]
    assert all(phone.mac in wanted[site.load_of(phone)].phones for phone in site.phones)
