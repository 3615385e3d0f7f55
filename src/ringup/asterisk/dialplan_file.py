"""Read extensions.conf to find the numbers that can be dialled from a context.

It reads contexts, the extensions that have a priority 1, and included contexts. It does not follow other
sources of numbers (``#include``, ``switch``, variables in names); each of them becomes a note. Source:
Asterisk's documentation, "Contexts, Extensions, and Priorities"; main/config.c for comments and templates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DialplanNote:
    """A line that was not followed."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class DialplanExtension:
    """One extension that can be dialled."""

    pattern: str
    line: int
    context: str


@dataclass(slots=True)
class DialplanContext:
    """One context; several sections of the file may have its name."""

    name: str
    extensions: list[DialplanExtension] = field(default_factory=list)
    includes: list[tuple[str, int]] = field(default_factory=list)
    """Names of included contexts, each with its line number."""
    is_template: bool = False


@dataclass(frozen=True, slots=True)
class DialplanFile:
    """The contexts by name, and notes about the lines that were not followed."""

    contexts: dict[str, DialplanContext]
    notes: tuple[DialplanNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Reachable:
    """The extensions that can be dialled from one context."""

    extensions: tuple[DialplanExtension, ...]
    notes: tuple[DialplanNote, ...] = ()


_SECTION = re.compile(r"\[([^\]]*)\]\s*(?:\(([^)]*)\))?")
_SETTING = re.compile(r"\s*([A-Za-z]+)\s*=>?\s*(.*)")
_FIRST_PRIORITY = re.compile(r"1(?:\s*\(.*\))?")
_NO_CONTEXTS = frozenset({"general", "globals"})
_SWITCHES = frozenset({"switch", "lswitch", "eswitch"})


def read(text: str) -> DialplanFile:
    """Read a file; lines that cannot be read become notes."""
    reader = _DialplanReader()
    for number, line in _lines(text):
        reader.take(number, line)
    return DialplanFile(reader.contexts, tuple(reader.notes))


def reachable(file: DialplanFile, context: str) -> Reachable:
    """Return the extensions of a context and of all included contexts, in the order in which Asterisk tries
    them.
    """
    if context not in file.contexts:
        raise KeyError(context)
    found: dict[str, DialplanExtension] = {}
    notes: list[DialplanNote] = []
    seen: set[str] = set()
    waiting: list[tuple[str, int]] = [(context, 0)]
    while waiting:
        name, line = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        here = file.contexts.get(name)
        if here is None:
            notes.append(DialplanNote(line, f"the included context {name} is not in this file"))
            continue
        for extension in here.extensions:
            found.setdefault(extension.pattern, extension)
        waiting = [*here.includes, *waiting]
    return Reachable(tuple(found.values()), tuple(notes))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, without comments."""
    depth = 0
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        kept, depth = _without_comments(line, depth)
        if kept.strip():
            yield number, kept


def _without_comments(line: str, depth: int) -> tuple[str, int]:
    r"""Return a line without comments, and the number of ``;--`` comments that continue; ``\;`` begins no
    comment.
    """
    kept = ""
    position = 0
    while position < len(line):
        if depth and line.startswith("--;", position):
            depth, position = depth - 1, position + 3
        elif line.startswith(";--", position) and line[position + 3 : position + 4] != "-":
            depth, position = depth + 1, position + 3
        elif depth:
            position += 1
        elif line.startswith("\\;", position):
            kept, position = kept + ";", position + 2
        elif line[position] == ";":
            break
        else:
            kept, position = kept + line[position], position + 1
    return kept, depth


class _DialplanReader:
    """Collects the lines of each context."""

    def __init__(self) -> None:
        self.contexts: dict[str, DialplanContext] = {}
        self.notes: list[DialplanNote] = []
        self._templates: dict[str, DialplanContext] = {}
        self._here: DialplanContext | None = None

    def take(self, number: int, line: str) -> None:
        """Read one line, from which comments were removed."""
        if line.startswith("#"):
            self.notes.append(DialplanNote(number, f"{line.split()[0]} is not followed: {line.strip()}"))
        elif line.lstrip().startswith("["):
            self._open(number, line.lstrip())
        elif setting := _SETTING.match(line):
            self._set(number, setting[1].lower(), setting[2].strip())

    def _open(self, number: int, line: str) -> None:
        section = _SECTION.match(line)
        if section is None:
            self._here = None
            self.notes.append(DialplanNote(number, f"no section: {line.strip()}"))
            return
        name = section[1].strip()
        options = [option.strip() for option in (section[2] or "").split(",") if option.strip()]
        if name.lower() in _NO_CONTEXTS:
            self._here = None
            return
        kind = self._templates if "!" in options else self.contexts
        self._here = kind.setdefault(name, DialplanContext(name, is_template="!" in options))
        for parent in options:
            if parent not in ("!", "+"):
                self._inherit(number, parent)

    def _inherit(self, number: int, parent: str) -> None:
        source = self._templates.get(parent) or self.contexts.get(parent)
        if source is None or self._here is None or source is self._here:
            self.notes.append(DialplanNote(number, f"the template {parent} is not in this file"))
            return
        self._here.extensions += source.extensions
        self._here.includes += source.includes

    def _set(self, number: int, key: str, value: str) -> None:
        if self._here is None:
            return
        if key == "exten":
            self._extension(number, self._here, value)
        elif key == "include":
            # If hours and days follow, the context is included only at these times.
            name = re.split(r"[,|]", value)[0].strip()
            self._here.includes.append((name, number))
        elif key in _SWITCHES:
            self.notes.append(DialplanNote(number, f"{key} is not followed: {value}"))

    def _extension(self, number: int, context: DialplanContext, value: str) -> None:
        parts = [part.strip() for part in value.split(",", 2)]
        if len(parts) < 2 or not _FIRST_PRIORITY.fullmatch(parts[1]):
            # Only an extension with a priority 1 can be dialled. Other lines are hints, or later steps.
            return
        # The text after a slash is the caller's number.
        pattern = parts[0].partition("/")[0].strip().strip('"')
        if "${" in pattern:
            self.notes.append(DialplanNote(number, f"a name with a variable is not followed: {pattern}"))
        elif pattern:
            context.extensions.append(DialplanExtension(pattern, number, context.name))
