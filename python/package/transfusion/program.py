"""The program ``transfusion`` that came with this package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Union

from .errors import ProgramError, StoppedError, TransfusionError

__all__ = ["PathLike", "program", "version"]

PathLike = Union[str, "os.PathLike[str]"]

_DISTRIBUTION = "transfusion-study"
#: Another program than the installed one, by its path.
_OVERRIDE = "TRANSFUSION_PROGRAM"
_INTERRUPTED = 75


def program() -> Path:
    """Where the program is: what ``TRANSFUSION_PROGRAM`` names, else the one of this package,
    else the first on the ``PATH``."""
    override = os.environ.get(_OVERRIDE)
    if override:
        return Path(override)
    try:
        files = metadata.files(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        files = []
    candidates = [Path(str(file.locate())) for file in files if file.name == "transfusion"]
    candidates.append(Path(sysconfig.get_path("scripts")) / "transfusion")
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate.resolve()
    found = shutil.which("transfusion")
    if found is None:
        raise TransfusionError(
            "the program `transfusion` is not installed beside this package: expected it in "
            f"{candidates[-1].parent}; install the wheel again (pip install --force-reinstall "
            f"{_DISTRIBUTION}), or name a program in {_OVERRIDE}"
        )
    return Path(found)


def version() -> str:
    """The version of the program, as it says it: ``transfusion 0.1.0``."""
    return output(["--version"]).strip()


def output(arguments: Sequence[str]) -> str:
    """What the program prints on stdout."""
    found = subprocess.run(
        [str(program()), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    stdout = found.stdout.decode("utf-8", "replace")
    if found.returncode not in (0, 1):
        raise failure(found.returncode, found.stderr.decode("utf-8", "replace").splitlines())
    return stdout


def output_json(arguments: Sequence[str]) -> Any:
    """What the program prints on stdout, as JSON."""
    return json.loads(output(arguments))


def failure(exit_code: int, lines: Sequence[str], told: str | None = None) -> ProgramError:
    """The exception for an exit code; ``lines`` are the last of stderr."""
    errors = [line for line in lines if line.startswith("error: ")]
    if told is None:
        told = errors[-1][len("error: ") :] if errors else "\n".join(lines[-5:])
    if not told:
        told = f"the program ended with exit code {exit_code} and said nothing"
    kind = StoppedError if exit_code == _INTERRUPTED else ProgramError
    return kind(told, exit_code)
