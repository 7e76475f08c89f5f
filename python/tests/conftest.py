"""A small study, run once by the installed program."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import transfusion

STUDY = """
title   = "Does transfer help?"
data    = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
weights = { cbr-tiny = "builtin:cbr-tiny-phantom" }
grid    = { model = ["cbr-tiny"], init = ["random", "mean-var", "transfer"], seeds = 3 }
train   = { batch_size = 8, max_steps = 4, eval_every = 2 }
"""


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "study.toml").write_text(STUDY)
    command = [str(transfusion.program()), "run", "study.toml", "--out", "out"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "out"
