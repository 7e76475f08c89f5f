"""Tables, in whichever package is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import MissingPackageError

KINDS = ("pandas", "polars")


def package(kind: str) -> Any:
    """pandas or polars."""
    if kind not in KINDS:
        raise ValueError(f"frames: expected one of {', '.join(KINDS)}, found {kind!r}")
    try:
        return importlib.import_module(kind)
    except ImportError as error:
        raise MissingPackageError(
            f"tables need {kind}, which is not installed: pip install {kind} "
            f'(or pip install "transfusion-study[{kind}]")'
        ) from error


def of_rows(kind: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Any:
    """A table of rows that all have these columns."""
    held = {column: [row.get(column) for row in rows] for column in columns}
    if kind == "polars":
        return package(kind).DataFrame(held, strict=False)
    return package(kind).DataFrame(held, columns=list(columns))


def of_predictions(kind: str, files: Sequence[tuple[Path, Mapping[str, Any]]]) -> Any:
    """Tables of predictions below each other, each with columns of its own before it."""
    return _polars(files) if kind == "polars" else _pandas(files)


def _is_text(column: str) -> bool:
    return column in ("partition", "image", "patient") or column.startswith("attribute:")


def _header(path: Path) -> list[str]:
    import csv

    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file), [])


def _pandas(files: Sequence[tuple[Path, Mapping[str, Any]]]) -> Any:
    pandas = package("pandas")
    # From 3 on numbers are read exactly without being asked.
    is_old = int(pandas.__version__.split(".")[0]) < 3
    exact = {"float_precision": "round_trip"} if is_old else {}
    tables = []
    for path, told in files:
        text = {column: str for column in _header(path) if _is_text(column)}
        table = pandas.read_csv(
            path,
            dtype=text,
            keep_default_na=False,
            na_values={column: [""] for column in _header(path)},
            encoding="utf-8",
            **exact,
        )
        for place, (column, value) in enumerate(told.items()):
            table.insert(place, column, value)
        tables.append(table)
    if not tables:
        return pandas.DataFrame()
    table = pandas.concat(tables, ignore_index=True)
    for column in ("run", "arm", "partition"):
        table[column] = table[column].astype("category")
    return table


def _polars(files: Sequence[tuple[Path, Mapping[str, Any]]]) -> Any:
    polars = package("polars")
    tables = []
    for path, told in files:
        schema = {column: polars.String for column in _header(path) if _is_text(column)}
        for column in _header(path):
            if column.startswith("probability:"):
                schema[column] = polars.Float64
        table = polars.read_csv(path, schema_overrides=schema)
        own = [polars.lit(value).alias(column) for column, value in told.items()]
        tables.append(table.select(*own, polars.all()))
    return polars.concat(tables, how="diagonal_relaxed") if tables else polars.DataFrame()
