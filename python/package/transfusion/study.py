"""A study directory, read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from . import frames as tables
from .errors import StudyError
from .program import PathLike
from .report import Report

__all__ = ["Study", "Verdict"]

_FORMATS = {"plan.json": 4, "results.json": 2}
#: Bytes of the seal's own place at the end of a sealed file, and of what follows it.
_SEAL, _AFTER = 68, 4


@dataclass(frozen=True)
class Verdict:
    """What may be concluded. ``str(verdict)`` is the paragraph."""

    #: The one paragraph that a reader acts on.
    paragraph: str
    #: Label of the arm to take, where one can be named.
    recommended: str | None
    #: Labels of the arms that may be the best.
    possible: list[str]
    #: What is not decided, in sentences.
    open: list[str]
    #: All that ``results.json`` has under ``verdict``.
    record: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return self.paragraph


class Study:
    """A study directory: its numbers as tables.

    Tables are pandas frames, or polars frames with ``frames="polars"``. What is read is held
    against its seal first. A study that still runs can be loaded; load it again to see more.

    ``arms``, ``comparisons``, ``speed_ups`` and ``verdict`` come from ``results.json``, which
    ``run`` and ``transfusion report`` write; ``runs``, ``curves`` and ``predictions`` from the
    records of single runs, as far as there are any.
    """

    def __init__(self, directory: PathLike, frames: str = "pandas") -> None:
        if frames not in tables.KINDS:
            raise ValueError(f"frames: expected one of {', '.join(tables.KINDS)}, found {frames!r}")
        #: The study directory.
        self.directory = Path(directory)
        self._frames = frames
        #: ``plan.json``: what was to be done, resolved.
        self.plan: dict[str, Any] = self._record("plan.json")

    @classmethod
    def load(cls, directory: PathLike, *, frames: str = "pandas") -> Study:
        """Reads the study in ``directory``."""
        return cls(directory, frames)

    def __repr__(self) -> str:
        return f"Study({str(self.directory)!r}: {self.title!r})"

    @property
    def title(self) -> str:
        """The question."""
        return str(self.plan["title"])

    @property
    def report(self) -> Report:
        """The page; shown inline in notebooks."""
        return Report(self.directory / "report.html")

    @cached_property
    def results(self) -> dict[str, Any]:
        """``results.json``: every number of the report."""
        return self._record("results.json")

    @cached_property
    def verdict(self) -> Verdict:
        """What may be concluded."""
        verdict = self.results["verdict"]
        return Verdict(
            paragraph=verdict["paragraph"],
            recommended=verdict.get("recommended"),
            possible=list(verdict.get("possible") or []),
            open=list(verdict.get("open") or []),
            record=verdict,
        )

    @cached_property
    def arms(self) -> Any:
        """A row an arm: test AUC over seeds (0 to 1) with its 95% interval and both errors."""
        rows = [
            {
                "arm": arm["label"],
                **{key: arm.get(key) for key in ("model", "init", "kind", "regime")},
                "train_size": arm.get("train_size"),
                **_number("auc", arm.get("auc")),
                "learning_curve": (arm.get("learning_curve") or {}).get("mean"),
            }
            for arm in self.results["arms"]
        ]
        columns = ["arm", "model", "init", "kind", "regime", "train_size", *_NUMBER("auc")]
        return tables.of_rows(self._frames, rows, [*columns, "learning_curve"])

    @cached_property
    def comparisons(self) -> Any:
        """A row a comparison: difference in test AUC, arm less baseline, p values and outcome.

        ``p_*_corrected`` and ``outcome`` are those of the whole family of conclusions.
        """
        p_values = ["difference", "equivalence", "difference_corrected", "equivalence_corrected"]
        rows = [
            {
                "arm": found["arm"],
                "baseline": found["baseline"],
                **_number("difference", found.get("difference")),
                "outcome": found.get("outcome"),
                "uncorrected": found.get("uncorrected"),
                **{f"p_{key}": (found.get("p") or {}).get(key) for key in p_values},
            }
            for found in self.results["comparisons"]
        ]
        columns = ["arm", "baseline", *_NUMBER("difference"), "outcome", "uncorrected"]
        return tables.of_rows(self._frames, rows, [*columns, *(f"p_{key}" for key in p_values)])

    @cached_property
    def speed_ups(self) -> Any:
        """A row a comparison and threshold: how many times sooner the arm arrives there."""
        own = ["value", "low", "high", "bound", "horizon", "arm_steps", "baseline_steps"]
        thresholds = self.results.get("thresholds") or []
        rows = [
            {
                "arm": found["arm"],
                "baseline": found["baseline"],
                "threshold": threshold,
                **{key: speed.get(key) for key in [*own, "outcome"]},
            }
            for found in self.results["comparisons"]
            for threshold, speed in zip(thresholds, found.get("speed_up") or [])
            if speed
        ]
        columns = ["arm", "baseline", "threshold", *own, "outcome"]
        return tables.of_rows(self._frames, rows, columns)

    @cached_property
    def runs(self) -> Any:
        """A row a planned run: its state (``done``, ``failed``, ``open``) and test metrics."""
        rows = []
        for spec, folder in self._planned():
            row = self._named(spec)
            state, record = "open", {}
            if (folder / "result.json").exists():
                state, record = "done", self._record(f"runs/{spec['id']}/result.json")
            elif (folder / "error.json").exists():
                state, record = "failed", self._record(f"runs/{spec['id']}/error.json")
            test = record.get("test") or {}
            auc = test.get("auc") or {}
            row.update(
                model=(spec.get("model") or {}).get("name"),
                init=(spec.get("init") or {}).get("name"),
                train_size=spec.get("train_size"),
                state=state,
                auc=auc.get("value"),
                auc_low=auc.get("low"),
                auc_high=auc.get("high"),
                validation_auc=record.get("validation_auc"),
                error=record.get("error"),
                seconds=self._timing(folder).get("seconds"),
                **{key: test.get(key) for key in _METRICS},
            )
            rows.append(row)
        columns = [*_NAMES, "model", "init", "train_size", "state", "auc", "auc_low", "auc_high"]
        columns += [*_METRICS, "validation_auc", "seconds", "error"]
        return tables.of_rows(self._frames, rows, columns)

    @cached_property
    def curves(self) -> Any:
        """A row an evaluation: step, pictures seen, learning rate, losses in nats, headline AUC."""
        rows = [
            {**self._named(spec), **line}
            for spec, folder in self._planned()
            for line in _lines(folder / "metrics.jsonl")
        ]
        own = ["step", "images", "lr", "train_loss", "validation_auc", "validation_loss"]
        return tables.of_rows(self._frames, rows, [*_NAMES, *own])

    @cached_property
    def predictions(self) -> Any:
        """A row a picture, run and partition: ids, labels, probabilities, attributes."""
        files = []
        for spec, folder in self._planned():
            path = folder / "predictions.csv"
            if (folder / "result.json").exists():
                self._check_file(path, self._record(f"runs/{spec['id']}/result.json"))
                named = self._named(spec)
                files.append((path, {key: named[key] for key in ("run", "arm", "seed")}))
        return tables.of_predictions(self._frames, files)

    def _planned(self) -> Iterator[tuple[dict[str, Any], Path]]:
        for spec in self.plan["runs"]:
            yield spec, self.directory / "runs" / spec["id"]

    def _named(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        fold = spec.get("fold") or {}
        return {
            "run": spec["id"],
            "number": spec["number"],
            "arm": self.plan["arms"][spec["arm"]]["label"],
            "seed": spec["seed"],
            "repeat": fold.get("repeat"),
            "fold": fold.get("number"),
        }

    def _timing(self, folder: Path) -> dict[str, Any]:
        path = folder / "timing.json"
        return self._record(str(path.relative_to(self.directory))) if path.exists() else {}

    def _record(self, name: str) -> dict[str, Any]:
        """A sealed file, held against its seal and its format."""
        path = self.directory / name
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise StudyError(self._missing(name)) from error
        if not _is_sealed(data):
            raise StudyError(
                f"{path} is not as it was written: its seal does not fit its bytes; "
                f"`transfusion verify {self.directory}` lists what was changed, and "
                f"`transfusion repair {self.directory}` makes it again"
            )
        record = json.loads(data)
        expected = _FORMATS.get(name)
        if expected is not None and record.get("format") != expected:
            raise StudyError(
                f"{path}: expected format {expected}, found {record.get('format')}; it is of "
                "another version of the program: install that version of transfusion-study"
            )
        return dict(record)

    def _missing(self, name: str) -> str:
        if name == "results.json":
            return (
                f"{self.directory} has no results yet; `transfusion report {self.directory}` "
                "makes them of the runs that are done"
            )
        return (
            f"{self.directory} holds no {name}: expected a study directory, as "
            "`transfusion run study.toml` makes it in studies/"
        )

    def _check_file(self, path: Path, record: Mapping[str, Any]) -> None:
        """A file beside a record, against the digest in it."""
        files = record.get("files") or {}
        entry = files.get(path.name) if isinstance(files, dict) else None
        if entry is None:
            return
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != entry.get("sha256"):
            raise StudyError(
                f"{path}: expected SHA-256 {entry.get('sha256')}, found {found}; it was changed, "
                f"and `transfusion repair {self.directory}` makes it again"
            )


_NAMES = ["run", "number", "arm", "seed", "repeat", "fold"]
_METRICS = ["macro_auc", "auprc", "accuracy", "kappa", "log_loss", "best_step", "steps"]


def _NUMBER(name: str) -> list[str]:
    return [name, "low", "high", "seeds", "seed_sd", "sampling_se"]


def _number(name: str, told: Mapping[str, Any] | None) -> dict[str, Any]:
    told = told or {}
    keys = ["low", "high", "seeds", "seed_sd", "sampling_se"]
    return {name: told.get("value"), **{key: told.get(key) for key in keys}}


def _is_sealed(data: bytes) -> bool:
    if len(data) < _SEAL:
        return False
    end = len(data) - _AFTER
    blank = data[:-_SEAL] + b"0" * (_SEAL - _AFTER) + data[end:]
    return hashlib.sha256(blank).hexdigest().encode() == data[-_SEAL:end]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of JSON lines; a torn last one is left out."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
