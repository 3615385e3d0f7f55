"""The effects of a change on the phones and on Asterisk, before it is made."""

from dataclasses import asdict
from ipaddress import IPv4Address
from time import process_time
from typing import Any

import pytest
from hypothesis import given

from ringup.change.plan import CallInTheWay, Count, DroppedRegistration, GroupCount, Plan, plan
from ringup.change.world import World
from ringup.journey.record import Call
from ringup.site.difference import Changes, difference
from ringup.site.model import DialRule, Group, Line, Pbx, Phone, Ring, Site, Subnet
from tests.site.sites import sites

LARRY, ANN = "001646000000", "0016460E0012"


def phone(mac: str, extension: str, **fields: Any) -> Phone:
    line = Line(extension=extension, name=f"Name {extension}", secret=f"secret-of-{extension}")
    return Phone(**{"mac": mac, "password": "menu", "lines": (line,), **fields})


SITE = Site(
    groups=(Group(name="sales"), Group(name="lobby")),
    phones=(phone(LARRY, "201", group="sales"), phone(ANN, "202", group="lobby")),
)
UP = World(registered={LARRY: frozenset({"201"}), ANN: frozenset({"202"})})


def changed(site: Site = SITE, **fields: Any) -> Site:
    return Site.model_validate({**dict(site), **fields})


def with_phone(**fields: Any) -> Site:
    """The site with the first phone changed."""
    first, *rest = SITE.phones
    return changed(phones=(first.model_copy(update=fields), *rest))


def with_line(**fields: Any) -> Site:
    return with_phone(lines=(SITE.phones[0].lines[0].model_copy(update=fields),))


def codes(found: Plan) -> list[tuple[str, int]]:
    return [(each.code, each.number) for each in found.unsafe]


@given(site=sites())
def test_the_plan_of_equal_sites_is_empty(site: Site) -> None:
    assert plan(site, site) == Plan((), (), Changes({}, {}), (), (), (), (), (), ())
    assert not plan(site, site)


@pytest.mark.thorough
@given(before=sites(), after=sites())
def test_a_plan_has_every_changed_record_and_counts_it_once(before: Site, after: Site) -> None:
    found = plan(before, after)
    assert found.changes == list(difference(before, after))
    counted = sum(count.added + count.changed + count.removed for count in found.counts)
    assert counted == len(found.changes)
    phones = [count for count in found.counts if count.kind == "phone"]
    assert all(count.added + count.changed + count.unchanged == len(after.phones) for count in phones)


@pytest.mark.thorough
@given(before=sites(), after=sites())
def test_a_plan_back_turns_every_file_round(before: Site, after: Site) -> None:
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    there, back = plan(before, after), plan(after, before)
    assert [(file.name, turned[file.kind], file.added - file.removed) for file in there.files] == [
        (file.name, file.kind, file.removed - file.added) for file in back.files
    ]


@pytest.mark.parametrize(
    ("after", "restarts", "refreshes"),
    [
        (with_phone(label="Sales"), [LARRY], []),
        (with_line(voicemail_pin="1234"), [], []),
        (with_line(secret="another"), [LARRY], []),
        (changed(load="P0S3-08-11-00"), [LARRY, ANN], []),
        (changed(settings={"telnet_level": "2"}), [LARRY, ANN], []),
        (
            changed(groups=(Group(name="lobby", settings={"telnet_level": "2"}), Group(name="sales"))),
            [ANN],
            [],
        ),
        (changed(dial_rules=(DialRule(match="2.."),)), [], [LARRY, ANN]),
        (changed(rings=(Ring(name="Old", file="Old.raw"),)), [LARRY, ANN], []),
        (changed(name="Office"), [], []),
        (changed(pbx=Pbx(ring_seconds=9)), [], []),
        (changed(pbx=Pbx(address="10.0.0.9")), [LARRY, ANN], []),
        (changed(phones=SITE.phones[1:]), [], []),
    ],
)
def test_which_phones_must_restart_and_which_only_read_their_dial_template(
    after: Site, restarts: list[str], refreshes: list[str]
) -> None:
    found = plan(SITE, after)
    assert list(found.restarts) == restarts
    assert list(found.refreshes) == refreshes


def test_a_value_of_the_site_restarts_only_phones_that_do_not_override_it() -> None:
    own = tuple(each.model_copy(update={"settings": {"telnet_level": "1"}}) for each in SITE.phones)
    before = changed(phones=own, settings={"telnet_level": "0"})
    found = plan(before, changed(before, settings={"telnet_level": "2"}))
    assert [file.name for file in found.files] == ["SIPDefault.cnf"]
    assert found.restarts == ()
    one = changed(before, phones=(own[0], SITE.phones[1]))
    assert plan(one, changed(one, settings={"telnet_level": "2"})).restarts == (ANN,)
    assert plan(one, changed(one, settings={"telnet_level": "2", "tos_media": "3"})).restarts == (LARRY, ANN)


def test_another_load_of_the_site_leaves_alone_a_phone_with_its_own() -> None:
    before = with_phone(load="P0S3-08-06-00")
    found = plan(before, changed(before, load="P0S3-08-11-00"))
    assert found.restarts == (ANN,)


def test_both_sides_are_shown_with_secrets_masked_and_the_change_of_one_visible() -> None:
    found = plan(SITE, with_line(secret="brand-new"))
    by_name = {file.name: file for file in found.files}
    assert [(file.side, file.name) for file in found.files] == [
        ("phone", f"SIP{LARRY}.cnf"),
        ("asterisk", "ringup_pjsip.conf"),
    ]
    assert '-line1_password: "********"\n+line1_password: "********"\n' in by_name[f"SIP{LARRY}.cnf"].diff
    assert "-password = ********\n+password = ********\n" in by_name["ringup_pjsip.conf"].diff
    assert "brand-new" not in repr(asdict(found))
    assert "secret-of-201" not in repr(asdict(found))


def test_no_secret_of_a_site_is_anywhere_in_a_plan_of_its_first_apply() -> None:
    line = Line(extension="203", secret="line-secret", voicemail_pin="987654")
    site = Site(
        pbx=Pbx(manager_secret="manager-secret"),
        phones=(phone(ANN, "1", lines=(line,), password="menu-secret"),),
    )
    shown = repr(asdict(plan(Site(), site)))
    assert [
        word for word in ("line-secret", "987654", "manager-secret", "menu-secret") if word in shown
    ] == []


def test_records_are_counted_by_kind_and_their_groups_named() -> None:
    found = plan(
        SITE,
        changed(
            name="Office", phones=(*with_phone(label="x").phones, phone("001646000009", "209", group="sales"))
        ),
    )
    assert found.counts == (Count("site", 0, 1, 0, 0), Count("phone", 1, 1, 0, 1))
    assert found.groups == (GroupCount("sales", 2),)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (changed(phones=SITE.phones[1:]), "phone removed"),
        (with_phone(lines=(Line(extension="299", secret="x"),)), "line removed"),
        (with_line(secret="another"), "password changed"),
        (with_line(auth_name="larry"), "password changed"),
        (with_line(name="Bert"), None),
    ],
)
def test_a_registration_drops_whose_account_goes(after: Site, reason: str | None) -> None:
    expected = () if reason is None else (DroppedRegistration(LARRY, "201", reason),)
    assert plan(SITE, after, UP).registrations == expected
    assert plan(SITE, after).registrations == ()


def test_another_driver_drops_every_registration() -> None:
    found = plan(SITE, changed(pbx=Pbx(driver="chan_sip")), UP).registrations
    assert [(each.extension, each.reason) for each in found] == [
        ("201", "PBX changed"),
        ("202", "PBX changed"),
    ]


def test_calls_of_phones_that_restart_are_in_the_way_and_others_not() -> None:
    calls = {LARRY: (Call("201", "202", 1.0, answered=True),), ANN: (Call("202", "201", 1.0, answered=True),)}
    assert plan(SITE, with_phone(label="x"), World(in_call=calls)).calls == (
        CallInTheWay(LARRY, "201", "202"),
    )


def test_a_secret_of_a_registered_phone_is_unsafe_unless_the_phone_restarts_with_it() -> None:
    after = with_line(secret="another")
    assert codes(plan(SITE, after, UP)) == [("secret-without-restart", 1)]
    assert codes(plan(SITE, after)) == []
    assert codes(plan(SITE, after, World(registered=UP.registered, restarting=frozenset({LARRY})))) == []


def test_the_last_line_of_a_phone_is_unsafe_to_remove() -> None:
    assert codes(plan(SITE, with_phone(lines=()))) == [("last-line", 1)]
    two = with_phone(lines=(*SITE.phones[0].lines, Line(extension="209", secret="x")))
    assert codes(plan(two, SITE)) == []
    assert codes(plan(with_phone(lines=()), with_phone(lines=(), label="x"))) == []


NETWORK = Subnet.model_validate({"network": "10.0.0.0/24", "first": "10.0.0.2", "last": "10.0.0.9"})
OTHER = Subnet.model_validate({"network": "10.0.1.0/24", "first": "10.0.1.2", "last": "10.0.1.9"})


def test_a_network_with_living_leases_is_unsafe_to_remove() -> None:
    world = World(leased={IPv4Address("10.0.0.3"): LARRY, IPv4Address("10.0.0.4"): ANN})
    before = changed(subnets=(NETWORK, OTHER))
    assert codes(plan(before, changed(subnets=(OTHER,)), world)) == [("living-leases", 2)]
    assert codes(plan(before, changed(subnets=(NETWORK,)), world)) == []
    assert codes(plan(before, changed(subnets=(OTHER,)))) == []


def many(number: int, **fields: Any) -> Site:
    return Site(
        name="Office", phones=tuple(phone(f"0016460{n:05X}", str(2000 + n)) for n in range(number)), **fields
    )


def but(site: Site, changes: int = 0, gone: int = 0) -> Site:
    kept = site.phones[gone:]
    relabelled = tuple(each.model_copy(update={"label": "x"}) for each in kept[:changes])
    return changed(site, phones=(*relabelled, *kept[changes:]))


@pytest.mark.parametrize(
    ("number", "changes", "gone", "expected"),
    [
        (30, 10, 0, []),
        (30, 11, 0, [("many-phones-changed", 11)]),
        (9, 9, 0, []),
        (30, 0, 10, []),
        (30, 0, 11, [("many-phones-gone", 11)]),
        (30, 6, 5, [("many-phones-changed", 11)]),
        (3, 0, 1, []),
        (3, 0, 2, [("many-phones-gone", 2)]),
    ],
)
def test_more_than_a_third_of_the_phones_gone_or_changed_is_unsafe(
    number: int, changes: int, gone: int, expected: list[tuple[str, int]]
) -> None:
    before = many(number)
    assert codes(plan(before, but(before, changes, gone))) == expected


def test_a_value_of_the_site_that_restarts_many_phones_counts_as_a_change_of_each() -> None:
    before = many(12)
    assert codes(plan(before, changed(before, load="P0S3-08-11-00"))) == [("many-phones-changed", 12)]
    assert codes(plan(before, changed(before, name="Else"))) == []


def test_nothing_left_is_unsafe_whatever_the_size_of_the_site() -> None:
    assert codes(plan(many(1), Site())) == [("empty-site", 1)]
    assert codes(plan(Site(), many(40))) == []


def test_a_file_that_can_no_longer_be_made_is_unsafe() -> None:
    before = changed(pbx=Pbx(driver="chan_sip"))
    after = changed(with_line(auth_name="larry"), pbx=Pbx(driver="chan_sip"))
    assert codes(plan(before, after)) == [("lost-file", 1)]
    assert codes(plan(after, changed(after, name="Else"))) == []
    assert codes(plan(after, before)) == []


def test_a_change_of_a_thousand_phones_is_planned_within_two_seconds() -> None:
    before = many(1000)
    started = process_time()
    found = plan(before, changed(before, phones=tuple(
        each.model_copy(update={"lines": (each.lines[0].model_copy(update={"secret": "another"}),)})
        for each in before.phones
    )))  # fmt: skip
    assert process_time() - started < 2
    assert len(found.restarts) == 1000
