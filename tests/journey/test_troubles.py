"""When a trouble is reported, and when it ends."""

import pytest

from ringup.events import (
    KINDS,
    AddressDeclined,
    AddressLeased,
    Event,
    FileNotFound,
    FileRefused,
    FileSent,
    FilesFromTwoAddresses,
    LeasedAddressElsewhere,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    OtherServerChosen,
    PoolEmpty,
    RegisteredElsewhere,
    RegistrationRefused,
    TransferFailed,
)
from ringup.journey.file_kinds import FILE_KINDS
from ringup.journey.follow import Journey, fold, follow
from ringup.journey.stages import STAGES
from ringup.journey.troubles import MOST_ATTEMPTS, MOST_TROUBLES, REPEATED_BOOTS, TROUBLE_RULES
from tests.journey.sequences import (
    CONFIGURED,
    CONVERTED,
    found,
    hunt,
    missing,
    sequence_d,
    sequence_e,
    unprovisioned,
)

MAC = CONFIGURED
ONWARD = Journey(MAC, stage="dial_plan")


def text_of(journey: Journey) -> str:
    return journey.trouble.text if journey.trouble else ""


SHOWN: list[tuple[Event, str, str, Event]] = [
    (
        FileNotFound(1, MAC, f"SIP{MAC}.cnf", "", "no such phone"),
        f"not in the site: no SIP{MAC}.cnf",
        f"run: ringup phone add {MAC}",
        FileSent(2, MAC, f"SIP{MAC}.cnf", "", 1, 0.1),
    ),
    (
        FileNotFound(1, MAC, "P0S3-8-12-00.loads", "", "not in the folder"),
        "no firmware file P0S3-8-12-00.loads",
        "add its package: ringup firmware add ZIP",
        FileSent(2, MAC, "P0S3-8-11-00.loads", "", 1, 0.1),
    ),
    (
        FileRefused(1, MAC, "SIP000000000001.cnf", "", "another phone's"),
        "SIP000000000001.cnf refused: another phone's",
        f"see the requests: ringup status {MAC}",
        FileSent(2, MAC, "SIP000000000001.cnf", "", 1, 0.1),
    ),
    (
        TransferFailed(1, MAC, "P0S3-8-12-00.sb2", "", 51_200, 756_524, "silence"),
        "P0S3-8-12-00.sb2 stopped at 51,200 of 756,524 bytes: silence",
        "check the cable and restart the phone",
        FileSent(2, MAC, "P0S3-8-12-00.sb2", "", 1, 0.1),
    ),
    (
        OtherServerChosen(1, MAC, "10.0.0.254"),
        "gets its address from another DHCP server, 10.0.0.254",
        "stop that server, or run ringup serve --no-dhcp",
        AddressLeased(2, MAC, "10.0.0.11", 60),
    ),
    (
        PoolEmpty(1, MAC, "10.0.0.0/24"),
        "no free address in 10.0.0.0/24",
        "enlarge the pool: ringup site set network=NETWORK:FIRST-LAST:ROUTER",
        AddressLeased(2, MAC, "10.0.0.11", 60),
    ),
    (
        AddressDeclined(1, MAC, "10.0.0.11"),
        "another host uses 10.0.0.11",
        "find that host, or take the address out of the pool",
        AddressLeased(2, MAC, "10.0.0.12", 60),
    ),
    (
        RegisteredElsewhere(1, MAC, "10.0.0.66", "10.0.0.10"),
        "boots at 10.0.0.66 while it is registered from 10.0.0.10: perhaps two devices with one MAC",
        "find both in the switch's MAC table, unless the phone just moved",
        LineRegistered(2, MAC, "1600", ""),
    ),
    (
        FilesFromTwoAddresses(1, MAC, "10.0.0.66", "10.0.0.10"),
        "10.0.0.66 and 10.0.0.10 requested its files within a minute: perhaps two devices with one MAC",
        "find both in the switch's MAC table, and restart the phone",
        AddressLeased(2, MAC, "10.0.0.10", 60),
    ),
    (
        LeasedAddressElsewhere(1, MAC, "10.0.0.10", "00AABBCCDDEE"),
        "the device 00AABBCCDDEE uses its address 10.0.0.10",
        "find that MAC in the switch's MAC table, and restart the phone",
        AddressLeased(2, MAC, "10.0.0.10", 60),
    ),
    (
        RegistrationRefused(1, MAC, "1600", "wrong password"),
        "the PBX refuses 1600: wrong password",
        "run: ringup pbx install --reload",
        LineRegistered(2, MAC, "1600", ""),
    ),
    (
        LineUnreachable(1, MAC, "1600"),
        "1600 does not answer the PBX",
        "check that the phone has power and network",
        LineReachable(2, MAC, "1600", 5.0),
    ),
    (
        LineUnregistered(1, MAC, "1600", "expired"),
        "1600 is no longer registered",
        "restart the phone if it stays so",
        LineRegistered(2, MAC, "1600", ""),
    ),
]


@pytest.mark.parametrize(("event", "what", "cure", "end"), SHOWN)
def test_an_event_shows_a_trouble_until_another_ends_it(
    event: Event, what: str, cure: str, end: Event
) -> None:
    trouble = follow(ONWARD, event).trouble
    assert trouble
    assert (trouble.what, trouble.cure, trouble.text) == (what, cure, f"{what}; {cure}")
    assert follow(follow(ONWARD, event), end).trouble is None


def test_an_empty_reason_leaves_no_colon_behind() -> None:
    trouble = follow(ONWARD, RegistrationRefused(1, MAC, "1600", "")).trouble
    assert trouble
    assert trouble.text == "the PBX refuses 1600; run: ringup pbx install --reload"


def test_a_long_reason_does_not_cut_the_cure() -> None:
    trouble = follow(ONWARD, RegistrationRefused(1, MAC, "1600", "no; " * 100)).trouble
    assert trouble
    assert trouble.what.endswith("…")
    assert trouble.cure == "run: ringup pbx install --reload"


def test_a_line_and_a_file_are_the_subjects() -> None:
    of_a_line, of_a_file = RegistrationRefused(1, MAC, "1600", "no"), SHOWN[0][0]
    subjects = [follow(ONWARD, event).troubles[0].subject for event in (of_a_line, of_a_file)]
    assert subjects == ["1600", "own_file"]


def test_the_cases_above_cover_every_rule() -> None:
    assert [follow(ONWARD, event).troubles[-1].key for event, *_ in SHOWN] == [
        rule.key for rule in TROUBLE_RULES
    ]


def test_the_rules_name_stages_files_and_events_that_exist() -> None:
    for rule in TROUBLE_RULES:
        assert set(rule.files) <= {kind.key for kind in FILE_KINDS}
        assert set(rule.not_in) <= {row.key for row in STAGES}
        assert set(rule.cleared_by) <= set(KINDS.values())
        assert rule.cleared_by
    assert len({rule.key for rule in TROUBLE_RULES}) == len(TROUBLE_RULES)


def test_a_phone_that_asks_for_its_file_every_31_seconds_is_unprovisioned() -> None:
    journey = fold([*sequence_d(0), *unprovisioned(107, 3)])[CONVERTED]
    assert text_of(journey) == f"not in the site: no SIP{CONVERTED}.cnf; run: ringup phone add {CONVERTED}"
    assert len(journey.troubles) == 1
    assert text_of(fold(found(210, CONVERTED, f"SIP{CONVERTED}.cnf"), {CONVERTED: journey})[CONVERTED]) == ""


@pytest.mark.parametrize(("sent", "keys"), [(0, []), (512, ["abandoned"])])
def test_a_second_answer_that_a_phone_in_service_ignored_is_no_trouble(sent: int, keys: list[str]) -> None:
    before = fold([*sequence_e(0), LineRegistered(31, MAC, "1600", "")])
    after = fold([TransferFailed(34, MAC, "SIPDefault.cnf", "", sent, 1022, "silence")], before)[MAC]
    assert [trouble.key for trouble in after.troubles] == keys


def test_absent_files_of_the_hunt_are_normal() -> None:
    assert text_of(fold(hunt(0))[CONVERTED]) == ""


@pytest.mark.parametrize("stage", ["wants_address", "address", "hunt", "loader", "application"])
def test_a_line_that_does_not_answer_while_the_phone_boots_is_normal(stage: str) -> None:
    journey = Journey(MAC, stage=stage)
    for event in (LineUnreachable(1, MAC, "1600"), LineUnregistered(2, MAC, "1600")):
        journey = follow(journey, event)
    assert text_of(journey) == ""


def test_a_registration_ends_every_trouble_but_those_of_other_lines() -> None:
    journey = ONWARD
    for event in (
        PoolEmpty(1, MAC, "10.0.0.0/24"),
        TransferFailed(2, MAC, "P0S3-8-12-00.sb2", "", 1, 2, "silence"),
        RegistrationRefused(3, MAC, "1601", "wrong password"),
        LineRegistered(4, MAC, "1600", ""),
    ):
        journey = follow(journey, event)
    assert [trouble.text for trouble in journey.troubles] == [
        "the PBX refuses 1601: wrong password; run: ringup pbx install --reload"
    ]


@pytest.mark.parametrize(
    "clash",
    [
        FilesFromTwoAddresses(1, MAC, "10.0.0.66", "10.0.0.10"),
        LeasedAddressElsewhere(1, MAC, "10.0.0.10", "00AABBCCDDEE"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_registration_does_not_end_a_clash_of_two_devices(clash: Event) -> None:
    journey = follow(follow(ONWARD, clash), LineRegistered(2, MAC, "1600", ""))
    assert [trouble.text for trouble in journey.troubles] == [text_of(follow(ONWARD, clash))]


@pytest.mark.parametrize(
    "line_event",
    [
        RegistrationRefused(32, MAC, "1600", "wrong password"),
        LineUnreachable(32, MAC, "1600"),
        LineUnregistered(32, MAC, "1600", "expired"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_new_boot_forgets_the_lines_troubles_and_keeps_the_others(line_event: Event) -> None:
    before = fold([*sequence_e(0), TransferFailed(31, MAC, "x.sb2", "", 1, 2, "silence"), line_event])
    assert len(before[MAC].troubles) == 2
    journey = fold(missing(90, MAC, f"CTLSEP{MAC}.tlv"), before)[MAC]
    assert [trouble.key for trouble in journey.troubles] == ["abandoned"]


def loaders_again_and_again(boots: int) -> list[Event]:
    """Return boots of a phone that loads the same loader in each boot."""
    times = range(0, 60 * boots, 60)
    return [
        event for at in times for event in (*hunt(at), *found(at + 2, CONVERTED, "P003-8-12-00.sbn", 1.0))
    ]


def test_a_phone_that_boots_again_and_again_is_in_trouble_until_it_registers() -> None:
    assert text_of(fold(loaders_again_and_again(MOST_ATTEMPTS + 1))[CONVERTED]) == ""
    before = fold(loaders_again_and_again(MOST_ATTEMPTS + 2))
    assert text_of(before[CONVERTED]) == (
        f"began to boot {MOST_ATTEMPTS + 1} times in a row and never got all its files; "
        f"see what each boot requested: ringup status {CONVERTED}"
    )
    after = fold([*loaders_again_and_again(MOST_ATTEMPTS + 3)])[CONVERTED]
    assert [trouble.key for trouble in after.troubles] == [REPEATED_BOOTS]
    assert text_of(fold([LineRegistered(9_000, CONVERTED, "1600", "")], before)[CONVERTED]) == ""


def test_boots_of_a_phone_that_had_all_its_files_are_counted_anew() -> None:
    days = [event for day in range(20) for event in sequence_e(86_400.0 * day)]
    assert fold(days)[MAC].troubles == ()


def test_the_latest_trouble_is_the_one_that_is_told() -> None:
    journey = follow(
        follow(ONWARD, LineUnreachable(1, MAC, "1600")), RegistrationRefused(2, MAC, "1600", "no")
    )
    assert text_of(journey) == "the PBX refuses 1600: no; run: ringup pbx install --reload"
    assert (
        text_of(follow(journey, LineUnreachable(3, MAC, "1600")))
        == "1600 does not answer the PBX; check that the phone has power and network"
    )
    assert len(follow(journey, LineUnreachable(3, MAC, "1600")).troubles) == 2


def test_troubles_are_bounded() -> None:
    journey = ONWARD
    for number in range(20):
        journey = follow(journey, RegistrationRefused(1, MAC, str(number), "no"))
    assert len(journey.troubles) == MOST_TROUBLES
    assert text_of(journey) == "the PBX refuses 19: no; run: ringup pbx install --reload"
