"""A miniature clone of this repository, with a Python, a pip and an apt-get that only pretend."""

import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

PYTHON = """\
#!/bin/sh
# Stands for a Python and its pip. Each step that takes time is written down, and can be interrupted there.
step() {
    echo "$1" >>"$STEPS"
    [ "${INTERRUPT:-}" != "$1" ] || kill -KILL 0
    [ "${FAIL:-}" != "$1" ] || { printf 'line %s\\n' 1 2 3 4 5 6 7 8 9 >&2; echo "no $1 today" >&2; exit 3; }
}
version=${PRETENDED:-3.11}
case "$*" in
*ensurepip*) ;;
*sysconfig*) echo "${COMPILER:-no-compiler}" ;;
*os.path.isdir*) [ -d ".venv/lib/python$version" ] ;;
"-c "*) ;;
--version) echo "Python $version" ;;
"-m venv .venv")
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python
    step venv
    mkdir -p ".venv/lib/python$version/site-packages"
    touch .venv/pip
    ;;
"-m pip --version") [ -f .venv/pip ] ;;
*"-m pip"*"-e .")
    step ringup
    printf '#!/bin/sh\\n# "%s/.venv/bin/python"\\necho ringup "$@"\\n' "$PWD" >.venv/bin/ringup
    chmod +x .venv/bin/ringup
    echo "$PWD/src" >".venv/lib/python$version/site-packages/_editable_impl_ringup.pth"
    [ -z "${COMPILER:-}" ] || touch src/ringup/serve/tftp/fast/tftp_fast.so
    ;;
*"-m pip"*"-r "*) step packages ;;
esac
"""


class Clone:
    """One clone, and the machine on which it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self.programs = folder / "bin"
        self.programs.mkdir()
        self._steps = folder / "steps"
        for name in ("run", "test", "tools/prepare.sh", "tools/environment.sh", "tools/asterisk-sandbox"):
            self._copy(name)
        self._copy("src/ringup/asterisk/sandbox.sh")
        self.write("src/ringup/serve/tftp/fast/tftp_fast.c", "")
        for name in ("requirements.lock", "requirements-dev.lock"):
            self.write(name, "click==8.1\nrich==13.9\n")
        self.write("pyproject.toml", "")
        self.write("hatch_build.py", "")
        self.write(".cache/asterisk-22/.ringup-sandbox", "22 22.10.1\n")
        self.program("python", PYTHON)
        for name in ("ip", "unshare", "mount"):
            self.program(name, "exit 0")

    def _copy(self, name: str) -> None:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, target)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def program(self, name: str, text: str) -> None:
        """Install a program on the machine, which is found before all others with its name."""
        path = self.programs / name
        path.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def rename(self, name: str) -> None:
        self.folder = self.folder.rename(self.folder.with_name(name))

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `./run`; the variable INTERRUPT names the step at which everything is killed, and FAIL the one
        that fails.
        """
        environment = {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "RINGUP_PYTHON": str(self.programs / "python"),
            "RINGUP_PROC": str(self.folder / "proc"),
            "STEPS": str(self._steps),
            **variables,
        }
        return subprocess.run(
            ["./run", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # an interrupt reaches the complete process group
        )

    def steps(self) -> list[str]:
        """Return the steps since the last call."""
        found = self._steps.read_text().split() if self._steps.exists() else []
        self._steps.unlink(missing_ok=True)
        return found
