"""Commands on terminals whose encoding lacks some characters."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.cli import encoding
from tests.cli.terminal import terminal


class Printed(NamedTuple):
    status: int
    out: bytes
    err: bytes


def ringup(folder: Path, *arguments: str | bytes, **variables: str) -> Printed:
    """Start a separate process, because the encoding of the standard streams is chosen at its start."""
    own = {key: text for key, text in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
    database = {"RINGUP_DATABASE": str(folder / "ringup.db")}
    done = subprocess.run(
        [sys.executable, "-m", "ringup", *arguments],
        capture_output=True,
        env={**own, **database, **variables},
        check=False,
    )
    return Printed(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A caller ID name may contain characters that the phone cannot show, if the phone gets another text."""
    ringup, mac = terminal(tmp_path / "ringup.db"), "001646C0FFEE"
    ringup("phone", "add", mac, "--model", "7960", "--extension", "201", "--label", "Köln")
    said = ringup("phone", "set", mac, "--line", "1", "--name", "Köln …", "--display-name", "Köln")
    assert said.status == 0, said.err
    return tmp_path


@pytest.mark.parametrize("encoding_name", ["latin-1", "ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("phone", "set", "001646C0FFEE", "name=Köln →"),
        ("status",),
        ("phone", "list"),
        ("phone", "show", "001646C0FFEE"),
    ],
    ids=" ".join,
)
def test_no_command_ends_because_of_the_encoding(
    encoding_name: str, arguments: tuple[str, ...], site: Path
) -> None:
    assert terminal(site / "ringup.db", encoding=encoding_name)(*arguments).out


def test_the_standard_streams_of_a_process_take_every_character(site: Path) -> None:
    said = ringup(site, "phone", "list", PYTHONIOENCODING="latin-1")
    assert (said.status, said.err) == (0, b"")
    assert "Köln ...".encode("latin-1") in said.out


def test_json_of_a_process_is_utf_8_where_the_encoding_is_ascii(site: Path) -> None:
    said = ringup(site, "phone", "show", "001646C0FFEE", "--json", PYTHONIOENCODING="ascii")
    assert "Köln …" in json.dumps(json.loads(said.out), ensure_ascii=False)


@pytest.mark.parametrize("encoding_name", ["latin-1", "utf-8"])
def test_json_keeps_every_character_in_any_encoding(encoding_name: str, site: Path) -> None:
    said = terminal(site / "ringup.db", encoding=encoding_name)("phone", "show", "001646C0FFEE", "--json")
    assert "Köln …" in json.dumps(said.json(), ensure_ascii=False)


def test_a_name_that_is_not_utf_8_does_not_end_a_command(tmp_path: Path) -> None:
    said = ringup(tmp_path, "lint", b"no\xe4", PYTHONUTF8="1")
    assert b"Traceback" not in said.err


def written(text: str, name: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=name)
    monkeypatch.setattr("sys.stdout", stream)
    encoding.write_whatever_comes()
    stream.write(text)
    stream.flush()
    stream.detach()
    return raw.getvalue()


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("7 → 8", "latin-1", b"7 -> 8"),
        ("wait…", "latin-1", b"wait..."),
        ("K\xf6ln", "latin-1", b"K\xf6ln"),
        ("Ж", "latin-1", b"\\u0416"),
        ("\U0001f600", "ascii", b"\\ud83d\\ude00"),
        ("no\udce4", "utf-8", b"no\xe4"),
        ("\ud800", "utf-8", b"\\ud800"),
        ("→", "utf-8", "→".encode()),
    ],
)
def test_what_cannot_be_encoded_is_spelt(
    text: str, name: str, expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written(text, name, monkeypatch) == expected


@given(st.text(st.characters(exclude_categories=())), st.sampled_from(["ascii", "latin-1", "utf-8", "cp437"]))
def test_every_text_can_be_written_in_every_encoding(text: str, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        written(text, name, patch)
