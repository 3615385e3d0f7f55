"""A line that moves to another phone and back: one revision each, and a check-sync for both phones."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ringup.change import hot_desk
from ringup.change.hot_desk import move_line
from ringup.change.releases import Releases
from ringup.change.restart import Restarts, Target
from ringup.change.unsafe import Unsafe
from ringup.errors import SiteErrors, UnsafeChange
from ringup.events import FileSent
from ringup.site.held import with_held
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.held_secrets import read_held
from ringup.store.history import add_events
from ringup.store.revisions import commit, current_revision, read_site

if TYPE_CHECKING:
    from collections.abc import Sequence

LARRY, ADA = "001646C0FFEE", "001646000000"
SITE = Site(
    phones=(
        Phone(
            mac=LARRY,
            lines=(
                Line(extension="200", secret="s0"),
                Line(extension="201", secret="s1", voicemail_pin="47"),
            ),
        ),
        Phone(mac=ADA, model="7940", lines=(Line(extension="202", secret="s2"),)),
    )
)


class World:
    """A site in a database, with the targets of each restart."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database = str(folder / "ringup.db")
        self.engine = open_database(self.database)
        commit(self.engine, SITE, author="ann", summary="two phones", at=1.0)
        self.restarted: list[Sequence[Target]] = []
        monkeypatch.setattr(hot_desk, "restart", self._restart)

    async def _restart(self, _pbx: object, _engine: object, restarts: Restarts, *_rest: object) -> None:
        self.restarted.append(restarts.due(()))

    def write_accounts(self) -> None:
        """Let ringup write Asterisk's files; in this folder it may not."""
        pbx = Pbx(etc="/nowhere/asterisk")
        commit(self.engine, SITE.model_copy(update={"pbx": pbx}), author="ann", summary="etc", at=2.0)

    def of_asterisk(self, mac: str) -> tuple[Line, ...]:
        """The accounts of a phone as Asterisk has them."""
        phone = with_held(read_site(self.engine), read_held(self.engine)).phone(mac)
        assert phone is not None
        return phone.lines

    def move(self, extension: str, mac: str) -> None:
        move_line(self.engine, self.database, extension, mac)

    @property
    def lines(self) -> dict[str, list[str]]:
        site = read_site(self.engine)
        return {phone.mac: [line.extension for line in phone.lines] for phone in site.phones}


def phone_of(world: World, mac: str) -> Phone:
    phone = read_site(world.engine).phone(mac)
    assert phone is not None
    return phone


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_a_line_becomes_the_first_of_the_other_phone_and_returns_to_its_button(world: World) -> None:
    revision, before = current_revision(world.engine), read_site(world.engine)
    world.move("201", ADA)
    after = read_site(world.engine)
    assert world.lines == {ADA: ["201", "202"], LARRY: ["200"]}
    assert (after.away, after.sync != before.sync) == ({"201": f"{LARRY} 2"}, True)
    assert current_revision(world.engine) == revision + 1
    world.move("201", "")
    assert world.lines == {ADA: ["202"], LARRY: ["200", "201"]}
    assert read_site(world.engine).away == {}
    assert read_site(world.engine).phones == before.phones


def test_both_phones_restart_by_the_lines_that_they_had(world: World) -> None:
    world.move("201", ADA)
    assert [(each.mac, each.extensions) for each in world.restarted[0]] == [
        (LARRY, ("200", "201")), (ADA, ("202",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("extension", "mac", "said"),
    [
        ("299", ADA, "is not in the site"),
        ("201", LARRY, "is at this phone already"),
        ("201", "001646999999", "there is no phone"),
        ("201", "", "is at its own phone"),
    ],
)
def test_a_line_that_cannot_move_stays(world: World, extension: str, mac: str, said: str) -> None:
    with pytest.raises(SiteErrors, match=said):
        world.move(extension, mac)
    assert world.restarted == []


def test_a_phone_whose_only_line_leaves_registers_with_a_stand_in_until_it_returns(world: World) -> None:
    world.write_accounts()
    world.move("202", LARRY)
    [own] = phone_of(world, ADA).lines
    assert (own.extension, own.voicemail) == (f"desk{ADA}", False)
    assert own.secret
    world.move("202", "")
    assert world.lines == {ADA: ["202"], LARRY: ["200", "201"]}
    assert world.restarted[1][1].extensions == (f"desk{ADA}",)


def test_asterisk_keeps_the_stand_in_until_its_phone_has_fetched_its_file(world: World) -> None:
    world.write_accounts()
    world.move("202", LARRY)
    [own] = phone_of(world, ADA).lines
    world.move("202", "")
    accounts = [(line.extension, line.secret) for line in world.of_asterisk(ADA)]
    assert accounts == [("202", "s2"), (own.extension, own.secret)]
    add_events(world.engine, [FileSent(2.0, ADA, f"SIP{ADA}.cnf", "10.0.0.9", 400, 0.1)])
    assert Releases(world.engine).look()
    assert [line.extension for line in world.of_asterisk(ADA)] == ["202"]


def test_another_guest_takes_the_place_of_the_stand_in_and_leaves_it_behind(world: World) -> None:
    world.write_accounts()
    world.move("202", LARRY)
    world.move("201", ADA)
    assert world.lines == {ADA: ["201"], LARRY: ["202", "200"]}
    world.move("201", "")
    assert world.lines == {ADA: [f"desk{ADA}"], LARRY: ["202", "200", "201"]}


def test_a_phone_gets_no_stand_in_if_ringup_writes_no_accounts(world: World) -> None:
    world.move("202", LARRY)
    assert world.lines[ADA] == []


def test_a_move_approves_no_effect_but_the_last_line_of_one_phone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("many-phones-changed", "changed-by-hand"):
        monkeypatch.setattr(
            "ringup.change.unsafe.RULES", [lambda _facts, code=code: [Unsafe(code, 1, "No.")]]
        )
        with pytest.raises(UnsafeChange):
            world.move("201", ADA)
    assert world.lines == {ADA: ["202"], LARRY: ["200", "201"]}
    assert world.restarted == []


def test_a_phone_without_a_free_button_takes_no_line(world: World) -> None:
    world.move("201", ADA)
    with pytest.raises(SiteErrors, match="line keys"):
        world.move("200", ADA)
    assert world.lines == {ADA: ["201", "202"], LARRY: ["200"]}
