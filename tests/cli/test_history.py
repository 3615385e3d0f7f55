"""`ringup history`: the author, the time and the contents of each change."""

from pathlib import Path

from tests.cli.terminal import Ringup, terminal

MAC = "001646C0FFEE"


def test_without_revisions_it_is_said_how_the_first_is_made(ringup: Ringup) -> None:
    assert ringup("history").out == ("No revisions yet. The first change makes one: ringup init\n")
    assert ringup("history", "--json").json() == {"version": 1, "revisions": []}


def test_each_command_leaves_a_line_that_says_what_it_did(tmp_path: Path) -> None:
    ann, bert = (terminal(tmp_path / "ringup.db", author=author) for author in ("ann", "bert"))
    ann("group", "add", "sales")
    bert("phone", "add", MAC, "--extension", "201", "--extension", "202", "--group", "sales")
    ann("phone", "set", MAC, "--label", "x", "telnet_level=1", "--remove-line", "202", "--add-line", "203")
    ann("group", "set", "sales", "load=P0S3-08-11-00", "tos_media=3")
    ann("site", "set", "name=Office", "network=10.0.0.0/24:10.0.0.2-10.0.0.9")
    ann("apply", "-", typed="site:\n  name: Other\n")
    revisions = ann("history", "--json").json()["revisions"]
    assert [(revision["id"], revision["author"], revision["summary"]) for revision in revisions] == [
        (6, "ann", "apply standard input"),
        (5, "ann", "change site: name, network"),
        (4, "ann", "change group sales: load, tos_media"),
        (3, "ann", f"change phone {MAC}: remove line 202, add line 203, label, telnet_level"),
        (2, "bert", f"add phone {MAC} 201, 202"),
        (1, "ann", "add group sales"),
    ]
    rows = ann("history").out.splitlines()
    assert rows[0].split() == ["revision", "when", "who", "what", "records"]
    assert [row.split()[0] for row in rows[1:]] == ["6", "5", "4", "3", "2", "1"]
    assert rows[1].split()[-1] == "3"  # site, group, phone


def test_json_has_every_changed_field_without_secrets(ringup: Ringup) -> None:
    ringup("phone", "add", MAC, "--extension", "201", "--secret", "first-s3cret")
    ringup("phone", "set", MAC, "--secret", "second-s3cret", "--name", "Bert")
    said = ringup("history", "--json")
    assert "s3cret" not in said.out
    newest = said.json()["revisions"][0]
    assert set(newest) == {"id", "at", "author", "summary", "changes"}
    assert newest["changes"] == [
        {
            "record": f"phone {MAC}",
            "kind": "changed",
            "fields": [
                {"name": "line 1 name", "before": None, "after": "Bert"},
                {"name": "line 1 secret", "before": "********", "after": "********"},
            ],
        }
    ]


def test_a_limit_shows_the_newest(ringup: Ringup) -> None:
    for number in range(4):
        ringup("site", "set", f"name=Office {number}")
    assert [row["id"] for row in ringup("history", "--limit", "2", "--json").json()["revisions"]] == [4, 3]
    assert len(ringup("history", "--limit", "2").out.splitlines()) == 3
    said = ringup("history", "--limit", "0")
    assert said.status == 2
    assert "--limit" in said.err


def test_a_change_that_fails_is_no_revision(ringup: Ringup) -> None:
    assert ringup("site", "set", "telnet_level=5").status == 2
    assert ringup("history", "--json").json() == {"version": 1, "revisions": []}
