"""Mark passwords that phones cannot use: a site file has them as ``force:secret``, so that it can be applied
again.

Only an import brings such passwords into the site. A file that has such a password without the mark is
refused, because it may be a typing error. A password of eight asterisks is marked too, because without a mark
asterisks mean that the stored password stays.
"""

from collections.abc import Callable, Iterator

from ringup.errors import Problem
from ringup.phone.forced_keys import MARK
from ringup.site.mask import MASK
from ringup.site.rows import Path, Plain
from ringup.site.secret_faults import fault_of_secret

PASSWORD, SECRET = "password", "secret"


def mark(plain: Plain) -> Plain:
    """Return the site in the form of a site file, in which every such password is marked."""
    phones = [
        {**_marked(phone, PASSWORD), "lines": [_marked(line, SECRET) for line in phone["lines"]]}
        for phone in plain.get("phones", ())
    ]
    return {**plain, "phones": phones} if phones else plain


def unmark(phones: list[Plain], where: Callable[[Path], str]) -> tuple[dict[Path, Path], list[Problem]]:
    """Remove the marks from these phones; return the paths of the marked passwords, and the problems."""
    paths: dict[Path, Path] = {}
    problems: list[Problem] = []
    for record, path, name in _secrets(phones):
        marked = MARK + name
        if marked not in record:
            continue
        if name in record:
            what = f"{name} is set twice, with {MARK} and without."
            problems.append(Problem(where((*path, marked)), what, "Remove one."))
        record[name] = record.pop(marked)
        paths[(*path, name)] = (*path, marked)
    return paths, problems


def _secrets(phones: list[Plain]) -> Iterator[tuple[Plain, Path, str]]:
    """Yield each record that may contain a password, with the record's path and the password's field."""
    for index, phone in enumerate(phones):
        yield phone, ("phones", index), PASSWORD
        for key, line in enumerate(phone["lines"]):
            yield line, ("phones", index, "lines", key), SECRET


def _marked(record: Plain, name: str) -> Plain:
    secret = str(record.get(name, ""))
    if secret != MASK and fault_of_secret(secret) is None:
        return record
    return {MARK + key if key == name else key: value for key, value in record.items()}
