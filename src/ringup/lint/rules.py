"""The table of all lint rules, and the function that applies them."""

from ringup.finding import NOTE, Finding, Severity
from ringup.lint import (
    clock_rules,
    cnf_rules,
    dial_rules,
    firmware_rules,
    list_rules,
    name_rules,
    password_rules,
    phone_rules,
    service_rules,
    skinny_rules,
    tree_rules,
    value_rules,
    xml_rules,
)
from ringup.lint.bundle import Bundle
from ringup.lint.finding import CodedRule, Occurrence

RULES: dict[str, CodedRule] = {
    rule.code: rule
    for module in (
        name_rules,
        cnf_rules,
        value_rules,
        phone_rules,
        password_rules,
        clock_rules,
        tree_rules,
        xml_rules,
        skinny_rules,
        list_rules,
        dial_rules,
        service_rules,
        firmware_rules,
    )
    for rule in module.RULES
}
"""Every lint rule, by its code."""


def _severity(bundle: Bundle, rule: CodedRule, each: Occurrence) -> Severity:
    """Return the severity of one occurrence: a fault in a file that no phone requests is not an error."""
    return NOTE if each.where.file in bundle.requested_by_no_phone else each.severity or rule.severity


def lint(bundle: Bundle) -> list[Finding]:
    """Return the findings of all rules, by file and line; a fault that many phones share is reported once."""
    found = {
        Finding(rule.code, _severity(bundle, rule, each), each.where, each.what, each.cure)
        for rule in RULES.values()
        for each in rule.find(bundle)
    }
    return sorted(found, key=lambda each: (each.where, each.code, each.what))
