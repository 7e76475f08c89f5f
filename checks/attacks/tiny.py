"""A study that trains in a second, what it leaves, and how it is run. The attacks share it."""

import hashlib
import os
import pathlib
import subprocess
import tempfile

STUDY = """
title = "Small"
[data]
source = "phantom-fundus"
task = "ordinal"
positive = ">=2"
size = 16
count = 40
[weights]
cbr-tiny = "builtin:cbr-tiny-phantom"
[grid]
model = ["cbr-tiny"]
init = ["random", "transfer"]
seeds = 2
[train]
lr = 1e-3
batch_size = 8
max_steps = {steps}
eval_every = 2
[compare]
thresholds = [0.7]
"""

# What the same plan gives byte for byte.
KEPT = ("results.json", "predictions.csv", "model.safetensors", "result.json")


def folder():
    """A temporary folder, in memory where the system has one: attacks sync thousands of files."""
    memory = "/dev/shm"
    return tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)


def write(place, steps=4):
    place = pathlib.Path(place)
    place.mkdir(parents=True, exist_ok=True)
    (place / "study.toml").write_text(STUDY.replace("{steps}", str(steps)))


def environment(place, **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TRANSFUSION_", "FAULT_", "LD_", "RUST"))}
    place = str(place)
    return kept | {"RAYON_NUM_THREADS": "1", "HOME": place, "TMPDIR": place, "XDG_CACHE_HOME": place} | more


def run(binary, arguments, place, seconds=300, **more):
    """Exit code (negative: a signal), stdout and stderr."""
    command = [str(binary), *map(str, arguments)]
    try:
        ended = subprocess.run(command, cwd=place, env=environment(place, **more), stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        return "hang", late.stdout or b"", late.stderr or b""
    return ended.returncode, ended.stdout, ended.stderr


def record(study):
    """SHA-256 of every file that must not differ, by path below the study."""
    study = pathlib.Path(study)
    files = (p for p in study.rglob("*") if p.name in KEPT)
    return {str(p.relative_to(study)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(files)}


def clean(binary, place, steps=4):
    """The record of the study that nothing disturbed; it is in `place`/out."""
    write(place, steps)
    code, _, said = run(binary, ["run", "study.toml", "--out", "out", "--jobs", "1"], place)
    assert code == 0, said.decode(errors="replace")
    return record(pathlib.Path(place) / "out")
