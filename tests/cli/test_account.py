"""Accounts and tokens are managed in the terminal, without a login and without showing a secret."""

from pathlib import Path

import pytest

from ringup.store.accounts import read_account, read_accounts
from ringup.store.database import open_database
from ringup.store.sessions import read_session
from ringup.store.tokens import Token, add_token, read_audited, read_tokens
from ringup.web.people import passwords
from ringup.web.people.login import LoginLimits, log_in
from ringup.web.people.stored import StoredPeople, digest
from tests.cli.terminal import Ringup, terminal
from tests.store.test_encryption import closing_engine

PASSWORD = "correct horse battery"
NEW = "staple of the new day"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_N", 2**10)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "ringup.db"


@pytest.fixture
def larry(database: Path) -> Ringup:
    """A terminal of a machine with one administrator."""
    ringup = terminal(database)
    said = ringup("account", "add", "larry", "--role", "administrator", typed=f"{PASSWORD}\n")
    assert (said.status, said.out) == (0, "Account larry (administrator) was made.\n"), said.err
    return ringup


def outcome(database: Path, name: str, password: str) -> str:
    with closing_engine(open_database(str(database))) as engine:
        return log_in(engine, LoginLimits(), name, password, "", "192.0.2.1").outcome


def test_a_new_account_logs_in_and_is_listed(larry: Ringup, database: Path) -> None:
    assert outcome(database, "larry", PASSWORD) == "in"
    (listed,) = larry("account", "list", "--json").json()["accounts"]
    assert (listed["name"], listed["role"], listed["second_factor"]) == ("larry", "administrator", False)
    assert "scrypt" not in larry("account", "list", "--json").out
    assert larry("account", "list").out == "larry  administrator\n"


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("larry", PASSWORD, "larry: exists already"),
        ("-x", PASSWORD, "No such option"),
        ("a b", PASSWORD, "'a b' is not a name"),
        ("bert", "short", "it has 5 characters"),
        ("bert", "", "standard input has no line"),
        ("bert", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5", "it is not text in UTF-8"),
    ],
)
def test_a_bad_account_is_refused_and_nothing_is_made(
    larry: Ringup, database: Path, name: str, typed: str | bytes, said: str
) -> None:
    line = typed + (b"\n" if isinstance(typed, bytes) else "\n")  # type: ignore[operator]
    refused = larry("account", "add", name, typed=line)
    assert refused.status == 2
    assert said in refused.err
    with closing_engine(open_database(str(database))) as engine:
        assert [each.name for each in read_accounts(engine)] == ["larry"]


def test_a_new_password_lets_an_administrator_in_again_and_ends_old_sessions(
    larry: Ringup, database: Path
) -> None:
    with closing_engine(open_database(str(database))) as engine:
        cookie = StoredPeople(engine).begin_session("larry", "192.0.2.1")
    assert larry("account", "password", "larry", typed=f"{NEW}\n").status == 0
    assert (outcome(database, "larry", NEW), outcome(database, "larry", PASSWORD)) == ("in", "wrong")
    with closing_engine(open_database(str(database))) as engine:
        assert read_session(engine, digest(cookie)) is None


def test_a_lost_authenticator_app_is_removed_only_when_told(larry: Ringup, database: Path) -> None:
    with closing_engine(open_database(str(database))) as engine, engine.begin() as connection:
        connection.exec_driver_sql(f"update accounts set totp = '{SECRET}'")
    larry("account", "password", "larry", typed=f"{PASSWORD}\n")
    assert outcome(database, "larry", PASSWORD) == "code"
    larry("account", "password", "larry", "--no-second-factor", typed=f"{PASSWORD}\n")
    assert outcome(database, "larry", PASSWORD) == "in"


def test_the_last_administrator_stays(larry: Ringup, database: Path) -> None:
    larry("account", "add", "bert", typed=f"{PASSWORD}\n")
    for words in (("role", "larry", "viewer"), ("remove", "larry")):
        refused = larry("account", *words)
        assert refused.status == 2
        assert "only administrator" in refused.err
    assert larry("account", "role", "bert", "administrator").status == 0
    assert larry("account", "remove", "larry").out == "Account larry was removed.\n"
    with closing_engine(open_database(str(database))) as engine:
        assert read_account(engine, "larry") is None


def test_fewer_rights_end_the_tokens_with_more_but_not_those_of_the_terminal(
    larry: Ringup, database: Path
) -> None:
    larry("account", "add", "bert", typed=f"{PASSWORD}\n")
    larry("token", "add", "terminal", "--role", "operator")
    with closing_engine(open_database(str(database))) as engine:
        for role in ("viewer", "operator"):
            add_token(engine, Token(role, digest(role), role, "bert", 1.0, 1e11))
    left = []
    for words in (("role", "bert", "viewer"), ("remove", "bert")):
        assert larry("account", *words).status == 0
        left.append([each["name"] for each in larry("token", "list", "--json").json()["tokens"]])
    assert left == [["terminal", "viewer"], ["terminal"]]


@pytest.mark.parametrize("words", [("password", "bert"), ("role", "bert", "viewer"), ("remove", "bert")])
def test_an_unknown_account_is_reported(larry: Ringup, words: tuple[str, ...]) -> None:
    refused = larry("account", *words, typed=f"{PASSWORD}\n")
    assert refused.status == 2
    assert "bert: it is not an account. List them: ringup account list" in refused.err


def test_a_token_is_printed_once_and_stored_as_a_digest(larry: Ringup, database: Path) -> None:
    said = larry("token", "add", "inventory", "--days", "2")
    token = said.out.strip()
    assert "is not shown again" in said.err
    with closing_engine(open_database(str(database))) as engine:
        (stored,) = read_tokens(engine)
        assert (stored.hash, stored.role, stored.by) == (digest(token), "viewer", "ann (terminal)")
        assert round(stored.ends - stored.made) == 2 * 86_400
        person = StoredPeople(engine).of_token(token)
    assert person is not None
    assert person.role == "viewer"
    assert token not in larry("token", "list").out + larry("token", "list", "--json").out
    raw = b"".join(path.read_bytes() for path in database.parent.glob("ringup.db*"))
    assert b"inventory" in raw
    assert token.encode() not in raw
    assert PASSWORD.encode() not in raw


def test_a_token_has_one_name_and_ends_when_it_is_removed(larry: Ringup, database: Path) -> None:
    token = larry("token", "add", "inventory").out.strip()
    assert "inventory: exists already" in larry("token", "add", "inventory").err
    assert larry("token", "remove", "inventory").status == 0
    assert "inventory: is no token" in larry("token", "remove", "inventory").err
    with closing_engine(open_database(str(database))) as engine:
        assert StoredPeople(engine).of_token(token) is None


def test_each_command_is_in_the_audit_log(larry: Ringup, database: Path) -> None:
    larry("account", "add", "bert", typed=f"{PASSWORD}\n")
    larry("account", "role", "bert", "viewer")
    larry("account", "password", "bert", "--no-second-factor", typed=f"{NEW}\n")
    larry("account", "remove", "bert")
    larry("account", "remove", "bert")
    larry("token", "add", "inventory")
    larry("token", "remove", "inventory")
    with closing_engine(open_database(str(database))) as engine:
        rows = read_audited(engine)[::-1]
    assert {(row.who, row.address, row.status) for row in rows} == {("ann (terminal)", "", 200)}
    assert [row.action.removeprefix("ringup ") for row in rows] == [
        "account add larry --role administrator",
        "account add bert --role operator",
        "account role bert viewer",
        "account password bert --no-second-factor",
        "account remove bert",
        "token add inventory --role viewer --days 365",
        "token remove inventory",
    ]
