"""Studies planned and run, by the program."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import warnings
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from . import frames as tables
from .errors import ProgramError, TransfusionError
from .events import Event, Listener
from .program import PathLike, failure, output_json, program
from .study import Study

__all__ = ["demo", "plan", "run"]

#: Lines of stderr that are kept for a message.
_KEPT = 50
_FINDINGS = 1


def plan(path: PathLike, *, frames: str = "pandas") -> Any:
    """A row a run of the study in ``path``, with its cost and an estimate of time; trains nothing.

    ``path``: a ``study.toml``, or the directory of a study.
    """
    rows = [_flat(row) for row in output_json(["plan", str(path), "--json"])]
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(row))
    return tables.of_rows(frames, rows, list(columns))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat.update({f"{key}_{inner}": number for inner, number in value.items()})
        else:
            flat[key] = value
    return flat


def run(
    path: PathLike,
    *,
    on_event: Listener | None = None,
    out: PathLike | None = None,
    jobs: int | None = None,
    device: str | None = None,
    offline: bool = False,
    retry: bool = False,
    frames: str = "pandas",
) -> Study:
    """Runs the study in ``path``, or goes on with it, and returns it.

    ``path``: a ``study.toml``, or the directory of a study that was begun. ``on_event`` is called
    with every event, a mapping with ``event``, ``at`` and what the page docs/shell.md lists.
    The other arguments are the program's options of the same names.

    ``KeyboardInterrupt`` stops the run as Ctrl-C does: every live training saves a checkpoint
    after its current step, the report of what is done is written, and the exception goes on. A
    second one ends the program at once. An exception of ``on_event`` stops it in the same way.

    Jobs that failed are a warning; the study's ``runs`` has their errors. Raises
    ``StoppedError`` where something is lacking for now, and ``ProgramError`` for what else ends
    the program early, with its message.
    """
    arguments = ["run", str(path)]
    return _carry_out(arguments, on_event, out, jobs, device, offline, retry, frames)


def demo(
    *,
    on_event: Listener | None = None,
    out: PathLike | None = None,
    jobs: int | None = None,
    device: str | None = None,
    frames: str = "pandas",
) -> Study:
    """Runs the program's demo: a complete small study on drawn pictures, in a few minutes."""
    return _carry_out(["demo"], on_event, out, jobs, device, False, False, frames)


def _carry_out(
    arguments: list[str],
    on_event: Listener | None,
    out: PathLike | None,
    jobs: int | None,
    device: str | None,
    offline: bool,
    retry: bool,
    frames: str,
) -> Study:
    tables.package(frames)
    options = [("--out", out), ("--jobs", jobs), ("--device", device)]
    for option, value in options:
        if value is not None:
            arguments += [option, str(value)]
    arguments += [word for word, is_asked in (("--offline", offline), ("--retry", retry)) if is_asked]
    told = _Told(on_event)
    exit_code, lines = _follow([str(program()), *arguments, "--json"], told)
    if exit_code not in (0, _FINDINGS):
        raise failure(exit_code, lines, told.error)
    directory = told.directory or (None if out is None else Path(out))
    if directory is None:
        raise ProgramError(
            f"`transfusion {arguments[0]} --json` said nothing of its directory; the program is "
            "older than this package: install transfusion-study again",
            exit_code,
        )
    if exit_code == _FINDINGS:
        warnings.warn(
            f"the study in {directory} ended with findings: {told.failed or 'some'} of its jobs "
            "failed; `runs` has their errors",
            stacklevel=3,
        )
    return Study.load(directory, frames=frames)


class _Told:
    """What the events said that the end of the run needs."""

    def __init__(self, on_event: Listener | None) -> None:
        self.on_event = on_event
        self.directory: Path | None = None
        self.error: str | None = None
        self.failed: int | None = None

    def take(self, line: bytes) -> None:
        try:
            event: Event = json.loads(line)
        except ValueError:
            return
        if not isinstance(event, dict) or "event" not in event:
            return
        if event["event"] == "study_planned":
            self.directory = Path(event["directory"])
        elif event["event"] == "ended":
            self.error, self.failed = event.get("error"), event.get("failed")
        if self.on_event is not None:
            self.on_event(event)


def _follow(command: Sequence[str], told: _Told) -> tuple[int, list[str]]:
    """Runs a command to its end; its exit code and the last lines of its stderr."""
    lines: deque[str] = deque(maxlen=_KEPT)
    # In a session of its own: whether Ctrl-C reaches a child depends on the terminal or notebook,
    # and the program takes a second one for an order to end at once.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    if process.stdout is None or process.stderr is None:
        raise TransfusionError("the program cannot be listened to")
    listener = threading.Thread(target=_keep, args=(process.stderr, lines), daemon=True)
    listener.start()
    raised: BaseException | None = None
    while True:
        try:
            for line in iter(process.stdout.readline, b""):
                told.take(line)
            exit_code = process.wait()
            break
        except KeyboardInterrupt as interrupt:
            raised = raised or interrupt
            process.send_signal(signal.SIGINT)
        except BaseException as error:
            raised = raised or error
            told.on_event = None
            process.send_signal(signal.SIGINT)
    process.stdout.close()
    listener.join()
    if raised is not None:
        raise raised
    return exit_code, list(lines)


def _keep(stream: IO[bytes], lines: deque[str]) -> None:
    for line in stream:
        lines.append(line.decode("utf-8", "replace").rstrip("\n"))
    stream.close()
