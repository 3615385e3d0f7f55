"""Answers of CardDAV servers: properties with their status, and nothing that a server sends raises."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.books.dav_answer import DavResource, read_answer

SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns:s="http://calendarserver.org/ns/"'


def answer(*responses: str) -> bytes:
    parts = "".join(f"<d:response>{each}</d:response>" for each in responses)
    return f'<?xml version="1.0"?><d:multistatus {SPACES}>{parts}</d:multistatus>'.encode()


def prop(inside: str, status: str = "HTTP/1.1 200 OK") -> str:
    return f"<d:propstat><d:prop>{inside}</d:prop><d:status>{status}</d:status></d:propstat>"


def test_a_book_and_its_tag_are_read() -> None:
    book = prop("<d:resourcetype><d:collection/><c:addressbook/></d:resourcetype><s:getctag>7</s:getctag>")
    assert read_answer(answer(f"<d:href>/a/</d:href>{book}")) == [DavResource("/a/", is_book=True, tag="7")]


def test_a_property_that_the_server_does_not_have_is_empty() -> None:
    absent = prop("<s:getctag>no</s:getctag>", "HTTP/1.1 404 Not Found")
    token = prop("<d:sync-token>t1</d:sync-token>")
    assert read_answer(answer(f"<d:href>/a/</d:href>{absent}{token}")) == [DavResource("/a/", tag="t1")]


def test_the_account_and_its_homes_are_read() -> None:
    inside = (
        "<d:current-user-principal><d:href>/me/</d:href></d:current-user-principal>"
        "<c:addressbook-home-set><d:href>/x/</d:href><d:href>/y/</d:href></c:addressbook-home-set>"
    )
    (found,) = read_answer(answer(f"<d:href>/</d:href>{prop(inside)}")) or [DavResource("")]
    assert (found.principal, found.homes) == ("/me/", ("/x/", "/y/"))


def test_an_answer_with_entities_is_none() -> None:
    entity = b'<!DOCTYPE d [<!ENTITY a "aaaa">]>'
    bomb = b'<?xml version="1.0"?>' + entity + b'<d:multistatus xmlns:d="DAV:">&a;</d:multistatus>'
    assert read_answer(bomb) is None


@given(st.binary(max_size=200), st.text(max_size=50))
def test_nothing_that_a_server_sends_raises(raw: bytes, text: str) -> None:
    assert read_answer(raw) is None
    read_answer(answer(text, prop(text)))
