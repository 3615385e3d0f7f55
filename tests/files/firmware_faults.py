"""Packages with one fault made on purpose, each beside its good neighbour."""

from collections.abc import Callable
from functools import cache

from ringup.emulator.firmware import make_package, make_sccp_package, make_sip_package, signed
from ringup.wire import loads, loads_79x1, signed_image
from ringup.wire.image_signature import LENGTH, RECORD_END, SIGNATURE_START
from ringup.wire.loads import LoadsList

Files = dict[str, bytes]

LOAD, LOADER = "P0S3-8-12-00", "P003-8-12-00"
LIST, APPLICATION = f"{LOAD}.loads", f"{LOAD}.sb2"
SIGNED_LOADER, BARE_LOADER = f"{LOADER}.sbn", f"{LOADER}.bin"
OTHER, OTHER_LOADER = "P0S3-08-11-00", "P003-08-11-00"

LOAD_79X1 = "SIP41.8-5-4S"
MEMBERS_79X1 = (
    "jar41sip.8-5-4.sbn",
    "cnu41.8-5-4.sbn",
    "apps41.8-5-4.sbn",
    "dsp41.8-5-4.sbn",
    "cvm41sip.8-5-4.sbn",
)


@cache
def _sip(load: str, loader: str) -> tuple[tuple[str, bytes], ...]:
    return tuple(make_sip_package(load, loader).items())


def sip() -> Files:
    """SIP 8.12, whole."""
    return dict(_sip(LOAD, LOADER))


def other_sip() -> Files:
    """SIP 8.11, whole."""
    return dict(_sip(OTHER, OTHER_LOADER))


def sccp() -> Files:
    """SCCP 7.2(3), whole."""
    return make_sccp_package()


def mgcp() -> Files:
    """MGCP 7.4, whole; that its files are like SIP's is a guess."""
    return make_package("P0M3-07-4-00", "P003-07-4-00", "PAS30704")


def sip_79x1(members: tuple[str, ...] = MEMBERS_79X1) -> Files:
    """SIP 8.5(4) for a 7941, whole, with the list of factory-reset phones."""
    listed = b"# what a 7941 runs\r\n" + loads_79x1.build(members, " \r\n")
    return {
        f"{LOAD_79X1}.loads": signed(f"{LOAD_79X1}.loads", listed),
        "term41.default.loads": signed("term41.default.loads", listed),
        **{name: signed(name, archive(bytes(100))) for name in members},
    }


def archive(data: bytes) -> bytes:
    """What a 79x1's `.sbn` holds: one file in an archive of the right length."""
    head = b"CNU_File_Archive_3.0".ljust(0x30, b"\0") + (1).to_bytes(4, "big")
    start = 0x248 + 20
    head = (head + start.to_bytes(4, "big")).ljust(0x248, b"\0")
    return head + bytes(8) + len(data).to_bytes(4, "big") + bytes(8) + data


def with_list(files: Files, **changes: str) -> Files:
    """The package with another list in its `.loads` file."""
    fields = {
        "loader": SIGNED_LOADER,
        "application": APPLICATION,
        "loader_version": "PAS30830",
        **changes,
    }
    return {**files, LIST: signed(LIST, loads.build(LoadsList(**fields)))}


def without(files: Files, *names: str) -> Files:
    """The package without these files."""
    return {name: data for name, data in files.items() if name not in names}


def renamed(files: Files, old: str, new: str) -> Files:
    """The package with one file under another name."""
    return {new if name == old else name: data for name, data in files.items()}


def patched(files: Files, name: str, offset: int, data: bytes) -> Files:
    """The package with some bytes of one payload replaced, and the file signed anew."""
    payload = signed_image.parse(files[name]).payload
    return {**files, name: signed(name, payload[:offset] + data + payload[offset + len(data) :])}


def unknown_signer(files: Files) -> Files:
    """The package as an older signer would leave it: signatures that fit no known key."""
    return {name: _unsigned(data) if data[:3] == b"\x01\x00\x02" else data for name, data in files.items()}


def _unsigned(data: bytes) -> bytes:
    return data[:SIGNATURE_START] + b"\x5a" * LENGTH + data[RECORD_END:]


def flipped(data: bytes, at: int) -> bytes:
    """The same with one bit changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def swapped(data: bytes) -> bytes:
    """The same with two blocks of 4,096 bytes exchanged, which no checksum of the image sees."""
    first, second = data[0x10000:0x11000], data[0x20000:0x21000]
    return data[:0x10000] + second + data[0x11000:0x20000] + first + data[0x21000:]


GOOD: dict[str, Callable[[], Files]] = {
    "sip": sip,
    "other-sip": other_sip,
    "sccp": sccp,
    "mgcp": mgcp,
    "sip-79x1": sip_79x1,
    "two-packages": lambda: {**other_sip(), **sip()},
    "without-the-bare-loader": lambda: without(sip(), BARE_LOADER),
    "signer-not-known": lambda: unknown_signer(sip()),
    "without-the-pointer": lambda: without(sip(), "OS79XX.TXT"),
    "unsigned-sip": lambda: {"P0S30202.bin": b"unsigned"},
    "signed-sip-without-loader": lambda: {
        "P0S3-06-3-00.sbn": signed("P0S3-06-3-00.sbn", b"image"),
        "P0S3-06-3-00.bin": b"unsigned",
    },
}
"""Packages that have nothing wrong."""

BAD: dict[str, Callable[[], Files]] = {
    "missing-application": lambda: without(sip(), APPLICATION),
    "missing-loader": lambda: without(sip(), SIGNED_LOADER),
    "missing-list": lambda: without(sip(), LIST),
    "missing-79x1-member": lambda: without(sip_79x1(), "dsp41.8-5-4.sbn"),
    "missing-sccp-loader": lambda: without(sccp(), "P00307020300.sbn"),
    "short-application": lambda: {**sip(), APPLICATION: sip()[APPLICATION][:-512]},
    "short-loader": lambda: {**sip(), SIGNED_LOADER: sip()[SIGNED_LOADER][:-512]},
    "short-loader-of-unknown-size": lambda: {
        **other_sip(),
        f"{OTHER_LOADER}.sbn": other_sip()[f"{OTHER_LOADER}.sbn"][:-512],
    },
    "short-bare-loader": lambda: {**sip(), BARE_LOADER: sip()[BARE_LOADER][:512]},
    "short-header": lambda: {**sip(), APPLICATION: sip()[APPLICATION][:300]},
    "short-image": lambda: {**other_sip(), f"{OTHER}.sb2": other_sip()[f"{OTHER}.sb2"][:500]},
    "short-list": lambda: {**other_sip(), f"{OTHER}.loads": other_sip()[f"{OTHER}.loads"][:-3]},
    "short-79x1-list": lambda: {
        **sip_79x1(),
        f"{LOAD_79X1}.loads": sip_79x1()[f"{LOAD_79X1}.loads"][:-6],
    },
    "empty-loader": lambda: {**sip(), SIGNED_LOADER: b""},
    "long-application": lambda: {**sip(), APPLICATION: sip()[APPLICATION] + b"\r\n"},
    "html-page": lambda: {**sip(), APPLICATION: b"<html>login</html>"},
    "other-zeros": lambda: renamed(sip(), LIST, "P0S3-08-12-00.loads"),
    "upper-case-suffix": lambda: renamed(sip(), APPLICATION, "P0S3-8-12-00.SB2"),
    "lower-case-loader": lambda: renamed(sip(), BARE_LOADER, "p003-8-12-00.bin"),
    "older-application-renamed": lambda: {**sip(), APPLICATION: other_sip()[f"{OTHER}.sb2"]},
    "application-as-bin": lambda: {**sip(), f"{LOAD}.bin": sip()[APPLICATION]},
    "signed-loader-as-bin": lambda: {**sip(), BARE_LOADER: sip()[SIGNED_LOADER]},
    "bare-application-as-bin": lambda: {**sip(), f"{LOAD}.bin": b"what is this"},
    "bin-of-another-loader": lambda: {**sip(), BARE_LOADER: other_sip()[f"{OTHER_LOADER}.bin"]},
    "loader-version": lambda: with_list(sip(), loader_version="PAS30812"),
    "flipped-code": lambda: {**sip(), APPLICATION: flipped(sip()[APPLICATION], 500_000)},
    "flipped-signature": lambda: {
        **unknown_signer({APPLICATION: sip()[APPLICATION]}),
        **without(sip(), APPLICATION),
    },
    "flipped-serial-number": lambda: {**sip(), APPLICATION: flipped(sip()[APPLICATION], 60)},
    "flipped-code-of-unknown-signer": lambda: unknown_signer(
        {**sip(), APPLICATION: flipped(sip()[APPLICATION], 500_000)}
    ),
    "swapped-blocks": lambda: {**sip(), APPLICATION: swapped(sip()[APPLICATION])},
    "ascii-mode": lambda: {**sip(), SIGNED_LOADER: sip()[SIGNED_LOADER].replace(b"\n", b"\r\n")},
    "one-file-of-a-known-signer": lambda: {
        **unknown_signer(sccp()),
        "P00307020300.sb2": sccp()["P00307020300.sb2"],
    },
    "image-name": lambda: patched(sip(), APPLICATION, 0x20, b"P0S3-8-11-00"),
    "no-branches": lambda: patched(sip(), APPLICATION, 0, bytes(0x30)),
    "application-mark": lambda: patched(sip(), APPLICATION, 0x120, b"PAS4ARM1"),
    "uncompressed-loader": lambda: unknown_signer(
        without(patched(sip(), SIGNED_LOADER, 0x13C, b"\0\0"), BARE_LOADER)
    ),
    "loader-of-another-release": lambda: {
        **other_sip(),
        **with_list(sip(), loader=f"{OTHER_LOADER}.sbn", loader_version="PAS30811"),
    },
    "list-of-another-load": lambda: {**other_sip(), **with_list(sip(), application=f"{OTHER}.sb2")},
    "stray-application": lambda: {**sip(), f"{OTHER}.sb2": other_sip()[f"{OTHER}.sb2"]},
    "no-list-at-all": lambda: {**sip(), LIST: signed(LIST, b"hello\n")},
    "79x1-of-other-models": lambda: sip_79x1(("jar41sip.8-5-4.sbn", "cnu42.8-5-4.sbn")),
    "79x1-list-in-another-case": lambda: {
        **sip_79x1(),
        f"{LOAD_79X1}.loads": signed(f"{LOAD_79X1}.loads", loads_79x1.build(("CNU41.8-5-4.sbn",))),
    },
    "79x1-member-is-no-archive": lambda: unknown_signer(
        {**sip_79x1(), "cnu41.8-5-4.sbn": signed("cnu41.8-5-4.sbn", b"something else entirely")}
    ),
    "79x1-archive-cut-short": lambda: unknown_signer(
        {**sip_79x1(), "cnu41.8-5-4.sbn": sip_79x1()["cnu41.8-5-4.sbn"][:-1]}
    ),
    "pointer-with-a-blank": lambda: {**sip(), "OS79XX.TXT": b"P003-8-12-00 \r\n"},
    "pointer-to-the-application": lambda: {**sip(), "OS79XX.TXT": b"P0S3-8-12-00\r\n"},
    "pointer-with-two-names": lambda: {**sip(), "OS79XX.TXT": b"P003-8-12-00\r\nP003-8-12-00\r\n"},
    "empty-pointer": lambda: {**sip(), "OS79XX.TXT": b"\r\n"},
    "unsigned-sip-wrong-zeros": lambda: {"P0S3-4-4-00.bin": b"unsigned"},
    "unsigned-sip-that-is-signed": lambda: {"P0S30202.bin": signed("P0S30202.sbn", b"x")},
    "empty-unsigned-sip": lambda: {"P0S30202.bin": b""},
}
"""Packages with one thing wrong; what is said of each is in tests/golden/firmware."""
