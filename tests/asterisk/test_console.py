"""Replies of Asterisk's console, and the conclusions from them."""

from pathlib import Path

import pytest

from ringup.asterisk import console
from ringup.errors import OutsideError
from tests.asterisk.fake_console import BROKEN, NO_APPLICATION, SOUND, FakeConsole


@pytest.fixture(name="asterisk")
def _asterisk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeConsole:
    return FakeConsole(tmp_path / "console", monkeypatch)


@pytest.mark.parametrize(
    ("answers", "lacks"),
    [
        (SOUND, False),
        (BROKEN, True),
        ({**SOUND, "module show like app_voicemail": "0 modules loaded\n"}, False),
        (
            {
                "module show like app_voicemail": "0 modules loaded\n",
                "core show applications like VoiceMailMain": NO_APPLICATION,
            },
            False,
        ),
    ],
    ids=["one module", "several modules", "another's application", "no voicemail at all"],
)
def test_voicemail_is_lacking_where_its_modules_load_without_its_application(
    asterisk: FakeConsole, answers: dict[str, str], lacks: bool
) -> None:
    asterisk.says(answers)
    assert console.lacks_voicemail() is lacks


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("1 active channel\n1 active call\n3 calls processed\n", "1 channels are in use"),
        ("12 active channels\n6 active calls\n", "12 channels are in use"),
        ("", "the number of calls is not known"),
    ],
)
def test_a_call_forbids_the_restart(asterisk: FakeConsole, answer: str, said: str) -> None:
    asterisk.says({"core show channels count": answer})
    with pytest.raises(OutsideError, match=f"{said}. Nothing was changed. Try again later."):
        console.refuse_during_calls()


def test_without_calls_it_may_restart(asterisk: FakeConsole) -> None:
    asterisk.says(SOUND)
    console.refuse_during_calls()


def test_a_restart_is_over_when_asterisk_has_booted(
    asterisk: FakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk.says({"core restart gracefully": ""})
    waits: list[float] = []

    def boot(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            asterisk.says(SOUND)

    monkeypatch.setattr("ringup.asterisk.console.sleep", boot)
    console.restart()
    assert asterisk.asked == ["core restart gracefully", *["core waitfullybooted"] * 3]


def test_an_asterisk_that_does_not_come_back_is_an_error(
    asterisk: FakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk.says({"core restart gracefully": ""})
    now = [0.0]
    monkeypatch.setattr("ringup.asterisk.console.monotonic", lambda: now[0])
    monkeypatch.setattr("ringup.asterisk.console.sleep", lambda _: now.__setitem__(0, now[0] + 25))
    with pytest.raises(OutsideError, match="not up after 60 seconds"):
        console.restart()


def test_an_asterisk_that_does_not_run_is_an_error_with_its_words(asterisk: FakeConsole) -> None:
    with pytest.raises(
        OutsideError,
        match=r"manager reload on Asterisk.s console: Unable to connect .* systemctl start asterisk",
    ):
        console.reload_manager()


def test_no_asterisk_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="No such file"):
        console.reload_manager()
