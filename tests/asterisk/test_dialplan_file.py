"""extensions.conf: the numbers that can be dialled from a context, and the lines that are not followed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.asterisk.dialplan_file import reachable, read
from ringup.render.extensions_conf import extensions_conf
from tests.render.sites import OFFICE

OFFICE_CONF = """\
; the office
[general]
exten => 999,1,NoOp()
#include "more.conf"
[phones](!)
exten => _7XX,1,Dial(PJSIP/${EXTEN})
[office](phones)
include => local ; and out
INCLUDE = night,17:00-9:00,*,*,*
include => nowhere
exten => 201,hint,PJSIP/201
exten => _2XX,1(ring),Dial(PJSIP/${EXTEN})
 same => n,Hangup()
exten => 300,2,NoOp()
exten => _2XXX/555,1,NoOp(from 555 only)
exten = "400",1,NoOp(a\\;b) ; comment
;-- all of this
exten => 500,1,NoOp()
--; exten => 501,1,NoOp()
exten => ${TRUNK},1,NoOp()
switch => Realtime
[local]
exten => _9NXXNXXXXXX,1,Dial()
exten => _2XX,1,NoOp()
include => office
[night]
exten => *97,1,VoiceMailMain()
[office](+)
exten => 600,1,Echo()
"""


def patterns(text: str, context: str) -> list[str]:
    """Return the patterns that can be dialled from a context, in order."""
    return [one.pattern for one in reachable(read(text), context).extensions]


def test_a_context_reaches_its_own_extensions_its_templates_and_its_includes() -> None:
    assert patterns(OFFICE_CONF, "office") == [
        "_7XX",
        "_2XX",
        "_2XXX",
        "400",
        "501",
        "600",
        "_9NXXNXXXXXX",
        "*97",
    ]


def test_an_extension_remembers_its_line_and_context() -> None:
    found = {one.pattern: one for one in reachable(read(OFFICE_CONF), "office").extensions}
    assert (found["_2XX"].line, found["_2XX"].context) == (12, "office")
    assert (found["*97"].line, found["*97"].context) == (27, "night")


def test_what_is_not_followed_is_noted_with_its_line() -> None:
    file = read(OFFICE_CONF)
    assert [(note.line, note.text) for note in file.notes] == [
        (4, '#include is not followed: #include "more.conf"'),
        (20, "a name with a variable is not followed: ${TRUNK}"),
        (21, "switch is not followed: Realtime"),
    ]
    assert [(note.line, note.text) for note in reachable(file, "office").notes] == [
        (10, "the included context nowhere is not in this file"),
    ]


def test_templates_and_general_are_no_contexts() -> None:
    assert list(read(OFFICE_CONF).contexts) == ["office", "local", "night"]


def test_a_context_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        reachable(read(OFFICE_CONF), "phones")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("[broken\nexten => 1,1,NoOp()", "no section: [broken"),
        ("[a](missing)\nexten => 1,1,NoOp()", "the template missing is not in this file"),
    ],
)
def test_a_broken_section_is_noted(text: str, note: str) -> None:
    assert read(text).notes[0].text == note


def test_what_we_write_for_asterisk_is_read_back() -> None:
    assert patterns(extensions_conf(OFFICE), OFFICE.pbx.context) == [
        "500",
        "ringup-forward",
        "600",
        "_9.",
        "202",
        "9001",
        "201",
    ]


def test_no_truncation_raises() -> None:
    for length in range(len(OFFICE_CONF)):
        file = read(OFFICE_CONF[:length])
        for context in file.contexts:
            reachable(file, context)


@given(st.text(max_size=200) | st.text("[](!),;-=>\n exteinclud1_X.{$", max_size=200))
def test_arbitrary_text_never_raises(text: str) -> None:
    for some in (text, f"[a]\n{text}", f"[a]\nexten => {text}\ninclude => {text}"):
        file = read(some)
        for context in file.contexts:
            assert all(one.pattern for one in reachable(file, context).extensions)
