"""dialplan.xml: the rules computed from a site, and the limits of the phone's reader."""

from collections.abc import Callable, Sequence

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given

from ringup.errors import SiteErrors
from ringup.render.dialplan_xml import LARGEST_FILE, computed_rules, dial_template
from ringup.site.model import DialRule, Line, Pbx, Phone, Site
from tests.render.sites import HOME, OFFICE, RULES, sites

Golden = Callable[[str, str], None]


def site_of(extensions: Sequence[str], outside_dial: str = "", outside_prefix: str = "9") -> Site:
    phones = tuple(
        Phone(mac=f"{number:012X}", lines=(Line(extension=extension, secret="s"),))
        for number, extension in enumerate(extensions)
    )
    return Site(phones=phones, pbx=Pbx(outside_dial=outside_dial, outside_prefix=outside_prefix))


def rules_of(extensions: Sequence[str], *outside: str) -> dict[str, int]:
    """Return the MATCH and the timeout of each rule; `outside` is the dial string with its prefix."""
    return {rule.match: rule.timeout for rule in computed_rules(site_of(extensions, *outside))}


@pytest.mark.parametrize(("name", "site"), [("home", HOME), ("office", OFFICE), ("rules", RULES)])
def test_the_dial_plan_is_as_reviewed(name: str, site: Site, golden: Golden) -> None:
    golden(f"{name}/dialplan.xml", dial_template(site))


def test_extensions_of_one_length_are_one_rule_and_dial_at_once() -> None:
    assert rules_of(["201", "202", "299"]) == {"500": 0, "600": 0, "2..": 0, "*": 5}


def test_extensions_of_two_lengths_wait_for_the_longer_one() -> None:
    rules = rules_of(["20", "201"])
    assert (rules["2."], rules["2.."]) == (5, 0)


def test_the_messages_key_waits_where_an_extension_goes_on_from_it() -> None:
    rules = rules_of(["5001"])
    assert (rules["500"], rules["5..."], rules["600"]) == (5, 0, 0)


def test_the_way_out_has_a_secondary_dial_tone_and_waits_for_more_digits() -> None:
    rules = rules_of(["201"], "PJSIP/${EXTEN:1}@trunk", "9")
    assert rules["9,*"] == 5


def test_an_extension_that_begins_like_the_way_out_has_more_literals_and_a_longer_timeout() -> None:
    rules = rules_of(["9001"], "PJSIP/${EXTEN:1}@trunk", "9")
    assert rules["90.."] == 5
    assert list(rules).index("90..") < list(rules).index("9,*")


def test_a_way_out_without_prefix_is_the_rule_for_everything_else() -> None:
    rules = rules_of(["201"], "PJSIP/${EXTEN}@trunk", "")
    assert list(rules) == ["500", "600", "2..", "*"]
    assert rules["2.."] == 5


def test_a_star_that_is_dialled_is_no_wildcard() -> None:
    rules = rules_of(["*97", "2*1"])
    assert r"\*.." in rules
    assert r"2\*." in rules


def test_names_that_no_keypad_dials_are_left_out() -> None:
    assert rules_of(["larry", "2.1", "+44"]) == {"500": 0, "600": 0, "*": 5}


def test_a_lone_star_is_last_because_it_only_takes_what_nothing_else_began() -> None:
    assert computed_rules(OFFICE)[-1] == DialRule(match="*", timeout=5)


def test_only_the_phones_own_wildcards_are_used() -> None:
    for rule in computed_rules(OFFICE):
        assert set(rule.match) <= set("0123456789.*,\\")


def test_the_entries_are_spelt_in_capitals_as_the_phone_compares_them() -> None:
    assert {entry.tag for entry in fromstring(dial_template(RULES))} == {"TEMPLATE"}


def test_a_dial_plan_larger_than_the_phones_buffer_is_refused() -> None:
    rules = tuple(DialRule(match=f"{number:060}") for number in range(100))
    with pytest.raises(SiteErrors, match=str(LARGEST_FILE)):
        dial_template(Site(dial_rules=rules))


def test_a_site_of_thousands_fits_into_the_phones_buffer() -> None:
    text = dial_template(site_of([str(number) for number in range(1000, 6000)]))
    assert len(text) <= LARGEST_FILE


def test_an_attribute_longer_than_its_buffer_is_refused() -> None:
    with pytest.raises(SiteErrors, match="63"):
        dial_template(Site(dial_rules=(DialRule(match="2..", route="x" * 64),)))


@given(sites())
def test_the_file_is_well_formed_and_small_whatever_the_extensions(site: Site) -> None:
    text = dial_template(site)
    assert len(text.encode("latin-1", "replace")) <= LARGEST_FILE
    for entry in fromstring(text):
        assert 0 < len(entry.attrib["MATCH"]) <= 63
        assert entry.attrib["TIMEOUT"].isdigit()
