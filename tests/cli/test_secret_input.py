"""`-` in place of a secret: it is read from standard input, one per line."""

import pytest

from tests.cli.terminal import Ringup

MAC = "001646C0FFEE"


def secrets_of(ringup: Ringup) -> tuple[str, list[str], list[str]]:
    shown = ringup("phone", "show", MAC, "--reveal", "--json").json()
    lines = shown["lines"]
    return shown["password"], [line["secret"] for line in lines], [line["voicemail_pin"] for line in lines]


def test_a_new_phone_gets_its_secrets_from_standard_input(ringup: Ringup) -> None:
    words = ("phone", "add", MAC, "--extension", "201", "--extension", "202")
    said = ringup(*words, "--secret", "-", "--secret", "-", typed="s3cret-1\ns3cret-2\n")
    assert said.status == 0, said.err
    assert secrets_of(ringup)[1] == ["s3cret-1", "s3cret-2"]


def test_a_new_phones_password_may_be_given(ringup: Ringup) -> None:
    ringup("phone", "add", MAC, "--password", "-", typed="menu-pass\r\n")
    assert secrets_of(ringup)[0] == "menu-pass"


@pytest.mark.parametrize(
    "words",
    [
        ("--password", "-", "--secret", "-", "--pin", "-"),
        ("password=-", "secret=-", "pin=-"),
    ],
)
def test_a_changed_phone_gets_its_secrets_from_standard_input(ringup: Ringup, words: tuple[str, ...]) -> None:
    ringup("phone", "add", MAC, "--extension", "201")
    said = ringup("phone", "set", MAC, *words, typed="menu-pass\ns3cret\n1234\n")
    assert said.status == 0, said.err
    assert secrets_of(ringup) == ("menu-pass", ["s3cret"], ["1234"])


def test_a_dash_that_was_read_is_a_secret_and_no_request_for_another_line(ringup: Ringup) -> None:
    ringup("phone", "add", MAC, "--extension", "201")
    ringup("phone", "set", MAC, "--secret", "-", typed="-\nother\n")
    assert secrets_of(ringup)[1] == ["-"]


def test_the_pbx_managers_secret_is_read_and_neither_shown_nor_kept_in_the_history(ringup: Ringup) -> None:
    said = ringup("site", "set", "pbx.manager_user=ringup", "pbx.manager_secret=-", typed="m4nager\n")
    assert said.status == 0, said.err
    assert "m4nager" not in said.out + ringup("history", "--json").out
    assert ringup("site", "show", "--reveal", "--json").json()["pbx"]["manager_secret"] == "m4nager"


@pytest.mark.parametrize("typed", ["", "\n"])
def test_no_line_is_no_secret(ringup: Ringup, typed: str) -> None:
    ringup("phone", "add", MAC, "--extension", "201", "--secret", "s3cret")
    said = ringup("phone", "set", MAC, "--secret", "-", typed=typed)
    assert said.status == 2
    assert "--secret: standard input has no line for it" in said.err
    assert secrets_of(ringup)[1] == ["s3cret"]
