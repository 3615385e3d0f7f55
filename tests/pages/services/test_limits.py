"""Every page of every built-in service stays within the phone's limits.

Names and numbers of the site, Asterisk's answers and the phone's parameters are arbitrary.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ringup.errors import RingupError
from ringup.events import CallAnswered, CallMissed, CallStarted
from ringup.pages.answers import Refreshed
from ringup.pages.objects.xml import LATIN, xml
from ringup.pages.services.desks import Desks
from ringup.pages.services.menu import services_menu
from ringup.pages.services.own import OWN
from ringup.pages.services.service import call
from ringup.pages.services.sources import Sources
from ringup.site.model import Line, Phone
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.revisions import commit
from tests.pages.objects.schema import check
from tests.pages.services.callers import ANN, SITE, ann
from tests.pages.services.pbx import FakePbx, row

if TYPE_CHECKING:
    from pathlib import Path

    from ringup.pages.objects.values import Page

TEXTS = st.text(max_size=80) | st.sampled_from(
    ["Zoë", "<b>&\"'", "x" * 300, "١٢", "\x00\n\t", "PJSIP/101-0000000a"]
)
NAMES = st.text(st.characters(blacklist_categories=["C", "Z"], blacklist_characters='"'), max_size=80)
FIELDS = (
    "Channel", "ConnectedLineNum", "Exten", "ChannelStateDesc", "Duration", "ParkingSpace",
    "ParkeeCallerIDNum", "ParkeeCallerIDName", "ParkingTimeout", "Folder", "CallerID", "Date", "Val",
    "NewMessages", "OldMessages",
)  # fmt: skip
LISTS = ("CoreShowChannels", "ParkedCalls", "VoicemailBoxSummary")
QUERIES = (
    "name_or_keys", "start", "number", "extension", "on", "which", "my_number", "pin", "mac", "menu",
)  # fmt: skip
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS)), max_size=40)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("limits")
    made = open_database(str(folder / "ringup.db"))
    commit(made, SITE, author="ann", summary="two phones", at=1.0)
    kinds = (CallStarted, CallAnswered, CallMissed)
    add_events(made, [kind(2.0 + n, ANN.mac, "101", "0" * n) for n in range(60) for kind in kinds])
    JourneyKeeper(made, lambda: {ANN.mac}).advance()
    yield made
    made.dispose()


@pytest.mark.thorough
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    ROWS,
    st.dictionaries(
        st.sampled_from(QUERIES), st.text(max_size=8) | st.sampled_from(["1", "102", "missed", "101"])
    ),
    NAMES,
)
def test_every_page_of_every_service_stays_within_the_limits(
    engine: Engine, rows: list[dict[str, str]], query: dict[str, str], name: str
) -> None:
    listed = tuple(row(**each) for each in rows)
    pbx = FakePbx(dict.fromkeys(LISTS, listed))
    pbx.responses["MailboxCount"] = listed[0] if listed else row()
    others = tuple(
        Phone(mac=f"00164600{n:04X}", lines=(Line(extension=f"3{n:02}", name=name, secret="s"),))
        for n in range(40)
    )
    site = SITE.model_copy(update={"phones": (*SITE.phones, *others), "services": " ".join(OWN)})
    caller = ann(Sources(pbx, engine, desks=_never_moves()), site)
    pages: list[Page] = [services_menu(caller, OWN)]
    for service in OWN.values():
        try:
            shown = call(service, caller, query)
        except RingupError:
            continue
        pages.append(shown.page if isinstance(shown, Refreshed) else shown)
    for page in pages:
        check(xml(page, LATIN))


def _never_moves() -> Desks:
    desks = Desks()
    desks.begin = lambda *_: False  # type: ignore[method-assign]
    return desks
