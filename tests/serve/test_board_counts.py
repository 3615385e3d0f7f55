"""The metrics have the same counts as `ringup watch`."""

import pytest

from ringup.fleet.rows import Present, fleet_rows
from ringup.journey.journeys import Journeys
from ringup.serve.board_counts import BoardCounts
from ringup.site.model import Pbx, Site
from tests.cli.fleet import EVENTS, NOW, SITE

LINKED = SITE.model_copy(update={"pbx": Pbx(manager_user="ringup")})


def counts(site: Site, now: float) -> BoardCounts:
    journeys = Journeys()
    journeys.take(EVENTS)
    return BoardCounts(lambda: journeys, lambda: site, lambda: 3, lambda: now)


@pytest.mark.parametrize("site", [SITE, LINKED])
@pytest.mark.parametrize("now", [NOW, NOW + 700, NOW + 1e6])
def test_the_states_are_those_of_the_board(site: Site, now: float) -> None:
    journeys = Journeys()
    journeys.take(EVENTS)
    rows = fleet_rows(journeys.by_mac(), site, Present(now, bool(site.pbx.manager_user)))
    shown = [row.state for row in rows if row.phone]
    found = counts(site, now).states()
    assert sum(found.values()) == len(SITE.phones)
    assert dict(found) == {state: shown.count(state) for state in found}


def test_a_phone_that_becomes_overdue_is_counted_as_in_trouble() -> None:
    assert counts(SITE, NOW).states()["trouble"] == 1
    assert counts(SITE, NOW + 700).states()["trouble"] == 2


def test_a_state_without_a_phone_is_0_so_that_an_alarm_can_end() -> None:
    assert dict(counts(Site(), NOW).states()) == {"trouble": 0, "coming": 0, "waiting": 0, "in_service": 0}


def test_faults_are_those_that_stand() -> None:
    assert counts(SITE, NOW).faults == 3
