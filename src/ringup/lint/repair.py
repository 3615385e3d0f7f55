"""Repair the files of a bundle for --fix: change names and bytes only where nothing can be lost."""

from collections.abc import Iterable
from dataclasses import dataclass

from ringup.finding import Finding
from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.rules import RULES, lint

MOST_ROUNDS = 4
"""Maximum number of rounds of repairs.

One repair may uncover another fault, for example in the value of a parameter whose spelling was corrected.
"""


@dataclass(frozen=True, slots=True)
class Repaired:
    """One file before and after its repair."""

    before: SourceFile
    after: SourceFile

    @property
    def is_renamed(self) -> bool:
        """Return whether the repair changed the file's name."""
        return self.before.path != self.after.path


def repairs(bundle: Bundle, findings: Iterable[Finding]) -> list[Repaired]:
    """Return the files that the repairs of these findings change, in the bundle's order."""
    current = {file.path: file for file in bundle.files}
    origin = {file.path: file for file in bundle.files}
    for _ in range(MOST_ROUNDS):
        changed = _round(current, origin, findings)
        if not changed:
            break
        findings = lint(Bundle(tuple(current.values()), bundle.is_complete, bundle.models))
    pairs = (Repaired(origin[path], file) for path, file in current.items())
    order = {file.path: place for place, file in enumerate(bundle.files)}
    done = [pair for pair in pairs if pair.is_renamed or pair.before.data != pair.after.data]
    return sorted(done, key=lambda pair: order[pair.before.path])


def _round(
    current: dict[str, SourceFile], origin: dict[str, SourceFile], findings: Iterable[Finding]
) -> bool:
    """Repair each file once by each rule that finds a fault in it; return whether any file changed."""
    codes_of: dict[str, list[str]] = {}
    for finding in findings:
        codes = codes_of.setdefault(finding.where.file, [])
        if RULES[finding.code].repair and finding.code not in codes:
            codes.append(finding.code)
    changed = False
    for path, codes in codes_of.items():
        file = current.get(path)
        if file is None:
            continue
        name, data = _repaired(file, codes)
        target = file.folder + name
        if target in current:
            target = path  # the name is in use: only the operator knows which file is right
        if target != path or data != file.data:
            del current[path]
            current[target] = SourceFile(target, data, file.size if data == file.data else -1)
            origin[target] = origin[path]
            changed = True
    return changed


def _repaired(file: SourceFile, codes: Iterable[str]) -> tuple[str, bytes]:
    name, data = file.name, file.data
    for code in codes:
        repair = RULES[code].repair
        if repair is not None:
            name, data = repair(name, data)
    return name, data
