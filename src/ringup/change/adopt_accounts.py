"""Make lines of an operator's Asterisk accounts.

An account becomes a line if the site has a line of that name, or if the operator names its phone.
"""

from collections.abc import Callable, Mapping, Sequence

from ringup.adoption.lines import PbxAccount
from ringup.errors import Problem, SiteErrors
from ringup.phone.forced_keys import other_spelling
from ringup.site.model import Site
from ringup.site.rows import Plain


def destinations(site: Site, accounts: Mapping[str, PbxAccount], named: Mapping[str, str]) -> dict[str, str]:
    """Return the MAC of each account's phone, by the account's name; accounts without a phone are left out.

    `named` are the MACs that the operator gave, by account. Raises SiteErrors if an account or a MAC does not
    fit.
    """
    has = {line.extension: phone.mac for phone, line in site.lines()}
    problems = []
    for name, mac in named.items():
        if name not in accounts:
            problems.append(Problem(f"--phone {mac}={name}", "there is no such account.", "See the list."))
        elif has.get(name, mac) != mac:
            cure = f"Take it away there first: ringup phone set {has[name]} --remove-line {name}"
            problems.append(Problem(f"--phone {mac}={name}", f"phone {has[name]} has it.", cure))
    if problems:
        raise SiteErrors(problems)
    found = {name: has.get(name) or named.get(name, "") for name in accounts}
    return {name: mac for name, mac in found.items() if mac}


def adopted(accounts: Sequence[PbxAccount], macs: Mapping[str, str]) -> Callable[[Plain], None]:
    """Return the change that gives each account's phone its line, with the secret that Asterisk has.

    A line that the site already has keeps its name, and gets the account's secret and user name. A phone that
    the site does not have is added.
    """

    def change(data: Plain) -> None:
        phones = {phone["mac"]: phone for phone in data["phones"]}
        for account in accounts:
            if (mac := macs.get(account.name)) is None:
                continue
            if mac not in phones:
                phones[mac] = {"mac": mac, "model": "7960", "lines": []}
                data["phones"].append(phones[mac])
            _adopt(phones[mac]["lines"], account)

    return change


def from_freepbx(change: Callable[[Plain], None], etc: str, port: int | None) -> Callable[[Plain], None]:
    """Return a change that makes `change` and also notes in the site that FreePBX manages the folder `etc`.

    The phones then use `port`, the port of FreePBX's transport.
    """

    def also(data: Plain) -> None:
        pbx = data["pbx"]
        if pbx.get("etc") == etc:
            del pbx["etc"]
        pbx["freepbx"] = etc
        if port is not None:
            pbx["port"] = port
        change(data)

    return also


def _adopt(lines: list[Plain], account: PbxAccount) -> None:
    line = next((line for line in lines if line["extension"] == account.name), None)
    if line is None:
        line = {"extension": account.name, "voicemail": account.has_mailbox}
        lines.append(line)
    line.pop(other_spelling("secret"), None)
    line |= {"secret": account.secret, "auth_name": account.auth_name}
    if not line.get("name"):
        line["name"] = account.caller_name
