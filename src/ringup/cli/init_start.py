"""Start the server at the end of `ringup init`: systemd's service, or `ringup serve` in the foreground."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from ringup.check.probes.service_unit import ROOT, unit_user
from ringup.errors import OutsideError
from ringup.first_run.here import ServiceHere
from ringup.first_run.question import NO, YES, Answers
from ringup.first_run.setup_plan import SetupPlan
from ringup.store.place import SITE_DATABASE

READY_SECONDS = 30.0
"""Maximum seconds from the start of `ringup serve` to its first word about being ready."""
POLL_SECONDS = 0.1
MOST_LAST_WORDS = 20
"""Maximum number of the server's last lines that are shown if it does not start."""


def start_service(service: ServiceHere, *, has_new_settings: bool) -> str:
    """Start the service, or restart it if its settings or its folders changed; return a sentence.

    Raises OutsideError.
    """
    if service.is_active and not has_new_settings:
        return "The service ringup runs."
    verb = "restart" if service.is_active else "start"
    _systemctl("enable", "ringup.service")
    _systemctl(verb, "ringup.service")
    return f"The service ringup was {verb}ed. Its log: journalctl -u ringup -f"


def needs_restart(plan: SetupPlan) -> bool:
    """Return whether a running service must restart.

    Only a start makes it read its settings, and lets it write to a folder that is new.
    """
    return bool(plan.settings or plan.files)


def _systemctl(*words: str) -> None:
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip() or "it failed."
        raise OutsideError(f"systemctl {' '.join(words)}", said, "See why: journalctl -u ringup -n 20")


def serve_words(answers: Answers, database: str, firmware: Path, settings: Path | None) -> list[str]:
    """Return the arguments of `ringup` that start the server; a settings file makes most flags needless."""
    words = ["serve"]
    if settings is None:
        words += ["--interface", answers["interface"]]
        words += ["--no-dhcp"] if answers["dhcp"] == NO else []
        words += ["--sntp"] if answers["sntp"] == YES else []
    if os.geteuid() == 0 and (user := unit_user()) not in ("", ROOT):
        words += ["--user", user]
    if database != str(SITE_DATABASE):
        words += ["--database", database, "--firmware", str(firmware)]
    return words


def serve_line(words: Sequence[str]) -> str:
    """Return the command that starts the server, as it is typed."""
    return shlex.join(["ringup", *words])


@contextmanager
def running_server(words: Sequence[str], settings: Path | None) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `ringup serve` until the block ends; raises OutsideError with its last words if it fails."""
    config = ["--config", str(settings)] if settings else []
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ringup", *config, *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(server, log.fileno())
            yield server
            if server.poll():
                raise _ended(words, log.fileno())
        except TimeoutError as error:
            raise _ended(words, log.fileno()) from error
        finally:
            server.terminate()
            server.wait()


def _wait_until_ready(server: "subprocess.Popen[bytes]", log: int) -> None:
    """Wait until the server says whether it is ready; raises TimeoutError if it does not."""
    until = monotonic() + READY_SECONDS
    while "ready" not in _said(log).lower():
        if server.poll() is not None or monotonic() > until:
            raise TimeoutError
        sleep(POLL_SECONDS)


def _ended(words: Sequence[str], log: int) -> OutsideError:
    last = "\n".join(_said(log).splitlines()[-MOST_LAST_WORDS:])
    return OutsideError(serve_line(words), f"it failed. Its last lines:\n{last}", "")


def _said(log: int) -> str:
    return os.pread(log, os.fstat(log).st_size, 0).decode(errors="replace")
