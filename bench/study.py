"""A whole study, ours beside a careful PyTorch script: wall seconds of both, and their ratio.

Called by study.sh, which says how to use it.
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

import torch

from study_reference import ARMS, BATCH, LEARNING_RATE, NETWORKS, POSITIVE, SEEDS, SIZE

# Steps of a run, and how often it is evaluated: a network takes a few minutes for both sides.
LENGTHS = {"cbr-small": (100, 20), "resnet18": (16, 8)}
MODELS = {
    "cbr-small": ("cbr-small", '"cbr-small"'),
    "resnet18": ("resnet18-small-stem", '{ name = "resnet18", stem = "small" }'),
}
STUDY = """\
title = "A study beside PyTorch"

[data]
source    = "{data}"
task      = "ordinal"
positive  = ">={positive}"
size      = {size}
augment   = {{ flip_horizontal = true, flip_vertical = true }}
normalise = "data"

[weights]
{label} = "{weights}"

[grid]
model = [{model}]
init  = {arms}
seeds = {seeds}

[train]
optimizer  = "adam"
lr         = {lr}
batch_size = {batch}
schedule   = "cosine"
max_steps  = {steps}
eval_every = {every}
"""


def write_weights(network, path):
    """A network drawn from one seed, in PyTorch's format: what both sides call pretrained."""
    torch.manual_seed(7)
    torch.save(NETWORKS[network]().state_dict(), path)


def write_study(network, data, weights, steps, every, path):
    label, model = MODELS[network]
    text = STUDY.format(
        data=data,
        weights=weights,
        label=label,
        model=model,
        arms=json.dumps(ARMS),
        seeds=SEEDS,
        positive=POSITIVE,
        size=SIZE,
        lr=LEARNING_RATE,
        batch=BATCH,
        steps=steps,
        every=every,
    )
    path.write_text(text)


def timed(command):
    """Wall seconds, and what was printed."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - start, done.stdout


def our_aucs(folder):
    """Mean test AUC of each arm; every run must have one."""
    found = {arm: [] for arm in ARMS}
    for path in folder.glob("runs/*/result.json"):
        arm = json.loads(path.with_name("spec.json").read_text())["init"]["name"]
        found[arm].append(json.loads(path.read_text())["test"]["auc"]["value"])
    counts = {arm: len(values) for arm, values in found.items()}
    if set(counts.values()) != {SEEDS}:
        sys.exit(f"expected {SEEDS} runs of every arm in {folder}, found {counts}")
    return {arm: statistics.mean(values) for arm, values in found.items()}


def compare(network, options):
    """One line of results, from alternating turns of both sides."""
    steps, every = LENGTHS[network]
    if options.steps:
        steps, every = options.steps, max(1, options.steps // 4)
    threads = str(options.threads)
    reference = [sys.executable, str(Path(__file__).with_name("study_reference.py"))]
    ours, theirs = [], []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="study-", dir=options.folder) as folder:
            folder = Path(folder)
            data, weights = options.data.resolve(), folder / "weights.pth"
            write_weights(network, weights)
            write_study(network, data, weights, steps, every, folder / "study.toml")
            study = str(folder / "study.toml")
            out = folder / "ours"
            program = os.environ["TRANSFUSION"]
            seconds, _ = timed([program, "run", study, "--out", str(out), "--json"])
            ours.append((seconds, our_aucs(out)))
            numbers = [str(steps), str(every), threads]
            arguments = [str(data), str(weights), network, *numbers, str(folder / "theirs")]
            seconds, printed = timed([*reference, *arguments])
            theirs.append((seconds, json.loads(printed)))
    mine, other = (statistics.median(seconds for seconds, _ in side) for side in (ours, theirs))
    return {
        "network": network,
        "runs": len(ARMS) * SEEDS,
        "steps": steps,
        "ours_seconds": mine,
        "pytorch_seconds": other,
        "ratio": other / mine,
        "ours_test_auc": ours[-1][1],
        "pytorch_test_auc": theirs[-1][1],
    }


def main():
    parser = argparse.ArgumentParser(prog="study.sh", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA.npz", help="RetinaMNIST at 28 pixels")
    parser.add_argument("--network", choices=list(NETWORKS), help="this one alone")
    parser.add_argument("--steps", type=int, help="of a run, evaluated four times")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's; ours takes the machine")
    parser.add_argument("--folder", help="where the studies are kept for the time being")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    options = parser.parse_args()
    if not options.data.is_file():
        sys.exit(f"{options.data} is no file: expected retinamnist.npz of MedMNIST")
    if not options.json:
        columns = "runs", "steps", "ours s", "PyTorch s", "ratio"
        print(f"{'network':12}" + "".join(f"{c:>11}" for c in columns) + "  test AUC", flush=True)
    rows = []
    for network in [options.network] if options.network else NETWORKS:
        row = compare(network, options)
        rows.append(row)
        if options.json:
            continue
        aucs = zip(ARMS, row["ours_test_auc"].values(), row["pytorch_test_auc"].values())
        print(
            f"{network:12}{row['runs']:11}{row['steps']:11}{row['ours_seconds']:11.1f}"
            f"{row['pytorch_seconds']:11.1f}{row['ratio']:11.2f}  "
            + ", ".join(f"{arm} {mine:.3f} / {other:.3f}" for arm, mine, other in aucs),
            flush=True,
        )
    if options.json:
        print(json.dumps(rows, indent=1))


main()
