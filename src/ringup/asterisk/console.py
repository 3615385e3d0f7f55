"""Run commands on the console of this machine's Asterisk; root needs it before a manager account exists."""

import re
import subprocess
from time import monotonic, sleep

from ringup.errors import OutsideError, for_root

ANSWER_SECONDS = 20
BOOT_SECONDS = 60
POLL_SECONDS = 0.2


def console_reply(command: str) -> str:
    """Return the output of a console command; raises OutsideError if Asterisk does not run or does not
    answer.
    """
    tried = f"running {command} on Asterisk's console"
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
    """Return whether Asterisk loads several voicemail modules, and therefore has no application
    VoiceMailMain.
    """
    loaded = re.findall(r"(?m)^(app_voicemail\w*\.so)", console_reply("module show like app_voicemail"))
    known = re.search(r"(?m)^\s*VoiceMailMain:", console_reply("core show applications like VoiceMailMain"))
    return bool(loaded) and known is None


def refuse_during_calls() -> None:
    """Raise OutsideError if a call is in progress, because a restart would end the call."""
    found = re.search(r"(\d+) active channels?", console_reply("core show channels count"))
    if found is None or int(found[1]):
        count = f"{found[1]} channels are in use" if found else "the number of calls is not known"
        raise OutsideError("restarting Asterisk", f"{count}.", "Nothing was changed. Try again later.")


def restart() -> None:
    """Restart Asterisk and wait until it runs again; raises OutsideError.

    If a call has begun meanwhile, Asterisk restarts after the call. After the order, the old process still
    answers on the console for a moment. Then the console does not answer for some tenths of a second.
    """
    console_reply("core restart gracefully")
    end = monotonic() + BOOT_SECONDS
    while not _is_up():
        if monotonic() > end:
            raise OutsideError(
                "restarting Asterisk",
                f"it is not up after {BOOT_SECONDS} seconds.",
                "See the reason in Asterisk's log.",
            )
        sleep(POLL_SECONDS)


def _is_up() -> bool:
    try:
        return "fully booted" in console_reply("core waitfullybooted")
    except OutsideError:
        return False


def reload_manager() -> None:
    """Make Asterisk read manager.conf again."""
    console_reply("manager reload")
