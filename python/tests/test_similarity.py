"""Similarities beside the program's, and arrays that are not copied."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
import transfusion
from transfusion.arrays import numbers


def layers(kind: type = np.float32) -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(1)
    a = draws.normal(size=(40, 6, 5, 5)).astype(kind)
    return a, (a[:, ::-1][:, :4] + draws.normal(size=(40, 4, 5, 5))).astype(kind)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize("convention", [None, "pooled", "flattened"])
def test_numbers_are_those_of_the_program(
    tmp_path: Path, kind: type, convention: str | None
) -> None:
    a, b = layers(kind)
    np.save(tmp_path / "a.npy", a)
    np.save(tmp_path / "b.npy", b)
    command = [str(transfusion.program()), "compare", "a.npy", "b.npy", "--axes", "nchw", "--json"]
    command += ["--measures", "all", "--permutations", "9"]
    if convention is not None:
        command += ["--convention", convention]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout
    told = json.loads(printed)
    found = transfusion.compare(
        a, b, "all", axes="nchw", convention=convention, permutations=9
    )
    assert found.convention_words == told["convention_words"]
    for ours, theirs in zip(found, told["measured"], strict=True):
        expected = {key: theirs[key] for key in ("measure", "value", "words", "floor", "null", "interval")}
        assert vars(ours) == expected


def test_nothing_is_copied() -> None:
    a, _ = layers()
    assert np.shares_memory(numbers(a, "a"), a)
    assert numbers(a.astype(np.float16), "a").dtype == np.float32
    assert numbers(np.arange(4), "a").dtype == np.float64
    with pytest.raises(TypeError, match="real numbers"):
        numbers(np.array([1j]), "a")


def test_the_interpreter_is_free_meanwhile() -> None:
    draws = np.random.default_rng(2)
    a, b = draws.normal(size=(2, 4000, 400)).astype(np.float32)
    started = threading.Event()
    turns = 0

    def work() -> None:
        started.set()
        transfusion.compare(a, b, ["mean-cca"], axes="nc", permutations=20)

    worker = threading.Thread(target=work)
    worker.start()
    started.wait()
    while worker.is_alive():
        turns += 1
    # Held, the interpreter would come here once or twice.
    assert turns > 1000


def test_refusals_say_why() -> None:
    a, b = layers()
    with pytest.raises(ValueError, match="unknown measure `ckaa`"):
        transfusion.compare(a, b, ["ckaa"])
    with pytest.raises(ValueError, match="same images"):
        transfusion.compare(a, b[:30], axes="nchw")
    a[3, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="image 3"):
        transfusion.compare(a, b, axes="nchw")
    found = transfusion.compare(b[:5], b[:5], ["mean-cca"], axes="nchw", convention="pooled")
    assert found["mean-cca"].value is None
    assert "datapoints" in (found["mean-cca"].words or "")
