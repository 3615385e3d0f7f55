"""An `asterisk` program on the PATH that replies as Asterisk 22 did, and records the commands it gets."""

from pathlib import Path

import pytest

TWO_MODULES = """\
Module                         Description                              Use Count  Status      Support Level
app_voicemail.so               Comedian Mail (Voicemail System)         0          Running              core
app_voicemail_odbc.so          Comedian Mail (Voicemail System) with OD 0          Not Running          core
2 modules loaded
"""
ONE_MODULE = """\
Module                         Description                              Use Count  Status      Support Level
app_voicemail.so               Comedian Mail (Voicemail System)         0          Running              core
1 modules loaded
"""
NO_APPLICATION = "    -= Matching Asterisk Applications =-\n    -= 0 Applications Matching =-\n"
VOICEMAIL_MAIN = """\
    -= Matching Asterisk Applications =-
         VoiceMailMain: Check Voicemail messages.
    -= 1 Applications Matching =-
"""
UNREACHABLE = "Unable to connect to remote asterisk (does /var/run/asterisk/asterisk.ctl exist?)"
SOUND = {
    "module show like app_voicemail": ONE_MODULE,
    "core show applications like VoiceMailMain": VOICEMAIL_MAIN,
    "core show channels count": "0 active channels\n0 active calls\n0 calls processed\n",
    "core waitfullybooted": "Asterisk has fully booted.\n",
    "core restart gracefully": "",
    "manager reload": "",
}
BROKEN = {
    **SOUND,
    "module show like app_voicemail": TWO_MODULES,
    "core show applications like VoiceMailMain": NO_APPLICATION,
}
"""Debian's Asterisk 22 with its unchanged modules.conf."""


class FakeConsole:
    """Replies to commands from files; a command without a file gets the reply that no Asterisk runs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._answers = folder / "answers"
        self._answers.mkdir(parents=True)
        self._log = folder / "asked"
        program = folder / "bin/asterisk"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\n[ "$1" = -rx ] || exit 9\necho "$2" >>{self._log}\n'
            f'[ -e "{self._answers}/$2" ] || {{ echo "{UNREACHABLE}" >&2; exit 1; }}\n'
            f'cat "{self._answers}/$2"\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")

    def says(self, answers: dict[str, str]) -> None:
        """Give these replies from now on."""
        for command, answer in answers.items():
            (self._answers / command).write_text(answer)

    @property
    def asked(self) -> list[str]:
        """Return the commands so far."""
        return self._log.read_text().splitlines() if self._log.exists() else []
