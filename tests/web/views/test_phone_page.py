"""The page of a phone: the diagnosis first, the plan before every change, and secrets nowhere."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ringup.change.lookup import plain_phone
from ringup.change.site import change_site
from ringup.doctor.cures import Cure
from ringup.events import FileSent, RegistrationRefused
from ringup.files.of_phone import phone_files
from ringup.site.rows import Plain
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.revisions import read_site, revisions
from ringup.web import curing
from ringup.web.ask import Ask
from ringup.web.context import Web
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk
from tests.cli.fleet import ANNA, CARLA, LATE, SITE, UNKNOWN, fill
from tests.web.asking import CSRF, browser, web_of

BERT = "001646C0FFEE"
SENT = {"csrf": CSRF}
REFUSED = [RegistrationRefused(220.0 + number * 20, BERT, "202", "wrong password") for number in range(9)]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        fill(made.engine)
        add_events(made.engine, REFUSED)
        JourneyKeeper(made.engine, lambda: {phone.mac for phone in SITE.phones}).advance()
        made.follower.read_once()
        yield made


@pytest.fixture
def client(web: Web) -> TestClient:
    return browser(web, "operator")


def test_the_cause_comes_first_with_its_cure_and_evidence(client: TestClient) -> None:
    page = client.get(f"/phones/{BERT}").text
    verdict = client.get(f"/phones/{BERT}.json").json()["diagnosis"]["verdicts"][0]
    assert page.index("Cure:") < page.index("Last boot")
    assert verdict["commands"][0] in page.replace("&#39;", "'")
    assert client.get("/phones/00000000000A").status_code == 404


def test_files_are_shown_without_their_secrets(client: TestClient, web: Web) -> None:
    secret = SITE.phones[0].lines[0].secret
    text = client.get(f"/phones/{ANNA}/files/SIP{ANNA}.cnf").text
    assert "line1_name" in text
    assert secret not in text
    assert client.get(f"/phones/{ANNA}/files/none.cnf").status_code == 404
    assert secret.encode() not in client.get(f"/phones/{ANNA}/report").content


def test_a_file_is_compared_with_what_the_phone_fetched(client: TestClient, web: Web) -> None:
    name, address = f"SIP{ANNA}.cnf", f"/phones/{ANNA}/files/SIP{ANNA}.cnf"
    assert "is not known: 1,000 bytes were sent" in client.get(address).text
    content = phone_files(read_site(web.engine), ANNA, "127.0.0.1", web.options.firmware)[name]
    fetched = FileSent(time.time(), ANNA, f"./{name}", "192.0.2.1", len(content), 0.0)
    add_events(web.engine, [fetched])
    JourneyKeeper(web.engine, lambda: {phone.mac for phone in SITE.phones}).advance()
    assert "fetched these same bytes" in client.get(address).text
    assert "since: compare" not in client.get(f"/phones/{ANNA}").text
    change_site(web.database, _relabel, "relabel")
    page = client.get(address).text
    assert "Changed since the phone fetched it" in page
    assert re.search(r'diff-add">\+phone_label.*&lt;Lobby&gt;', page)
    assert SITE.phones[0].lines[0].secret not in page
    assert "1 revision since: compare" in client.get(f"/phones/{ANNA}").text
    assert "has not fetched" in client.get(f"/phones/{LATE}/files/SIP{LATE}.cnf").text


def _relabel(data: Plain) -> None:
    plain_phone(data, ANNA)["label"] = "<Lobby>"


def test_speed_dials_stand_below_the_lines(client: TestClient, web: Web) -> None:
    def alter(data: Plain) -> None:
        dials = [{"number": "1600", "name": "<i>Anna</i>"}]
        plain_phone(data, CARLA).update(protocol="sccp", speed_dials=dials)

    change_site(web.database, alter, "speed dial", lambda _plan: None)
    web.follower.read_once()
    page = client.get(f"/phones/{CARLA}").text
    assert page.index(">203</span>") < page.index("&lt;i&gt;Anna&lt;/i&gt;")
    assert "speed dial" in page


def test_pictures_are_pictures(client: TestClient) -> None:
    assert client.get(f"/phones/{BERT}/ladder.svg").content.startswith(b"<svg")
    assert client.get(f"/phones/{ANNA}/screen.png").content.startswith(b"\x89PNG")
    assert client.get("/phones/00000000000A/screen.png").status_code == 404


def test_a_removal_is_planned_then_done_and_never_over_another_change(client: TestClient, web: Web) -> None:
    address = f"/phones/{ANNA}/remove"
    plan = client.post(address, data=SENT)
    assert plan.status_code == 200
    assert read_site(web.engine).phone(ANNA) is not None
    revision = re.search(r'name="approved" value="(\d+)"', plan.text)
    assert revision is not None
    codes = re.findall(r'name="allowed" value="([\w-]+)"', plan.text)
    approved = SENT | {"approved": revision[1], "allowed": codes}
    client.post(f"/phones/{BERT}/convert", data=SENT)
    old = client.post(address, data=approved | {"approved": "0"})
    assert old.status_code == 409
    assert "Somebody else" in old.text
    assert client.post(address, data=approved).headers["location"] == "/"
    assert read_site(web.engine).phone(ANNA) is None
    assert revisions(web.engine)[0].author == "operator"


def test_an_unknown_phone_is_claimed(client: TestClient, web: Web) -> None:
    assert "Claim this phone" in client.get(f"/phones/{UNKNOWN}").text
    refused = client.post(f"/phones/{UNKNOWN}/claim", data=SENT | {"wanted": "no such name"})
    assert refused.status_code == 422
    done = client.post(f"/phones/{UNKNOWN}/claim", data=SENT | {"wanted": "299", "name": "New"})
    assert done.headers["location"] == f"/phones/{UNKNOWN}"
    claimed = read_site(web.engine).phone(UNKNOWN)
    assert claimed is not None
    assert claimed.lines[0].name == "New"


def test_a_cure_is_shown_before_it_runs(
    client: TestClient, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(_ask: object, _job: object, words: list[str], _who: str) -> int:
        ran.append(words)
        return 0

    monkeypatch.setattr(curing, "_run", run)
    code = client.get(f"/phones/{BERT}.json").json()["diagnosis"]["verdicts"][0]["code"]
    form = SENT | {"code": code}
    page = client.post(f"/phones/{BERT}/cure", data=form)
    approved = re.search(r'name="approved" value="([^"]+)"', page.text)
    assert approved is not None
    assert ran == []
    done = client.post(f"/phones/{BERT}/cure", data=form | {"approved": approved[1].replace("\n", "\r\n")})
    assert done.headers["location"].startswith("/jobs/")
    web.jobs.wait()
    assert ran[0][0] in ("pbx", "restart", "phone", "site", "check", "status")
    assert client.post(f"/phones/{BERT}/cure", data=form | {"code": "none"}).status_code == 409


def test_a_cure_shows_the_plan_of_its_command(client: TestClient, web: Web) -> None:
    ask = Ask(web, "POST", "/")
    plan = curing.shown_plan(ask, Cure(f"ringup phone set {ANNA} --label Cured", ""))
    assert "Cured" in plan
    assert "Nothing was changed (--dry-run)." in plan
    assert SITE.phones[0] in read_site(web.engine).phones
    assert curing.shown_plan(ask, Cure(f"ringup restart {ANNA}", "")) == ""


def test_a_restart_needs_a_manager_user(client: TestClient) -> None:
    assert client.post(f"/phones/{ANNA}/restart", data=SENT).status_code == 422


def test_a_resync_sends_a_check_sync_without_a_new_sync(client: TestClient, web: Web) -> None:
    address = f"/phones/{ANNA}/resync"
    assert "names no manager user" in client.post(address, data=SENT).text

    async def resynced() -> list[AmiMessage]:
        async with FakeAsterisk() as asterisk:
            await asyncio.to_thread(change_site, web.database, _with_manager(asterisk.port), "manager")
            before = revisions(web.engine)
            done = await asyncio.to_thread(client.post, address, data=SENT)
            assert done.headers["location"] == "/jobs/1"
            await asyncio.to_thread(web.jobs.wait)
            assert revisions(web.engine) == before
            return asterisk.seen

    last = asyncio.run(resynced())[-1]
    assert (last.get("Action"), last.get("Endpoint")) == ("PJSIPNotify", "1600")
    assert "dialplan.xml" in client.get("/jobs/1").text
    assert client.post(f"/phones/{LATE}/resync", data=SENT).status_code == 422


def _with_manager(port: int) -> Callable[[Plain], None]:
    def alter(data: Plain) -> None:
        data["pbx"].update(
            manager_host="127.0.0.1", manager_port=port, manager_user="ringup", manager_secret="s3cret"
        )

    return alter
