"""Mean CCA of two views: ours, google/svcca and numpy, by turns, on the same files.

Called by similarity.sh, which says how to use it.
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

WORKS = ["2048x20000", "64x256000"]


def write_views(folder, channels, datapoints):
    """Two `.npy` of `f32`, `[datapoints, channels]`: mixtures of shared and own noise.

    No direction is nearly constant: the covariances have Cholesky factors.
    """
    random = np.random.default_rng(7)
    mixings = random.standard_normal((2, channels, channels), np.float32) / (2 * channels**0.5)
    mixings += np.eye(channels, dtype=np.float32)
    paths = [Path(folder) / f"{side}.npy" for side in "ab"]
    views = [
        np.lib.format.open_memmap(path, "w+", np.float32, (datapoints, channels))
        for path in paths
    ]
    for start in range(0, datapoints, 4096):
        rows = min(4096, datapoints - start)
        shared = random.standard_normal((rows, channels), np.float32)
        for view, mixing in zip(views, mixings):
            own = random.standard_normal((rows, channels), np.float32)
            view[start : start + rows] = (shared + own) @ mixing + 1
    for view in views:
        view.flush()
    return [str(path) for path in paths]


def write_sparse(folder):
    """Two maps of 1,000 images of 293 × 293 × 64, 22 GB each, of which 8 images are on disk."""
    random = np.random.default_rng(7)
    for side in "ab":
        path, shape = Path(folder) / f"{side}.npy", (1000, 293, 293, 64)
        view = np.lib.format.open_memmap(path, "w+", np.float32, shape)
        for image in range(0, 1000, 125):
            view[image] = random.standard_normal(shape[1:], np.float32)
        view.flush()
        print(path)


def turn(command, threads):
    """One process of its own: seconds, MiB beyond the mapped files, and the mean CCA."""
    variables = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
    environment = os.environ | dict.fromkeys(variables, str(threads))
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return tuple(map(float, done.stdout.split()))


def compare(work, options):
    """A line of results: what each side took, and how many times as long as ours."""
    channels, datapoints = map(int, work.split("x"))
    reference = [sys.executable, str(Path(__file__).with_name("similarity_reference.py"))]
    with tempfile.TemporaryDirectory(prefix="similarity-", dir=options.folder) as folder:
        paths = write_views(folder, channels, datapoints)
        sides = {
            "ours": [os.environ["TRANSFUSION_BENCH"], *paths, str(options.threads)],
            "numpy": [*reference, "numpy", *paths],
            # With few channels its threads wait for each other more than they work.
            "numpy-1": [*reference, "numpy", *paths],
        }
        if options.svcca:
            sides["svcca"] = [*reference, "svcca", *paths, options.svcca]
        turns = {side: [] for side in sides}
        for index in range(options.rounds):
            for side, command in sides.items():
                if side == "svcca" and index >= options.svcca_rounds:
                    continue
                time.sleep(0.2)
                threads = 1 if side == "numpy-1" else options.threads
                turns[side].append(turn(command, threads))
    row = {"work": work}
    for side, found in turns.items():
        seconds, mebibytes, value = map(statistics.median, zip(*found))
        row[side] = {"seconds": seconds, "mib": mebibytes, "mean_cca": value}
    for side in turns:
        row[side]["ratio"] = row[side]["seconds"] / row["ours"]["seconds"]
        # Beyond this the sides do not do the same work.
        assert abs(row[side]["mean_cca"] - row["ours"]["mean_cca"]) < 1e-6, row
    return row


def main():
    parser = argparse.ArgumentParser(prog="similarity.sh", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="CHANNELSxDATAPOINTS", default=WORKS)
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--svcca", default=os.environ.get("SVCCA"), help="a checkout of svcca")
    parser.add_argument("--svcca-rounds", type=int, default=1, help="its turns, which take minutes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", help="where the views are written for the time being")
    parser.add_argument("--sparse", metavar="FOLDER", help="only write 22 GB of sparse maps there")
    options = parser.parse_args()
    if options.sparse:
        write_sparse(options.sparse)
        return
    if not options.json:
        print(f"{'work':14}{'side':>8}{'seconds':>12}{'ratio':>10}{'extra MiB':>12}  mean CCA")
    rows = []
    for work in options.works:
        rows.append(compare(work, options))
        if options.json:
            continue
        for side, found in rows[-1].items():
            if side != "work":
                print(
                    f"{work:14}{side:>8}{found['seconds']:12.3f}{found['ratio']:10.2f}"
                    f"{found['mib']:12.1f}  {found['mean_cca']:.12f}",
                    flush=True,
                )
    if options.json:
        print(json.dumps(rows, indent=1))


main()
