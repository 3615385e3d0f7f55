"""Another host requests copies of a phone's file, and links that lead out of the folder: it gets nothing."""

from pathlib import Path

import pytest

from tests.attack.segment import MAC, SERVER, segment

pytestmark = pytest.mark.peers

COPIES = (f"SIP{MAC}.cnf.bak", f"SEP{MAC}.cnf.xml~", f"SIP{MAC}.cnf.old", f"old-{MAC.lower()}.txt")
LINKS = ("out.txt", "outside/secret.txt")
OPEN = "ring.raw"
KEPT = "kept-from-strangers"

FETCH = f"""
import socket, sys, urllib.error, urllib.parse, urllib.request
for name in sys.argv[1:]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(b"\\0\\1" + name.encode() + b"\\0octet\\0", ("{SERVER}", 69))
        print(name, client.recv(2000))
    try:
        address = "http://{SERVER}:6970/" + urllib.parse.quote(name)
        print(name, urllib.request.urlopen(address, timeout=5).read())
    except urllib.error.HTTPError as error:
        print(name, error.code, error.read())
"""


def test_copies_and_links_give_another_host_nothing(tmp_path: Path) -> None:
    files, outside = tmp_path / "files", tmp_path / "elsewhere"
    files.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text(KEPT)
    for name in COPIES:
        (files / name).write_text(KEPT)
    (files / OPEN).write_text("for all")
    (files / LINKS[0]).symlink_to(outside / "secret.txt")
    (files / "outside").symlink_to(outside)
    climbing = ("../elsewhere/secret.txt", "outside/../../elsewhere/secret.txt")
    with segment(tmp_path) as here:
        assert here.boot() == ""
        stolen = here.attack(FETCH, *COPIES, *LINKS, *climbing)
        given = here.attack(FETCH, OPEN)
        assert here.boot() == ""
    assert KEPT not in stolen
    assert len(stolen.splitlines()) == 2 * len(COPIES + LINKS + climbing)
    assert given.count("for all") == 2
