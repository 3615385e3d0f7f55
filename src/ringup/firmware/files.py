"""The files among which packages are searched, without regard to upper and lower case, and who uses which
file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ringup.errors import WireError
from ringup.finding import Finding
from ringup.firmware.contents import FindingKind
from ringup.firmware.images import CheckedFile, finding, read_signed
from ringup.wire.loads_other import LINE_ENDS


class Files:
    """The names and bytes of files, and the names of the files that belong to a package."""

    def __init__(self, files: Mapping[str, bytes], source: str) -> None:
        self.by_name = files
        self.claimed: set[str] = set()
        self._prefix = f"{source}/" if source else ""
        self._by_lower = {name.lower(): name for name in sorted(files, reverse=True)}

    def true_name(self, name: str) -> str | None:
        """Return the spelling of a file's name in this folder, whatever its upper and lower case."""
        return name if name in self.by_name else self._by_lower.get(name.lower())

    def where(self, name: str) -> str:
        """Return the file's name for findings."""
        return self._prefix + name

    def sizes(self, names: list[str]) -> tuple[tuple[str, int], ...]:
        """Return the sizes in bytes of those of these files that exist."""
        true_names = {true_name for name in names if (true_name := self.true_name(name)) is not None}
        return tuple((name, len(self.by_name[name])) for name in sorted(true_names))

    def claim(self, *names: str) -> None:
        """Note that these files, if they exist, belong to a package."""
        self.claimed |= {true_name for name in names if (true_name := self.true_name(name)) is not None}

    def member(self, member: str, name: str) -> CheckedFile:
        """Check a file that the list called `name` contains, and note that it belongs to a package."""
        true_name = self.true_name(member)
        if true_name is None:
            what = f"lists {member}, which is missing."
            missing = finding(FindingKind.INCOMPLETE, self.where(name), what, "Add it from the same package.")
            return CheckedFile(None, (missing,))
        self.claim(true_name)
        checked = read_signed(true_name, self.by_name[true_name], self.where(true_name))
        if checked.image is not None and checked.image.name == true_name != member:
            what = f"lists {member}; the file is named {true_name}."
            spelt = finding(FindingKind.CASE, self.where(name), what, f"Name it {member}.")
            return replace(checked, findings=(*checked.findings, spelt))
        return checked


def bad_list(files: Files, name: str, payload: bytes, error: WireError) -> Finding:
    """Make the finding for a `.loads` payload that cannot be read as a list."""
    fault = FindingKind.DAMAGED if payload.endswith(LINE_ENDS) else FindingKind.TRUNCATED
    return finding(fault, files.where(name), f"is not the list of a load: {error}.")


def ends_open(files: Files, name: str, payload: bytes) -> Iterator[Finding]:
    """Make the finding about a list without a final line end.

    Several genuine lists of Cisco have none, but a truncated list has none either.
    """
    if not payload.endswith(LINE_ENDS):
        yield finding(FindingKind.UNUSUAL, files.where(name), "ends without a line end; it may be cut short.")


def stem(name: str) -> str:
    """Return a file's name without its suffix."""
    return name.rpartition(".")[0]
