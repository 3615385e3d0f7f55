"""Which phones take part in a rollout, in which wave and with which loads; and the reversal of a rollout."""

from dataclasses import replace
from typing import Any

import pytest

from ringup.errors import Problem, SiteErrors
from ringup.journey.record import Journey
from ringup.rollout.plan import PlanFacts, RolloutOptions, plan_back, plan_rollout
from ringup.rollout.record import GROUP, SITE, PhoneStep, Rollout, RolloutState
from ringup.rollout.records import settled, with_loads
from ringup.site.model import Group, Line, Pbx, Phone, Site, Subnet

OLD, NEW = "P0S3-08-11-00", "P0S3-8-12-00"
MACS = [f"00164600000{number}" for number in range(6)]
SITE_OF_SIX = Site(
    load=OLD,
    pbx=Pbx(manager_user="ringup", manager_secret="s"),
    groups=(Group(name="lobby"),),
    phones=tuple(
        Phone(
            mac=mac, group="lobby" if number < 3 else "", lines=(Line(extension=f"20{number}", secret="x"),)
        )
        for number, mac in enumerate(MACS)
    ),
)
UP = {mac: Journey(mac, registered=("201",)) for mac in MACS}
FACTS = PlanFacts(UP)


def planned(
    site: Site = SITE_OF_SIX, load: str = NEW, scope: str = SITE, facts: PlanFacts = FACTS
) -> Rollout:
    return plan_rollout(site, load, site.phones, scope, facts, RolloutOptions(at_most=3))


def reason(site: Site = SITE_OF_SIX, load: str = NEW, facts: PlanFacts = FACTS) -> str:
    """Return why the first phone does not take part."""
    found = next(each for each in planned(site, load, facts=facts).phones if each.mac == MACS[0])
    assert found.step in (PhoneStep.LEFT, PhoneStep.DONE)
    return found.reason


def with_first(site: Site = SITE_OF_SIX, **fields: object) -> Site:
    first = site.phones[0].model_copy(update=fields)
    return site.model_copy(update={"phones": (first, *site.phones[1:])})


def test_all_phones_get_a_wave_and_the_ladder_of_their_load() -> None:
    rollout = planned()
    assert [(each.wave, each.loads, each.was) for each in rollout.phones] == [
        (wave, (NEW,), OLD) for wave in (1, 2, 2, 3, 3, 3)
    ]


def test_old_firmware_climbs_its_ladder() -> None:
    old = planned(with_first(load="P0S3-04-4-00")).phones[0].loads
    assert old == ("P0S3-05-3-00", "P0S3-06-3-00", "P0S3-07-4-00", NEW)


def test_the_load_that_a_phone_last_requested_is_where_its_ladder_begins() -> None:
    journeys = {**UP, MACS[0]: Journey(MACS[0], registered=("201",), firmware_asked=NEW)}
    assert planned(facts=PlanFacts(journeys)).phones[0].loads == (NEW,)
    assert reason(with_first(load=NEW), facts=PlanFacts(journeys)) == f"it runs {NEW} already"


@pytest.mark.parametrize(
    ("fields", "load", "why"),
    [
        ({"protocol": "sccp"}, NEW, "its record says SCCP. Change that first"),
        ({}, "P0S30202", "SIP 8.11 is signed"),
        ({"load": "P00305000200"}, NEW, "by hand: ringup firmware path P00305000200"),
    ],
)
def test_a_phone_that_cannot_follow_is_left_with_the_reason(
    fields: dict[str, Any], load: str, why: str
) -> None:
    if load == NEW:
        assert why in reason(with_first(**fields), load)
    else:
        with pytest.raises(SiteErrors, match=why):
            planned(load=load)


def test_a_phone_that_is_not_registered_is_left() -> None:
    assert "not registered" in reason(facts=PlanFacts({**UP, MACS[0]: Journey(MACS[0])}))


def test_a_phone_with_a_static_address_is_left_unless_told() -> None:
    subnet = Subnet(network="10.0.0.0/24", first="10.0.0.10", last="10.0.0.20")  # type: ignore[arg-type]
    site = SITE_OF_SIX.model_copy(update={"subnets": (subnet,)})
    facts = PlanFacts(UP, leased=MACS[1:])
    assert "a new loader removes a static address" in reason(site, facts=facts)
    options = RolloutOptions(also_static=True)
    rollout = plan_rollout(site, NEW, site.phones, SITE, facts, options)
    assert all(each.step is PhoneStep.WAITING for each in rollout.phones)


def test_everything_that_is_in_the_way_is_said_at_once() -> None:
    site = SITE_OF_SIX.model_copy(update={"pbx": Pbx()})
    missing = Problem("firmware", "P0S3-8-12-00.loads is missing.", "Add it.")
    facts = PlanFacts(UP, problems=lambda _load: (missing,))
    with pytest.raises(SiteErrors) as caught:
        plan_rollout(site, NEW, site.phones, SITE, facts, RolloutOptions(window="at night"))
    assert [each.where for each in caught.value.problems] == ["--window", "pbx", "firmware"]


def test_a_rollout_without_phones_is_refused() -> None:
    with pytest.raises(SiteErrors, match="not registered"):
        planned(facts=PlanFacts())


def done(rollout: Rollout) -> Rollout:
    phones = (
        replace(each, step=PhoneStep.DONE if each.wave else each.step, offered_at=1.0 if each.wave else 0.0)
        for each in rollout.phones
    )
    return replace(rollout, id=7, state=RolloutState.DONE, phones=tuple(phones))


def after(site: Site, rollout: Rollout) -> Site:
    """Return the site after all offers of a rollout, and the site at its end."""
    offers = {each.mac: each.loads[-1] for each in rollout.phones if each.wave}
    return settled(with_loads(site, offers), done(rollout))


def test_at_the_end_the_site_names_the_load_and_no_phone_does() -> None:
    site = after(SITE_OF_SIX, planned())
    assert site == SITE_OF_SIX.model_copy(update={"load": NEW})


def test_at_the_end_the_group_names_the_load() -> None:
    phones = SITE_OF_SIX.phones[:3]
    rollout = plan_rollout(SITE_OF_SIX, NEW, phones, f"{GROUP}lobby", FACTS, RolloutOptions())
    site = after(SITE_OF_SIX, rollout)
    assert site.groups == (Group(name="lobby", load=NEW),)
    assert (site.load, site.phones) == (OLD, SITE_OF_SIX.phones)


def test_named_phones_keep_the_load_in_their_own_records() -> None:
    rollout = plan_rollout(SITE_OF_SIX, NEW, SITE_OF_SIX.phones[:1], "", FACTS, RolloutOptions())
    assert after(SITE_OF_SIX, rollout) == with_first(load=NEW)


def test_as_long_as_a_phone_is_left_the_site_keeps_its_load() -> None:
    rollout = planned(facts=PlanFacts({**UP, MACS[0]: Journey(MACS[0])}))
    site = after(SITE_OF_SIX, rollout)
    assert (site.load, site.load_of(site.phones[0]), site.load_of(site.phones[1])) == (OLD, OLD, NEW)


@pytest.mark.parametrize("own", ["", OLD])
def test_the_way_back_ends_with_the_records_of_before(own: str) -> None:
    before = with_first(load=own)
    rollout = planned(before)
    forward = after(before, rollout)
    back = plan_back(forward, done(rollout), FACTS, RolloutOptions())
    assert {each.loads for each in back.phones} == {(OLD,)}
    assert back.back_from == 7
    assert after(forward, back) == before


def test_only_phones_that_took_the_load_go_back() -> None:
    rollout = planned()
    half = replace(
        rollout,
        phones=tuple(
            replace(each, offered_at=1.0, step=PhoneStep.FAILED) if each.wave < 3 else each
            for each in rollout.phones
        ),
    )
    back = plan_back(SITE_OF_SIX, half, FACTS, RolloutOptions())
    assert [each.mac for each in back.phones] == MACS[:3]
    with pytest.raises(SiteErrors, match="nothing to take back"):
        plan_back(SITE_OF_SIX, rollout, FACTS, RolloutOptions())


def test_signed_firmware_does_not_go_back_to_unsigned() -> None:
    site = with_first(load="P0S3-04-4-00")
    rollout = done(planned(site))
    back = plan_back(after(site, planned(site)), rollout, FACTS, RolloutOptions())
    first = next(each for each in back.phones if each.mac == MACS[0])
    assert first.step is PhoneStep.LEFT
    assert "unsigned" in first.reason
