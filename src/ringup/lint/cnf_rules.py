"""C1xx: rules about the syntax of a ``.cnf`` file: its lines, its parameter names, and left-over
placeholders.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ringup.finding import ERROR, NOTE, WARNING, Severity
from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.finding import CodedRule, Occurrence, Repair, for_each, seen
from ringup.lint.kinds import CNF_KINDS, root_of
from ringup.lint.value_faults import placeholder_in, unknown_key
from ringup.phone.cnf_text import CnfLine, CnfText, read, write
from ringup.phone.parameters import PARAMETERS, FaultCode

LINE_NAME = re.compile(r"line([0-9]{1,3})_name")
FOREIGN = re.compile(r"[.<>\[\]/$&+]|(?i:^(?:account|network|features|lang|phone_setting)[._])")
"""Matches parameter names of other vendors: Polycom uses ``reg.1.displayName``, Yealink
``account.1.label``.
"""

_IN_OTHER_CASE = {name.lower(): name for name in PARAMETERS}
_SMART_QUOTES = (
    "\x93",
    "\x94",
    "\x91",
    "\x92",
    "\xe2\x80\x9c",
    "\xe2\x80\x9d",
    "\xe2\x80\x98",
    "\xe2\x80\x99",
)
"""Typographic quotes in Windows-1252 and UTF-8, as they look when read as Latin-1."""
_REMARK = re.compile(r"\s#")


def cnf_files(bundle: Bundle) -> Iterable[SourceFile]:
    """Return every ``.cnf`` file of the bundle."""
    return bundle.of(*CNF_KINDS)


def each_line(change: Callable[[CnfLine], CnfLine]) -> Repair:
    """Return a repair that applies `change` to every line with a value."""

    def repair(name: str, data: bytes) -> tuple[str, bytes]:
        lines = (change(line) if line.name else line for line in read(data).lines)
        return name, write(CnfText(tuple(lines)))

    return repair


def _at(
    file: SourceFile, line: CnfLine, message: str, cure: str, severity: Severity | None = None
) -> Occurrence:
    return seen(file, line.number, message, cure, severity)


def _unknown_key(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if line.name in PARAMETERS or _is_other_fault(line.name):
            continue
        if fault := unknown_key(line.name):
            is_near = fault.code is FaultCode.MISSPELT_KEY
            yield _at(file, line, fault.what, fault.cure, None if is_near else NOTE)


def _is_other_fault(name: str) -> bool:
    is_line = LINE_NAME.fullmatch(name) is not None  # another rule checks the number
    return (
        is_line or bool(FOREIGN.search(name)) or name.lower() in _IN_OTHER_CASE or bool(placeholder_in(name))
    )


def _foreign_key(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if line.name not in PARAMETERS and FOREIGN.search(line.name) and not placeholder_in(line.name):
            message = f"{line.name} is a parameter of another vendor; the phone skips the line."
            yield _at(file, line, message, "Use Cisco's key, or remove it.")


def _other_case(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        right = _IN_OTHER_CASE.get(line.name.lower(), line.name)
        if right != line.name:
            yield _at(file, line, f"{line.name} is not spelt as the phone knows it.", f"Write {right}.")


def _right_case(line: CnfLine) -> CnfLine:
    return replace(line, name=_IN_OTHER_CASE.get(line.name.lower(), line.name))


def _stray_line(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.lines:
        if not line.is_entry and not line.is_comment and not placeholder_in(line.text):
            yield _at(
                file,
                line,
                "This line is neither a setting nor a comment.",
                "Write name: value, or begin the line with #.",
            )


def _unclosed(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if not line.closed:
            yield _at(file, line, f"{line.name}'s value has no closing quote.", "End it with a double quote.")


def _after_the_quote(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if line.quote and line.trailing and not line.trailing.startswith(";"):
            yield _at(file, line, f"Text follows {line.name}'s closing quote.", "Write ; before it.")


def _equals_sign(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if "=" in line.separator:
            message = f"{line.name} is set with an equals sign; Cisco's guides know the colon only."
            yield _at(file, line, message, "Write a colon.")


def _with_colon(line: CnfLine) -> CnfLine:
    return replace(line, separator=line.separator.replace("=", ":"))


def _doubles(text: CnfText) -> Iterator[tuple[CnfLine, CnfLine]]:
    """Yield each repeated entry, with the last earlier entry of the same name."""
    before: dict[str, CnfLine] = {}
    for line in text.entries:
        if line.name in before:
            yield before[line.name], line
        before[line.name] = line


def _duplicate(file: SourceFile) -> Iterator[Occurrence]:
    for first, line in _doubles(file.cnf):
        if first.value == line.value:
            yield _at(
                file,
                line,
                f"{line.name} already has this value on line {first.number}.",
                "Remove one of the two lines.",
            )


def _contradiction(file: SourceFile) -> Iterator[Occurrence]:
    for first, line in _doubles(file.cnf):
        if first.value != line.value:
            message = f"{line.name} has another value on line {first.number}; the last one counts."
            yield _at(file, line, message, "Keep the right one.")


def _placeholder(file: SourceFile) -> Iterator[Occurrence]:
    severity: Severity | None = None if file.is_requested else NOTE
    for found, line in file.placeholders.items():
        message = f"The placeholder {found} was not replaced."
        yield _at(file, line, message, "Write the real value.", severity)


def _remark_in_value(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if not line.quote and _REMARK.search(line.value) and not placeholder_in(line.value):
            message = (
                f"the text after # becomes part of {line.name}: # begins a remark only at a line's start."
            )
            yield _at(file, line, message, "Write a semicolon instead of the #.")


def _typographic_quotes(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if line.value.startswith(_SMART_QUOTES):
            message = f"{line.name}'s typographic quotes are part of the value."
            yield _at(file, line, message, "Write straight double quotes.")


def _single_quotes(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        if not line.quote and len(line.value) > 1 and line.value[0] == line.value[-1] == "'":
            message = f"{line.name}'s single quotes are part of the value."
            yield _at(file, line, message, "Write double quotes.")


def _double_quotes(line: CnfLine) -> CnfLine:
    is_quoted = len(line.value) > 1 and line.value[0] == line.value[-1] == "'"
    if line.quote or not is_quoted or '"' in line.value:
        return line
    return replace(line, quote='"', value=line.value[1:-1], after=f'"{line.after}')


def _cut_off(file: SourceFile) -> Iterator[Occurrence]:
    for line in file.cnf.entries:
        is_remark = line.after.startswith(";") and line.after[1:2].strip()
        if not line.quote and line.value and is_remark and _may_hold_semicolon(line.name):
            message = f"{line.name} ends at the semicolon, where a remark begins."
            yield _at(file, line, message, "Put quotes around the value, or a space before the semicolon.")


def _may_hold_semicolon(name: str) -> bool:
    """Return whether a value may contain a semicolon: passwords and URLs may, numbers may not."""
    return name.endswith(("password", "_url", "_uri", "name", "label"))


def _xml_for_settings(file: SourceFile) -> Iterator[Occurrence]:
    if file.is_xml:
        message = f"The file holds XML, <{root_of(file.data)}>; the phone reads lines of name: value here."
        yield seen(file, 1, message, "Write settings, or give the XML file its proper name.")


RULES: tuple[CodedRule, ...] = (
    CodedRule("C101", WARNING, "unknown key", for_each(cnf_files, _unknown_key)),
    CodedRule("C102", WARNING, "parameter of another vendor", for_each(cnf_files, _foreign_key)),
    CodedRule(
        "C103",
        WARNING,
        "key differs in upper and lower case",
        for_each(cnf_files, _other_case),
        each_line(_right_case),
    ),
    CodedRule("C104", WARNING, "line is neither a setting nor a comment", for_each(cnf_files, _stray_line)),
    CodedRule("C105", WARNING, "quote not closed", for_each(cnf_files, _unclosed)),
    CodedRule("C106", WARNING, "text after the closing quote", for_each(cnf_files, _after_the_quote)),
    CodedRule(
        "C107", WARNING, "= instead of the colon", for_each(cnf_files, _equals_sign), each_line(_with_colon)
    ),
    CodedRule("C108", NOTE, "key set twice to the same value", for_each(cnf_files, _duplicate)),
    CodedRule("C109", WARNING, "key set twice to different values", for_each(cnf_files, _contradiction)),
    CodedRule("C110", ERROR, "placeholder not replaced", for_each(cnf_files, _placeholder)),
    CodedRule("C111", WARNING, "# inside a value", for_each(cnf_files, _remark_in_value)),
    CodedRule("C112", ERROR, "typographic quotes", for_each(cnf_files, _typographic_quotes)),
    CodedRule("C113", ERROR, "single quotes", for_each(cnf_files, _single_quotes), each_line(_double_quotes)),
    CodedRule("C114", WARNING, "value cut off at a semicolon", for_each(cnf_files, _cut_off)),
    CodedRule("C115", ERROR, "XML instead of settings", for_each(cnf_files, _xml_for_settings)),
)
