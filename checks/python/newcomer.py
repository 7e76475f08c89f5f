"""What a newcomer does with a wheel, in a fresh environment, and how long it takes.

    python3 checks/python/newcomer.py target/wheels/transfusion_study-*.whl

Installs the wheel with numpy and pandas (wheels only, no compiler can be found), runs a small study
on drawn pictures, loads its tables, computes one of its intervals again from its predictions, and
initialises a state dict. Ends with 1 where anything is wrong or it takes 60 s or longer. The processor time
tells a busy machine from a slow package.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

LIMIT = 60.0

STUDY = """
title   = "Does transfer help?"
data    = { source = "phantom-fundus", task = "ordinal", size = 16, count = 120 }
weights = { cbr-tiny = "builtin:cbr-tiny-phantom" }
grid    = { model = ["cbr-tiny"], init = ["random", "mean-var", "transfer"], seeds = 3 }
train   = { batch_size = 8, max_steps = 12, eval_every = 4 }
"""

WORK = """
import numpy as np
import transfusion
from transfusion import stats

study = transfusion.Study.load("out")
print(study.arms[["arm", "auc", "low", "high"]].to_string(index=False))
print(study.comparisons[["arm", "difference", "low", "high", "outcome"]].to_string(index=False))

run = study.runs.iloc[0]
test = study.predictions.query("run == @run.run and partition == 'test'")
scores = test.filter(like="probability:").to_numpy()[:, 2:].sum(axis=1)
patients = test["patient"] if test["patient"].notna().any() else None
found = stats.delong(test["label"] >= 2, scores, patients=patients, quantile="student")
print(f"{run.run}: {found.low:.6f} to {found.high:.6f}, recorded {run.auc_low:.6f} to {run.auc_high:.6f}")
assert abs(found.low - run.auc_low) < 1e-9 and abs(found.high - run.auc_high) < 1e-9

filters = np.random.default_rng(0).normal(0.1, 0.2, (64, 3, 7, 7)).astype(np.float32)
made = transfusion.initialise({"conv1.weight": filters}, "mean-var", seed=0)["conv1.weight"]
assert abs(made.mean() - filters.mean()) < 0.01 and abs(made.std() / filters.std() - 1) < 0.03
alike = transfusion.compare(filters.reshape(64, -1)[:, :8], made.reshape(64, -1)[:, :8], ["cka"], axes="nc")
print("CKA of filters and new ones:", round(alike["cka"].value, 3))
"""


def main(wheel: Path) -> int:
    began = time.monotonic()
    steps = []

    def step(what: str, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        start = time.monotonic()
        subprocess.run(command, cwd=folder, env=environment, check=True)
        steps.append((what, time.monotonic() - start))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.monotonic()
        venv.create(folder / "venv", with_pip=True)
        steps.append(("environment", time.monotonic() - start))
        here = folder / "venv" / "bin"
        environment = {
            key: value for key, value in os.environ.items() if key.startswith(("PIP_", "HTTP", "http", "no_", "NO_", "SSL"))
        }
        # Neither a compiler nor cargo is on this path.
        environment.update(PATH=str(here), HOME=name, CC="/nowhere/cc")
        pip = [str(here / "python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
        step("install", [*pip, str(wheel.resolve()), "numpy", "pandas"], folder, environment)
        (folder / "study.toml").write_text(STUDY)
        step("version", [str(here / "transfusion"), "--version"], folder, environment)
        step("study", [str(here / "transfusion"), "run", "study.toml", "--out", "out"], folder, environment)
        step("package", [str(here / "python"), "-c", WORK], folder, environment)
    for what, seconds in steps:
        print(f"{what:12} {seconds:6.1f} s")
    total = time.monotonic() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busy = sum(each.ru_utime + each.ru_stime for each in used)
    print(f"{'all':12} {total:6.1f} s of {LIMIT:.0f} s at most, {busy:.1f} s of processor time")
    print(f"the wheel has {wheel.stat().st_size} bytes")
    return int(total >= LIMIT)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
