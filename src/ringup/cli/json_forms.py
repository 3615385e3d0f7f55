"""The form of the JSON that each command prints; docs/reference/json.md is generated from it.

If the code already has a record with the same fields, the form uses it. No form allows other keys than its
own, and tests compare the commands' output with the forms, so a new key must be described here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from ringup.cli import json_finding_forms as finding_forms
from ringup.cli import json_probe_form as probe_form
from ringup.cli import json_rehearsal_form as rehearsal_form
from ringup.cli import json_restart_form as restart_form
from ringup.cli import json_rollout_form as rollout_form
from ringup.cli import json_site_forms as site_forms
from ringup.cli import json_web_forms as web_forms
from ringup.cli import json_why_forms as why_forms


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose `--json` has a form."""

    form: type[BaseModel]
    example: str = ""
    """An example of jq for this command."""


COMMANDS: Mapping[str, Command] = {
    "status": Command(site_forms.Status, """jq -r '.phones[] | select(.cure != "") | .mac + " " + .cure'"""),
    "status PHONE": Command(site_forms.PhoneStatus, "jq -r '.requests[] | .outcome + \" \" + .name'"),
    "why": Command(why_forms.Why, """jq -r '.causes[] | (.phones | length | tostring) + " " + .summary'"""),
    "why PHONE": Command(why_forms.WhyPhone, "jq -r '.verdicts[0] | .code, .commands[]'"),
    "why FILE": Command(why_forms.WhyFiles, "jq -r '.phones[] | .mac + \" \" + .summary'"),
    "phone list": Command(site_forms.PhoneList, "jq -r '.phones[] | [.mac, .lines[0].extension] | @csv'"),
    "phone show PHONE": Command(site_forms.OnePhone),
    "phone code": Command(site_forms.CodeList, "jq -r '.codes[] | .mac + \" \" + .code'"),
    "phone pins": Command(site_forms.PinList, "jq -r '.pins[] | .mac + \" \" + .address'"),
    "group list": Command(site_forms.GroupList),
    "group show NAME": Command(site_forms.OneGroup),
    "directory list": Command(
        site_forms.AddressBooks, """jq -r '.directory[] | select(.fault != "") | .name + " " + .fault'"""
    ),
    "account list": Command(web_forms.AccountList),
    "token list": Command(web_forms.TokenList),
    "site show": Command(site_forms.SiteRecord),
    "plan FILE": Command(site_forms.Plan, "jq -r '.unsafe[].sentence'"),
    "history": Command(site_forms.History),
    "show REVISION": Command(site_forms.RevisionPlan, "jq -r '.files[].diff'"),
    "diff A B": Command(site_forms.RevisionDiff),
    "parameters": Command(site_forms.Parameters),
    "check": Command(finding_forms.Checked, """jq -r '.checks[] | select(.state == "found") | .code'"""),
    "pbx verify": Command(finding_forms.PbxVerified, "jq -r '.findings[] | .where + \" \" + .code'"),
    "probe": Command(probe_form.Probe, "jq -r '.findings[] | .code + \" \" + .what'"),
    "rehearse": Command(rehearsal_form.Rehearsal, "jq -r '.failures[] | .mac + \" \" + .why'"),
    "restart PHONE": Command(
        restart_form.Restart, """jq -r '.phones[] | select(.outcome != "booted") | .mac'"""
    ),
    "firmware list": Command(finding_forms.FirmwareList, "jq -r '.missing[]'"),
    "firmware check": Command(finding_forms.FirmwareChecked),
    "firmware path FROM TO": Command(finding_forms.UpgradePath),
    "firmware rollout start LOAD": Command(
        rollout_form.RolloutRecord, """jq -r '.phones[] | select(.step == "left") | .mac + " " + .reason'"""
    ),
    "firmware rollout status": Command(rollout_form.RolloutRecord, "jq -r '.state, .reason'"),
    "firmware rollout back": Command(rollout_form.RolloutRecord),
    "lint": Command(finding_forms.Lint, """jq -r '.findings[] | select(.severity == "error") | .file'"""),
    "lint --rules": Command(finding_forms.LintRules),
    "dial lint": Command(finding_forms.DialLint),
    "dial test NUMBER": Command(finding_forms.DialTest),
}
"""Every command whose `--json` prints one object, by its words."""
