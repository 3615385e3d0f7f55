"""A revision is undone exactly, with its secrets, and never over a later change."""

import pytest
from hypothesis import given

from ringup.change.plan import plan
from ringup.change.undo import undone
from ringup.errors import SiteErrors
from ringup.site.mask import MASK
from ringup.site.model import Group, Line, Phone, Site
from ringup.site.records import changed
from tests.site.sites import sites

LARRY = Phone(mac="001646000000", group="sales", lines=(Line(extension="201", secret="s3cret"),))
SITE = Site(name="Office", groups=(Group(name="sales"),), phones=(LARRY,))


@given(before=sites(), after=sites())
def test_undoing_a_change_restores_the_site_exactly(before: Site, after: Site) -> None:
    found = undone(after, *changed(before, after), 1)
    assert found == before
    assert not plan(before, found)


def test_later_changes_of_other_records_and_fields_stay() -> None:
    after = SITE.model_copy(update={"time_zone": "Europe/London", "phones": ()})
    now = after.model_copy(update={"name": "Later", "settings": {"telnet_level": "1"}})
    found = undone(now, *changed(SITE, after), 2)
    assert found == now.model_copy(update={"time_zone": "Etc/UTC", "phones": (LARRY,)})


def test_settings_are_taken_back_one_by_one() -> None:
    before = SITE.model_copy(update={"settings": {"telnet_level": "0", "tos_media": "5"}})
    after = SITE.model_copy(update={"settings": {"telnet_level": "1", "date_format": "M/D/Y"}})
    now = SITE.model_copy(
        update={"settings": {"telnet_level": "1", "date_format": "M/D/Y", "user_info": "phone"}}
    )
    found = undone(now, *changed(before, after), 2)
    assert found.settings == {"telnet_level": "0", "tos_media": "5", "user_info": "phone"}


def test_every_conflict_with_a_later_change_is_told() -> None:
    after = Site(name="Two", time_zone="Europe/London", groups=SITE.groups)
    now = after.model_copy(update={"name": "Three", "phones": (LARRY.model_copy(update={"label": "new"}),)})
    with pytest.raises(SiteErrors) as raised:
        undone(now, *changed(SITE, after), 7)
    assert [(problem.where, problem.what) for problem in raised.value.problems] == [
        ("site", "name was changed again after revision 7."),
        (f"phone {LARRY.mac}", "was changed again after revision 7."),
    ]


def test_what_is_already_as_it_was_before_is_no_conflict() -> None:
    after = SITE.model_copy(update={"name": "Two"})
    assert undone(SITE, *changed(SITE, after), 2) == SITE


def test_a_site_that_would_not_hold_together_is_refused() -> None:
    """The group was removed later, so the phone cannot be put back into it."""
    after = SITE.model_copy(update={"phones": ()})
    now = after.model_copy(update={"groups": ()})
    with pytest.raises(SiteErrors, match="sales"):
        undone(now, *changed(SITE, after), 2)


def test_passwords_that_are_lost_with_their_key_do_not_come_back_as_asterisks() -> None:
    masked = LARRY.model_copy(update={"lines": (Line(extension="201", secret=MASK),)})
    before = SITE.model_copy(update={"phones": (masked,)})
    now = SITE.model_copy(update={"phones": ()})
    with pytest.raises(SiteErrors, match="are lost with their key"):
        undone(now, *changed(before, now), 2)


def test_a_site_begun_anew_with_a_new_key_has_nothing_to_go_back_to() -> None:
    _, became = changed(Site(), SITE)
    with pytest.raises(SiteErrors, match="are lost with their key"):
        undone(SITE, {}, became, 2)
