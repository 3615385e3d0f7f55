"""The table of rules; among causes of equal confidence, a diagnosis lists the earlier row first."""

from ringup.doctor.rule import CauseRule
from ringup.doctor.rules import dhcp, files, firmware, names, nat, reach, registration, sccp, voice_vlan

MODULES = (voice_vlan, dhcp, names, files, firmware, registration, sccp, nat, reach)
"""The modules with rules, in the order of a boot."""

RULES: dict[str, CauseRule] = {rule.code: rule for module in MODULES for rule in module.RULES}
"""Every rule of the doctor, by its code."""
