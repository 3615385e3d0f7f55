"""The man pages: one per command, with all text of its help, in valid roff."""

import re
from pathlib import Path

from ringup.cli.main import COMMANDS
from ringup.cli.manual import pages, write_pages

PAGES = dict(pages())


def test_each_command_and_subcommand_has_a_page(tmp_path: Path) -> None:
    write_pages(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {f"ringup-{name}.1" for name in COMMANDS} | {"ringup.1", "ringup-phone-add.1"} <= names


def test_a_page_has_the_sections_that_man_pages_have() -> None:
    page = PAGES["ringup-phone-add"]
    found = re.findall(r"(?m)^\.SH (.*)$", page)
    assert found == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "SEE ALSO"]
    assert page.startswith('.TH RINGUP-PHONE-ADD 1 "" "ringup ')
    assert "\\fB\\-\\-extension TEXT\\fR\nA line's number; repeat for more lines." in page
    assert "\nringup phone add 001646C0FFEE \\-\\-extension 201" in page


def test_the_first_page_leads_to_the_others_and_to_the_files() -> None:
    page = PAGES["ringup"]
    assert "\\fBringup\\-serve\\fR(1)" in page
    assert "\\fB/var/lib/ringup/ringup.db\\fR" in page
    assert "\\fB/etc/ringup/ringup.toml\\fR" in page


def test_nothing_is_read_as_a_request_of_roff_by_mistake() -> None:
    known = (".TH", ".SH", ".PP", ".TP", ".nf", ".fi")
    for name, page in PAGES.items():
        odd = [row for row in page.splitlines() if row.startswith((".", "'")) and not row.startswith(known)]
        assert odd == [], name
        assert "\b" not in page, name
