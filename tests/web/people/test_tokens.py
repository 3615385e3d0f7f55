"""Tokens, cookies and form tokens: random, found by nothing but themselves, and bound to their session."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ringup.store.accounts import Account, add_account
from ringup.store.database import open_database
from ringup.store.tokens import Token, add_token
from ringup.web.people.accounts import roles_above
from ringup.web.people.roles import GIVEN_ROLES, ROLES, may
from ringup.web.people.second_factor import is_secret, new_secret, step_of_code
from ringup.web.people.stored import StoredPeople, csrf_of, digest, new_token

TOKEN = "ringup_" + "t0ken" * 8
LATER = 1e11
of_the_engine = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def people(tmp_path: Path) -> Iterator[StoredPeople]:
    engine = open_database(str(tmp_path / "ringup.db"))
    add_account(engine, Account("larry", "administrator", "hash"))
    add_token(engine, Token("inventory", digest(TOKEN), "viewer", "larry", 1.0, LATER))
    yield StoredPeople(engine)
    engine.dispose()


@of_the_engine
@given(st.one_of(st.text(), st.sampled_from(["", TOKEN[:-1], TOKEN + "=", TOKEN.upper(), digest(TOKEN)])))
def test_no_other_text_is_a_token_or_a_cookie(people: StoredPeople, text: str) -> None:
    assume(text != TOKEN)
    assert people.of_token(text) is None
    assert people.of_session(text, "") is None


def test_the_token_itself_is_one(people: StoredPeople) -> None:
    assert people.of_token(TOKEN) is not None


def test_tokens_are_long_random_and_recognised_by_tools() -> None:
    made = {new_token() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"ringup_[\w-]{43}", token) for token in made)


@given(st.text(st.characters(codec="ascii"), min_size=1), st.text(st.characters(codec="ascii"), min_size=1))
def test_each_session_has_its_own_form_token_that_does_not_contain_the_cookie(one: str, other: str) -> None:
    assert csrf_of(one) == csrf_of(one)
    assert (csrf_of(one) == csrf_of(other)) == (one.rstrip("\0") == other.rstrip("\0"))
    assert csrf_of(one) not in (one, digest(one))


@given(st.sampled_from(ROLES), st.sampled_from(ROLES), st.sampled_from(ROLES))
def test_the_roles_are_in_one_order(one: str, two: str, three: str) -> None:
    assert may(one, one)
    assert may(one, two) or may(two, one)
    assert not (may(one, two) and may(two, three)) or may(one, three)
    assert not (may(one, two) and may(two, one)) or one == two


@pytest.mark.parametrize("role", GIVEN_ROLES)
def test_a_role_keeps_the_tokens_of_its_own_rights_and_fewer(role: str) -> None:
    assert set(roles_above(role)) == {each for each in GIVEN_ROLES if not may(role, each)}
    assert role not in roles_above(role)


@given(st.text())
def test_any_text_may_be_typed_as_a_code_or_sent_as_a_secret(text: str) -> None:
    secret = new_secret()
    assert is_secret(secret)
    step = step_of_code(secret, text, 1e9)
    assert step is None or text.strip().replace(" ", "").isdigit()
    if is_secret(text):
        step_of_code(text, "123456", 1e9)
