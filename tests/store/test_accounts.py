"""Accounts, tokens and the audit log on disk; each change is one step, also when two programs make it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event, text

from ringup.errors import StoreError
from ringup.store import tokens as tokens_store
from ringup.store.accounts import (
    Account,
    AccountChange,
    accept_step,
    add_account,
    add_first_account,
    change_account,
    has_accounts,
    read_account,
    read_accounts,
    remove_account,
)
from ringup.store.sessions import Session, add_session, read_first_link, read_session, save_first_link
from ringup.store.tokens import Audited, Token, add_audited, add_token, read_audited, read_token, read_tokens

FIRST = "administrator"
LARRY = Account("larry", FIRST, "hash of larry", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 7, 1000.25)
BERT = Account("bert", "operator", "hash of bert", made=1001.5)
SESSION = Session("digest", "larry", 1.0, 2.0, "192.0.2.1")
LONG_AGO = -1.0
VIEWER = AccountChange(role="viewer")


def both(engine: Engine) -> None:
    """Store Larry with a session and two tokens, and Bert."""
    assert add_account(engine, LARRY)
    assert add_account(engine, BERT)
    add_session(engine, SESSION, LONG_AGO, LONG_AGO)
    for role in ("viewer", FIRST):
        assert add_token(engine, Token(role, f"digest of {role}", role, "larry", 1.0, 9.0))


def test_a_stored_account_is_read_with_every_field_and_its_secret_is_encrypted(engine: Engine) -> None:
    assert (read_accounts(engine), has_accounts(engine)) == ([], False)
    both(engine)
    assert read_accounts(engine) == [BERT, LARRY]
    assert read_account(engine, "larry") == LARRY
    assert [read_account(engine, name) for name in ("Larry", "", "la\0rry", "x" * 1000)] == [None] * 4
    with engine.connect() as connection:
        stored = connection.execute(text("select totp from accounts order by name")).scalars().all()
    assert stored[0] == ""
    assert stored[1].startswith("aes256gcm:")


def test_a_taken_name_changes_nothing(engine: Engine) -> None:
    both(engine)
    assert not add_account(engine, replace(BERT, name="larry"))
    assert not add_token(engine, Token("viewer", "another digest", FIRST, "bert", 1.0, 9.0))
    assert read_account(engine, "larry") == LARRY
    assert [token.by for token in read_tokens(engine)] == ["larry", "larry"]


def test_a_change_ends_the_sessions_and_the_tokens_with_more_rights(engine: Engine) -> None:
    both(engine)
    assert change_account(engine, "bert", AccountChange(role=FIRST), FIRST) == "done"
    assert read_session(engine, "digest") == (SESSION, FIRST)
    change = AccountChange(role="operator", password="new hash")
    assert change_account(engine, "larry", change, FIRST, [FIRST]) == "done"
    assert read_account(engine, "larry") == replace(LARRY, role="operator", password="new hash")
    assert read_session(engine, "digest") is None
    assert [token.name for token in read_tokens(engine)] == ["viewer"]
    assert change_account(engine, "larry", AccountChange(totp=""), FIRST) == "done"
    assert read_account(engine, "larry") == replace(LARRY, role="operator", password="new hash", totp="")


def test_a_new_second_factor_is_encrypted_too(engine: Engine) -> None:
    both(engine)
    change_account(engine, "bert", AccountChange(totp=LARRY.totp, totp_step=9), FIRST)
    assert read_account(engine, "bert") == replace(BERT, totp=LARRY.totp, totp_step=9)
    with engine.connect() as connection:
        stored = connection.execute(text("select totp from accounts")).scalars().all()
    assert {each[:10] for each in stored} == {"aes256gcm:"}
    assert len(set(stored)) == 2


def test_a_removed_account_leaves_neither_sessions_nor_tokens(engine: Engine) -> None:
    both(engine)
    change_account(engine, "bert", AccountChange(role=FIRST), FIRST)
    add_session(engine, replace(SESSION, id="of bert", account="bert"), LONG_AGO, LONG_AGO)
    assert remove_account(engine, "larry", FIRST) == "done"
    assert remove_account(engine, "larry", FIRST) == "unknown"
    assert change_account(engine, "larry", AccountChange(role="viewer"), FIRST) == "unknown"
    assert (read_session(engine, "digest"), read_tokens(engine)) == (None, [])
    assert read_session(engine, "of bert") is not None


def test_one_administrator_stays_until_it_is_alone(engine: Engine) -> None:
    both(engine)
    assert change_account(engine, "larry", AccountChange(role="viewer"), FIRST) == "last"
    assert remove_account(engine, "larry", FIRST) == "last"
    assert read_account(engine, "larry") == LARRY
    assert read_session(engine, "digest") is not None
    assert remove_account(engine, "bert", FIRST) == "done"
    assert remove_account(engine, "larry", FIRST) == "done"
    assert not has_accounts(engine)


def together(*calls: Callable[[], object]) -> list[object]:
    """Return the results of calls that were made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_two_administrators_do_not_demote_each_other(engine: Engine) -> None:
    for _ in range(5):
        for name in ("larry", "bert"):
            add_account(engine, replace(BERT, name=name))
            change_account(engine, name, AccountChange(role=FIRST), FIRST)
        results = together(
            lambda: change_account(engine, "larry", VIEWER, FIRST),
            lambda: change_account(engine, "bert", VIEWER, FIRST),
        )
        assert sorted(map(str, results)) == ["done", "last"]


def test_the_first_link_makes_one_account_in_time(engine: Engine) -> None:
    save_first_link(engine, "old digest", 50.0)
    save_first_link(engine, "digest", 100.0)
    assert not add_first_account(engine, LARRY, "old digest", 10.0)
    assert not add_first_account(engine, LARRY, "digest", 100.5)
    assert not has_accounts(engine)
    results = together(
        lambda: add_first_account(engine, LARRY, "digest", 99.0),
        lambda: add_first_account(engine, BERT, "digest", 99.0),
    )
    assert sorted(map(str, results)) == ["False", "True"]
    assert len(read_accounts(engine)) == 1
    assert read_first_link(engine) is None
    save_first_link(engine, "digest", 100.0)
    assert not add_first_account(engine, Account("eve", FIRST, ""), "digest", 99.0)


def test_each_step_of_the_second_factor_is_accepted_once(engine: Engine) -> None:
    both(engine)
    results = together(*[lambda: accept_step(engine, "larry", 8)] * 4)
    assert sorted(map(str, results)) == ["False", "False", "False", "True"]
    assert not accept_step(engine, "larry", 7)
    assert not accept_step(engine, "nobody", 9)


def test_a_change_that_fails_halfway_changes_nothing(engine: Engine) -> None:
    both(engine)

    def fails_at_the_sessions(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("DELETE FROM sessions"):
            raise RuntimeError("the power fails")

    event.listen(engine, "before_cursor_execute", fails_at_the_sessions)
    with pytest.raises(RuntimeError):
        change_account(engine, "larry", AccountChange(password="new hash"), FIRST)
    with pytest.raises(RuntimeError):
        remove_account(engine, "bert", FIRST)
    event.remove(engine, "before_cursor_execute", fails_at_the_sessions)
    assert read_accounts(engine) == [BERT, LARRY]
    assert read_session(engine, "digest") is not None


def test_a_token_is_found_by_its_digest_only(engine: Engine) -> None:
    both(engine)
    assert read_token(engine, "viewer") is None
    found = read_token(engine, "digest of viewer")
    assert found is not None
    assert found.role == "viewer"


def row(number: int, status: int) -> Audited:
    return Audited(float(number), "larry", "192.0.2.1", f"POST /{number}", status)


def test_the_audit_log_is_bounded_and_refused_requests_push_nothing_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_store, "MOST_AUDITED", 20)
    monkeypatch.setattr(tokens_store, "MOST_REFUSED", 5)
    monkeypatch.setattr(tokens_store, "AUDITED_AT_ONCE", 10)
    for number in range(30):
        add_audited(engine, row(number, 303))
    for number in range(30, 100):
        add_audited(engine, row(number, (401, 403, 429)[number % 3]))
    kept = read_audited(engine)
    assert [each.at for each in kept if each.status == 303] == [float(at) for at in range(29, 9, -1)]
    assert [each.at for each in kept if each.status > 303] == [99.0, 98.0, 97.0, 96.0, 95.0]


def test_a_row_of_the_audit_log_is_cut_to_its_columns(engine: Engine) -> None:
    add_audited(engine, Audited(1.0, "w" * 1000, "a" * 1000, "\0" + "x" * 1000, 404))
    (kept,) = read_audited(engine)
    assert (len(kept.who), len(kept.address), len(kept.action)) == (64, 64, 200)
    assert kept.action.startswith("\ufffdxx")


def test_a_secret_of_another_key_is_refused(engine: Engine) -> None:
    both(engine)
    with engine.begin() as connection:
        connection.execute(text("update accounts set totp = 'aes256gcm:AAAA' where name = 'larry'"))
    with pytest.raises(StoreError):
        read_account(engine, "larry")
