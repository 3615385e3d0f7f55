"""Convert a Site to rows and to YAML in the form that ringup reads; fields with their default value are left
out.
"""

from functools import cache
from typing import Any

from pydantic import BaseModel

from ringup.site.forced_secrets import mark
from ringup.site.mask import masked
from ringup.site.model import Phone, Site
from ringup.site.rows import Plain

_ALWAYS = frozenset({"name", "time_zone", "load", "model", "driver", "extension", "first", "last"})
"""Fields that are written even with their default value, because people look for them.

A phone's own load is left out if it is empty.
"""


def to_plain(site: Site, *, secrets: bool) -> Plain:
    """Return the site in the form of a site file; without `secrets`, each secret is masked."""
    plain: Plain = {
        "site": _fields(site, {"subnets", "dial_rules", "rings", "directory", "pbx", "groups", "phones"}),
        "network": [_fields(subnet) for subnet in site.subnets],
        "pbx": _fields(site.pbx),
        "dial_rules": [_fields(rule) for rule in site.dial_rules],
        "rings": [_fields(ring) for ring in site.rings],
        "directory": [_fields(source) for source in site.directory],
        "groups": [_fields(group) for group in site.groups],
        "phones": [_phone(phone) for phone in site.phones],
    }
    kept = {name: part for name, part in plain.items() if part}
    return kept if secrets else {name: masked(part) for name, part in kept.items()}


def write_yaml(site: Site, *, secrets: bool) -> str:
    """Return the site as YAML; if it is read and written again, the site and the text stay the same."""
    from ringup.site.yaml_text import yaml_text  # imports ruamel.yaml: 10 ms, which most changes do not need

    plain = mark(to_plain(site, secrets=True)) if secrets else to_plain(site, secrets=False)
    return "\n".join(yaml_text({name: part}) for name, part in plain.items())


def _phone(phone: Phone) -> Plain:
    plain = _fields(phone, {"lines"})
    # An empty password is a choice. If the password were left out, a new one would be generated.
    plain.setdefault("password", "")
    plain["lines"] = [_fields(line) for line in phone.lines]
    return plain


@cache
def _defaults(kind: type[BaseModel]) -> dict[str, Any]:
    return {name: row.get_default(call_default_factory=True) for name, row in kind.model_fields.items()}


def _fields(record: BaseModel, leave_out: set[str] | None = None) -> Plain:
    """Return the fields of a record that differ from their defaults."""
    plain: Plain = {}
    defaults = _defaults(type(record))
    for name, value in record.model_dump(mode="json", exclude=leave_out).items():
        default = defaults[name]
        always = name in _ALWAYS and value != ""
        if value is None or (value == default and not always) or value in ([], {}, ()):
            continue
        plain[name] = dict(sorted(value.items())) if isinstance(value, dict) else value
    return plain
