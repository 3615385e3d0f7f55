"""The plan of an import: the records, the comparison and the files, all computed before anything is
written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ringup.adoption.adopt import Adoption, adopt
from ringup.adoption.comparison import Comparison, compare
from ringup.adoption.files import AdoptedFile, Keeper, plan_files, read_firmware
from ringup.adoption.lines import PbxAccount
from ringup.adoption.tree import Tree, read_tree
from ringup.errors import Problem
from ringup.firmware.folder import FirmwareFolder
from ringup.site.check import check
from ringup.site.forced_secrets import mark
from ringup.site.model import Site
from ringup.site.rows import Rows, by_record
from ringup.site.write import to_plain


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The planned changes of an import."""

    folder: FirmwareFolder
    tree: Tree
    found: Adoption
    rows: Rows
    """The site in the form of a site file, so that the import passes the same checks as a site file."""
    site: Site
    """The checked site that these rows describe."""
    server: str
    comparison: Comparison
    firmware: tuple[Problem, ...]
    """The faults of the firmware in the folder."""
    files: tuple[AdoptedFile, ...]
    targets: Mapping[Keeper, Path]

    @property
    def keeps_all(self) -> bool:
        """Return whether each phone keeps its values and its files, and whether its firmware accepts the
        values.
        """
        is_lost = any(each.is_lost for each in self.files)
        return not (self.comparison.changes or self.found.faulty or is_lost)


def plan_adoption(
    folder: FirmwareFolder,
    stored: Site,
    accounts: Mapping[str, PbxAccount],
    targets: Mapping[Keeper, Path],
    *,
    merge: bool,
    server: str,
    new_secret: Callable[[], str],
) -> ImportPlan:
    """Read the folder and plan its import; raises SiteErrors if the resulting site is invalid."""
    tree = read_tree(folder)
    found = adopt(tree, stored, accounts, merge=merge, server=server, new_secret=new_secret)
    rows = rows_of(found.site)
    site = check(rows, stored)
    packages = read_firmware(folder, tree.files)
    faults = tuple(each.problem for contents in packages for each in contents.all_findings())
    files = tuple(plan_files(folder, tree.files, packages, site, server, targets))
    return ImportPlan(
        folder, tree, found, rows, site, server, compare(tree, site, server), faults, files, targets
    )


def rows_of(site: Site) -> Rows:
    """Return the rows of a site file; passwords that phones cannot use are marked."""
    data = mark(to_plain(site, secrets=True))
    return Rows(data, by_record(data))
