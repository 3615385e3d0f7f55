"""A private Asterisk on a machine that has none: what `sandbox.sh` does, for Python callers."""

import subprocess
from pathlib import Path

from ringup.errors import InstallError
from ringup.site.model import Driver

SCRIPT = Path(__file__).with_name("sandbox.sh")
"""POSIX sh, so that it also runs without us: `tools/asterisk-sandbox`."""

NATIVE = Path()
"""In place of a sandbox's folder: this machine's own asterisk."""


def _command(*arguments: str) -> list[str]:
    return ["/bin/sh", str(SCRIPT), *arguments]


def _run(tried: str, *arguments: str, show_errors: bool = False) -> str:
    """Run the script and return what it prints; `show_errors` sends its progress to our standard error."""
    done = subprocess.run(
        _command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if show_errors else subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InstallError(tried, (done.stderr or "it failed, see above.").strip(), "")
    return done.stdout


def _folder(folder: Path) -> str:
    return "--native" if folder == NATIVE else str(folder)


def build(release: str, folder: Path, mirror: str = "") -> None:
    """Build Asterisk `release` in `folder` unless it is there; progress goes to standard error."""
    extra = ("--mirror", mirror) if mirror else ()
    _run(f"building a private Asterisk {release}", release, str(folder), *extra, show_errors=True)


def namespaces_forbidden() -> str:
    """Why this user may not make namespaces, and the switch to set; empty where they may be made."""
    done = subprocess.run(_command("namespaces"), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode(errors="replace").strip()


def ready(folder: Path) -> bool:
    """Whether this folder holds a finished sandbox."""
    return (folder / ".ringup-sandbox").is_file()


def version(folder: Path) -> str:
    """The version of its Asterisk, like ``16.28.0``."""
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
) -> Path:
    """Write one Asterisk's own configuration, as an operator would have it; returns its etc folder."""
    _run(
        "preparing an Asterisk", "prepare", str(instance),
        "--address", address,
        "--manager-address", manager_address or address,
        "--manager-port", str(manager_port),
        "--manager-user", manager_user,
        "--manager-secret", manager_secret,
        "--driver", driver,
    )  # fmt: skip
    return instance / "etc" / "asterisk"


def start_command(folder: Path, instance: Path) -> list[str]:
    """The command that becomes Asterisk; it runs in the foreground, the caller owns the process."""
    return _command("start", _folder(folder), str(instance))


def stop(instance: Path) -> None:
    """Stop a running instance by its pid file; one that does not run is no error."""
    _run("stopping an Asterisk", "stop", str(instance))
