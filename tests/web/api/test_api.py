"""Programs read and change the site with a token: checked, planned first, never over another's change."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ringup.rollout.record import Rollout, RolloutPhone
from ringup.store.revisions import read_site, revisions
from ringup.store.tokens import read_audited
from ringup.web.context import Web
from ringup.web.people.roles import ADMINISTRATOR, OPERATOR, VIEWER
from tests.cli.fleet import ANNA, UNKNOWN, fill
from tests.web.asking import browser, web_of
from tests.web.views.test_tools_pages import zipped

NEW = "001646000099"
API = "/api/v1"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        fill(made.engine)
        made.follower.read_once()
        yield made


def program(web: Web, role: str = OPERATOR) -> TestClient:
    client = browser(web)
    client.headers["authorization"] = f"Bearer {role}"
    return client


def test_every_operation_needs_a_token_and_changes_need_an_operator(web: Web) -> None:
    document = program(web).get(f"{API}/openapi.json").json()
    for path, operations in document["paths"].items():
        address = API + path.format(mac=ANNA, name="lobby", number="1", wanted="pause")
        for method in operations:
            nobody = browser(web).request(method, address)
            assert nobody.status_code == 401, (method, path)
            assert nobody.headers["content-type"] == "application/problem+json"
            if method != "get":
                assert program(web, VIEWER).request(method, address).status_code == 403, (method, path)


def test_a_session_needs_its_form_token_for_a_change(web: Web) -> None:
    client = browser(web, ADMINISTRATOR)
    address = f"{API}/phones/{ANNA}/record"
    assert client.delete(f"{address}?dry_run=true").status_code == 403
    allowed = {"x-csrf": "token-of-the-session"}
    assert client.delete(f"{address}?dry_run=true", headers=allowed).status_code == 200


def test_phones_are_searched_and_paged(web: Web) -> None:
    page = program(web).get(f"{API}/phones?size=1&search=anna").json()
    assert (page["matching"], page["items"][0]["mac"]) == (1, ANNA)
    assert program(web).get(f"{API}/phones?page=0").status_code == 422
    assert program(web).get(f"{API}/phones/{ANNA}").json()["registered"] == ["1600"]
    assert program(web).get(f"{API}/phones/{NEW}").status_code == 404
    diagnosis = program(web).get(f"{API}/phones/{ANNA}/diagnosis").json()
    assert diagnosis["mac"] == ANNA


def test_a_phone_is_planned_then_added_with_a_new_secret_that_is_never_shown(web: Web) -> None:
    body = {"lines": [{"extension": "299", "name": "New"}]}
    address = f"{API}/phones/{NEW}/record"
    planned = program(web).put(f"{address}?dry_run=true", json=body).json()
    assert planned["revision"] is None
    assert f"SIP{NEW}.cnf" in [file["name"] for file in planned["plan"]["files"]]
    assert read_site(web.engine).phone(NEW) is None
    made = program(web).put(address, json=body).json()
    phone = read_site(web.engine).phone(NEW)
    assert phone is not None
    assert made["revision"] == revisions(web.engine)[0].id
    assert phone.lines[0].secret not in json.dumps(made)
    read = program(web).get(address)
    assert read.json()["lines"][0]["secret"] == "********"
    again = program(web).put(address, json=body | {"label": "Desk"})
    assert again.status_code == 200
    changed = read_site(web.engine).phone(NEW)
    assert changed is not None
    assert changed.lines[0].secret == phone.lines[0].secret


def test_an_old_etag_changes_nothing(web: Web) -> None:
    address = f"{API}/phones/{ANNA}/record"
    read = program(web).get(address)
    tag = {"if-match": read.headers["etag"]}
    assert program(web).patch(address, json={"label": "One"}, headers=tag).status_code == 200
    refused = program(web).patch(address, json={"label": "Two"}, headers=tag)
    assert refused.status_code == 412
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert phone.label == "One"
    assert phone.lines[0].extension == "1600"


def test_all_mistakes_come_at_once_and_nothing_changes(web: Web) -> None:
    before = revisions(web.engine)
    body = {"lines": [{"extension": "1600"}, {"extension": "not a number!"}], "settings": {"nonsense": "1"}}
    answer = program(web).put(f"{API}/phones/{NEW}/record", json=body)
    assert answer.status_code == 422
    assert len(answer.json()["problems"]) >= 2
    assert revisions(web.engine) == before


def test_an_unsafe_change_names_the_codes_that_approve_it(web: Web) -> None:
    address = f"{API}/phones/{ANNA}/record"
    refused = program(web).patch(address, json={"lines": []})
    assert refused.status_code == 409
    codes = [each["what"].partition(":")[0] for each in refused.json()["problems"]]
    allow = "&".join(f"allow={code}" for code in codes)
    assert program(web).patch(f"{address}?{allow}", json={"lines": []}).status_code == 200


def test_groups_and_the_site_keep_masked_secrets(web: Web) -> None:
    client = program(web)
    assert client.put(f"{API}/groups/lobby", json={"settings": {"telnet_level": "1"}}).status_code == 200
    assert client.get(f"{API}/groups/lobby").json()["settings"] == {"telnet_level": "1"}
    assert client.delete(f"{API}/groups/lobby").status_code == 200
    assert client.get(f"{API}/groups/lobby").status_code == 404
    secret = {"manager_user": "ringup", "manager_secret": "s3cret-of-ami"}
    assert client.patch(f"{API}/site", json={"pbx": secret}).status_code == 200
    read = client.get(f"{API}/site").json()
    assert read["pbx"]["manager_secret"] == "********"
    back = client.patch(f"{API}/site", json={"pbx": read["pbx"], "site": {"name": "Office"}})
    assert back.status_code == 200
    assert read_site(web.engine).pbx.manager_secret == "s3cret-of-ami"


def test_a_revision_is_undone_once(web: Web) -> None:
    client = program(web)
    made = client.patch(f"{API}/phones/{ANNA}/record", json={"label": "Desk"}).json()["revision"]
    assert client.get(f"{API}/revisions").json()["items"][0]["id"] == made
    assert client.post(f"{API}/revisions/{made}/undo").status_code == 200
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert phone.label != "Desk"
    assert client.post(f"{API}/revisions/999/undo").status_code == 404
    assert revisions(web.engine)[0].author == "api"


def test_an_unknown_phone_is_claimed(web: Web) -> None:
    answer = program(web).post(f"{API}/phones/{UNKNOWN}/claim", json={"wanted": "299"})
    assert answer.status_code == 200
    phone = read_site(web.engine).phone(UNKNOWN)
    assert phone is not None
    assert phone.lines[0].extension == "299"
    assert program(web).post(f"{API}/phones/{NEW}/claim", json={"wanted": "298"}).status_code == 404


def test_the_dial_plan_and_events_are_read(web: Web) -> None:
    assert program(web).get(f"{API}/dial?keys=1600").json()["dialled"].startswith("1600")
    events = program(web).get(f"{API}/events?mac={ANNA}&size=2").json()
    assert {event["mac"] for event in events["items"]} == {ANNA}


def test_changes_are_in_the_audit_log(web: Web) -> None:
    program(web).delete(f"{API}/groups/none")
    row = read_audited(web.engine)[0]
    assert (row.who, row.action, row.status) == ("api", "DELETE /api/v1/groups/none", 404)


def test_a_table_is_imported_as_one_revision_or_not_at_all(web: Web) -> None:
    client, address = program(web), f"{API}/imports"
    good = {"file": ("phones.csv", b"mac,extension,name\n0016460000A1,301,One\n0016460000A2,302,Two\n")}
    assert client.post(f"{address}?dry_run=true", files=good).json()["revision"] is None
    assert read_site(web.engine).phone("0016460000A1") is None
    assert client.post(address, files=good).json()["revision"] == revisions(web.engine)[0].id
    assert read_site(web.engine).phone("0016460000A2") is not None
    bad = {"file": ("phones.csv", b"mac,extension,name\nnonsense,303,Three\n0016460000A4,301,Four\n")}
    refused = client.post(address, files=bad)
    assert refused.status_code == 422
    assert len(refused.json()["problems"]) == 2


def test_firmware_is_added_listed_and_rolled_out(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program(web)
    assert client.post(f"{API}/firmware", files={"file": ("x.zip", b"junk")}).status_code == 422
    package = {"file": ("package.zip", zipped(tmp_path / "package"))}
    assert client.post(f"{API}/firmware", files=package).json()[0]["load"] == "P0S3-8-12-00"
    assert client.get(f"{API}/firmware").json()[0]["is_usable"] is True
    assert client.get(f"{API}/firmware/path?start=sip 4.4&end=sip 8.12").json()["exists"] is True
    assert client.get(f"{API}/rollout").status_code == 404
    assert client.post(f"{API}/rollout/pause").status_code == 404
    planned = Rollout("P0S3-8-12-00", (RolloutPhone(ANNA, 1, ("P0S3-8-12-00",), "P0S3-8-11-00"),))
    monkeypatch.setattr("ringup.web.api.firmware.plan_rollout", lambda *_: planned)
    body = {"load": "P0S3-8-12-00"}
    assert client.post(f"{API}/rollout?dry_run=true", json=body).json()["id"] == 0
    assert client.post(f"{API}/rollout", json=body).json()["id"] == 1
    assert client.post(f"{API}/rollout/pause").json()["state"] == "paused"


def test_the_directory_is_searched_and_a_resync_needs_a_phone_of_the_site(web: Web) -> None:
    found = program(web).get(f"{API}/directory?find=2662").json()
    assert {"name": "Anna Alt", "number": "1600"} in found
    assert program(web).post(f"{API}/phones/{NEW}/resync").status_code == 404
