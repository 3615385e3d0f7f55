"""Logins are limited, second factors are used once, and unknown names look like wrong passwords."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Engine

from ringup.store.accounts import Account, add_account, has_accounts, read_account
from ringup.store.database import open_database
from ringup.store.sessions import Session, add_session, read_session
from ringup.store.tokens import Token, add_token
from ringup.web.people import login, passwords, stored
from ringup.web.people.first_link import is_first_link, new_first_link
from ringup.web.people.login import LoginLimits, log_in
from ringup.web.people.stored import StoredPeople, csrf_of, digest, new_token

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 1_800_000_000.0


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(passwords, "_N", 2**10)
    monkeypatch.setattr("ringup.web.people.login.time.time", lambda: NOW)
    engine = open_database(str(tmp_path / "ringup.db"))
    add_account(engine, Account("larry", "administrator", passwords.hashed(PASSWORD)))
    add_account(engine, Account("anna", "viewer", passwords.hashed(PASSWORD), totp=SECRET))
    yield engine
    engine.dispose()


def outcome(engine: Engine, limits: LoginLimits, name: str, password: str, code: str = "") -> str:
    return log_in(engine, limits, name, password, code, "192.0.2.1").outcome


def test_only_the_right_password_logs_in(engine: Engine) -> None:
    limits = LoginLimits()
    assert outcome(engine, limits, "larry", PASSWORD) == "in"
    assert outcome(engine, limits, "larry", PASSWORD.upper()) == "wrong"
    assert outcome(engine, limits, "nobody", PASSWORD) == "wrong"
    assert outcome(engine, limits, "larry", "") == "wrong"


def test_an_unknown_name_costs_a_hash_too(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    real = passwords.fits

    def counted(typed: str, stored_hash: str) -> bool:
        hashed.append(stored_hash)
        return real(typed, stored_hash)

    monkeypatch.setattr(login, "fits", counted)
    outcome(engine, LoginLimits(), "nobody", PASSWORD)
    assert len(hashed) == 1


def test_after_some_failures_the_next_login_waits_even_with_the_right_password(engine: Engine) -> None:
    limits = LoginLimits()
    for _ in range(login.MOST_FAILURES):
        assert outcome(engine, limits, "larry", "wrong password") == "wrong"
    result = log_in(engine, limits, "larry", PASSWORD, "", "198.51.100.9")
    assert (result.outcome, result.account) == ("wait", None)
    assert 0 < result.seconds <= login.WINDOW + 1


def test_failures_of_one_address_count_over_all_names_and_end(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = LoginLimits()
    for number in range(login.MOST_FAILURES):
        outcome(engine, limits, f"name{number}", "wrong password")
    assert outcome(engine, limits, "larry", PASSWORD) == "wait"
    monkeypatch.setattr("ringup.web.people.login.time.time", lambda: NOW + login.WINDOW + 1)
    assert outcome(engine, limits, "larry", PASSWORD) == "in"


def test_a_login_that_succeeds_clears_the_failures_before_it(engine: Engine) -> None:
    limits = LoginLimits()
    for _ in range(3):
        for _ in range(login.MOST_FAILURES - 1):
            assert outcome(engine, limits, "larry", "wrong password") == "wrong"
        assert outcome(engine, limits, "larry", PASSWORD) == "in"


def test_a_second_factor_that_is_still_missing_is_no_failure(engine: Engine) -> None:
    limits = LoginLimits()
    for _ in range(login.MOST_FAILURES + 1):
        assert outcome(engine, limits, "anna", PASSWORD) == "code"
    for _ in range(login.MOST_FAILURES):
        assert outcome(engine, limits, "anna", PASSWORD, "1") == "wrong"
    assert outcome(engine, limits, "anna", PASSWORD) == "wait"


def test_logins_that_run_at_the_same_time_count_before_their_passwords_are_checked() -> None:
    limits = LoginLimits()
    waits = [limits.begin(("name larry",), NOW) for _ in range(login.MOST_FAILURES + 1)]
    assert [wait > 0 for wait in waits] == [False] * login.MOST_FAILURES + [True]


@pytest.mark.parametrize(
    ("addresses", "then"),
    [
        ([f"2001:db8::{number}" for number in range(6)], "wait"),
        ([f"2001:db8:0:{number}::1" for number in range(6)], "wrong"),
        ([f"fe80::{number}%eth0" for number in range(6)], "wait"),
        ([f"192.0.2.{number}" for number in range(6)], "wrong"),
        (["nonsense"] * 6, "wait"),
    ],
)
def test_the_addresses_of_one_ipv6_network_count_together(
    engine: Engine, addresses: list[str], then: str
) -> None:
    limits = LoginLimits()
    results = [log_in(engine, limits, f"n{at}", "x", "", at).outcome for at in addresses]
    assert results == ["wrong"] * login.MOST_FAILURES + [then]


def test_a_stolen_session_does_not_guess_the_password(engine: Engine) -> None:
    account, limits = read_account(engine, "larry"), LoginLimits()
    assert account is not None
    for _ in range(login.MOST_FAILURES + 1):
        assert login.confirm(limits, account, PASSWORD).outcome == "in"
    for _ in range(login.MOST_FAILURES):
        assert login.confirm(limits, account, "wrong password").outcome == "wrong"
    assert login.confirm(limits, account, PASSWORD).outcome == "wait"


def test_the_hash_of_nobody_costs_what_a_real_one_costs() -> None:
    parts = [made.split(":") for made in (passwords.hash_of_nobody(), passwords.hashed(PASSWORD))]
    assert parts[0][:4] == parts[1][:4]
    assert [len(part) for part in parts[0]] == [len(part) for part in parts[1]]
    assert not passwords.fits(PASSWORD, passwords.hash_of_nobody())


def test_a_password_is_the_same_on_every_keyboard() -> None:
    assert passwords.fits("Schl\u00fcssel bund", passwords.hashed("Schlu\u0308ssel bund"))


def test_the_kept_failures_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "MOST_NAMES", 10)
    limits = LoginLimits()
    for number in range(50):
        limits.begin((f"name {number}",), NOW)
    assert len(limits._failed) == 10


def test_a_code_is_needed_and_accepted_once(engine: Engine) -> None:
    limits, code = LoginLimits(), pyotp.TOTP(SECRET).at(int(NOW))
    assert outcome(engine, limits, "anna", PASSWORD) == "code"
    assert outcome(engine, limits, "anna", PASSWORD, "000000" if code != "000000" else "1") == "wrong"
    assert outcome(engine, limits, "anna", PASSWORD, f"{code[:3]} {code[3:]}") == "in"
    assert outcome(engine, limits, "anna", PASSWORD, code) == "wrong"


@pytest.mark.parametrize("shift", [-30, 30])
def test_a_clock_may_be_a_step_wrong(engine: Engine, shift: int) -> None:
    assert outcome(engine, LoginLimits(), "anna", PASSWORD, pyotp.TOTP(SECRET).at(int(NOW) + shift)) == "in"


def test_the_database_holds_no_secret_in_plain_text(engine: Engine, tmp_path: Path) -> None:
    people, token = StoredPeople(engine), new_token()
    cookie = people.begin_session("larry", "192.0.2.1")
    add_token(engine, Token("inventory", digest(token), "viewer", "larry", NOW, NOW + 10))
    link = new_first_link(engine) or ""
    assert link == ""
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("ringup.db*"))
    assert b"larry" in raw
    for secret in (PASSWORD, SECRET, cookie, token, csrf_of(cookie)):
        assert secret.encode() not in raw


def test_sessions_and_tokens_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringup.web.people.stored.time.time", lambda: NOW)
    people, token = StoredPeople(engine), new_token()
    cookie = people.begin_session("larry", "192.0.2.1")
    add_token(engine, Token("inventory", digest(token), "viewer", "larry", NOW, NOW + 10))
    person = people.of_session(cookie, "192.0.2.1")
    assert person is not None
    assert (person.name, person.role) == ("larry", "administrator")
    api = people.of_token(token)
    assert api is not None
    assert (api.role, api.csrf) == ("viewer", "")
    assert people.of_session(cookie[:-1], "") is None
    assert people.of_token(token[:-1]) is None
    monkeypatch.setattr("ringup.web.people.stored.time.time", lambda: NOW + stored.IDLE_SECONDS + 1)
    assert people.of_session(cookie, "") is None
    assert people.of_token(token) is None
    assert read_session(engine, digest(cookie)) is None


def test_a_session_that_is_used_ends_a_week_after_its_login(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = NOW
    monkeypatch.setattr("ringup.web.people.stored.time.time", lambda: hour)
    people = StoredPeople(engine)
    cookie = people.begin_session("larry", "192.0.2.1")
    while people.of_session(cookie, "192.0.2.1") and hour < NOW + 2 * stored.LONGEST_SECONDS:
        hour += 3600
    assert hour == NOW + stored.LONGEST_SECONDS + 3600


def test_old_sessions_are_removed_when_others_begin(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add_session(engine, Session("old", "larry", NOW - stored.LONGEST_SECONDS - 1, NOW, ""), 0, 0)
    monkeypatch.setattr("ringup.web.people.stored.time.time", lambda: NOW)
    StoredPeople(engine).begin_session("larry", "")
    assert read_session(engine, "old") is None


def test_the_first_link_works_while_no_account_exists(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "empty.db"))
    link = new_first_link(engine)
    assert link is not None
    assert is_first_link(engine, link)
    assert not is_first_link(engine, f"{link}x")
    add_account(engine, Account("larry", "administrator", "scrypt:1:1:1::"))
    assert has_accounts(engine)
    assert not is_first_link(engine, link)
    assert new_first_link(engine) is None
    engine.dispose()


def test_the_first_link_ends_after_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_database(str(tmp_path / "empty.db"))
    monkeypatch.setattr("ringup.web.people.first_link.time.time", lambda: NOW)
    link = new_first_link(engine) or ""
    results = []
    for later in (3599, 3601):
        monkeypatch.setattr("ringup.web.people.first_link.time.time", lambda later=later: NOW + later)
        results.append(is_first_link(engine, link))
    assert results == [True, False]
    engine.dispose()


@pytest.mark.parametrize("password", ["short", "x" * 201, "larry12345", "\udcff" * 12])
def test_weak_passwords_are_refused(password: str) -> None:
    assert passwords.problems_of(password, "larry")


def test_a_stored_account_comes_back(engine: Engine) -> None:
    found = read_account(engine, "anna")
    assert found is not None
    assert (found.role, found.totp) == ("viewer", SECRET)
