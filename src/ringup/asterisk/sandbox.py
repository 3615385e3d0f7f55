"""Build and run a private Asterisk on a machine without one; this module calls `sandbox.sh`."""

import subprocess
from pathlib import Path

from ringup.errors import InstallError
from ringup.site.model import Driver

SCRIPT = Path(__file__).with_name("sandbox.sh")
"""A POSIX shell script; `tools/asterisk-sandbox` runs it without Python."""

NATIVE = Path()
"""Stands for the machine's own Asterisk instead of the folder of a sandbox."""


def _command(*arguments: str) -> list[str]:
    return ["/bin/sh", str(SCRIPT), *arguments]


def _run(tried: str, *arguments: str, show_errors: bool = False) -> str:
    """Run the script and return its output; with `show_errors`, its progress goes to standard error."""
    done = subprocess.run(
        _command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if show_errors else subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InstallError(tried, (done.stderr or "it failed; the reason is above.").strip(), "")
    return done.stdout


def _folder(folder: Path) -> str:
    return "--native" if folder == NATIVE else str(folder)


def build(release: str, folder: Path, mirror: str = "") -> None:
    """Build Asterisk `release` in `folder`, unless it is already there; the progress goes to standard
    error.
    """
    extra = ("--mirror", mirror) if mirror else ()
    _run(f"building a private Asterisk {release}", release, str(folder), *extra, show_errors=True)


def namespaces_forbidden() -> str:
    """Return the reason why this user may not create namespaces, and the setting to change.

    Empty if the user may create them.
    """
    done = subprocess.run(_command("namespaces"), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode(errors="replace").strip()


def ready(folder: Path) -> bool:
    """Return whether this folder holds a complete sandbox."""
    return (folder / ".ringup-sandbox").is_file()


def version(folder: Path) -> str:
    """Return the version of the sandbox's Asterisk, like ``16.28.0``."""
    return _run("asking for the version", "version", _folder(folder)).strip()


def prepare(
    instance: Path,
    *,
    address: str,
    manager_secret: str,
    manager_address: str = "",
    manager_port: int = 5038,
    manager_user: str = "ringup",
    driver: Driver = "pjsip",
    has_sccp: bool = False,
) -> Path:
    """Write the configuration of one Asterisk as an operator would have it; return its etc folder.

    With `has_sccp`, it also loads chan_skinny, which Asterisk 21 and later do not have.
    """
    _run(
        "preparing an Asterisk", "prepare", str(instance),
        "--address", address,
        "--manager-address", manager_address or address,
        "--manager-port", str(manager_port),
        "--manager-user", manager_user,
        "--manager-secret", manager_secret,
        "--driver", driver,
        *(("--skinny", "yes") if has_sccp else ()),
    )  # fmt: skip
    return instance / "etc" / "asterisk"


def start_command(folder: Path, instance: Path) -> list[str]:
    """Return the command that runs Asterisk in the foreground; the caller starts and stops the process."""
    return _command("start", _folder(folder), str(instance))


def stop(instance: Path) -> None:
    """Stop an instance by the process id in its pid file; an instance that does not run is not an error."""
    _run("stopping an Asterisk", "stop", str(instance))
