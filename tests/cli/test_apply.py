"""`ringup apply` and `ringup export`: the complete site is written to a file and read from it."""

from pathlib import Path

import pytest

from ringup.site.mask import MASK
from ringup.site.secret_faults import LONGEST_SECRET
from tests.cli.terminal import Ringup, terminal

OFFICE = """\
site:
  name: Office
  time_zone: Europe/London
network:
  - network: 192.168.1.0/24
    first: 192.168.1.100
    last: 192.168.1.200
pbx:
  address: 192.168.1.10
  manager_secret: manager-s3cret
groups:
  - name: sales
    settings:
      preferred_codec: g711alaw
phones:
  - mac: 001646000000
    group: sales
    lines:
      - extension: 0201
        name: Larry Ellison
        voicemail_pin: 0042
  - mac: 0016460E0012
    model: 7940
    lines:
      - {extension: 202, secret: own-s3cret}
"""

MISTAKES = """\
site:
  time_zone: Asia/Kolkata
  load: P0S3-08-12-00
phnes: []
phones:
  - mac: 00164600000
    group: nosuch
    lines:
      - extension: 201
        secret: 01234567890123456789012345678901
      - extension: 201
  - mac: 0016460E0012
    model: 7961
    settings:
      telnet_level: 5
"""


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(OFFICE)
    return path


@pytest.fixture(name="office")
def _office(ringup: Ringup, file: Path) -> Ringup:
    """Make a site by applying the file."""
    assert ringup("apply", str(file)).status == 0
    return ringup


def revisions(ringup: Ringup) -> int:
    """Return the number of revisions."""
    return sum(bool(each["changes"]) for each in ringup("history", "--json").json()["revisions"])


def test_digits_arrive_as_they_were_written(office: Ringup) -> None:
    phones = office("phone", "list", "--json").json()["phones"]
    assert [phone["mac"] for phone in phones] == ["001646000000", "0016460E0012"]
    assert [phone["lines"][0]["extension"] for phone in phones] == ["0201", "202"]
    larry = office("phone", "show", "001646000000", "--json", "--reveal").json()
    assert larry["lines"][0]["voicemail_pin"] == "0042"
    assert 16 <= len(larry["lines"][0]["secret"]) <= LONGEST_SECRET
    ann = office("phone", "show", "0016460E0012", "--json", "--reveal").json()
    assert ann["lines"][0]["secret"] == "own-s3cret"


def test_applying_is_one_revision_and_applying_again_is_none(office: Ringup, file: Path) -> None:
    assert revisions(office) == 1
    assert office("apply", str(file)).out == "Nothing to change: the site already has these values.\n"
    assert revisions(office) == 1


def test_an_export_with_secrets_makes_the_same_site_elsewhere(office: Ringup, tmp_path: Path) -> None:
    text = office("export", "--reveal").out
    elsewhere = terminal(tmp_path / "elsewhere.db")
    assert elsewhere("apply", "-", typed=text).status == 0
    assert elsewhere("export", "--reveal").out == text
    assert "mac: '001646000000'" in text
    assert "mac: '0016460E0012'" in text
    assert "extension: '0201'" in text


def test_a_masked_export_applied_again_changes_nothing(office: Ringup) -> None:
    before, masked = office("export", "--reveal").out, office("export").out
    assert masked.count(MASK) == 6  # two menu passwords, two lines, a PIN, the manager
    assert office("apply", "-", typed=masked).out == "Nothing to change: the site already has these values.\n"
    assert office("export", "--reveal").out == before


def test_an_edited_masked_export_keeps_the_secrets_it_does_not_name(office: Ringup) -> None:
    before = office("export", "--reveal").out
    said = office("apply", "-", typed=office("export").out.replace("Larry Ellison", "Bert"))
    assert said.out.splitlines() == [
        "~ phone 001646000000",
        "    line 1 name: Larry Ellison → Bert",
        "phones: 1 changed, 1 unchanged; in groups: sales 1",
        "1 phone must restart to follow: 001646000000",
        "Revision 3.",
    ]
    assert office("export", "--reveal").out == before.replace("Larry Ellison", "Bert")


def test_a_masked_secret_with_nothing_behind_it_is_refused(office: Ringup, tmp_path: Path) -> None:
    said = terminal(tmp_path / "elsewhere.db")("apply", "-", typed=office("export").out)
    assert said.status == 2
    assert "standard input:" in said.err
    assert "is masked, and no stored one is there to keep." in said.err


def test_what_the_file_leaves_out_is_removed(office: Ringup) -> None:
    said = office("apply", "-", typed=OFFICE.partition("  - mac: 0016460E0012")[0])
    assert said.out.splitlines() == [
        "- phone 0016460E0012",
        "phones: 1 removed (0016460E0012), 1 unchanged",
        "1 phone must read the dial template again: 001646000000",
        "Revision 2.",
    ]
    assert [phone["mac"] for phone in office("phone", "list", "--json").json()["phones"]] == ["001646000000"]


def test_a_dry_run_shows_the_changes_and_makes_none(ringup: Ringup, file: Path) -> None:
    said = ringup("apply", str(file), "--dry-run")
    assert said.status == 0
    assert "+ phone 001646000000" in said.out
    assert "    time_zone: Etc/UTC → Europe/London" in said.out
    assert said.out.endswith("Nothing was changed (--dry-run).\n")
    assert "s3cret" not in said.out
    assert revisions(ringup) == 0
    assert ringup("phone", "list", "--json").json() == {"version": 1, "phones": []}
    real = ringup("apply", str(file)).out
    assert real.splitlines()[:-1] == said.out.splitlines()[:-1]
    assert (
        ringup("apply", str(file), "--dry-run").out
        == "Nothing to change: the site already has these values.\n"
    )


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_every_mistake_is_named_with_its_line_and_nothing_changes(
    office: Ringup, tmp_path: Path, options: list[str]
) -> None:
    before = office("export", "--reveal").out
    path = tmp_path / "mistakes.yaml"
    path.write_text(MISTAKES)
    said = office("apply", str(path), *options)
    assert (said.status, said.out) == (2, "")
    head, *problems = said.err.splitlines()
    assert head == "ringup: 9 problems, and nothing was changed:"
    assert [problem.removeprefix(f"{path}:").partition(":")[0] for problem in problems] == [
        "2", "3", "4", "6", "7", "10", "11", "13", "15",
    ]  # fmt: skip
    assert problems[5].endswith("has 32 characters; 7940/7960 firmware takes 31. Shorten it.")
    assert "0123456789" not in said.err
    assert office("export", "--reveal").out == before
    assert revisions(office) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: [1\n", "this is not YAML"),
        (b"- 1\n", "this is not a site file."),
        (b"site:\n  name: \xff\n", ":2: this is not UTF-8."),
        (b"site:\n  name: a\n  name: b\n", ":3: name is written twice."),
    ],
)
def test_what_is_no_site_file_is_refused(ringup: Ringup, file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    said = ringup("apply", str(file))
    assert said.status == 2
    assert said.err.startswith(f"ringup: {file}:")
    assert words in said.err


def test_a_missing_file_is_said(ringup: Ringup, tmp_path: Path) -> None:
    said = ringup("apply", str(tmp_path / "nosuch.yaml"))
    assert said.status == 2
    assert "nosuch.yaml: No such file or directory. Check its name." in said.err


def many(count: int, group: str = "sales") -> str:
    """Return a site file with this number of phones in one group."""
    phones = "".join(f"  - {{mac: 0016460{n:05d}, group: {group}}}\n" for n in range(count))
    return f"groups:\n  - {{name: sales}}\n  - {{name: support}}\nphones:\n{phones}"


def test_many_changes_are_counted_and_their_fields_are_left_to_verbose(ringup: Ringup) -> None:
    said = ringup("apply", "-", typed=many(300))
    assert said.out.splitlines() == [
        "groups: 2 added",
        "phones: 300 added; in groups: sales 300",
        "Revision 1. Every field: --verbose, or `ringup history --json`.",
    ]
    moved = many(290).replace("group: sales", "group: support", 40)
    tried = ringup("apply", "-", "--dry-run", typed=moved)
    assert tried.out.splitlines()[:2] == [
        "phones: 40 changed, 10 removed (001646000290, 001646000291, 001646000292, 001646000293, 001646000294"
        " and 5 more), 250 unchanged; in groups: support 40",
        "Nothing was changed (--dry-run). Every field: --verbose, or `ringup history --json`.",
    ]
    detailed = ringup("apply", "-", "--dry-run", "--verbose", typed=moved).out
    assert detailed.count("    group: sales → support\n") == 40
    assert detailed.endswith(f"{tried.out.splitlines()[0]}\nNothing was changed (--dry-run).\n")


def test_twenty_records_are_still_detailed(ringup: Ringup) -> None:
    def detailed(phones: int) -> bool:
        return "+ phone" in ringup("apply", "-", "--dry-run", typed=many(phones)).out

    assert (detailed(18), detailed(19)) == (True, False)  # and two groups
