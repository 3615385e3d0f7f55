"""L9xx: firmware packages; the checks are those of `files.firmware_package`, one code a kind of fault."""

from collections.abc import Callable, Iterable, Iterator

from ringup.firmware.contents import Fault
from ringup.firmware.images import MAGIC
from ringup.lint.bundle import Bundle, FirmwareFault
from ringup.lint.finding import LintRule, Occurrence, Severity, seen


def _code(bundle: Bundle, fault: FirmwareFault) -> str:
    """Empty: nothing that these rules tell."""
    kind, file = fault.finding.fault, fault.file
    if kind in (Fault.INCOMPLETE, Fault.MIXED, Fault.STRAY):
        # Of single files nobody knows what lies beside them.
        return _CODES[kind] if bundle.is_whole else ""
    if kind is Fault.RENAMED and file.data.startswith(MAGIC) and file.name.lower().endswith(".bin"):
        return "L906"
    return _CODES.get(kind, "")


_CODES = {
    Fault.INCOMPLETE: "L901",
    Fault.TRUNCATED: "L902",
    Fault.RENAMED: "L903",
    Fault.MIXED: "L904",
    Fault.DAMAGED: "L905",
    Fault.UNUSUAL: "L907",
    Fault.STRAY: "L908",
    Fault.CASE: "L909",
    Fault.UNKNOWN_SIGNER: "L910",
    Fault.UNSIGNED: "L910",
}
"""OS79XX.TXT, the one kind missing here, has rules of its own."""


def _with_code(code: str) -> Callable[[Bundle], Iterable[Occurrence]]:
    def find(bundle: Bundle) -> Iterator[Occurrence]:
        for fault in bundle.firmware_faults:
            if _code(bundle, fault) == code:
                problem = fault.finding.problem
                yield seen(fault.file, 0, f"{fault.file.name} {problem.what}", problem.cure)

    return find


_ROWS: tuple[tuple[str, Severity, str], ...] = (
    ("L901", "error", "firmware incomplete"),
    ("L902", "error", "firmware truncated"),
    ("L903", "error", "firmware renamed"),
    ("L904", "error", "firmware of different releases mixed"),
    ("L905", "error", "firmware damaged"),
    ("L906", "error", "signed firmware as .bin"),
    ("L907", "note", "firmware unusual"),
    ("L908", "note", "firmware that no package needs"),
    ("L909", "warning", "firmware named in another case"),
    ("L910", "note", "firmware that no known signature proves"),
)

RULES: tuple[LintRule, ...] = tuple(
    LintRule(code, severity, title, _with_code(code)) for code, severity, title in _ROWS
)
