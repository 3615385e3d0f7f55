"""Names from a real OpenLDAP: all pages of them, over TLS, and what is reported when it refuses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringup.books import ldap_source
from ringup.books.reading import BookUnreadable, read_book
from ringup.directory.entry import Entry
from ringup.site.model import DirectorySource, Pbx
from tests.books import certificates, ldap_server

pytestmark = pytest.mark.peers

COUNT = 1200
"""More than OpenLDAP gives at a time, and than two pages."""
PEOPLE = "\n".join(
    [
        *(ldap_server.person(number) for number in range(COUNT)),
        ldap_server.person(5000, cn="Jörg Müller", mobile="+49 171 5551234"),
        ldap_server.person(5001, displayName="Anna Ångström", telephoneNumber="", homePhone="030 777"),
        ldap_server.person(5002, telephoneNumber="ask the desk"),
        ldap_server.person(5003, telephoneNumber=""),
    ]
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with ldap_server.running(tmp_path_factory.mktemp("ldap"), PEOPLE) as found:
        yield found


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ldap_server.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def source(server: tuple[str, Path], **fields: Any) -> DirectorySource:
    place, ca = server
    given = {
        "name": "staff", "url": f"ldap://{place}", "base": ldap_server.BASE, "user": ldap_server.READER,
        "password": ldap_server.PASSWORD, "ca": str(ca), **fields,
    }  # fmt: skip
    return DirectorySource.model_validate(given)


def test_every_entry_is_read_with_start_tls(server: tuple[str, Path]) -> None:
    reading = read_book(source(server, filter="(objectClass=inetOrgPerson)"), "", Pbx())
    assert reading is not None
    assert len(reading.entries) == COUNT + 3
    assert Entry("Person 7", "+4930000007") in reading.entries
    assert Entry("Jörg Müller (mobile)", "+491715551234") in reading.entries
    assert Entry("Anna Ångström", "030777") in reading.entries
    assert "uid=p5002" in reading.left_out
    assert "ask the desk" in reading.left_out


def test_a_limit_of_the_server_is_told_beside_the_names_that_it_gave(server: tuple[str, Path]) -> None:
    reading = read_book(source(server, user=ldap_server.LIMITED), "", Pbx())
    assert reading is not None
    assert len(reading.entries) == 500
    assert "size limit" in reading.left_out


def test_attributes_and_filter_are_the_sites(server: tuple[str, Path]) -> None:
    reading = read_book(
        source(server, filter="(uid=p5000)", name_attributes=["uid"], number_attributes=["mobile"]), "", Pbx()
    )
    assert reading is not None
    assert reading.entries == [Entry("p5000", "+491715551234")]


def test_nothing_is_sent_to_a_server_whose_ca_is_not_trusted(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    ca = certificates.make(other)[0]
    with pytest.raises(BookUnreadable) as error:
        read_book(source(server, ca=str(ca)), "", Pbx())
    assert "certificate" in str(error.value)


@pytest.mark.parametrize(
    ("fields", "answer", "cure"),
    [
        ({"password": "wrong"}, "Invalid credentials", "Check user and password."),
        ({"base": "ou=nobody,dc=example,dc=com"}, "No such object", "Check base."),
        ({"base": "people"}, "invalid DN", "is a DN"),
        ({"user": "", "password": ""}, "No such object", "Check base."),
        ({"url": "ldap://127.0.0.1:1"}, "Can't contact LDAP server", "Check url"),
    ],
)
def test_a_refusal_is_told_with_its_cure(
    server: tuple[str, Path], fields: dict[str, str], answer: str, cure: str
) -> None:
    with pytest.raises(BookUnreadable) as error:
        read_book(source(server, **fields), "", Pbx())
    assert (answer in error.value.answer, cure in error.value.cure) == (True, True), error.value


def test_without_the_program_its_package_is_named(
    server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BookUnreadable, match="ldap-utils"):
        read_book(source(server), "", Pbx())


def test_a_server_that_never_answers_is_given_up(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = tmp_path / "ldapsearch"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{ldap_server.ENVIRONMENT['PATH']}")
    monkeypatch.setattr(ldap_source, "SECONDS", 0.2)
    with pytest.raises(BookUnreadable, match="no complete answer"):
        read_book(source(server), "", Pbx())


def test_an_answer_without_end_is_given_up(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "ldapsearch"
    endless.write_text("#!/bin/sh\nexec yes 'cn: again'\n")
    endless.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{ldap_server.ENVIRONMENT['PATH']}")
    monkeypatch.setattr(ldap_source, "LARGEST_FILE", 100_000)
    with pytest.raises(BookUnreadable, match="more than 100,000 bytes"):
        read_book(source(server), "", Pbx())
