"""Read YAML text as rows: every scalar stays the text that was written, and every part has its line number.

YAML's own typing would turn the MAC 001646000000 into a number and the extension 0201 into 201 or 129. So
only YAML's node tree is used, which has text and no types.
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
"""Number of nested levels that libyaml can read without exhausting its stack."""

_BRACKET = re.compile(r"[\[\]{}]")

_TEXT_TAG = "tag:yaml.org,2002:str"


class _TextLoader(yaml.CSafeLoader):
    """libyaml's reader, without the search for types in each scalar: a third of its time."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        """Return the tag for text, so that no value becomes a number or a date."""
        return _TEXT_TAG


def read_yaml(text: str, name: str) -> Rows:
    """Return the rows of a site file called `name` in messages.

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
    """Return the node tree, made by libyaml, and the mistakes of form that had to be mended.

    The slower reader in Python takes seconds for 5,000 phones. It reads only text that may be nested too
    deeply for libyaml, or that has characters which libyaml refuses without a line.
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
    """Return the line, from 0, at which libyaml stops; None if libyaml reads the text, or gives no line."""
    try:
        yaml.compose(text, Loader=_TextLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return mark.line if mark else None
    except (yaml.YAMLError, ValueError):
        return None
    return None


def _may_be_deep(text: str) -> bool:
    """Return whether more than DEEP levels are possible: by indentation, or by brackets."""
    if any(len(line) - len(line.lstrip(" -?")) > DEEP for line in text.splitlines()):
        return True
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest > DEEP


def _compose_in_python(text: str, name: str) -> "Node | None":
    from ruamel.yaml import YAML  # 7 ms that few files need
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
    """Return the message for a reader's error; the error of a quote that never ends is at its beginning, not
    at the end of the file.
    """
    mark = error.problem_mark or error.context_mark
    if "unexpected end of stream" in str(error.problem) and error.context_mark:
        mark = error.context_mark
        what, cure = "the quote that begins here does not end.", "Write the same quote at its end."
    else:
        what, cure = f"this is not YAML: {error.problem or error.context}.", "Check indentation and quotes."
    return Problem(f"{name}:{mark.line + 1 if mark else 1}", what, cure)


_Lines = dict[str | int, "int | tuple[int, _Lines]"]
"""The line of each part of a mapping or a list; of a part with parts of its own, also the lines of these."""


class _Tree:
    """Converts nodes to plain data and records their lines and the problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: _Lines = {}
        self.seen: set[int] = set()
        self.problems: list[Problem] = []

    def where(self, path: Path) -> str:
        """Return the line of this part, or of the nearest part around it."""
        line, parts = 1, self.lines
        for step in path:
            found = parts.get(step)
            if found is None:
                break
            line, parts = (found, {}) if isinstance(found, int) else found
        return f"{self.name}:{line}"

    def mapping(self, node: Any, lines: _Lines, depth: int = 0) -> dict[str, Any]:
        """Return a mapping's parts by their keys, and put their lines into `lines`; a duplicate key is a
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
        """Return the data of a node, and put the line of its key or dash into `lines`."""
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
        """Record a problem of a value, and return the empty text that stands for it."""
        self._complain(node.start_mark.line + 1, what, cure)
        return ""

    def _complain(self, line: int, what: str, cure: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", what, cure))
