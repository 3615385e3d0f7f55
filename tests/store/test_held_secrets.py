"""The secret that Asterisk keeps for a line, from the revision that changes it until the phone has the new
one.
"""

from sqlalchemy import Engine, text

from ringup.events import FileSent
from ringup.site.held import HeldSecret, with_held
from ringup.site.model import Line, Phone, Site
from ringup.store.held_secrets import fetched, read_held, release
from ringup.store.history import add_events
from ringup.store.revisions import commit, read_site

LARRY, ANN = "001646000001", "001646000002"


def site(larry: str, ann: str = "a1", name: str = "") -> Site:
    return Site(
        phones=(
            Phone(mac=LARRY, lines=(Line(extension="201", secret=larry, name=name),)),
            Phone(mac=ANN, lines=(Line(extension="202", secret=ann),)),
        )
    )


def keep(engine: Engine, new: Site, *hold: str) -> None:
    commit(engine, new, author="ann", summary="change", at=1.0, hold=hold)


def sent(mac: str, name: str = "SIP{}.cnf") -> FileSent:
    return FileSent(2.0, mac, name.format(mac), "10.0.0.9", 400, 0.1)


def secrets_of(engine: Engine) -> list[str]:
    """Return the secrets that Asterisk has."""
    return [line.secret for _, line in with_held(read_site(engine), read_held(engine)).lines()]


def test_the_old_secret_of_a_phone_is_held_until_it_is_released(engine: Engine) -> None:
    keep(engine, site("old"))
    keep(engine, site("new"), LARRY)
    assert secrets_of(engine) == ["old", "a1"]
    assert read_held(engine) == (HeldSecret("201", LARRY, "old", "", 0),)
    assert (release(engine, [LARRY]), release(engine, [LARRY])) == (1, 0)
    assert secrets_of(engine) == ["new", "a1"]


def test_only_what_a_revision_holds_is_held(engine: Engine) -> None:
    keep(engine, site("old"))
    keep(engine, site("new", ann="a2"), ANN)
    assert secrets_of(engine) == ["new", "a1"]


def test_another_field_of_a_held_phone_changes_at_once(engine: Engine) -> None:
    keep(engine, site("old"))
    keep(engine, site("new", name="Larry"), LARRY)
    keep(engine, site("new", name="Bert"))
    [line, _] = [line for _, line in with_held(read_site(engine), read_held(engine)).lines()]
    assert (line.secret, line.name) == ("old", "Bert")


def test_a_second_secret_leaves_asterisk_the_one_that_it_has(engine: Engine) -> None:
    keep(engine, site("old"))
    keep(engine, site("new"), LARRY)
    keep(engine, site("newer"), LARRY)
    assert secrets_of(engine) == ["old", "a1"]


def test_a_secret_that_goes_back_is_no_longer_held(engine: Engine) -> None:
    keep(engine, site("old"))
    for hold in ((), (LARRY,)):
        keep(engine, site("new"), LARRY)
        keep(engine, site("old"), *hold)
        assert read_held(engine) == ()


def test_a_line_that_goes_is_no_longer_held(engine: Engine) -> None:
    keep(engine, site("old"))
    keep(engine, site("new"), LARRY)
    keep(engine, Site())
    assert read_held(engine) == ()


def test_held_secrets_are_encrypted_and_not_shown(engine: Engine) -> None:
    keep(engine, site("old-s3cret"))
    keep(engine, site("new"), LARRY)
    with engine.connect() as connection:
        assert "s3cret" not in str(connection.execute(text("SELECT * FROM held_secrets")).all())
    assert "s3cret" not in repr(read_held(engine))


def test_a_phone_has_fetched_its_secret_when_its_own_file_was_sent_since(engine: Engine) -> None:
    keep(engine, site("old"))
    add_events(engine, [sent(LARRY)])
    keep(engine, site("new", ann="a2"), LARRY, ANN)
    held = read_held(engine)
    macs, seen = fetched(engine, held, 0)
    assert (macs, seen) == (frozenset(), 1)
    add_events(engine, [sent(LARRY, "SIPDefault.cnf"), sent(ANN)])
    assert fetched(engine, held, seen) == (frozenset({ANN}), 3)
    assert fetched(engine, held, 3) == (frozenset(), 3)
    assert fetched(engine, (), 3) == (frozenset(), 3)
