"""From a folder on disk to a bundle."""

from pathlib import Path
from typing import Any

import pytest

from ringup.lint.kinds import ContentKind, kind_of_name
from ringup.lint.read_tree import DEEPEST, LARGEST_TEXT, SOUND_HEAD, read_paths
from ringup.lint.rules import lint
from tests.lint.good_bundle import GOOD, NEIGHBOUR, OWN


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, data in GOOD.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_good_tree_has_no_findings(tree: Path) -> None:
    reading = read_paths([tree])
    assert reading.unreadable == ()
    assert {file.name for file in reading.bundle.files} == set(GOOD)
    assert lint(reading.bundle) == []


def test_findings_name_the_path_as_it_was_given(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / NEIGHBOUR).write_bytes(b"")
    monkeypatch.chdir(tree)
    assert {each.where.file for each in lint(read_paths([Path()]).bundle)} == {NEIGHBOUR}
    assert {each.where.file for each in lint(read_paths([tree]).bundle)} == {f"{tree}/{NEIGHBOUR}"}


def test_one_file_by_itself_is_not_blamed_for_what_is_elsewhere(tree: Path) -> None:
    reading = read_paths([tree / OWN])
    assert not reading.bundle.is_complete
    assert lint(reading.bundle) == []


def test_a_file_given_twice_is_read_once(tree: Path) -> None:
    assert len(read_paths([tree, tree / OWN]).bundle.files) == len(GOOD)


def test_what_cannot_be_read_is_named(tree: Path) -> None:
    (tree / "broken.cnf").symlink_to("nowhere")
    (tree / "big.cnf").write_bytes(b"#" * (LARGEST_TEXT + 1))
    reading = read_paths([tree, tree / "missing.cnf", tree / "README"])
    told = {one.path.rpartition("/")[2]: one.reason for one in reading.unreadable}
    assert set(told) == {"big.cnf", "missing.cnf", "README"}
    assert told["missing.cnf"] == "No such file or directory"
    assert "phones read no file" in told["README"]


def test_skinny_conf_of_another_folder_is_read_with_the_tree(tree: Path, tmp_path_factory: Any) -> None:
    etc: Path = tmp_path_factory.mktemp("asterisk")
    (etc / "skinny.conf").write_text("[general]\nbindaddr=0.0.0.0\n")
    (etc / "sip.conf").write_text("[general]\n")
    reading = read_paths([tree, etc])
    assert reading.unreadable == ()
    assert [each.code for each in lint(reading.bundle)] == ["K106"]


def test_hidden_files_and_linked_folders_are_left_out(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / ".git" / "SIPDefault.cnf").write_bytes(b"rubbish")
    (tree / "again").symlink_to(tree)
    assert lint(read_paths([tree]).bundle) == []


def test_folders_are_followed_down_to_a_limit(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*("d" * (DEEPEST + 2)))
    deep.mkdir(parents=True)
    (deep / OWN).write_bytes(b"")
    (tmp_path / "d" / NEIGHBOUR).write_bytes(b"")
    assert [file.name for file in read_paths([tmp_path]).bundle.files] == [NEIGHBOUR]


def test_of_a_ring_tone_only_the_beginning_is_read(tree: Path) -> None:
    (tree / "owl.pcm").write_bytes(bytes(10_000_000))
    bundle = read_paths([tree]).bundle
    owl = bundle.by_name["owl.pcm"]
    assert (len(owl.data), owl.size) == (SOUND_HEAD, 10_000_000)
    assert {each.code for each in lint(bundle)} == {"R705"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sipdefault.CNF", ContentKind.DEFAULT),
        ("SIP001646C0FFEE.cnf", ContentKind.PHONE),
        ("MGC001646C0FFEE.cnf", ContentKind.CNF),
        ("CTLSEP001646C0FFEE.tlv", ContentKind.TRUST_LIST),
        ("ITLSEP001646C0FFEE.tlv", ContentKind.TRUST_LIST),
        ("ITLFile.tlv", ContentKind.TRUST_LIST),
        ("other.cnf", ContentKind.CNF),
        ("SEP001646C0FFEE.cnf.xml", ContentKind.SEP),
        ("XMLDefault.cnf.xml", ContentKind.XML_DEFAULT),
        ("OS79XX.TXT", ContentKind.POINTER),
        ("P0S3-8-12-00.loads", ContentKind.FIRMWARE),
        ("ringer1.pcm", ContentKind.SOUND),
        ("dialplan.xml", ContentKind.XML),
        ("notes.txt", ContentKind.OTHER),
    ],
)
def test_a_name_says_what_a_file_is(name: str, kind: ContentKind) -> None:
    assert kind_of_name(name) is kind
