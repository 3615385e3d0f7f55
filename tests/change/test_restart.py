"""Which phones restart when, the result of each, and a sync value that is new to every phone."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ringup.change.restart import RestartOutcome, Restarts, Target, with_new_sync
from ringup.render.syncinfo_xml import syncinfo
from ringup.site.model import Group, Line, Phone, Site

NOW = 1_700_000_000.0
LARRY, ANN, BERT = (Target(f"00164600000{number}", "", (f"20{number}",)) for number in (1, 2, 3))


def outcomes(restarts: Restarts) -> dict[str, RestartOutcome]:
    return {result.target.mac: result.outcome for result in restarts.results}


@given(
    phones=st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.booleans()), min_size=1, max_size=12),
    at_once=st.integers(1, 4),
    also_in_call=st.booleans(),
)
def test_every_phone_has_one_outcome_and_never_more_than_allowed_restart_at_once(
    phones: Sequence[tuple[bool, int, bool]], at_once: int, also_in_call: bool
) -> None:
    """Each phone may boot or not, be in a call for some seconds or for ever, and be reachable or not."""
    targets = [Target(f"{number:012X}", "", (str(number),)) for number in range(len(phones))]
    facts = dict(zip((target.mac for target in targets), phones, strict=True))
    ends = {mac: call_until if call_until < 12 else 10_000 for mac, (_, call_until, _) in facts.items()}
    restarts = Restarts(targets, at_once, 5.0, also_in_call=also_in_call)
    boots: dict[str, int] = {}
    told_at: dict[str, int] = {}
    for now in range(200):
        restarts.look(now, boots)
        busy = {str(int(mac, 16)) for mac, end in ends.items() if now < end}
        for target in restarts.due(busy):
            assert target.mac not in told_at
            if facts[target.mac][2]:
                told_at[target.mac] = now
                restarts.sent(target.mac, now, boots.get(target.mac, 0))
                boots[target.mac] = int(facts[target.mac][0])
                assert also_in_call or now >= ends[target.mac]
            else:
                restarts.not_sent(target.mac, "no contact")
        known = outcomes(restarts)
        assert len(told_at.keys() - known.keys()) <= at_once
        if restarts.done:
            break
    assert restarts.done
    assert sorted(result.target.mac for result in restarts.results) == sorted(facts)
    for mac, outcome in outcomes(restarts).items():
        assert (mac in told_at) == (outcome in (RestartOutcome.BOOTED, RestartOutcome.SILENT))
        assert outcome is not RestartOutcome.BOOTED or facts[mac][0]
        assert outcome is not RestartOutcome.SILENT or not facts[mac][0]
        assert outcome is not RestartOutcome.IN_CALL or (not also_in_call and ends[mac] > 0)


def test_idle_phones_are_told_before_phones_in_a_call() -> None:
    restarts = Restarts([LARRY, ANN], 1, 60.0, also_in_call=True)
    assert restarts.due({"201"}) == [ANN]
    restarts.sent(ANN.mac, 0.0, 0)
    assert restarts.due({"201"}) == []
    restarts.look(40.0, {ANN.mac: 1})
    assert restarts.due({"201"}) == [LARRY]


def test_a_call_that_ends_while_others_restart_makes_its_phone_due() -> None:
    restarts = Restarts([LARRY, ANN], 5, 60.0)
    assert restarts.due({"201"}) == [ANN]
    restarts.sent(ANN.mac, 0.0, 0)
    assert restarts.due({"201"}) == []
    assert restarts.due(()) == [LARRY]


def test_a_phone_that_stays_in_a_call_is_not_told() -> None:
    restarts = Restarts([LARRY], 5, 60.0)
    assert restarts.due({"201"}) == []
    assert outcomes(restarts) == {LARRY.mac: RestartOutcome.IN_CALL}


def test_only_a_boot_after_the_notify_counts() -> None:
    restarts = Restarts([LARRY, BERT], 5, 60.0)
    for target in restarts.due(()):
        restarts.sent(target.mac, 0.0, 7)
    restarts.look(59.0, {LARRY.mac: 8, BERT.mac: 7})
    assert outcomes(restarts) == {LARRY.mac: RestartOutcome.BOOTED}
    restarts.look(60.0, {BERT.mac: 7})
    assert outcomes(restarts)[BERT.mac] is RestartOutcome.SILENT


def test_without_asterisk_the_phones_that_were_told_are_still_waited_for() -> None:
    restarts = Restarts([LARRY, ANN], 1, 60.0)
    restarts.sent(restarts.due(())[0].mac, 0.0, 0)
    restarts.give_up("connection lost.")
    assert outcomes(restarts) == {ANN.mac: RestartOutcome.NOT_SENT}
    restarts.look(30.0, {LARRY.mac: 1})
    assert restarts.done


values = st.sampled_from(["1", "7", "20231114-221320", "20231114-221321"])


@given(sync=values, own=st.none() | values, group=values, phone=values)
def test_a_new_sync_is_one_that_no_phone_can_have(sync: str, own: str | None, group: str, phone: str) -> None:
    settings: dict[str, Any] = {} if own is None else {"sync": own}
    site = Site(
        sync=sync,
        settings=settings,
        groups=(Group(name="lobby", settings={"sync": group}),),
        phones=(
            Phone(
                mac="001646000001",
                settings={"sync": phone},
                lines=(Line(extension="201", secret="x"),),
            ),
        ),
    )
    info = syncinfo(with_new_sync(site, NOW))
    assert not any(f'"{used}"' in info for used in (sync, own, group, phone))


def test_an_undone_restart_does_not_use_its_value_again() -> None:
    site = Site(sync="1")
    assert with_new_sync(site, NOW).sync == "20231114-221320"
    assert with_new_sync(site, NOW + 60).sync != "20231114-221320"
