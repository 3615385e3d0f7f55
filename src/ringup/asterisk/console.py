"""Asterisk's console on this machine: what root can ask before there is a manager account."""

import re
import subprocess
from time import monotonic, sleep

from ringup.errors import OutsideError, for_root

ANSWER_SECONDS = 20
BOOT_SECONDS = 60
POLL_SECONDS = 0.2


def asked(command: str) -> str:
    """Return what Asterisk prints for a command; raises OutsideError where it does not run or answer."""
    tried = f"asking Asterisk for {command}"
    cure = f"Start it: {for_root('systemctl start asterisk')}"
    try:
        done = subprocess.run(
            ["asterisk", "-rx", command], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutsideError(tried, getattr(error, "strerror", None) or "no answer.", cure) from error
    if done.returncode:
        raise OutsideError(tried, done.stderr.strip() or done.stdout.strip() or "no answer.", cure)
    return done.stdout


def lacks_voicemail() -> bool:
    """Return whether several voicemail modules load, so that Asterisk has no VoiceMailMain."""
    loaded = re.findall(r"(?m)^(app_voicemail\w*\.so)", asked("module show like app_voicemail"))
    known = re.search(r"(?m)^\s*VoiceMailMain:", asked("core show applications like VoiceMailMain"))
    return bool(loaded) and known is None


def refuse_during_calls() -> None:
    """Raise OutsideError while a call is up, which a restart would end."""
    found = re.search(r"(\d+) active channels?", asked("core show channels count"))
    if found is None or int(found[1]):
        count = f"{found[1]} channels are in use" if found else "the number of calls is not known"
        raise OutsideError("restarting Asterisk", f"{count}.", "Nothing was changed. Try again later.")


def restart() -> None:
    """Restart Asterisk, once a call that began meanwhile has ended, and wait until it is up again.

    Raises OutsideError. The console answers before the old process is gone, and not at all for some tenths
    of a second after it.
    """
    asked("core restart gracefully")
    end = monotonic() + BOOT_SECONDS
    while not _is_up():
        if monotonic() > end:
            raise OutsideError(
                "restarting Asterisk", f"it is not up after {BOOT_SECONDS} seconds.", "Look at its log."
            )
        sleep(POLL_SECONDS)


def _is_up() -> bool:
    try:
        return "fully booted" in asked("core waitfullybooted")
    except OutsideError:
        return False


def reload_manager() -> None:
    """Make Asterisk read manager.conf again."""
    asked("manager reload")
