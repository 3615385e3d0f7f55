"""A change reaches Asterisk's folder and its manager interface, or it is undone on both sides."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ringup.asterisk.include_lines import FOLDER
from ringup.asterisk.install import contents, install
from ringup.change import pbx_steps
from ringup.change.carry_out import Step, StepFailed
from ringup.change.site import Changed, change_site
from ringup.change.stored_site import stored_site
from ringup.errors import AmiRefused, OutsideError
from ringup.site.model import Channel, Line, Pbx, Phone, Site
from ringup.site.rows import Plain
from ringup.store.database import open_database
from ringup.store.revisions import commit, read_revision
from tests.other_user import another_user

LARRY = Phone(mac="001646000000", lines=(Line(extension="201", name="Larry", secret="s3cret"),))


class Ami:
    """Stands for the manager interface; records what Asterisk would have loaded."""

    def __init__(self, etc: Path) -> None:
        self.etc = etc
        self.loaded: list[str] = []
        self.answers: list[OutsideError] = []

    async def reload(self, pbx: Pbx, channels: Sequence[Channel]) -> str:
        self.loaded.append((self.etc / FOLDER / "ringup_pjsip.conf").read_text())
        if self.answers:
            raise self.answers.pop(0)
        return "22.10.1"


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


@pytest.fixture
def ami(etc: Path, monkeypatch: pytest.MonkeyPatch) -> Ami:
    fake = Ami(etc)
    monkeypatch.setattr(pbx_steps, "reload_over_ami", fake.reload)
    monkeypatch.setattr(pbx_steps, "said", lambda _site, macs: f"Compared {', '.join(sorted(macs))}.")
    return fake


@pytest.fixture
def database(tmp_path: Path, etc: Path) -> str:
    """A site whose files are already in Asterisk's folder."""
    site = Site(pbx=Pbx(etc=str(etc), manager_user="ringup", manager_secret="s"), phones=(LARRY,))
    install(site, etc)
    place = str(tmp_path / "ringup.db")
    engine = open_database(place)
    commit(engine, site, author="ann", summary="begin", at=1.0)
    engine.dispose()
    return place


def rename(data: Plain) -> None:
    data["phones"][0]["lines"][0]["name"] = "Bert"


def written(etc: Path) -> dict[str, str]:
    return {name: (etc / FOLDER / name).read_text() for name in contents(Site())}


def summary_of(database: str, number: int) -> str:
    engine = open_database(database)
    found = read_revision(engine, number).summary
    engine.dispose()
    return found


def test_a_change_is_written_and_reloaded_before_the_command_ends(database: str, etc: Path, ami: Ami) -> None:
    changed = change_site(database, rename, "rename")
    assert changed.done == (
        f"Wrote 2 of Asterisk's files in {etc}.",
        "Asterisk 22.10.1 reloaded its files.",
        f"Compared {LARRY.mac}.",
    )
    assert written(etc) == contents(changed.site)
    assert ami.loaded == [contents(changed.site)["ringup_pjsip.conf"]]


def test_a_change_that_asterisk_does_not_see_leaves_it_alone(database: str, ami: Ami) -> None:
    def label(data: Plain) -> None:
        data["phones"][0]["label"] = "Sales"

    assert change_site(database, label, "label").done == ()
    assert ami.loaded == []


def test_a_refused_reload_puts_records_and_files_back_and_says_so(database: str, etc: Path, ami: Ami) -> None:
    before, files = stored_site(database), written(etc)
    ami.answers.append(
        AmiRefused("reloading chan_sip.so", "Asterisk has not loaded this module.", "Load it.")
    )
    with pytest.raises(StepFailed) as raised:
        change_site(database, rename, "rename")
    assert str(raised.value) == (
        "reloading Asterisk: Asterisk has not loaded this module. Revision 2 was put back, and so was all "
        "that "
        "followed it. Load it."
    )
    assert stored_site(database) == before
    assert written(etc) == files
    assert ami.loaded[-1] == files["ringup_pjsip.conf"]
    assert summary_of(database, 3) == "put back revision 2: reloading Asterisk failed"


def test_an_asterisk_that_does_not_answer_gets_its_files_all_the_same(
    database: str, etc: Path, ami: Ami
) -> None:
    ami.answers.append(OutsideError("logging in", "Connection refused.", ""))
    changed = change_site(database, rename, "rename")
    assert (
        changed.done[1]
        == "Asterisk was not reloaded (Connection refused); it reads its files when it starts."
    )
    assert written(etc) == contents(changed.site)


def test_a_failed_step_of_a_face_puts_asterisk_back_too(database: str, etc: Path, ami: Ami) -> None:
    files = written(etc)

    def restart(_site: Site) -> str:
        raise OutsideError("asking", "no phone reacts.", "")

    with pytest.raises(StepFailed, match="restarting phones: no phone reacts"):
        change_site(
            database,
            rename,
            "rename",
            more_steps=lambda plan: [Step("restarting phones", restart)] if plan else [],
        )
    assert written(etc) == files
    assert ami.loaded[-1] == files["ringup_pjsip.conf"]


def test_what_another_changed_meanwhile_stays_when_a_change_is_put_back(database: str, ami: Ami) -> None:
    def restart(site: Site) -> str:
        if site.phones[0].lines[0].name == "Bert":
            other: Changed = change_site(database, lambda data: data["site"].update(name="Ann's"), "name")
            assert other.revision.id == 3
            raise OutsideError("asking", "no phone reacts.", "")
        return ""

    with pytest.raises(StepFailed, match="Revision 2 was put back"):
        change_site(database, rename, "rename", more_steps=lambda _: [Step("restarting phones", restart)])
    found = stored_site(database)
    assert (found.name, found.phones) == ("Ann's", (LARRY,))


def test_a_revision_that_a_later_one_builds_on_stays_and_that_is_said(database: str, ami: Ami) -> None:
    def restart(site: Site) -> str:
        if site.phones[0].lines[0].name == "Bert":
            change_site(database, lambda data: data["phones"][0]["lines"][0].update(name="Carl"), "again")
            raise OutsideError("asking", "no phone reacts.", "")
        return ""

    with pytest.raises(StepFailed, match="Revision 2 stays, because a later one builds on it"):
        change_site(database, rename, "rename", more_steps=lambda _: [Step("restarting phones", restart)])
    assert stored_site(database).phones[0].lines[0].name == "Carl"


def test_where_nothing_was_installed_nothing_is_written(database: str, etc: Path, ami: Ami) -> None:
    for path in (etc / FOLDER).iterdir():
        path.unlink()
    (etc / FOLDER).rmdir()
    assert change_site(database, rename, "rename").done == ()
    assert not (etc / FOLDER).exists()


@pytest.mark.usefixtures("ami")
def test_who_may_not_write_leaves_the_files_to_the_server(etc: Path) -> None:
    site = Site(pbx=Pbx(etc=str(etc), manager_user="ringup"), phones=(LARRY,))
    install(site, etc)
    other = site.model_copy(update={"phones": ()})
    assert len(pbx_steps.pbx_steps(site, other)) == 3
    (etc / FOLDER).chmod(0o755)
    with another_user():
        assert pbx_steps.pbx_steps(site, other) == ()
