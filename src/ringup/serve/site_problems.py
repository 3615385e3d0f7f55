"""Log at start the problems of a site that can be served but has values that its phones cannot use."""

from collections.abc import Iterable, Sequence

from ringup.errors import Problem
from ringup.files import logo_file, ring_files
from ringup.firmware.folder import FirmwareFolder
from ringup.serve.log import log
from ringup.site.clock_watch import clock_problems
from ringup.site.model import Site


def log_missing(problems: Sequence[Problem]) -> None:
    """Log each problem that keeps phones from coming up, with its cure, as an error."""
    for problem in problems:
        log.error("%s", problem)


def log_warnings(problems: Iterable[Problem]) -> None:
    """Log each problem that does not stop phones from working, with its cure, as a warning."""
    for problem in problems:
        log.warning("%s", problem)


def log_problems(site: Site, folders: Sequence[FirmwareFolder | None], now: float) -> None:
    """Log the problems of ring tones and logo in these folders, and of the clock in the coming year."""
    files = (*ring_files.problems(site, *folders), *logo_file.problems(site, *folders))
    for problem in (*files, *clock_problems(site, now)):
        log.warning("%s", problem)
