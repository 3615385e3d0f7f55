"""A new machine of a Debian release: a copy of a minimal tree, with its own namespaces for each command."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
BUILD_DEB = REPOSITORY / "tools" / "build-deb"
SECONDS = 600
"""Timeout in seconds for one command; the longest one downloads and unpacks Python."""

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CERTIFICATES = "PIP_CERT=/etc/ssl/certs/ca-certificates.crt"
_ENVIRONMENT = (
    "HOME=/root",
    "TERM=dumb",
    "LC_ALL=C.UTF-8",
    "DEBIAN_FRONTEND=noninteractive",
    _CERTIFICATES,
    _PATH,
)

_PASSED_ON = re.compile(r"(https?_proxy|no_proxy|pip_index_url|pip_default_timeout)", re.IGNORECASE)
"""Variables with which a new machine reaches the network, as in tools/debian-root.sh."""

_ENTER = """\
set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
tree=$1
shift
exec chroot "$tree" /usr/bin/env -i "$@"
"""


class Machine:
    """One machine, whose files are below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """Return the path on this machine of a file of that machine."""
        return self.root / name.lstrip("/")

    def run(self, *command: str, status: int = 0) -> str:
        """Run a command on that machine as root, and return its complete output; it must end with this
        status.
        """
        done = subprocess.run(
            self.entered(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == status, f"{' '.join(command)}:\n{done.stdout}"
        return done.stdout

    def run_as(self, user: str, *command: str, status: int = 0) -> str:
        """Run a command as a user, with the user's own groups."""
        as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--reset-env"]
        return self.run(*as_user, "--", *command, status=status)

    def entered(
        self, command: Sequence[str], *, before: Sequence[str] = (), namespaces: str = "-mp"
    ) -> list[str]:
        """Return the command line for this machine; `before` prepares the namespaces."""
        alone = ["unshare", namespaces, "--fork", "--kill-child", "--propagation=private", *before]
        passed_on = [f"{name}={value}" for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)]
        return [*alone, "sh", "-c", _ENTER, "sh", str(self.root), *_ENVIRONMENT, _PATH, *passed_on, *command]


def built_package(release: str, folder: Path) -> Path:
    """Return the package of this repository for a release."""
    subprocess.run([BUILD_DEB, "--release", release, "--output", folder], check=True, timeout=1800)
    (package,) = folder.glob("ringup_*.deb")
    return package


@contextmanager
def new_machine(release: str, folder: Path) -> Iterator[Machine]:
    """Make a machine that has only what every Debian has."""
    tree = subprocess.run(
        [BUILD_DEB, "tree", release], check=True, capture_output=True, text=True, timeout=1800
    )
    root = folder / release
    subprocess.run(["cp", "-a", tree.stdout.strip(), root], check=True)
    try:
        yield Machine(root)
    finally:
        assert not os.path.ismount(root / "proc")
        shutil.rmtree(root)
