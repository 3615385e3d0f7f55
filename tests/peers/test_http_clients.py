"""`ringup serve` gives its files over HTTP to other projects' clients: curl, wget, busybox and Python's."""

import http.client
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ringup.site.model import Line, Pbx, Phone, Site
from tests.peers.test_served_files import MAC, SECONDS, expected, serving, state_folder

pytestmark = pytest.mark.peers

Fetch = Callable[[str, Path], list[str]]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    phone = Phone(mac=MAC, lines=(Line(extension="201", name="Zoë", secret="a-secret-of-its-own"),))
    site = Site(time_zone="Europe/London", pbx=Pbx(address="127.0.0.1"), phones=(phone,))
    with state_folder("http", site) as path:
        yield path


def free_ports(count: int) -> list[int]:
    """Return ports that are free now."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in held]
    for each in held:
        each.close()
    return ports


@pytest.fixture(scope="module")
def ports(folder: Path) -> Iterator[tuple[int, int, int]]:
    """Return the server's two HTTP ports, and the port of its metrics."""
    first, second, metrics = free_ports(3)
    http_ports = ("--http-port", str(first), "--http-port", str(second))
    with serving(folder, "--no-tftp", *http_ports, "--metrics", f"127.0.0.1:{metrics}"):
        yield first, second, metrics


def run(command: list[str], *, status: int = 0) -> str:
    """Run a client to its end; return its output."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == status, (command, done.stdout, done.stderr)
    return done.stdout


def curl(url: str, to: Path) -> list[str]:
    return ["curl", "--silent", "--show-error", "--fail", "--output", str(to), url]


def curl_of_1996(url: str, to: Path) -> list[str]:
    return [*curl(url, to), "--http1.0", "--header", "Host:"]


def wget(url: str, to: Path) -> list[str]:
    return ["wget", "--quiet", "--tries=1", "--no-proxy", f"--output-document={to}", url]


def busybox(url: str, to: Path) -> list[str]:
    return ["busybox", "wget", "-q", "-Y", "off", "-O", str(to), url]


@pytest.mark.parametrize("fetch", [curl, curl_of_1996, wget, busybox], ids=lambda fetch: fetch.__name__)
def test_every_file_arrives_byte_exact(
    ports: tuple[int, int, int], folder: Path, tmp_path: Path, fetch: Fetch
) -> None:
    names = ["SIPDefault.cnf", f"SIP{MAC}.cnf", "XMLDefault.cnf.xml", "dialplan.xml"]
    names += [path.name for path in (folder / "firmware").iterdir()]
    for number, name in enumerate(names):
        fetched = tmp_path / name
        run(fetch(f"http://127.0.0.1:{ports[number % 2]}/{name}", fetched))
        assert fetched.read_bytes() == expected(folder, name), name


def image_of(folder: Path) -> Path:
    return max((folder / "firmware").iterdir(), key=lambda path: path.stat().st_size)


def test_curl_takes_parts_and_goes_on_where_it_stopped(
    ports: tuple[int, int, int], folder: Path, tmp_path: Path
) -> None:
    image = image_of(folder)
    url, data = f"http://127.0.0.1:{ports[0]}/{image.name}", image.read_bytes()
    for wanted, part in (("0-99", data[:100]), ("1000-", data[1000:]), ("-7", data[-7:])):
        run([*curl(url, tmp_path / "part"), "--range", wanted])
        assert (tmp_path / "part").read_bytes() == part
    run([*curl(url, tmp_path / "part"), "--range", f"{len(data)}-"], status=22)
    half = tmp_path / "half"
    half.write_bytes(data[: len(data) // 2])
    run([*curl(url, half), "--continue-at", "-"])
    assert half.read_bytes() == data


def test_wget_goes_on_where_it_stopped(ports: tuple[int, int, int], folder: Path, tmp_path: Path) -> None:
    image = image_of(folder)
    (tmp_path / image.name).write_bytes(image.read_bytes()[:1000])
    url = f"http://127.0.0.1:{ports[0]}/{image.name}"
    run(["wget", "--quiet", "--tries=1", "--no-proxy", "--continue", f"--directory-prefix={tmp_path}", url])
    assert (tmp_path / image.name).read_bytes() == image.read_bytes()


def test_curl_does_not_take_again_what_it_has(ports: tuple[int, int, int], tmp_path: Path) -> None:
    url, tags = f"http://127.0.0.1:{ports[0]}/dialplan.xml", tmp_path / "tags"
    wanted = [
        *("--etag-save", str(tags), "--etag-compare", str(tags)),
        *("--write-out", "%{http_code} %{size_download}"),
    ]
    tags.touch()
    first, again = (run([*curl(url, tmp_path / "plan"), *wanted]) for _ in range(2))
    assert first.startswith("200 ")
    assert again == "304 0"
    assert tags.read_text().startswith('"')


def test_pythons_client_keeps_its_connection(ports: tuple[int, int, int], folder: Path) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", ports[0], timeout=SECONDS)) as connection:
        for name, status in (("SIPDefault.cnf", 200), ("nothing", 404), ("SIPDefault.cnf", 200)):
            connection.request("GET", f"/{name}")
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == status
            assert body == (expected(folder, name) if status == 200 else b"File not found\n")
            assert answer.getheader("Server") is None
        connection.request("HEAD", f"/SIP{MAC}.cnf")
        head = connection.getresponse()
        assert head.read() == b""
        assert head.getheader("Content-Type") == "text/plain; charset=iso-8859-1"


def test_the_metrics_are_on_their_own_port_alone(ports: tuple[int, int, int], tmp_path: Path) -> None:
    page = tmp_path / "metrics"
    run(curl(f"http://127.0.0.1:{ports[2]}/metrics", page))
    for started in (
        "ringup_http_connections ",
        "ringup_transfers ",
        'ringup_events_total{kind="ServerStarted"} 1',
    ):
        assert started in page.read_text()
    assert "process_resident_memory_bytes" in page.read_text()
    run(curl(f"http://127.0.0.1:{ports[0]}/metrics", page), status=22)
    run(curl(f"http://127.0.0.1:{ports[2]}/SIPDefault.cnf", page), status=22)


def test_a_second_server_that_names_a_taken_port_does_not_start(
    ports: tuple[int, int, int], folder: Path
) -> None:
    command = [
        sys.executable,
        "-m",
        "ringup",
        "serve",
        "--interface",
        "lo",
        "--no-dhcp",
        "--owners",
        "open",
        "--no-pbx",
        "--no-tftp",
    ]
    places = ["--database", str(folder / "second.db"), "--firmware", str(folder / "firmware")]
    done = subprocess.run(
        [*command, *places, "--http-port", str(ports[0])],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"HTTP on 0.0.0.0 port {ports[0]}: Another ringup server (process " in done.stderr
    assert f"has TCP port {ports[0]}. Stop it" in done.stderr
