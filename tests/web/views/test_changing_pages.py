"""Forms plan first, keep secrets and typed values, and never overwrite another person's change."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from ringup.store.revisions import read_site, revisions
from ringup.web.context import Web
from tests.cli.fleet import ANNA, SITE, fill
from tests.web.asking import CSRF, browser, web_of

SENT = {"csrf": CSRF}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        fill(made.engine)
        made.follower.read_once()
        yield made


@pytest.fixture
def client(web: Web) -> TestClient:
    return browser(web, "operator")


def filled(page: str) -> dict[str, str]:
    """Return the fields of the page's form with their values, as a browser sends them."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|select)[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' in tag and " checked" not in tag:
            continue
        if name and tag.startswith("<input") and name[1] not in ("settings.key", "settings.value"):
            found[name[1]] = value[1] if value else ""
    return found


def approved(client: TestClient, address: str, form: Mapping[str, str]) -> httpx2.Response:
    """Send a form, then send its plan."""
    plan = client.post(address, data=form)
    assert plan.status_code == 200, plan.text
    codes = re.findall(r'name="allowed" value="([\w-]+)"', plan.text)
    revision = re.search(r'name="approved" value="(\d+)"', plan.text)
    assert revision is not None
    return client.post(address, data={**form, "approved": revision[1], "allowed": codes})


def test_an_unchanged_form_changes_nothing(client: TestClient, web: Web) -> None:
    for address in (f"/phones/{ANNA}/edit", "/site"):
        before = revisions(web.engine)
        form = filled(client.get(address).text)
        keys = re.findall(r'name="settings.key" value="([^"]+)"', client.get(address).text)
        values = re.findall(r'name="settings.value" value="([^"]+)"', client.get(address).text)
        done = client.post(address, data={**form, "settings.key": keys, "settings.value": values, **SENT})
        assert done.status_code == 303, done.text
        assert revisions(web.engine) == before


def test_a_label_changes_and_the_passwords_stay(client: TestClient, web: Web) -> None:
    page = client.get(f"/phones/{ANNA}/edit").text
    before = read_site(web.engine).phone(ANNA)
    assert before is not None
    assert before.lines[0].secret not in page
    form = {**filled(page), "label": "Reception", **SENT}
    assert approved(client, f"/phones/{ANNA}/edit", form).status_code == 303
    after = read_site(web.engine).phone(ANNA)
    assert after is not None
    assert (after.label, after.lines) == ("Reception", before.lines)


def test_mistakes_come_together_with_the_typed_values(client: TestClient, web: Web) -> None:
    form = {**filled(client.get(f"/phones/{ANNA}/edit").text), **SENT}
    form |= {"label": "Typed", "lines.1.extension": "no number!", "group": "nowhere"}
    page = client.post(f"/phones/{ANNA}/edit", data=form)
    assert page.status_code == 422
    assert page.text.count("<li><strong>") >= 2
    assert 'value="Typed"' in page.text
    assert 'value="no number!"' in page.text


def test_a_mistake_stands_beside_its_field(client: TestClient) -> None:
    form = {**filled(client.get(f"/phones/{ANNA}/edit").text), **SENT, "settings.shown": "yes"}
    form |= {"lines.0.extension": "<b>", "settings.key": "telnet_level", "settings.value": "99"}
    page = client.post(f"/phones/{ANNA}/edit", data=form).text
    for name in ("lines.0.extension", "settings.telnet_level"):
        assert f'aria-describedby="{name}.fault"' in page
        assert f'id="{name}.fault"' in page
    assert "<b>" not in page
    assert page.count("aria-invalid") == 2
    site = client.post("/site", data={**SENT, "site.server_address": "x", "pbx.context": "a b"}).text
    assert 'id="site.server_address.fault"' in site
    assert 'id="pbx.context.fault"' in site


def test_the_second_of_two_editors_overwrites_nothing_unasked(client: TestClient, web: Web) -> None:
    address = f"/phones/{ANNA}/edit"
    first = second = {**filled(client.get(address).text), **SENT}
    approved(client, address, {**first, "label": "Reception", "lines.0.short_name": "Anna"})
    # The second editor has the old label in the form, and changes another field only.
    approved(client, address, {**second, "address": "10.20.30.77"})
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert (phone.label, phone.lines[0].short_name, str(phone.address)) == (
        "Reception", "Anna", "10.20.30.77",
    )  # fmt: skip
    told = client.post(address, data={**second, "label": "Lobby"})
    assert told.status_code == 422
    assert "label was changed meanwhile by somebody else, to Reception." in told.text
    assert 'value="Lobby"' in told.text
    assert 'value="10.20.30.77"' in told.text
    approved(client, address, {**filled(told.text), **SENT})
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert (phone.label, str(phone.address)) == ("Lobby", "10.20.30.77")


def test_the_second_editor_is_told_of_groups_and_removed_phones(client: TestClient, web: Web) -> None:
    approved(client, "/groups", {**SENT, "name": "lobby"})
    group = {**filled(client.get("/groups/lobby").text), **SENT, "settings.shown": "yes"}
    phone = {**filled(client.get(f"/phones/{ANNA}/edit").text), **SENT, "label": "Late"}
    site = {**filled(client.get("/site").text), **SENT}
    level = {"settings.key": "telnet_level", "settings.value": "1"}
    approved(client, "/groups/lobby", {**group, **level})
    told = client.post("/groups/lobby", data={**group, **level, "settings.value": "2"})
    assert "settings telnet_level was changed meanwhile" in told.text
    approved(client, f"/phones/{ANNA}/remove", SENT)
    assert client.post(f"/phones/{ANNA}/edit", data=phone).status_code == 422
    assert read_site(web.engine).phone(ANNA) is None
    approved(client, "/site", {**site, "site.name": "One"})
    assert "name was changed meanwhile" in client.post("/site", data={**site, "site.name": "Two"}).text


def test_a_phone_is_added_with_lines_and_settings(client: TestClient, web: Web) -> None:
    assert 'value="0016460000AA"' in client.get("/phones/add?mac=0016460000AA").text
    form = {
        **SENT, "mac": "00:16:46:00:00:aa", "model": "7940", "lines.0.extension": "299", "lines.0.was": "",
        "lines.0.name": "New", "settings.shown": "yes", "settings.key": "telnet_level", "settings.value": "1",
    }  # fmt: skip
    assert approved(client, "/phones/add", form).headers["location"] == "/phones/0016460000AA"
    phone = read_site(web.engine).phone("0016460000AA")
    assert phone is not None
    assert (phone.model, phone.lines[0].name, phone.settings) == ("7940", "New", {"telnet_level": "1"})


def test_speed_dials_are_set_and_removed(client: TestClient, web: Web) -> None:
    address = f"/phones/{ANNA}/edit"
    assert "Speed dials" not in client.get(address).text
    approved(client, address, {**filled(client.get(address).text), **SENT, "protocol": "sccp"})
    form = {**filled(client.get(address).text), **SENT}
    wrong = client.post(address, data={**form, "speed_dials.0.number": "no number"})
    assert 'id="speed_dials.0.number.fault"' in wrong.text
    form |= {"speed_dials.0.number": "202", "speed_dials.0.name": "Bert"}
    del form["speed_dials.0.hint"]
    approved(client, address, form)
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert [(dial.number, dial.name, dial.hint) for dial in phone.speed_dials] == [("202", "Bert", False)]
    form = {**filled(client.get(address).text), **SENT, "speed_dials.0.number": ""}
    approved(client, address, form)
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert phone.speed_dials == ()


def test_a_group_is_made_used_by_ticked_phones_and_removed_last(client: TestClient, web: Web) -> None:
    assert approved(client, "/groups", {**SENT, "name": "lobby"}).status_code == 303
    many = {**SENT, "phone": ANNA, "doing": "group", "value": "lobby"}
    assert approved(client, "/phones/many", many).status_code == 303
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert phone.group == "lobby"
    assert client.post("/groups/lobby/remove", data=SENT).status_code == 422
    assert "lobby" in client.get("/groups").text
    assert client.post("/phones/many", data={**SENT, "doing": "fly"}).status_code == 422


def test_the_site_is_changed_without_losing_its_secrets(client: TestClient, web: Web) -> None:
    form = {**filled(client.get("/site").text), **SENT, "site.name": "Head office"}
    assert approved(client, "/site", form).status_code == 303
    after = read_site(web.engine)
    assert after.name == "Head office"
    assert after.pbx == SITE.pbx


def test_a_revision_is_shown_and_undone(client: TestClient, web: Web) -> None:
    form = {**filled(client.get(f"/phones/{ANNA}/edit").text), "label": "Reception", **SENT}
    approved(client, f"/phones/{ANNA}/edit", form)
    number = revisions(web.engine)[0].id
    assert "Reception" in client.get(f"/history/{number}").text
    assert approved(client, f"/history/{number}/undo", SENT).status_code == 303
    phone = read_site(web.engine).phone(ANNA)
    assert phone is not None
    assert phone.label != "Reception"
    assert client.get("/history/999").status_code == 404


GOOD = b"mac,extension,name\n0016460000A1,301,One\n0016460000A2,302,Two\n"
BAD = b"mac,extension,name\n0016460000A1,301,One\nnonsense,302,Two\n0016460000A3,301,Three\n"


def test_an_import_shows_each_row_then_imports(client: TestClient, web: Web) -> None:
    page = client.post("/import", data=SENT, files={"file": ("phones.csv", GOOD, "text/csv")})
    assert page.status_code == 200
    assert "phones.csv:2" in page.text
    assert read_site(web.engine).phone("0016460000A1") is None
    form = {**SENT, "file": b64encode(GOOD).decode(), "file.name": "phones.csv"}
    assert approved(client, "/import", form).status_code == 303
    assert read_site(web.engine).phone("0016460000A2") is not None


def test_an_import_with_mistakes_lists_all_and_changes_nothing(client: TestClient, web: Web) -> None:
    before = read_site(web.engine)
    page = client.post("/import", data=SENT, files={"file": ("phones.csv", BAD, "text/csv")})
    assert page.status_code == 422
    assert "phones.csv:3" in page.text
    assert "phones.csv:4" in page.text
    rows = page.text.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")
    assert ["mistake" in row for row in rows[:3]] == [False, True, True]
    assert "added" in rows[0]
    assert "Write it like 00:16:46:c0:ff:ee." in rows[1]
    assert "Make this change" not in page.text
    assert 'name="approved"' not in page.text
    assert read_site(web.engine) == before
    assert client.post("/import", data=SENT).status_code == 422
    assert client.post("/import", data=SENT, files={"file": ("x.xlsx", b"PK\x03\x04junk")}).status_code == 422


def test_the_rows_of_an_import_are_escaped_and_are_json(client: TestClient) -> None:
    table = b"mac,extension,name\n<i>x</i>,301,One\n0016460000A2,302,Two\n"
    form = {**SENT, "file": b64encode(table).decode(), "file.name": "p.csv"}
    page = client.post("/import", data=form).text
    assert "<i>x" not in page
    assert "&lt;i&gt;x&lt;/i&gt;" in page
    data = client.post("/import", data=form, headers={"accept": "application/json"}).json()
    assert [(row["places"], row["kind"]) for row in data["rows"]] == [
        (["p.csv:2"], "mistake"), (["p.csv:3"], "added"),
    ]  # fmt: skip


def test_a_column_is_mapped_by_hand(client: TestClient, web: Web) -> None:
    table = b"device,number\n0016460000A1,301\n"
    form = {**SENT, "file": b64encode(table).decode(), "file.name": "p.csv"}
    form |= {"map.device": "mac", "map.number": "extension"}
    assert approved(client, "/import", form).status_code == 303
    phone = read_site(web.engine).phone("0016460000A1")
    assert phone is not None
    assert phone.lines[0].extension == "301"


def test_undo_restarts_the_phones_in_a_job_if_the_form_asks_for_it(client: TestClient, web: Web) -> None:
    form = {**filled(client.get(f"/phones/{ANNA}/edit").text), "label": "Reception", **SENT}
    approved(client, f"/phones/{ANNA}/edit", form)
    number = revisions(web.engine)[0].id
    asked = {**SENT, "restart": "yes", "approved": str(number)}
    done = client.post(f"/history/{number}/undo", data=asked)
    assert done.headers["location"] == "/jobs/1"
    web.jobs.wait()
    assert web.jobs.all()[0].title == f"undo revision {number}"
