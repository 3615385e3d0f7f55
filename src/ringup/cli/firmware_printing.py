"""Print packages, findings and paths for `ringup firmware`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path as FilePath
from typing import Any

import click

from ringup.cli.printing import print_table
from ringup.finding import ERROR, NOTE, Finding
from ringup.firmware.contents import Contents, Package
from ringup.firmware.filing import InstallPlan
from ringup.firmware.package import POINTER
from ringup.phone.upgrade_path import SCCP_WITHOUT_LOADER, Hop, Path
from ringup.site.wanted import RequiredBy

LONGEST_LEFT_OUT = 10
"""Maximum number of left-out files that are printed; a zip that contains a manual may have many."""


def print_added(
    contents: Contents, planned: InstallPlan, folder: FilePath, *, site_load: str, dry_run: bool
) -> None:
    """Print the packages that were added, those that were refused and why, and the next command."""
    usable = contents.usable()
    for package in usable:
        click.echo(f"{package.load}: {describe(package)}")
        if package.authenticity is not None:
            click.echo(f"  {package.authenticity}")
        for name, size in package.files:
            click.echo(f"  {_done(name, planned, dry_run=dry_run):13}{size:9}  {name}")
    for package in (each for each in contents.packages if not each.is_usable):
        click.echo(f"{package.load}: refused, because a phone cannot use it")
    for finding in contents.all_findings():
        click.echo(f"{finding.code if finding.severity is ERROR else NOTE}: {finding.problem}")
    if contents.others:
        names = ", ".join(contents.others[:LONGEST_LEFT_OUT])
        more = len(contents.others) - LONGEST_LEFT_OUT
        click.echo(
            f"Left out because they are not firmware: {names}{f' and {more} more' if more > 0 else ''}."
        )
    changed = bool(planned.new or planned.replaced)
    click.echo(
        f"Nothing was copied: --dry-run. It would go to {folder}."
        if dry_run
        else f"Added to {folder}; ringup generates {POINTER} itself."
        if changed
        else f"All of these files were in {folder} already."
    )
    for package in usable:
        click.echo(_next_step(package, site_load))


def _done(name: str, planned: InstallPlan, *, dry_run: bool) -> str:
    if name in planned.same:
        return "already there"
    done = "replaced" if name in planned.replaced else "added"
    return f"would be {'new' if done == 'added' else 'other'}" if dry_run else done


def describe(package: Package) -> str:
    """Describe a package in one line: kind, version, models and loader."""
    kind = " ".join(part for part in (package.protocol, package.version) if part) or "firmware"
    *first, last = package.models or ("models unknown",)
    models = f"{', '.join(first)} and {last}" if first else last
    loader = f"; loader {package.loader}, LA_VERSION {package.loader_version}" if package.loader else ""
    return f"{kind} for the {models}{loader}"


def _next_step(package: Package, site_load: str) -> str:
    if package.load == site_load:
        return f"{package.load} is the site's load already. Next: ringup serve"
    if set(package.models) & {"7940", "7960"}:
        return (
            f"Next: ringup site set load={package.load}\n"
            f"      (the upgrade path from older firmware: ringup firmware path FROM {package.load})"
        )
    models = " or ".join(package.models) or "phone they are for"
    return f"Done: ringup serves these files, but does not configure the {models} yet."


def print_packages(contents: Contents, wanted: Mapping[str, RequiredBy]) -> None:
    """Print one row per package."""
    print_table(
        ("load", "kind", "version", "loader", "files", "bytes", "state", "required by"),
        [
            (
                package.load,
                package.protocol,
                package.version,
                package.loader or "none",
                str(len(package.files)),
                str(package.size),
                state(package),
                str(wanted.get(package.load, "")),
            )
            for package in contents.packages
        ],
    )
    for load in (load for load in wanted if load not in {package.load for package in contents.packages}):
        click.echo(f"{load} is required by {wanted[load]} but missing. Add it: ringup firmware add ZIP")
    if contents.all_findings():
        click.echo("Details: ringup firmware check")


def state(package: Package) -> str:
    """Return ``complete``, or the codes of the package's faults."""
    kinds = dict.fromkeys(each.code for each in package.findings if each.severity is ERROR)
    proof = package.authenticity
    return ", ".join(kinds) or f"complete, {str(proof).partition(':')[0] if proof else 'not signed'}"


def print_checked(
    contents: Contents, checked: Sequence[str], wanted: Mapping[str, RequiredBy], findings: Sequence[Finding]
) -> None:
    """Print the findings, then the loads that are in order."""
    print_findings(findings)
    for package in contents.packages:
        if package.load in checked and package.is_usable:
            by = wanted.get(package.load)
            click.echo(
                f"{package.load}: complete, {len(package.files)} files{f', required by {by}' if by else ''}; "
                f"{package.authenticity or 'not signed, cannot be verified'}."
            )


def print_findings(findings: Iterable[Finding]) -> None:
    """Print one line per finding, its kind in front."""
    for each in findings:
        click.echo(f"{each.code}: {each.problem}")


def print_path(path: Path) -> None:
    """Print the hops of an upgrade path, or the reason why there is none."""
    title = f"{path.start} ({path.start.load}) to {path.end} ({path.end.load})"
    if not path.exists:
        click.echo(f"{title}: no upgrade path.\n{path.reason}\n  source   {path.source}")
        return
    count = len(path.hops)
    click.echo(f"{title}: {f'{count} hop' + ('' if count == 1 else 's') if count else 'nothing to upgrade'}.")
    for number, hop in enumerate(path.hops, 1):
        _print_hop(number, hop)
    if path.hops:
        click.echo(
            "\nEach hop with ringup: `ringup firmware add` its package, `ringup site set load=` its load,\n"
            "restart the phone, and continue when it runs that load."
        )


def _print_hop(number: int, hop: Hop) -> None:
    click.echo(f"\n{number}. {hop.start} → {hop.end} ({hop.end.load})")
    for file, text in hop.named_in:
        click.echo(f"   {file:20}{text}")
    click.echo(f"   {'the phone fetches':20}{', '.join(hop.fetched)}")
    click.echo(f"   {'why':20}{hop.rule.reason}")
    click.echo(f"   {'source':20}{hop.rule.source}")
    if hop.rule.method in SCCP_WITHOUT_LOADER:
        click.echo(
            f"   {'with ringup':20}its XMLDefault.cnf.xml names only the application: give the loader in\n"
            f"   {'':20}a SEP<MAC>.cnf.xml of your own (`ringup serve --files DIR`) for this hop"
        )


def path_as_json(path: Path) -> dict[str, Any]:
    """Return the upgrade path as JSON values."""
    return {
        "from": {"release": str(path.start), "load": path.start.load},
        "to": {"release": str(path.end), "load": path.end.load},
        "exists": path.exists,
        "reason": path.reason,
        "source": path.source,
        "hops": [
            {
                "from": {"release": str(hop.start), "load": hop.start.load},
                "to": {"release": str(hop.end), "load": hop.end.load},
                "named_in": [{"file": file, "text": text} for file, text in hop.named_in],
                "fetched": hop.fetched,
                "reason": hop.rule.reason,
                "source": hop.rule.source,
            }
            for hop in path.hops
        ],
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values."""
    return {"fault": finding.code, **asdict(finding.problem)}


def package_as_json(package: Package, wanted: RequiredBy | None) -> dict[str, Any]:
    """Return a package as JSON values."""
    return {
        "load": package.load,
        "protocol": package.protocol,
        "version": package.version,
        "models": list(package.models),
        "loader": package.loader,
        "loader_version": package.loader_version,
        "files": [{"name": name, "size": size} for name, size in package.files],
        "size": package.size,
        "usable": package.is_usable,
        "signature": str(package.authenticity or "not signed"),
        "findings": [finding_as_json(each) for each in package.reported_findings()],
        "wanted_by": {
            "site": bool(wanted and wanted.by_site),
            "groups": list(wanted.groups) if wanted else [],
            "phones": list(wanted.phones) if wanted else [],
        },
    }
