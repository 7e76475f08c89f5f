"""AUC, DeLong's interval and the bootstrap: ours and Python's, by turns, on the same files.

Called by discrimination.sh, which says how to use it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

WORKS = ["auc:1000000", "delong:1000000", "bootstrap:10000"]
RIVALS = {"auc": "scikit-learn", "delong": "numpy", "bootstrap": "scikit-learn"}


def write_cases(folder, cases):
    """A tenth is positive and scores higher; scores in single precision, so that some tie."""
    random = np.random.default_rng(7)
    labels = random.random(cases) < 0.1
    logits = random.standard_normal(cases) + 1.5 * labels
    scores = (1 / (1 + np.exp(-logits))).astype(np.float32).astype("<f8")
    paths = [str(Path(folder) / name) for name in ("labels", "scores")]
    labels.astype(np.uint8).tofile(paths[0])
    scores.tofile(paths[1])
    return paths


def turn(command):
    """One process of its own on one thread: seconds, the AUC, its standard error."""
    variables = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
    environment = os.environ | dict.fromkeys(variables, "1")
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return tuple(map(float, done.stdout.split()))


def compare(work, options):
    """A line of results: what each side took, and how many times as long as ours."""
    name, cases = work.split(":")
    reference = [sys.executable, str(Path(__file__).with_name("discrimination_reference.py"))]
    with tempfile.TemporaryDirectory(prefix="discrimination-") as folder:
        paths = write_cases(folder, int(cases))
        sides = {
            "ours": [os.environ["TRANSFUSION_BENCH"], name, *paths],
            RIVALS[name]: [*reference, name, *paths],
        }
        turns = {side: [] for side in sides}
        for _ in range(options.rounds):
            for side, command in sides.items():
                time.sleep(0.1)
                turns[side].append(turn(command))
    row = {"work": work}
    for side, found in turns.items():
        seconds, auc, error = map(statistics.median, zip(*found))
        row[side] = {"seconds": seconds, "auc": auc, "standard_error": error}
        row[side]["ratio"] = seconds / row["ours"]["seconds"]
        # Beyond this the sides do not do the same work; a bootstrap draws its own numbers.
        tolerance = 0.1 if name == "bootstrap" else 1e-6
        assert abs(auc - row["ours"]["auc"]) < 1e-9, row
        assert abs(error - row["ours"]["standard_error"]) <= tolerance * error, row
    return row


def main():
    parser = argparse.ArgumentParser(prog="discrimination.sh", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK:CASES", default=WORKS)
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not options.json:
        print(f"{'work':18}{'side':>14}{'seconds':>12}{'ratio':>10}  AUC")
    rows = []
    for work in options.works:
        rows.append(compare(work, options))
        if options.json:
            continue
        for side, found in rows[-1].items():
            if side != "work":
                print(
                    f"{work:18}{side:>14}{found['seconds']:12.4f}{found['ratio']:10.2f}"
                    f"  {found['auc']:.12f}",
                    flush=True,
                )
    if options.json:
        print(json.dumps(rows, indent=1))


main()
