from collections.abc import Mapping, Sequence
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

VERSION: str

_Floats = npt.NDArray[np.float32]
_Doubles = npt.NDArray[np.float64]
_Patients = Optional[Sequence[Optional[str]]]
_Curves = Sequence[Sequence[tuple[int, float]]]

def delong(
    labels: npt.NDArray[np.bool_],
    scores: _Doubles,
    patients: _Patients,
    level: float,
    student: bool,
) -> tuple[float, float, float, float, str, Optional[int]]: ...
def delong_paired(
    labels: npt.NDArray[np.bool_],
    first: _Doubles,
    second: _Doubles,
    patients: _Patients,
    level: float,
    margin: Optional[float],
) -> tuple[
    tuple[Sequence[float], Sequence[float], float],
    tuple[float, float, float, float],
    Optional[tuple[float, float]],
    Optional[tuple[Optional[float], str]],
]: ...
def holm(p: Sequence[Optional[float]]) -> list[Optional[float]]: ...
def equivalence(
    arm: tuple[float, float, int],
    baseline: tuple[float, float, int],
    margin: float,
    pooled: bool,
) -> tuple[
    float,
    float,
    Optional[float],
    tuple[float, float],
    Sequence[Optional[float]],
    Optional[float],
    str,
]: ...
def speed_up(
    arm: _Curves, baseline: _Curves, threshold: float, evaluations: int
) -> tuple[
    float, Optional[tuple[float, float]], Sequence[float], float, Sequence[int], str
]: ...
def measures() -> tuple[list[str], list[str]]: ...
def compare(a: npt.NDArray[Any], b: npt.NDArray[Any], asked: Mapping[str, Any]) -> str: ...
def policies() -> list[str]: ...
def initialise(
    tensors: Sequence[tuple[str, _Floats]],
    source: Optional[Sequence[tuple[str, _Floats]]],
    asked: Mapping[str, Any],
) -> tuple[Optional[str], list[tuple[str, _Floats, str]]]: ...
