"""The texts of ringup's errors."""

import pytest

from ringup.errors import (
    AmiRefused,
    BindError,
    InstallError,
    OutsideError,
    Problem,
    RingupError,
    SiteErrors,
    StoreError,
    WireError,
    for_root,
)


def test_a_wire_error_names_what_and_where() -> None:
    error = WireError("option 53 has 2 bytes", 240)
    assert str(error) == "option 53 has 2 bytes (at byte 240)"
    assert (error.what, error.offset) == ("option 53 has 2 bytes", 240)


def test_a_problem_says_where_what_and_what_to_do() -> None:
    assert str(Problem("phones.csv:14", "the MAC has 11 digits.", "Write 12.")) == (
        "phones.csv:14: the MAC has 11 digits. Write 12."
    )


def test_a_problem_without_a_cure_ends_without_a_blank() -> None:
    assert str(Problem("--load", "unknown load.", "")) == "--load: unknown load."


def test_site_errors_name_all_problems_at_once() -> None:
    problems = [Problem("a:1", "first.", ""), Problem("b:2", "second.", "Cure.")]
    error = SiteErrors(iter(problems))
    assert str(error) == "a:1: first.\nb:2: second. Cure."
    assert error.problems == tuple(problems)


@pytest.mark.parametrize("kind", [InstallError, AmiRefused, BindError, StoreError])
def test_an_outside_error_says_what_was_tried_what_came_back_and_what_to_do(kind: type[OutsideError]) -> None:
    error = kind("binding 0.0.0.0:69", "permission denied.", "Run as root.")
    assert str(error) == "binding 0.0.0.0:69: permission denied. Run as root."
    assert (error.tried, error.answer, error.cure) == (
        "binding 0.0.0.0:69",
        "permission denied.",
        "Run as root.",
    )
    assert str(kind("a", "b.", "")) == "a: b."


@pytest.mark.parametrize("kind", [WireError, SiteErrors, OutsideError])
def test_every_error_of_ours_is_a_ringup_error_with_a_docstring(kind: type[RingupError]) -> None:
    assert issubclass(kind, RingupError)
    assert kind.__doc__


@pytest.mark.parametrize(
    ("user", "sudo", "typed"),
    [
        (0, "/usr/bin/sudo", "sysctl -w a.b=1"),
        (1000, "/usr/bin/sudo", "sudo sysctl -w a.b=1"),
        (1000, None, "su - -c 'sysctl -w a.b=1'"),
    ],
)
def test_a_command_for_root_is_shown_as_this_user_can_type_it(
    user: int, sudo: str | None, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("shutil.which", lambda _name: sudo)
    assert for_root("sysctl -w a.b=1") == typed
