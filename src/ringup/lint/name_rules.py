"""F1xx: rules about file names, which must be exactly as phones request them, and about bytes that phones
cannot read.
"""

import re
from collections.abc import Iterable, Iterator

from ringup.finding import ERROR, NOTE, WARNING, Severity
from ringup.lint.bundle import IS_MAC, Bundle, SourceFile
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import FIXED_NAMES, TEXT_KINDS, ContentKind
from ringup.wire.file_names import MAC, as_requested, expression, owner_of

BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SUFFIX = re.compile(r"(?:SIP|SEP)(.*?)\.cnf(?:\.xml)?", re.IGNORECASE)
_COPIES = re.compile(
    rf"(?P<name>{'|'.join(expression(name) for name in (*FIXED_NAMES, ContentKind.PHONE, ContentKind.SEP))})"
    r"(?:\.(?!xml$)\w+|~|[0-9_-].*| .*|\(.*)",
    re.IGNORECASE,
)
_OTHER_SUFFIX = re.compile(
    rf"(?P<name>SEP{MAC}|SIP(?:{MAC}|Default))(?:\.cnf|\.cnf\.xml|\.xml|\.txt|\.cfg)?",
    re.IGNORECASE,
)
"""Matches suffixes that other phone generations use, and names without a suffix."""
_EMPTY_ENDS_THE_BOOT = (ContentKind.PHONE, ContentKind.SEP, ContentKind.XML_DEFAULT)
_FIXED = frozenset(name.lower() for name in FIXED_NAMES)
SHORTEST_TRUST_LIST = 16
"""Minimum size of a trust list in bytes: a smaller file cannot contain a signed list."""
_LATIN_SEQUENCE = re.compile(rb"[\xc3][\x80-\xbf]|[\xc2][\xa0-\xbf]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LONE_CR = re.compile(rb"\r(?!\n)")


def _texts(bundle: Bundle) -> Iterable[SourceFile]:
    return bundle.of(*TEXT_KINDS)


def _cnf_and_lists(bundle: Bundle) -> Iterable[SourceFile]:
    return bundle.of(
        ContentKind.DEFAULT, ContentKind.PHONE, ContentKind.CNF, ContentKind.POINTER, ContentKind.RINGLIST
    )


def _phones_own(bundle: Bundle) -> Iterable[SourceFile]:
    return bundle.of(ContentKind.PHONE, ContentKind.SEP, ContentKind.CNF, ContentKind.DEVICE)


def _trust_lists(bundle: Bundle) -> Iterable[SourceFile]:
    return bundle.of(ContentKind.TRUST_LIST)


def _empty(file: SourceFile) -> Iterator[Occurrence]:
    # Some sites use an empty dial template to suppress the phone's message (P-DIAL-20). An empty ring list
    # does no harm.
    if not file.data.strip() and file.kind not in (ContentKind.DIAL, ContentKind.RINGLIST):
        message = "The file is empty; for a phone that is not the same as no file."
        severity: Severity = ERROR if file.kind in _EMPTY_ENDS_THE_BOOT else NOTE
        yield seen(file, 0, message, "Remove it, or write it.", severity)


def _small_mac(file: SourceFile) -> Iterator[Occurrence]:
    mac = owner_of(right := as_requested(file.name))
    if right != file.name and mac not in file.name:
        message = f"Phones request {right}, with the MAC in upper case."
        yield seen(file, 0, message, "Rename it.")


def _other_case(file: SourceFile) -> Iterator[Occurrence]:
    right = as_requested(file.name)
    if right != file.name and not _differs_in_mac_only(file.name, right):
        severity: Severity = WARNING if file.kind in (ContentKind.RINGLIST, ContentKind.SYNCINFO) else ERROR
        yield seen(file, 0, f"Phones request exactly {right}.", "Rename it.", severity)


def _differs_in_mac_only(name: str, right: str) -> bool:
    mac = owner_of(right)
    return bool(mac) and name == right.replace(mac, name[right.index(mac) :][: len(mac)])


def _no_mac(file: SourceFile) -> Iterator[Occurrence]:
    found = _SUFFIX.fullmatch(file.name)
    if found is not None and not IS_MAC.fullmatch(found[1]) and file.name.lower() not in _FIXED:
        severity: Severity = ERROR if file.has_misspelt_mac else NOTE
        message = (
            f"{found[1] or 'Nothing'} is not a MAC of 12 hexadecimal digits: no phone requests this file."
        )
        yield seen(file, 0, message, "Name it after the phone, or remove it.", severity)


def _same_but_case(bundle: Bundle) -> Iterator[Occurrence]:
    first: dict[str, SourceFile] = {}
    for file in sorted(bundle.files, key=lambda file: file.path):
        other = first.setdefault(file.path.lower(), file)
        if other is not file and file.kind is not ContentKind.OTHER:
            message = f"{other.name} differs only in upper and lower case."
            yield seen(file, 0, message, "Keep the one that phones request.")


def _copy(file: SourceFile) -> Iterator[Occurrence]:
    if found := _COPIES.fullmatch(file.name):
        right = as_requested(found["name"])
        message = f"No phone requests {file.name}; its right name may be {right}."
        yield seen(file, 0, message, "Rename it, or move it away.")
    elif found := _OTHER_SUFFIX.fullmatch(file.name):
        suffix = ".cnf.xml" if found["name"].upper().startswith("SEP") else ".cnf"
        right = as_requested(f"{found['name']}{suffix}")
        if right != as_requested(file.name):
            message = f"No phone requests {file.name}; its right name may be {right}."
            yield seen(file, 0, message, "Rename it, or move it away.")


def _short_trust_list(file: SourceFile) -> Iterator[Occurrence]:
    if len(file.data) < SHORTEST_TRUST_LIST:
        size = f"{len(file.data)} byte{'' if len(file.data) == 1 else 's'}"
        message = (
            f"The file has {size} and is not a trust list; phones request one first and continue without it."
        )
        yield seen(file, 0, message, "Remove it: 'not found' is the right answer.")


def _byte_order_mark(file: SourceFile) -> Iterator[Occurrence]:
    if file.data.startswith(BOM):
        message = "The file begins with a byte order mark, which phones do not know."
        yield seen(file, 1, message, "Save the file without it.")


def _repair_byte_order_mark(name: str, data: bytes) -> tuple[str, bytes]:
    return name, data.removeprefix(BOM)


def _no_text(file: SourceFile) -> Iterator[Occurrence]:
    if not file.is_text or file.data.startswith(_UTF16):
        message = "The file is not plain text; it may be UTF-16."
        yield seen(file, 0, message, "Save it as Latin-1 or ASCII.")


def _utf8(file: SourceFile) -> Iterator[Occurrence]:
    """Find files that are encoded in UTF-8. A Latin-1 file with accented letters is not valid UTF-8, so it is
    not found.
    """
    if file.data.isascii() or not _LATIN_SEQUENCE.search(file.data):
        return
    try:
        file.data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        return
    at = _LATIN_SEQUENCE.search(file.data.removeprefix(BOM))
    line = file.data.count(b"\n", 0, at.start()) + 1 if at else 1
    yield seen(
        file,
        line,
        "Letters are in UTF-8; phones read Latin-1 and show two characters for one.",
        "Save as Latin-1.",
    )


def _lone_returns(file: SourceFile) -> Iterator[Occurrence]:
    found = _LONE_CR.search(file.data) if file.is_text else None
    if found:
        line = file.data.count(b"\n", 0, found.start()) + 1
        yield seen(file, line, "A line ends with CR alone.", "End lines with LF or CR LF.")


def _mixed_ends(file: SourceFile) -> Iterator[Occurrence]:
    both, all_lf = file.data.count(b"\r\n"), file.data.count(b"\n")
    if 0 < both < all_lf and not _LONE_CR.search(file.data):
        yield seen(
            file, 0, f"{both} of {all_lf} lines end with CR LF, the others with LF.", "Make them alike."
        )


def _repair_ends(name: str, data: bytes) -> tuple[str, bytes]:
    """Give all lines the line end that most lines have; CR CR LF and a CR alone count as line ends too."""
    end = b"\r\n" if 2 * data.count(b"\r\n") > data.count(b"\n") else b"\n"
    return name, end.join(_LINE_END.split(data.replace(b"\r\r\n", b"\r\n")))


def _rename(name: str, data: bytes) -> tuple[str, bytes]:
    return as_requested(name), data


def _all(bundle: Bundle) -> Iterable[SourceFile]:
    return bundle.files


RULES: tuple[CodedRule, ...] = (
    CodedRule("F101", ERROR, "empty file", for_each(_texts, _empty)),
    CodedRule("F102", ERROR, "MAC in lower case", for_each(_phones_own, _small_mac), _rename),
    CodedRule("F103", ERROR, "name differs in upper and lower case", for_each(_all, _other_case), _rename),
    CodedRule("F104", ERROR, "no MAC in the name", for_each(_phones_own, _no_mac)),
    CodedRule("F105", WARNING, "two names that differ only in upper and lower case", _same_but_case),
    CodedRule("F106", NOTE, "copy that no phone requests", for_each(_all, _copy)),
    CodedRule(
        "F107",
        WARNING,
        "byte order mark",
        for_each(_cnf_and_lists, _byte_order_mark),
        _repair_byte_order_mark,
    ),
    CodedRule("F108", ERROR, "not plain text", for_each(_texts, _no_text)),
    CodedRule("F109", WARNING, "UTF-8 letters", for_each(_cnf_and_lists, _utf8)),
    CodedRule(
        "F110", WARNING, "CR alone at a line's end", for_each(_cnf_and_lists, _lone_returns), _repair_ends
    ),
    CodedRule("F112", NOTE, "empty trust list", for_each(_trust_lists, _short_trust_list)),
    CodedRule("F111", NOTE, "mixed line ends", for_each(_cnf_and_lists, _mixed_ends), _repair_ends),
)
