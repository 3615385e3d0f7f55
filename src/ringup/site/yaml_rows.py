"""Read YAML as rows: every value stays the text that was written, and the line number of every part is known.

YAML's own types would turn the MAC 001646000000 into a number, and the extension 0201 into 201 or 129. So
only YAML's tree of nodes is used, which contains texts without types.
"""

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import yaml

from ringup.errors import Problem, SiteErrors
from ringup.site.rows import Path, Rows
from ringup.site.yaml_mending import mend

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.nodes import Node

DEEPEST = 8
"""Maximum number of nested levels; a site has five."""
DEEP = 200
"""Number of nested levels that libyaml can parse without exhausting its stack."""

_BRACKET = re.compile(r"[\[\]{}]")

_TEXT_TAG = "tag:yaml.org,2002:str"


class _TextLoader(yaml.CSafeLoader):
    """libyaml's loader without the detection of types, which takes a third of its time."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        """Return the tag for a text, so that no value becomes a number or a date."""
        return _TEXT_TAG


def read_yaml(text: str, name: str) -> Rows:
    """Return the rows of a site file; messages call the file `name`.

    Raises SiteErrors with everything that does not have the form of a site file.
    """
    tree = _Tree(name)
    root, faults = _compose(text, name)
    if root is None:
        return Rows({}, tree.where, faults)
    if root.id != "mapping":
        raise SiteErrors(
            [*faults, Problem(f"{name}:1", "this is not a site file.", "Begin with a line like `site:`.")]
        )
    data = tree.mapping(root, tree.lines)
    if tree.problems:
        raise SiteErrors([*faults, *tree.problems])
    return Rows(data, tree.where, faults)


def _compose(text: str, name: str) -> tuple[Any, tuple[Problem, ...]]:
    """Return the tree of nodes, made by libyaml, and the mistakes in the syntax that had to be corrected.

    The parser in Python takes seconds for 5,000 phones. So it parses only texts that may be nested too deeply
    for libyaml, or that have characters which libyaml refuses without a line number.
    """
    if _may_be_deep(text):
        return _compose_in_python(text, name), ()
    with suppress(yaml.YAMLError, ValueError):
        return yaml.compose(text, Loader=_TextLoader), ()
    mended, faults = mend(text, name, _syntax_fault)
    try:
        return yaml.compose(mended, Loader=_TextLoader), tuple(faults)
    except yaml.MarkedYAMLError as left:
        raise SiteErrors([*faults, _not_yaml(left, name)]) from left
    except (yaml.YAMLError, ValueError):
        pass
    try:
        return _compose_in_python(mended, name), tuple(faults)
    except SiteErrors as left:
        raise SiteErrors([*faults, *left.problems]) from left


def _syntax_fault(text: str) -> int | None:
    """Return the line, counted from 0, at which libyaml stops; None if it reads the text or names no line."""
    try:
        yaml.compose(text, Loader=_TextLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return mark.line if mark else None
    except (yaml.YAMLError, ValueError):
        return None
    return None


def _may_be_deep(text: str) -> bool:
    """Return whether the text may have more than DEEP levels, by its indentation or its brackets."""
    if any(len(line) - len(line.lstrip(" -?")) > DEEP for line in text.splitlines()):
        return True
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest > DEEP


def _compose_in_python(text: str, name: str) -> "Node | None":
    from ruamel.yaml import YAML  # imports a module that takes 7 ms, and few files need it
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        root: Node | None = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise SiteErrors([_not_yaml(error, name)]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        what = f"this is not YAML: {' '.join(str(error).split())[:200] or 'nested too deeply'}."
        raise SiteErrors([Problem(f"{name}:1", what, "Write plain UTF-8 text.")]) from error
    return root


def _not_yaml(error: "MarkedYAMLError | yaml.MarkedYAMLError", name: str) -> Problem:
    """Return the problem for a parser's error.

    If a quote is never closed, the problem is at the beginning of the quote, not at the end of the file.
    """
    mark = error.problem_mark or error.context_mark
    if "unexpected end of stream" in str(error.problem) and error.context_mark:
        mark = error.context_mark
        what, cure = "the quote that begins here does not end.", "Write the same quote at its end."
    else:
        what, cure = f"this is not YAML: {error.problem or error.context}.", "Check indentation and quotes."
    return Problem(f"{name}:{mark.line + 1 if mark else 1}", what, cure)


_Lines = dict[str | int, "int | tuple[int, _Lines]"]
"""The line of each part of a mapping or a list, with the lines of its own parts if it has any."""


class _Tree:
    """Converts nodes to plain data, and records their lines and the problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: _Lines = {}
        self.seen: set[int] = set()
        self.problems: list[Problem] = []

    def where(self, path: Path) -> str:
        """Return the line of this part, or of the nearest part that contains it."""
        line, parts = 1, self.lines
        for step in path:
            found = parts.get(step)
            if found is None:
                break
            line, parts = (found, {}) if isinstance(found, int) else found
        return f"{self.name}:{line}"

    def mapping(self, node: Any, lines: _Lines, depth: int = 0) -> dict[str, Any]:
        """Return the parts of a mapping by their keys, and add their lines to `lines`; a repeated key is a
        problem.
        """
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.id != "scalar":
                self._complain(line, "a key must be plain text.", "Quote it or indent it differently.")
                continue
            key = str(key_node.value)
            if key in data:
                self._complain(line, f"{key} is written twice.", "Remove one of them.")
            data[key] = self._value(value_node, key, line, lines, depth + 1)
        return data

    def _value(self, node: Any, step: str | int, line: int, lines: _Lines, depth: int) -> Any:
        """Return the data of a node, and add the line of its key or dash to `lines`."""
        lines[step] = line
        if id(node) in self.seen:
            return self._complain_of(
                node, "an alias (*name) is not supported.", "Write it out, or use a group."
            )
        self.seen.add(id(node))
        if depth > DEEPEST:
            return self._complain_of(node, "this is nested too deeply.", "Check the indentation.")
        if node.id == "scalar":
            return str(node.value)
        parts: _Lines = {}
        lines[step] = (line, parts)
        if node.id == "mapping":
            return self.mapping(node, parts, depth)
        return [
            self._value(item, index, item.start_mark.line + 1, parts, depth + 1)
            for index, item in enumerate(node.value)
        ]

    def _complain_of(self, node: Any, what: str, cure: str) -> str:
        """Record a problem with a value, and return the empty text that replaces the value."""
        self._complain(node.start_mark.line + 1, what, cure)
        return ""

    def _complain(self, line: int, what: str, cure: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", what, cure))
