"""How alike two layers represent the same images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import _native
from . import frames as tables
from .arrays import numbers

__all__ = ["Comparison", "Measured", "compare", "measures"]


@dataclass(frozen=True)
class Measured:
    """One measure with what it is to be held against."""

    #: Its name, such as ``debiased-cka``.
    measure: str
    #: The number; ``None`` where there is none, for the reason in ``words``.
    value: float | None
    #: Why there is no value.
    words: str | None
    #: What independent Gaussian data of these sizes would give, where a formula exists.
    floor: float | None
    #: ``mean``, ``sd``, ``p`` and ``permutations`` with the images of ``b`` shuffled.
    null: Mapping[str, float] | None
    #: ``low``, ``high`` and ``groups``: 95%, over images.
    interval: Mapping[str, float] | None


@dataclass(frozen=True)
class Comparison:
    """Two layers compared; ``comparison["mean-cca"].value`` is a number."""

    #: Every measure, in the order asked for.
    measured: tuple[Measured, ...]
    #: What a datapoint is: ``spatial``, ``flattened`` or ``pooled``.
    convention: str
    #: The same in words, with the reason.
    convention_words: str
    #: Images, and datapoints made of them.
    images: int
    datapoints: int
    #: What a reader should know before trusting the numbers.
    warnings: tuple[str, ...]
    #: All that was said, with the keys of ``transfusion compare --json``.
    record: Mapping[str, Any]

    def __getitem__(self, measure: str) -> Measured:
        for measured in self.measured:
            if measured.measure == measure:
                return measured
        raise KeyError(measure)

    def __iter__(self) -> Iterator[Measured]:
        return iter(self.measured)

    def __len__(self) -> int:
        return len(self.measured)

    def frame(self, frames: str = "pandas") -> Any:
        """A row a measure."""
        rows = [
            {
                "measure": one.measure,
                "value": one.value,
                "low": (one.interval or {}).get("low"),
                "high": (one.interval or {}).get("high"),
                "floor": one.floor,
                "null_mean": (one.null or {}).get("mean"),
                "p": (one.null or {}).get("p"),
                "words": one.words,
            }
            for one in self.measured
        ]
        columns = ["measure", "value", "low", "high", "floor", "null_mean", "p", "words"]
        return tables.of_rows(frames, rows, columns)


def measures(usual: bool = False) -> list[str]:
    """The names of all measures, or of those that are measured unless asked otherwise.

    >>> measures(usual=True)
    ['debiased-cka', 'angular-procrustes', 'mean-cca', 'mutual-neighbours-10']
    """
    return _native.measures()[int(usual)]


def compare(
    a: Any,
    b: Any,
    measures: Sequence[str] | str | None = None,
    *,
    axes: str | Sequence[str] | None = None,
    axes_b: str | Sequence[str] | None = None,
    convention: str | None = None,
    positions: int | None = None,
    permutations: int = 99,
    groups: int = 20,
    budget: float = 1e12,
    seed: int = 0,
) -> Comparison:
    """Compares activations ``a`` and ``b`` of the same images in the same order.

    The numbers are those of ``transfusion compare`` on the same arrays in files. Arrays of NumPy
    and tensors of PyTorch in ``float32`` or ``float64`` are read where they lie, without a copy;
    the interpreter is free meanwhile.

    ``axes``: what the axes mean, slowest first: ``nchw``, ``nhwc``, ``ntc`` (tokens), ``nc`` or
    ``cn``; told from the shapes where it is left out. ``axes_b``: the same for ``b``, where it
    differs. ``convention``: what a datapoint is, ``spatial``, ``flattened`` or ``pooled``.
    ``measures``: names, or ``"all"``. ``permutations`` of the images make the null, ``groups``
    of them left out in turn the interval; ``budget``: most operations of either.

    >>> import numpy as np
    >>> a = np.random.default_rng(0).normal(size=(200, 4))
    >>> turned = a[:, ::-1] * 3.0
    >>> round(compare(a, turned, ["cka"], axes="nc")["cka"].value, 9)
    1.0
    """
    if isinstance(measures, str):
        measures = [measures]
    known, usual = _native.measures()
    asked: list[str] = []
    for name in usual if measures is None else measures:
        asked += [one for one in (known if name == "all" else [name]) if one not in asked]
    named = _list(axes)
    told = json.loads(
        _native.compare(
            numbers(a, "a"),
            numbers(b, "b"),
            {
                "axes": [named, named if axes_b is None else _list(axes_b)],
                "convention": convention,
                "measures": asked,
                "positions": positions,
                "permutations": permutations,
                "groups": groups,
                "budget": float(budget),
                "seed": seed,
            },
        )
    )
    return Comparison(
        measured=tuple(Measured(**one) for one in told["measured"]),
        convention=told["convention"],
        convention_words=told["convention_words"],
        images=told["images"],
        datapoints=told["datapoints"],
        warnings=tuple(told["warnings"]),
        record=told,
    )


def _list(axes: str | Sequence[str] | None) -> list[str]:
    if axes is None:
        return []
    return [axes] if isinstance(axes, str) else list(axes)
