"""`ringup directory`: address books in the site, and what reading them gives."""

from pathlib import Path

import pytest

from ringup.change.stored_site import stored_site
from ringup.store.books import read_names
from ringup.store.database import open_database
from tests.cli.terminal import Ringup

LDAP = ("ldap://10.0.0.5", "base=dc=example,dc=com", "user=cn=r", "password=s3cret to keep")


def test_an_address_book_is_added_read_listed_changed_and_removed(ringup: Ringup, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,number\nBob,1\nAda,2\n")
    added = ringup("directory", "add", "people", str(file))
    assert (added.status, "ringup directory read people" in added.out) == (0, True)
    assert ringup("directory", "list").out.splitlines()[1].split() == ["people", str(file), "0", "never"]
    read = ringup("directory", "read")
    assert (read.status, read.out) == (0, "people: 2 names\n")
    (record,) = ringup("directory", "list", "--json").json()["directory"]
    assert (record["names"], record["kind"], record["fault"]) == (2, "file", "")
    engine = open_database(str(tmp_path / "ringup.db"))
    assert [entry.name for entry in read_names(engine, "people")] == ["Bob", "Ada"]
    engine.dispose()
    assert ringup("directory", "set", "people", "minutes=60").status == 0
    assert stored_site(str(tmp_path / "ringup.db")).directory[0].minutes == 60
    assert ringup("directory", "set", "people", "minutes=").status == 0
    assert stored_site(str(tmp_path / "ringup.db")).directory[0].minutes == 15
    assert ringup("directory", "remove", "people").status == 0
    assert "No address books yet." in ringup("directory", "list").out


def test_a_book_that_cannot_be_read_is_told_and_ends_with_1(ringup: Ringup, tmp_path: Path) -> None:
    ringup("directory", "add", "people", "/nowhere/people.csv")
    read = ringup("directory", "read", "people")
    assert read.status == 1
    assert "No such file or directory. Check its path" in read.out


def test_its_password_is_masked_encrypted_and_kept(ringup: Ringup, tmp_path: Path) -> None:
    assert ringup("directory", "add", "staff", *LDAP).status == 0
    database = tmp_path / "ringup.db"
    written = b"".join(file.read_bytes() for file in tmp_path.glob("ringup.db*"))
    assert b"s3cret to keep" not in written
    for shown in (
        ("site", "show"),
        ("export",),
        ("site", "show", "--json"),
        ("history", "--json"),
        ("show", "1"),
    ):
        assert "s3cret to keep" not in ringup(*shown).out
    exported = tmp_path / "site.yaml"
    exported.write_text(ringup("export").out)
    assert "********" in exported.read_text()
    assert ringup("apply", str(exported)).status == 0
    assert stored_site(str(database)).directory[0].password == "s3cret to keep"
    assert ringup("directory", "set", "staff", "minutes=5").status == 0
    assert stored_site(str(database)).directory[0].password == "s3cret to keep"
    assert "s3cret to keep" in ringup("site", "show", "--reveal").out


def test_a_masked_password_of_a_book_that_the_site_does_not_have_is_refused(
    ringup: Ringup, tmp_path: Path
) -> None:
    ringup("directory", "add", "staff", *LDAP)
    exported = tmp_path / "site.yaml"
    exported.write_text(ringup("export").out.replace("name: staff", "name: other"))
    assert "no stored one is there to keep" in ringup("apply", str(exported), "--yes").err


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (("people", "people.csv"), "neither a URL nor a complete path"),
        (("people", "gopher://x"), "is not an address book"),
        (("people", "http://x/dav"), "http:// is not encrypted"),
        (("people", "https://ada:secret@x/dav"), "is not the address of a CardDAV server"),
        (("people", "https://x:port/"), "is not an address book"),
        (("people", "asterisk:a/b"), "url is 'asterisk:a/b'"),
        (("people", "asterisk:cidname", "user=x", "password=y"), "user is set"),
        (("people", "ldap://x"), "base is missing"),
        (("people", "ldap://x/dc=y", "base=dc=y"), "has only the host and the port"),
        (("people", "ldap://x", "base=dc=y", "filter=cn=*"), "filter is 'cn=*'"),
        (("people", "ldap://x", "base=dc=y", "user=cn=x"), "the account has no password"),
        (("people", "ldap://x", "base=dc=y", "password=x"), "the account has no user"),
        (("people", "ldap://x", "base=dc=y", "minutes=0"), "it must be at least 1"),
        (("people", "ldap://x", "base=dc=y", "number_attributes="), "no attribute is named"),
        (("people", "/a.csv", "colour=red"), "There is no field colour"),
        (("two words", "/a.csv"), "name is 'two words'"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_added(
    ringup: Ringup, arguments: tuple[str, ...], fact: str
) -> None:
    said = ringup("directory", "add", *arguments)
    assert (said.status, fact in said.err) == (2, True), said.err
    assert "No address books yet." in ringup("directory", "list").out


def test_a_name_is_used_once(ringup: Ringup) -> None:
    ringup("directory", "add", "people", "/a.csv")
    assert "is in the site already" in ringup("directory", "add", "people", "/b.csv").err
    assert "Did you mean people?" in ringup("directory", "remove", "peple").err
