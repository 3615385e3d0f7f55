"""Mailboxes in voicemail.conf become names in the directory."""

import pytest

from ringup.directory.file_entries import read_file
from ringup.directory.voicemail_entries import is_voicemail, read_voicemail
from ringup.errors import SiteErrors

FILE = b"""; Asterisk
[general]
format = wav
1 = 2,Not a mailbox
[default] ; people
201 => 4711,Ada King,ada@example.net,,attach=yes|tz=european
202 = 4711,Bo ; the second
203 => 4711
204 => 4711,Hidden,,,attach=yes|hidefromdir=yes
;205 => 4711,Gone
[zonemessages]
206 => a,b
[sales](!)
301=>-4711,Zoe
"""


def test_named_mailboxes_that_are_not_hidden_are_found() -> None:
    found = [(entry.name, entry.number) for entry in read_voicemail(FILE, "voicemail.conf")]
    assert found == [("Ada King", "201"), ("Bo", "202"), ("Zoe", "301")]


def test_mailboxes_are_inside_and_rows_of_other_files_are_not() -> None:
    assert read_file(FILE, "voicemail.conf").are_inside
    assert not read_file(b"name,number\nBob,1\n", "people.csv").are_inside


def test_a_file_without_names_is_refused_without_its_pins() -> None:
    with pytest.raises(SiteErrors, match="no mailbox has a name") as refused:
        read_voicemail(b"[default]\n203 => 4711\n", "voicemail.conf")
    assert "4711" not in str(refused.value)


def test_voicemail_is_known_by_its_first_section() -> None:
    assert is_voicemail(FILE)
    assert not is_voicemail(b"name;number\n[default];1\n")
    assert not is_voicemail(b"")
