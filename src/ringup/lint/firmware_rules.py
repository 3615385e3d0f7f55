"""L9xx: rules about firmware packages: the checks of `files.firmware_package`, one code per FindingKind."""

from collections.abc import Callable, Iterable, Iterator

from ringup.finding import ERROR, NOTE, WARNING, Severity
from ringup.firmware.contents import FindingKind
from ringup.firmware.images import MAGIC
from ringup.lint.bundle import Bundle, FileFinding
from ringup.lint.finding import CodedRule, Occurrence, seen


def _code(bundle: Bundle, found: FileFinding) -> str:
    """Return the rule code for a firmware finding; empty for a finding that these rules do not report."""
    kind, file = found.finding.code, found.file
    if kind in (FindingKind.INCOMPLETE, FindingKind.MIXED, FindingKind.STRAY):
        # If only single files were read, other files of the package may exist.
        return CODES[kind] if bundle.is_complete else ""
    if kind == FindingKind.RENAMED and file.data.startswith(MAGIC) and file.name.lower().endswith(".bin"):
        return "L906"
    return CODES.get(kind, "")


CODES: dict[str, str] = {
    FindingKind.INCOMPLETE: "L901",
    FindingKind.TRUNCATED: "L902",
    FindingKind.RENAMED: "L903",
    FindingKind.MIXED: "L904",
    FindingKind.DAMAGED: "L905",
    FindingKind.UNUSUAL: "L907",
    FindingKind.STRAY: "L908",
    FindingKind.CASE: "L909",
    FindingKind.UNKNOWN_SIGNER: "L910",
    FindingKind.UNSIGNED: "L910",
}
"""The rule code for each kind of finding; OS79XX.TXT has rules of its own."""


def _with_code(code: str) -> Callable[[Bundle], Iterable[Occurrence]]:
    def find(bundle: Bundle) -> Iterator[Occurrence]:
        for found in bundle.firmware_findings:
            if _code(bundle, found) == code:
                what = f"{found.file.name} {found.finding.what}"
                yield seen(found.file, 0, what, found.finding.cure)

    return find


_ROWS: tuple[tuple[str, Severity, str], ...] = (
    ("L901", ERROR, "firmware incomplete"),
    ("L902", ERROR, "firmware truncated"),
    ("L903", ERROR, "firmware renamed"),
    ("L904", ERROR, "firmware of different releases mixed"),
    ("L905", ERROR, "firmware damaged"),
    ("L906", ERROR, "signed firmware as .bin"),
    ("L907", NOTE, "firmware unusual"),
    ("L908", NOTE, "firmware that no package needs"),
    ("L909", WARNING, "firmware name differs in upper and lower case"),
    ("L910", NOTE, "firmware whose signer is not known"),
)

RULES: tuple[CodedRule, ...] = tuple(
    CodedRule(code, severity, title, _with_code(code)) for code, severity, title in _ROWS
)
