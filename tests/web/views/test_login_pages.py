"""A person makes the first account, logs in and out, and manages accounts, with a real session."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from starlette.testclient import TestClient

from ringup.store.accounts import read_account, read_accounts
from ringup.store.tokens import Token, add_token, read_audited, read_tokens
from ringup.web.context import Web
from ringup.web.people import passwords
from ringup.web.people.first_link import new_first_link
from ringup.web.people.stored import StoredPeople, digest, new_token
from tests.web.asking import browser, web_of

PASSWORD = "correct horse battery"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(passwords, "_N", 2**10)
    with web_of(tmp_path) as made:
        yield replace(made, people=StoredPeople(made.engine))


def csrf(client: TestClient, path: str) -> str:
    found = re.search(r'name="csrf" value="(\w*)"', client.get(path).text)
    assert found is not None
    return found[1]


@pytest.fixture
def larry(web: Web) -> TestClient:
    """The browser of the first administrator."""
    client = browser(web)
    link = f"/first/{new_first_link(web.engine)}"
    assert "Make the account" in client.get(link).text
    form = {"name": "larry", "password": PASSWORD, "again": PASSWORD}
    made = client.post(link, data=form)
    assert (made.status_code, made.headers["location"]) == (303, "/")
    return client


def test_the_first_link_makes_one_administrator_only(web: Web) -> None:
    link = f"/first/{new_first_link(web.engine)}"
    form = {"name": "larry", "password": PASSWORD, "again": PASSWORD}
    assert browser(web).post(link, data=form | {"again": "something else"}).status_code == 422
    assert browser(web).post(link, data=form | {"name": "<b>"}).status_code == 422
    assert read_accounts(web.engine) == []
    assert browser(web).post(link, data=form).status_code == 303
    assert browser(web).post(link, data=form | {"name": "bert"}).status_code == 404
    assert [account.name for account in read_accounts(web.engine)] == ["larry"]


def test_a_login_returns_to_the_wanted_page_of_this_server_only(web: Web, larry: TestClient) -> None:
    form = {"name": "larry", "password": PASSWORD}
    client = browser(web)
    assert client.get("/log?kind=FileSent").headers["location"] == "/login?next=%2Flog%3Fkind%3DFileSent"
    for wanted, then in (("/log?a=b", "/log?a=b"), ("//evil.example", "/"), ("https://evil.example", "/")):
        answer = browser(web).post("/login", data=form | {"next": wanted})
        assert (answer.status_code, answer.headers["location"]) == (303, then)
    assert browser(web).post("/login", data=form | {"password": "wrong"}).status_code == 401


def test_logging_out_ends_the_session_on_the_server(web: Web, larry: TestClient) -> None:
    cookies = dict(larry.cookies)
    assert larry.post("/logout", data={"csrf": csrf(larry, "/")}).headers["location"] == "/login"
    thief = browser(web)
    thief.cookies.update(cookies)
    assert thief.get("/").headers["location"] == "/login"


def test_the_cookie_is_not_for_scripts_and_other_sites(web: Web, larry: TestClient) -> None:
    answer = browser(web).post("/login", data={"name": "larry", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_an_administrator_manages_accounts_and_the_last_one_stays(web: Web, larry: TestClient) -> None:
    token = {"csrf": csrf(larry, "/accounts")}
    bert = {"name": "bert", "role": "viewer", "password": PASSWORD}
    assert larry.post("/accounts", data=token | bert).status_code == 303
    assert larry.post("/accounts", data=token | bert).status_code == 422
    assert larry.post("/accounts/larry", data=token | {"role": "viewer"}).status_code == 422
    assert larry.post("/accounts/larry/remove", data=token).status_code == 422
    assert larry.post("/accounts/bert", data=token | {"role": "operator"}).status_code == 303
    account = read_account(web.engine, "bert")
    assert account is not None
    assert account.role == "operator"
    assert larry.post("/accounts/bert/remove", data=token).status_code == 303
    did = [row.action for row in read_audited(web.engine) if row.status == 303]
    assert did[:3] == [
        "POST /accounts/bert/remove: Account bert was removed, with its tokens.",
        "POST /accounts/bert: Account bert is operator now. It was logged out everywhere.",
        "POST /accounts: Account bert (viewer) was made.",
    ]


def test_a_token_is_shown_once_and_works(web: Web, larry: TestClient) -> None:
    form = {"csrf": csrf(larry, "/tokens"), "name": "inventory", "role": "viewer", "days": "1"}
    page = larry.post("/tokens", data=form)
    secret = re.search(r"ringup_[\w-]{40,}", page.text)
    assert secret is not None
    assert secret[0] not in larry.get("/tokens").text
    program = browser(web)
    headers = {"authorization": f"Bearer {secret[0]}", "accept": "application/json"}
    assert program.get("/index.json", headers=headers).status_code == 200
    assert program.get("/accounts", headers=headers).status_code == 403
    larry.post("/tokens/inventory/remove", data={"csrf": form["csrf"]})
    assert program.get("/index.json", headers=headers).status_code == 401


def test_a_new_password_ends_the_other_sessions(web: Web, larry: TestClient) -> None:
    other = browser(web)
    other.post("/login", data={"name": "larry", "password": PASSWORD})
    assert other.get("/").status_code == 200
    new = {"csrf": csrf(larry, "/me"), "old": PASSWORD, "password": PASSWORD + "!", "again": PASSWORD + "!"}
    assert larry.post("/me/password", data=new | {"old": "wrong"}).status_code == 422
    assert larry.post("/me/password", data=new).status_code == 303
    assert larry.get("/").status_code == 200
    assert other.get("/").status_code == 303


def test_a_second_factor_is_switched_on_with_its_code_and_off_with_the_password(
    web: Web, larry: TestClient
) -> None:
    page = larry.get("/me").text
    secret = re.search(r'name="secret" value="(\w{32})"', page)
    assert secret is not None
    form = {"csrf": csrf(larry, "/me"), "secret": secret[1]}
    for bad in (
        {"code": ""},
        {"secret": "1" * 32, "code": "1"},
        {"secret": "!", "code": "1"},
        {"secret": ""},
    ):
        assert larry.post("/me/second-factor", data=form | bad).status_code == 422
    code = pyotp.TOTP(secret[1]).now()
    assert larry.post("/me/second-factor", data=form | {"code": code}).status_code == 303
    login = {"name": "larry", "password": PASSWORD}
    assert "Enter the code" in browser(web).post("/login", data=login).text
    assert browser(web).post("/login", data=login | {"code": code}).status_code == 401
    off = {"csrf": csrf(larry, "/me"), "old": "wrong"}
    assert larry.post("/me/second-factor", data=off).status_code == 422
    assert larry.post("/me/second-factor", data=off | {"old": PASSWORD}).status_code == 303
    assert browser(web).post("/login", data=login).status_code == 303


def test_a_session_that_guesses_the_password_must_wait(web: Web, larry: TestClient) -> None:
    new = {"csrf": csrf(larry, "/me"), "old": "wrong", "password": PASSWORD + "!", "again": PASSWORD + "!"}
    for _ in range(5):
        assert "is another one" in larry.post("/me/password", data=new).text
    assert "Try again in" in larry.post("/me/password", data=new | {"old": PASSWORD}).text


def test_the_tokens_of_an_account_end_with_its_rights(web: Web, larry: TestClient) -> None:
    form = {"csrf": csrf(larry, "/accounts")}
    larry.post("/accounts", data=form | {"name": "bert", "role": "operator", "password": PASSWORD})
    bert = browser(web)
    bert.post("/login", data={"name": "bert", "password": PASSWORD})
    mine = {"csrf": csrf(bert, "/tokens")}
    for role in ("viewer", "operator"):
        assert bert.post("/tokens", data=mine | {"name": role, "role": role, "days": "1"}).status_code == 200
    above = mine | {"name": "above", "role": "administrator", "days": "1"}
    assert bert.post("/tokens", data=above).status_code == 422
    larry.post("/accounts/bert", data=form | {"role": "viewer"})
    assert [token.name for token in read_tokens(web.engine)] == ["viewer"]
    larry.post("/accounts/bert/remove", data=form)
    assert read_tokens(web.engine) == []


def test_the_audit_log_names_who_was_refused_but_no_unknown_name(web: Web, larry: TestClient) -> None:
    form = {"csrf": csrf(larry, "/accounts")}
    larry.post("/accounts", data=form | {"name": "bert", "role": "viewer", "password": PASSWORD})
    bert = browser(web)
    for name, password in (("bert", "wrong"), (PASSWORD, ""), ("bert", PASSWORD)):
        bert.post("/login", data={"name": name, "password": password})
    bert.post("/accounts", data={"csrf": csrf(bert, "/me"), "name": "eve"})
    bert.post("/me/password", data={"csrf": "guess"})
    rows = [(row.who, row.action, row.status) for row in read_audited(web.engine)[:5]]
    assert rows == [
        ("bert", "POST /me/password", 403),
        ("bert", "POST /accounts", 403),
        ("bert", "POST /login", 303),
        ("", "POST /login", 401),
        ("bert", "POST /login", 401),
    ]


def test_a_token_makes_no_further_tokens(web: Web, larry: TestClient) -> None:
    secret = new_token()
    add_token(web.engine, Token("inventory", digest(secret), "administrator", "larry", 1.0, 1e11))
    headers = {"authorization": f"Bearer {secret}"}
    form = {"name": "another", "role": "viewer", "days": "1"}
    assert browser(web).post("/tokens", data=form, headers=headers).status_code == 403
    assert [token.name for token in read_tokens(web.engine)] == ["inventory"]
