"""What a run says while it goes on."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Callable, TextIO

__all__ = ["Event", "Listener", "Progress"]

#: One event: ``at`` in seconds since 1970, ``event``, its name, and the keys of its kind.
Event = Mapping[str, Any]
#: What is called with every event.
Listener = Callable[[Event], object]


class Progress:
    """How far a run is, from its events; also a listener that writes it on one line.

    ``run("study.toml", on_event=Progress())`` shows it.

    >>> progress = Progress(file=None)
    >>> progress({"event": "study_planned", "at": 0.0, "jobs": 2, "to_do": 2, "steps": 20})
    >>> progress({"event": "step", "at": 1.0, "job": "a", "steps": 10, "step": 5, "loss": 0.7})
    >>> progress.fraction
    0.25
    >>> progress({"event": "job_finished", "at": 2.0, "job": "a", "steps": 10})
    >>> progress.fraction
    0.5
    """

    def __init__(self, file: TextIO | None = sys.stderr) -> None:
        self._file = file
        self._steps = 0
        self._to_do = 0
        self._taken: dict[str, int] = {}
        self._ended: set[str] = set()
        self._width = 0

    @property
    def fraction(self) -> float:
        """Share of the steps that is done, 0 to 1; of the jobs where none trains."""
        if self._steps > 0:
            return min(1.0, sum(self._taken.values()) / self._steps)
        return len(self._ended) / self._to_do if self._to_do else 0.0

    def __call__(self, event: Event) -> None:
        kind = event.get("event")
        job, steps = event.get("job"), event.get("steps") or 0
        if kind in ("study_planned", "seeds_added"):
            self._steps += steps
            self._to_do += event.get("to_do") or 0
        elif kind == "ended":
            self._write("ended" if event.get("exit_code") else "done", "\n")
            return
        elif job is not None and kind in ("job_finished", "job_failed"):
            self._ended.add(job)
            self._taken[job] = steps
        elif job is not None and event.get("step") is not None:
            self._taken[job] = event["step"]
        self._write(str(event.get("name") or event.get("title") or ""), "")

    def _write(self, text: str, end: str) -> None:
        if self._file is None:
            return
        line = f"{100 * self.fraction:3.0f}% {text}"[:79]
        self._file.write("\r" + line.ljust(self._width) + end)
        self._file.flush()
        self._width = len(line)
