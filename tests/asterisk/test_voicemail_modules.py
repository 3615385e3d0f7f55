"""The `noload` lines of modules.conf are added once, shown before, and removed again."""

from pathlib import Path

import pytest

from ringup.asterisk.voicemail_modules import difference, with_rivals, without_rivals
from ringup.errors import InstallError

STOCK = b"; Asterisk's own\n[modules]\nautoload=yes\nnoload = chan_alsa.so\n"
FIXED = (
    b"; Asterisk's own\n[modules]\nnoload => app_voicemail_imap.so ; ringup\n"
    b"noload => app_voicemail_odbc.so ; ringup\nautoload=yes\nnoload = chan_alsa.so\n"
)


def modules(etc: Path, text: bytes) -> Path:
    (etc / "modules.conf").write_bytes(text)
    return etc


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (STOCK, FIXED),
        (b"[modules]", b"[modules]\n" + b"".join(FIXED.splitlines(keepends=True)[2:4])),
        (
            b"[modules]\nnoload=app_voicemail_imap.so\n",
            b"[modules]\nnoload => app_voicemail_odbc.so ; ringup\nnoload=app_voicemail_imap.so\n",
        ),
        (
            b"[modules]\n;noload => app_voicemail_imap.so\n",
            b"[modules]\n"
            + b"".join(FIXED.splitlines(keepends=True)[2:4])
            + b";noload => app_voicemail_imap.so\n",
        ),
    ],
    ids=["stock", "no line end", "one is there", "one is a comment"],
)
def test_each_rival_gets_one_line(tmp_path: Path, before: bytes, after: bytes) -> None:
    change = without_rivals(modules(tmp_path, before))
    assert change is not None
    assert (change.before, change.after, change.backup) == (before, after, True)


@pytest.mark.parametrize("text", [FIXED, FIXED.replace(b" ; ringup", b""), FIXED.replace(b" =>", b"=")])
def test_a_file_that_has_them_stays(tmp_path: Path, text: bytes) -> None:
    assert without_rivals(modules(tmp_path, text)) is None


def test_the_difference_is_shown_as_diff_does(tmp_path: Path) -> None:
    change = without_rivals(modules(tmp_path, STOCK))
    assert change is not None
    path = tmp_path / "modules.conf"
    assert difference(change).splitlines() == [
        f"--- {path}",
        f"+++ {path}",
        "@@ -2,2 +2,4 @@",
        " [modules]",
        "+noload => app_voicemail_imap.so ; ringup",
        "+noload => app_voicemail_odbc.so ; ringup",
        " autoload=yes",
    ]


@pytest.mark.parametrize("text", [None, b"[general]\n"])
def test_a_folder_that_is_not_asterisks_is_an_error(tmp_path: Path, text: bytes | None) -> None:
    if text is not None:
        modules(tmp_path, text)
    with pytest.raises(InstallError, match=r"no section \[modules\]"):
        without_rivals(tmp_path)


def test_only_our_lines_are_taken_out(tmp_path: Path) -> None:
    operators = FIXED.replace(b"imap.so ; ringup", b"imap.so")
    (change,) = with_rivals(modules(tmp_path, operators))
    assert change.after == operators.replace(b"noload => app_voicemail_odbc.so ; ringup\n", b"")
    assert with_rivals(modules(tmp_path, STOCK)) == []
