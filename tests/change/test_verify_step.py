"""After a change, Asterisk is compared with the site, several times if it may still be reading its files."""

from collections.abc import Mapping, Sequence

import pytest

from ringup.change import verify_step
from ringup.change.verify_step import MOST_PHONES, said
from ringup.errors import AmiRefused, OutsideError
from ringup.finding import ERROR, NOTE, Finding, Location
from ringup.site.model import Line, Phone, Site

PHONES = tuple(
    Phone(mac=f"0016460000{number:02X}", lines=(Line(extension=f"{200 + number}", secret="s"),))
    for number in range(60)
)
SITE = Site(phones=PHONES)
LARRY = PHONES[1].mac
WRONG = Finding("secret", ERROR, Location("line 201"), "Asterisk refuses its secret.", "Write it.")
OFF = Finding("not-registered", NOTE, Location("line 201"), "is not registered.", "")
ELSEWHERE = Finding("contact-port", ERROR, Location("line 201"), "has port 5070.", "Restart it.")


class Looks:
    """The result of each comparison with Asterisk; the last one repeats."""

    def __init__(self, *found: Sequence[Finding] | OutsideError) -> None:
        self._found = list(found)
        self.phones: list[Sequence[Phone]] = []

    async def verified(
        self, _site: Site, phones: Sequence[Phone], _addresses: Mapping[str, str]
    ) -> list[Finding]:
        self.phones.append(phones)
        found = self._found.pop(0) if len(self._found) > 1 else self._found[0]
        if isinstance(found, OutsideError):
            raise found
        return list(found)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_step, "PAUSES", (0.0, 0.0, 0.0))


def looking(monkeypatch: pytest.MonkeyPatch, *found: Sequence[Finding] | OutsideError) -> Looks:
    looks = Looks(*found)
    monkeypatch.setattr(verify_step, "verified", looks.verified)
    return looks


def test_agreement_is_said_with_the_number_of_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looking(monkeypatch, [])
    assert said(SITE, [LARRY]) == "Asterisk has 1 changed line as the site defines them."
    assert [phone.mac for phone in looks.phones[0]] == [LARRY]


def test_a_difference_is_looked_at_again_while_asterisk_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looking(monkeypatch, [WRONG], [WRONG], [])
    assert said(SITE, [LARRY]) == "Asterisk has 1 changed line as the site defines them."
    assert len(looks.phones) == 3


def test_a_difference_that_stays_is_told_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looking(monkeypatch, [WRONG])
    assert said(SITE, [LARRY]) == (
        "Asterisk differs from the site:\n  line 201: Asterisk refuses its secret. Write it."
    )
    assert len(looks.phones) == 3


def test_many_differences_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    looking(monkeypatch, [WRONG] * 8)
    assert said(SITE, [LARRY]).splitlines()[-1] == "  and 3 more: ringup pbx verify"


def test_what_a_phone_does_is_not_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looking(monkeypatch, [OFF, ELSEWHERE])
    assert said(SITE, [LARRY]) == "Asterisk has 1 changed line as the site defines them."
    assert len(looks.phones) == 1


def test_of_many_phones_some_are_looked_at_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looking(monkeypatch, [])
    words = said(SITE, [phone.mac for phone in PHONES])
    assert words == (
        "Asterisk has 50 changed lines as the site defines them. 10 more phones changed; compare them all: "
        "ringup pbx verify"
    )
    assert len(looks.phones[0]) == MOST_PHONES


def test_without_lines_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looking(monkeypatch, [WRONG])
    assert said(SITE, []) == said(Site(phones=(Phone(mac=LARRY),)), [LARRY]) == ""
    assert looks.phones == []


def test_an_asterisk_that_does_not_answer_was_told_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    looking(monkeypatch, OutsideError("logging in", "Connection refused.", "Start it."))
    assert said(SITE, [LARRY]) == ""


def test_a_right_that_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    looking(monkeypatch, AmiRefused("asking Asterisk", "Permission denied.", "Give it."))
    assert said(SITE, [LARRY]) == (
        "Asterisk was not compared with the site: asking Asterisk: Permission denied. Give it."
    )
