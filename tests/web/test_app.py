"""Every address of the page keeps its role, its forms and its headers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringup.change.site import change_site
from ringup.site.rows import Plain
from ringup.web.context import Web
from ringup.web.people.roles import NOBODY, ROLES, may
from ringup.web.route import WebRoute
from ringup.web.routes import ROUTES
from tests.web.asking import CSRF, browser, web_of

MAC = "001646C0FFEE"
VALUES = {"mac": MAC, "number": "1", "name": "x", "token": "x", "extension": "201"}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One database for all requests that change nothing; making a database takes longer than a request."""
    with web_of(tmp_path_factory.mktemp("shared")) as made:
        yield made


def address(route: WebRoute) -> str:
    """Return an address of a route, with an example for each variable part."""
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: VALUES.get(found[1], "x"), route.path)


NORMAL = [route for route in ROUTES if "/live/" not in route.path]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("role", ["", *ROLES[1:]])
def test_every_address_is_closed_to_lesser_roles(shared: Web, route: WebRoute, role: str) -> None:
    if may(role or NOBODY, route.role):
        return
    answer = browser(shared, role).request(route.method, address(route), data={"csrf": CSRF})
    if role:
        assert answer.status_code == 403
    else:
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login")
    as_json = browser(shared, role).request(
        route.method, address(route), data={"csrf": CSRF}, headers={"accept": "application/json"}
    )
    assert as_json.status_code == (403 if role else 401)
    assert as_json.headers["content-type"] == "application/problem+json"
    assert as_json.json()["status"] == as_json.status_code


def test_a_form_of_another_site_changes_nothing(web: Web) -> None:
    client = browser(web, "administrator")
    foreign_site = {"origin": "http://evil.example"}
    for route in ROUTES:
        if route.method == "GET":
            continue
        if route.role != NOBODY:
            assert client.post(address(route), data={"csrf": "guess"}).status_code == 403
            assert client.post(address(route)).status_code == 403
        foreign = client.post(address(route), data={"csrf": CSRF}, headers=foreign_site)
        assert foreign.status_code == 403


@pytest.mark.parametrize(
    "route", [route for route in NORMAL if route.method == "GET"], ids=lambda route: route.path
)
def test_every_page_has_a_json_form_and_safe_headers(shared: Web, route: WebRoute) -> None:
    client = browser(shared, "administrator")
    page = client.get(address(route))
    assert page.status_code in (200, 303, 404)
    policy = page.headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy
    assert "default-src 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    if page.headers.get("content-type", "").startswith("text/html"):
        assert " style=" not in page.text
        assert " onclick=" not in page.text
        assert "<script>" not in page.text
        path = "/index" if route.path == "/" else address(route)
        data = client.get(f"{path}.json")
        assert data.status_code == page.status_code
        json.loads(data.text)
    if route.is_listing:
        path = "/index" if route.path == "/" else address(route)
        assert client.get(f"{path}.csv").headers["content-type"].startswith("text/csv")


def test_names_are_escaped(web: Web) -> None:
    def add(data: Plain) -> None:
        data["phones"].append({"mac": MAC, "lines": [{"extension": "201", "name": "<b>Larry</b>"}]})

    change_site(web.database, add, "add")
    web.follower.read_once()
    page = browser(web, "viewer").get("/").text
    assert "&lt;b&gt;Larry&lt;/b&gt;" in page
    assert "<b>Larry" not in page


def test_other_machines_get_nothing_before_an_account_exists(tmp_path: Path) -> None:
    with web_of(tmp_path, accounts=False) as web:
        assert browser(web, address="192.0.2.7").get("/").status_code == 403
        assert browser(web, address="127.0.0.1").get("/").status_code == 303


def test_a_token_needs_no_form_token_and_a_wrong_one_is_refused(web: Web) -> None:
    client = browser(web)
    headers = {"authorization": "Bearer viewer", "accept": "application/json"}
    assert client.get("/", headers=headers).status_code == 200
    headers["authorization"] = "Bearer nonsense"
    assert client.get("/", headers=headers).status_code == 401


def test_an_unknown_address_and_a_wrong_method_are_answered_in_the_wanted_form(web: Web) -> None:
    client = browser(web, "viewer")
    assert client.get("/nothing").status_code == 404
    assert client.get("/nothing.json").json()["status"] == 404
    assert client.post("/log", data={"csrf": CSRF}).status_code == 405


def test_an_endless_request_is_cut_off(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringup.web.app.MOST_UPLOAD", 1000)
    forms = [route for route in ROUTES if route.method == "POST"]
    if forms:
        answer = browser(web, "administrator").post(address(forms[0]), data={"csrf": CSRF, "x": "y" * 2000})
        assert answer.status_code == 413
