"""Compiles the optional fast path of the TFTP server while the package is built or installed.

Without a C compiler, or where it fails, the package is built without it: everything works, slower.
"""

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("src/ringup/serve/tftp/fast")
SOURCES = ("tftp_fast.c", "tftp_known.c")
LIBRARY = FOLDER / "tftp_fast.so"


class CustomBuildHook(BuildHookInterface):
    """Called by hatchling before it packs a wheel or makes an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, beside the source, and put the result into the wheel."""
        library = Path(self.root) / LIBRARY
        sources = [str(library.with_name(name)) for name in SOURCES]
        compiler = os.environ.get("CC") or (sysconfig.get_config_var("CC") or "cc").split()[0]
        command = [compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC"]
        try:
            subprocess.run([*command, "-o", str(library), *sources], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            library.unlink(missing_ok=True)
            self.app.display_warning(f"ringup is built without its fast path for TFTP: {error}")
            return
        build_data["artifacts"].append(f"/{LIBRARY}")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
