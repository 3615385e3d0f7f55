"""Other projects' TFTP clients: how each fetches a file, and the result with ringup."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.peers.tftp_servers import CACHE

YES, NO, NOT_OFFERED = "yes", "no", "not offered"

CASES = {
    "octet": "a file of 130,956 bytes arrives as it is",
    "netascii": "a text arrives with this system's line ends",
    "whole blocks": "a file of 9 × 512 bytes ends",
    "empty": "a file of no byte arrives as one",
    "absent": "the client says that the file was not found, and fails",
    "blksize": "1,024 bytes a block are agreed (RFC 2348)",
    "tsize": "the size is told before the first block (RFC 2349)",
    "timeout": "the client's timeout is agreed (RFC 2349)",
    "windowsize": "several blocks for each ACK are agreed (RFC 7440)",
    "wrap": "more than 65,535 blocks: after 65535 comes 0",
}
"""The columns of the table."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One fetch; `options` are names and values, and the client adds only options that it must send."""

    port: int
    name: str
    to: Path
    mode: str = "octet"
    options: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    name: str
    source: str
    """The package, from Debian or from PyPI."""
    program: str
    command: Callable[[Wish], list[str]]
    offers: frozenset[str]
    """Which of netascii and the options the client offers; others cannot be requested with it."""
    otherwise: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The cases that do not end with "yes", with their result and the reason."""
    smallest_block: int = 8

    def expected(self, case: str) -> str:
        if case in self.otherwise:
            return self.otherwise[case][0]
        optional = {"netascii", "blksize", "tsize", "timeout", "windowsize"}
        return NOT_OFFERED if case in optional - self.offers else YES


def tftp_hpa(wish: Wish) -> list[str]:
    mode = {"octet": "binary", "netascii": "ascii"}[wish.mode]
    return ["tftp", "-m", mode, "127.0.0.1", str(wish.port), "-c", "get", wish.name, str(wish.to)]


def atftp(wish: Wish) -> list[str]:
    told = [f"mode {wish.mode}", *(f"{name} {value}" for name, value in wish.options.items())]
    options = [word for text in told for word in ("--option", text)]
    files = ["--remote-file", wish.name, "--local-file", str(wish.to)]
    return ["atftp", *options, "--get", *files, "127.0.0.1", str(wish.port)]


def curl(wish: Wish) -> list[str]:
    url = f"tftp://127.0.0.1:{wish.port}/{wish.name}"
    url += ";mode=netascii" if wish.mode == "netascii" else ""
    block_size = ["--tftp-blksize", str(wish.options["blksize"])] if "blksize" in wish.options else []
    return ["curl", "--silent", "--show-error", *block_size, "--output", str(wish.to), url]


def busybox(wish: Wish) -> list[str]:
    block_size = ["-b", str(wish.options["blksize"])] if "blksize" in wish.options else []
    return [
        *("busybox", "tftp", *block_size, "-g", "-r", wish.name, "-l", str(wish.to)),
        *("127.0.0.1", str(wish.port)),
    ]


TFTPY = """
import sys, tftpy
port, name, to, *options = sys.argv[1:]
asked = {key: int(value) for key, value in (option.split("=") for option in options)}
try:
    tftpy.TftpClient("127.0.0.1", int(port), asked).download(name, to)
except tftpy.TftpShared.TftpFileNotFoundError as reason:
    sys.exit(str(reason))
"""


def tftpy(wish: Wish) -> list[str]:
    return [sys.executable, "-c", TFTPY, str(wish.port), wish.name, str(wish.to), *_pairs(wish)]


PYTFTP = """
import sys, tftp
port, name, to, mode, *options = sys.argv[1:]
asked = {"blksize": None} | {key: int(value) for key, value in (option.split("=") for option in options)}
asked |= {"tsize": "tsize" in asked, "timeout_option": "timeout" in asked}
try:
    tftp.TFTPClient("127.0.0.1", int(port), **asked).download(name, to, mode=mode)
except tftp.exceptions.FileNotFound as reason:
    sys.exit(str(reason))
"""


def pytftp(wish: Wish) -> list[str]:
    return [sys.executable, "-c", PYTFTP, str(wish.port), wish.name, str(wish.to), wish.mode, *_pairs(wish)]


def pin_tftp(wish: Wish) -> list[str]:
    block_size = wish.options.get("blksize", 1024 if "tsize" in wish.options else 0)
    return [str(_go_client()), str(wish.port), wish.name, str(wish.to), wish.mode, str(block_size)]


ERLANG = """
[Port, Name, To | Pairs] = init:get_plain_arguments(),
Options = [{Key, Value} || [Key, Value] <- [string:split(Pair, "=") || Pair <- Pairs, Pair /= "tsize=0"]],
Result = tftp:read_file(Name, To, [{port, list_to_integer(Port)},
                                   {use_tsize, lists:member("tsize=0", Pairs)} | Options]),
io:format("~p~n", [Result]),
halt(case Result of {ok, _} -> 0; _ -> 1 end).
"""


def erlang(wish: Wish) -> list[str]:
    told = [str(wish.port), wish.name, str(wish.to), *_pairs(wish)]
    return ["erl", "-noshell", "-eval", ERLANG, "-extra", *told]


PERL = """
($port, $name, $to, $mode, $size) = @ARGV;
$tftp = Net::TFTP->new("127.0.0.1", Port => $port, Mode => $mode, Timeout => 2, Retries => 1,
                       $size ? (BlockSize => $size) : ());
$tftp->get($name, $to) or die $tftp->error, "\\n";
"""


def perl(wish: Wish) -> list[str]:
    size = str(wish.options.get("blksize", 0))
    return ["perl", "-MNet::TFTP", "-e", PERL, str(wish.port), wish.name, str(wish.to), wish.mode, size]


def _pairs(wish: Wish) -> list[str]:
    return [f"{name}={value}" for name, value in wish.options.items()]


def _go_client() -> Path:
    """Compile a small program with Debian's Go library when it is first needed, without a network."""
    go = shutil.which("go") or pytest.skip("go is not installed")
    source = Path(__file__).with_name("go_client.go")
    folder = CACHE.absolute().with_name("go")
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "go_client"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        places = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(folder / "cache")}
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **places}
        subprocess.run(
            [go, "build", "-o", str(program), str(source)], check=True, env=environment, timeout=120
        )
    return program


CLIENTS = [
    Client("tftp-hpa", "Debian tftp-hpa", "tftp", tftp_hpa, frozenset({"netascii"}), smallest_block=512),
    Client(
        "atftp",
        "Debian atftp",
        "atftp",
        atftp,
        frozenset({"netascii", "blksize", "tsize", "timeout", "windowsize"}),
    ),
    Client(
        "curl",
        "Debian curl",
        "curl",
        curl,
        frozenset({"netascii", "blksize", "tsize", "timeout"}),
        {
            "netascii": ("as it travels", "curl writes a text with CR LF, as it travels"),
            "empty": (
                NO,
                "curl 7.88 fails at a `tsize` of 0, at tftpd-hpa as well, unless `--tftp-no-options`",
            ),
        },
    ),
    Client(
        "busybox",
        "Debian busybox",
        "busybox",
        busybox,
        frozenset({"blksize", "tsize"}),
        smallest_block=512,
    ),
    Client("tftpy", "PyPI tftpy", "python3", tftpy, frozenset({"blksize", "tsize"})),
    Client(
        "tftp",
        "PyPI tftp",
        "python3",
        pytftp,
        frozenset({"netascii", "blksize", "tsize", "timeout", "windowsize"}),
    ),
    Client(
        "pin/tftp",
        "Debian golang-github-pin-tftp-dev",
        "go",
        pin_tftp,
        frozenset({"netascii", "blksize", "tsize"}),
        smallest_block=512,
    ),
    Client("Erlang tftp", "Debian erlang-tftp", "erl", erlang, frozenset({"blksize", "tsize", "timeout"})),
    Client(
        "Net::TFTP",
        "Debian libnet-tftp-perl",
        "perl",
        perl,
        frozenset({"netascii", "blksize"}),
        {"wrap": (NO, "it stops at block 65,280, with tftpd-hpa as well")},
        smallest_block=512,
    ),
]
