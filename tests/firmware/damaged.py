"""Packages with one deliberate fault each, and the correct packages from which they are made."""

import hashlib
from collections.abc import Callable
from functools import cache

from ringup.emulator import firmware
from ringup.emulator.firmware import make_package, make_sccp_package, make_sip_package
from ringup.wire import loads, loads_other, signed_image
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


# Signatures are cached, because each takes a power of 2,048 bits and most packages here share files.
signed = cache(firmware.signed)


@cache
def _sip(load: str, loader: str) -> tuple[tuple[str, bytes], ...]:
    return tuple(make_sip_package(load, loader).items())


def sip() -> Files:
    """Return SIP 8.12, complete."""
    return dict(_sip(LOAD, LOADER))


def other_sip() -> Files:
    """Return SIP 8.11, complete."""
    return dict(_sip(OTHER, OTHER_LOADER))


@cache
def _sccp() -> tuple[tuple[str, bytes], ...]:
    return tuple(make_sccp_package().items())


def sccp() -> Files:
    """Return SCCP 7.2(3), complete."""
    return dict(_sccp())


def mgcp() -> Files:
    """Return MGCP 7.4, complete; it is a guess that its files are like those of SIP."""
    return make_package("P0M3-07-4-00", "P003-07-4-00", "PAS30704")


def sip_79x1(members: tuple[str, ...] = MEMBERS_79X1) -> Files:
    """Return SIP 8.5(4) for a 7941, complete, with the list for phones after a factory reset."""
    listed = b"# what a 7941 runs\r\n" + loads_other.build(members, " \r\n")
    return {
        f"{LOAD_79X1}.loads": signed(f"{LOAD_79X1}.loads", listed),
        "term41.default.loads": signed("term41.default.loads", listed),
        **{name: signed(name, archive(bytes(100))) for name in members},
    }


def archive(data: bytes) -> bytes:
    """Return the contents of a 79x1's `.sbn`: one file in an archive of the right length."""
    head = b"CNU_File_Archive_3.0".ljust(0x30, b"\0") + (1).to_bytes(4, "big")
    start = 0x248 + 20
    head = (head + start.to_bytes(4, "big")).ljust(0x248, b"\0")
    return head + bytes(8) + len(data).to_bytes(4, "big") + bytes(8) + data


def sip_69xx() -> Files:
    """Return a load for a 6921, complete: compressed files, and a list without a final line end."""
    members = ("DSP69xx.12-4-123.zz.sgn", "SIP69xx.9-4-1-3SR3.zz.sgn")
    name = "SIP69xx.9-4-1-3SR3.loads"
    return {
        name: signed(name, loads_other.build(members, "\n").rstrip()),
        **{each: signed(each, b"TiZp content") for each in members},
    }


def sccp_7921() -> Files:
    """Return a load for a 7921, complete: its list has sizes and digits, and its lines end in CR."""
    digits = "0123456789ABCDEF" * 2
    member = signed("APPS-1.4.4.SBN", digits.encode() + b" content")
    listed = f"#? HW_REV 1\rAPPS-1.4.4.SBN {len(member)} {digits}\r".encode()
    return {"CP7921G-1.4.4.LOADS": signed("CP7921G-1.4.4.LOADS", listed), "APPS-1.4.4.SBN": member}


def file_78xx(name: str, payload: bytes) -> bytes:
    """Return a file in the container of the 78xx, with its own SHA-256."""
    end = (56 + len(name) + 1 + 3) // 4 * 4
    lengths = end.to_bytes(4, "little") + bytes(4) + len(payload).to_bytes(4, "little") + bytes(4)
    name_length = (len(name) + 1).to_bytes(4, "little")
    head = bytes.fromhex("cd3412ab") + lengths + hashlib.sha256(payload).digest() + name_length
    return (head + name.encode()).ljust(end, b"\0") + payload


def sip_78xx() -> Files:
    """Return a load for a 7841, complete."""
    name, member = "sip78xx.12-5-1.loads", "kern78xx.12-5-1.sbn"
    listed = loads_other.build((member,))
    return {name: file_78xx(name, listed), member: file_78xx(member, b"a kernel")}


def image_7910() -> Files:
    """Return the files of a 7910: a signed image, and the same without its header. [I] ringup's key signed
    it.
    """
    name = "P00405000700"
    payload = bytearray(signed_image.parse(sip()[SIGNED_LOADER]).payload)
    payload[0x20:0x34] = name.encode().ljust(20, b"\0")
    return {f"{name}.sbn": signed(f"{name}.sbn", bytes(payload)), f"{name}.bin": bytes(payload)}


def kup(length: int = 60) -> bytes:
    """Return an image of a 7905 that states this length."""
    return b"kup100000000".ljust(32, b"\0") + (length - 24).to_bytes(4, "big") + bytes(24)


CIPC_LIST = b'<?xml version="1.0"?>\n<AutoUpdateManifest version="1"/>\n'


def with_list(files: Files, **changes: str) -> Files:
    """Return the package with another list in its `.loads` file."""
    fields = {
        "loader": SIGNED_LOADER,
        "application": APPLICATION,
        "loader_version": "PAS30830",
        **changes,
    }
    return {**files, LIST: signed(LIST, loads.build(LoadsList(**fields)))}


def without(files: Files, *names: str) -> Files:
    """Return the package without these files."""
    return {name: data for name, data in files.items() if name not in names}


def renamed(files: Files, old: str, new: str) -> Files:
    """Return the package with one file under another name."""
    return {new if name == old else name: data for name, data in files.items()}


def patched(files: Files, name: str, offset: int, data: bytes) -> Files:
    """Return the package with some bytes of one payload replaced, and the file signed again."""
    payload = signed_image.parse(files[name]).payload
    return {**files, name: signed(name, payload[:offset] + data + payload[offset + len(data) :])}


def unknown_signer(files: Files) -> Files:
    """Return the package as if an older key had signed it: its signatures match no known key."""
    return {name: _unsigned(data) if data[:3] == b"\x01\x00\x02" else data for name, data in files.items()}


def _unsigned(data: bytes) -> bytes:
    return data[:SIGNATURE_START] + b"\x5a" * LENGTH + data[RECORD_END:]


def flipped(data: bytes, at: int) -> bytes:
    """Return the bytes with one bit changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def swapped(data: bytes) -> bytes:
    """Return the bytes with two blocks of 4,096 bytes exchanged, which the image's checksums do not
    detect.
    """
    first, second = data[0x10000:0x11000], data[0x20000:0x21000]
    return data[:0x10000] + second + data[0x11000:0x20000] + first + data[0x21000:]


GOOD: dict[str, Callable[[], Files]] = {
    "sip": sip,
    "other-sip": other_sip,
    "sccp": sccp,
    "mgcp": mgcp,
    "sip-79x1": sip_79x1,
    "sip-69xx": sip_69xx,
    "sccp-7921": sccp_7921,
    "sip-78xx": sip_78xx,
    "image-7910": image_7910,
    "signed-image-7905": lambda: {"CP7905080003.sbin": signed("CP7905080003.sbin", kup())},
    "unsigned-image-7905": lambda: {"CP7905080003.zup": kup()},
    "unsigned-image-7935": lambda: {"P00503010100.bin": bytes.fromhex("bebaefbe") + bytes(60)},
    "signer-of-a-69xx-not-known": lambda: unknown_signer(sip_69xx()),
    "signer-of-a-7905-not-known": lambda: unknown_signer(
        {"CP7905080003.sbin": signed("CP7905080003.sbin", kup())}
    ),
    "list-of-cipc": lambda: {"CIPC_Locale.loads": CIPC_LIST},
    "7940-and-others": lambda: {**sip(), **sip_69xx(), **sip_78xx(), **image_7910()},
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
"""Packages without a fault."""

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
        f"{LOAD_79X1}.loads": signed(f"{LOAD_79X1}.loads", loads_other.build(("CNU41.8-5-4.sbn",))),
    },
    "79x1-member-is-no-archive": lambda: unknown_signer(
        {**sip_79x1(), "cnu41.8-5-4.sbn": signed("cnu41.8-5-4.sbn", b"something else entirely")}
    ),
    "79x1-archive-cut-short": lambda: unknown_signer(
        {**sip_79x1(), "cnu41.8-5-4.sbn": sip_79x1()["cnu41.8-5-4.sbn"][:-1]}
    ),
    "79x1-archive-with-a-byte-too-many": lambda: unknown_signer(
        {**sip_79x1(), "cnu41.8-5-4.sbn": sip_79x1()["cnu41.8-5-4.sbn"] + b"\0"}
    ),
    "missing-69xx-member": lambda: without(sip_69xx(), "DSP69xx.12-4-123.zz.sgn"),
    "short-7921-member": lambda: unknown_signer(
        {**sccp_7921(), "APPS-1.4.4.SBN": sccp_7921()["APPS-1.4.4.SBN"][:-1]}
    ),
    "other-7921-member": lambda: patched(sccp_7921(), "APPS-1.4.4.SBN", 0, b"F"),
    "missing-78xx-member": lambda: without(sip_78xx(), "kern78xx.12-5-1.sbn"),
    "flipped-78xx-member": lambda: {
        **sip_78xx(),
        "kern78xx.12-5-1.sbn": flipped(sip_78xx()["kern78xx.12-5-1.sbn"], 80),
    },
    "short-78xx-list": lambda: {
        **sip_78xx(),
        "sip78xx.12-5-1.loads": sip_78xx()["sip78xx.12-5-1.loads"][:-1],
    },
    "78xx-list-renamed": lambda: renamed(sip_78xx(), "sip78xx.12-5-1.loads", "sip78xx.12-6-1.loads"),
    "member-of-a-69xx-alone": lambda: without(sip_69xx(), "SIP69xx.9-4-1-3SR3.loads"),
    "flipped-7910": lambda: {
        **image_7910(),
        "P00405000700.sbn": flipped(image_7910()["P00405000700.sbn"], 9000),
    },
    "other-bin-of-a-7910": lambda: {
        **image_7910(),
        "P00405000700.bin": flipped(image_7910()["P00405000700.bin"], 9000),
    },
    "flipped-7910-without-a-signature": lambda: {
        "P00405000700.bin": flipped(image_7910()["P00405000700.bin"], 9000)
    },
    "short-7905": lambda: {"CP7905080003.zup": kup()[:-1]},
    "archive-as-application": lambda: {**sip(), APPLICATION: archive(b"content")},
    "stray-69xx-member": lambda: {
        **sip(),
        "DSP69xx.12-4-123.zz.sgn": sip_69xx()["DSP69xx.12-4-123.zz.sgn"],
    },
    "pointer-with-a-blank": lambda: {**sip(), "OS79XX.TXT": b"P003-8-12-00 \r\n"},
    "pointer-to-the-application": lambda: {**sip(), "OS79XX.TXT": b"P0S3-8-12-00\r\n"},
    "pointer-with-two-names": lambda: {**sip(), "OS79XX.TXT": b"P003-8-12-00\r\nP003-8-12-00\r\n"},
    "empty-pointer": lambda: {**sip(), "OS79XX.TXT": b"\r\n"},
    "unsigned-sip-wrong-zeros": lambda: {"P0S3-4-4-00.bin": b"unsigned"},
    "unsigned-sip-that-is-signed": lambda: {"P0S30202.bin": signed("P0S30202.sbn", b"x")},
    "empty-unsigned-sip": lambda: {"P0S30202.bin": b""},
}
"""Packages with one fault each; tests/golden/firmware contains the findings about each."""
