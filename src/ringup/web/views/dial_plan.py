"""The dial plan's workbench: type a number, and see which rule fires on the phone and in Asterisk."""

import re

from ringup.dial.check import lint
from ringup.dial.template_file import read
from ringup.render.dialplan_xml import dial_template
from ringup.store.revisions import read_site
from ringup.web.answers import Answer, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.dial_plan import dialled_number

_KEYS = re.compile(r"[0-9A-D*#, ]{0,40}")


def workbench(ask: Ask) -> Answer:
    """Show what a phone dials after these keys, digit by digit."""
    keys = ask.parameter("keys")
    if not _KEYS.fullmatch(keys):
        return WebRefusal(422, "A phone has no such keys.", cure="Type digits, * and #.")
    site = read_site(ask.web.engine)
    template = read(dial_template(site).encode("latin-1", "replace"))
    done = dialled_number(ask.web, keys) if keys else None
    findings = [str(finding.problem) for finding in lint(template).findings]
    rules = [{"number": number, "match": rule.match, "timeout": rule.timeout, "rewrite": rule.rewrite}
             for number, rule in enumerate(template.used, 1)]  # fmt: skip
    owner = next((phone for phone, line in site.lines() if done and line.extension == done.dialled), None)
    data = {
        "keys": keys, "dialled": done.dialled if done else "", "rule": done.rule if done else "",
        "seconds": done.seconds if done else 0.0, "rules": rules, "findings": findings,
    }  # fmt: skip
    shown = {"steps": done.steps.keyed if done else (), "used": template.used, "owner": owner,
             "fired": done.steps.rule if done else None}  # fmt: skip
    return WebPage("dial_plan.html", "Dial plan", data, shown)
