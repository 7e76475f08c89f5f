"""Studies that are planned but not trained: their directory awaits fabricated records.

The program itself plans them, from a table of noise pictures that has as many cases, patients and
positives as asked, so that whatever it reads of a plan is as it would be.
"""

import hashlib
import json
import shutil
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

EDGE = 16
TRAINING = 40


@dataclass(frozen=True)
class Shape:
    """What the plan of a study depends on."""

    cases: int  # test pictures
    prevalence: float  # share of positive patients, of validation and test alike
    per_patient: int  # most pictures a patient
    is_known: bool  # whether the table says whose a picture is
    validation: int  # validation pictures
    models: tuple
    inits: tuple
    seeds: int
    margin: float
    eval_every: int
    max_steps: int


def part(shape, name, count):
    """Rows of a part of the table: picture, patient, label. Pictures of a patient share a label."""
    draw = np.random.default_rng([count, shape.per_patient, len(name)])
    sizes = []
    while sum(sizes) < count:
        sizes.append(min(int(draw.integers(1, shape.per_patient + 1)), count - sum(sizes)))
    positives = max(2, round(shape.prevalence * len(sizes)))
    label = draw.permutation(np.arange(len(sizes)) < positives)
    rows = []
    for patient, size in enumerate(sizes):
        for picture in range(size):
            rows.append((f"{name}-{patient:05}-{picture}.png", f"{name}-{patient:05}", int(label[patient])))
    return rows


def parts(shape):
    counts = {"train": TRAINING, "validation": shape.validation, "test": shape.cases}
    return {name: part(shape, name, count) for name, count in counts.items()}


def noise_picture(path, draw):
    pixels = draw.integers(0, 256, (EDGE, EDGE, 3), dtype=np.uint8)
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", EDGE, EDGE, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def call(binary, *arguments):
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 1, 75):
        raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr or done.stdout}")


def weights_of(binary, cache, model):
    """A file of weights of the network: trained for one step, as nothing is read of them."""
    path = cache / f"{model}.safetensors"
    if not path.exists():
        text = f"""model = "{model}"
[data]
source = "phantom-objects"
size = 16
count = 600
[train]
max_steps = 1
batch_size = 8
"""
        configuration = cache / f"{model}.toml"
        configuration.write_text(text)
        call(binary, "pretrain", configuration, "--weights", path, "--out", cache / f"pretrain-{model}")
    return path


def configuration(shape, weights):
    listed = lambda names: ", ".join(f'"{name}"' for name in names)
    patient = 'patient = "patient"\n' if shape.is_known else ""
    return f"""title = "Fabricated"
[data]
source = "table.csv"
image_root = "pictures"
{patient}split = "part"
size = {EDGE}
classes = ["no", "yes"]
[weights]
{"".join(f'{model} = "{path}"' + chr(10) for model, path in weights.items())}
[grid]
model = [{listed(shape.models)}]
init = [{listed(shape.inits)}]
seeds = {shape.seeds}
[train]
max_steps = {shape.max_steps}
eval_every = {shape.eval_every}
[compare]
margin = {shape.margin}
resamples = 100
specificities = [0.9]
"""


def planned(binary, cache, shape):
    """Directory of a planned study of this shape; made once a program."""
    asked = (shape, hashlib.sha256(Path(binary).read_bytes()).hexdigest())
    home = cache / hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
    study = home / "study"
    if (home / "ready").exists():
        return study
    shutil.rmtree(home, ignore_errors=True)
    (home / "pictures").mkdir(parents=True)
    draw = np.random.default_rng(0)
    lines = ["image,patient,label,part"]
    for name, rows in parts(shape).items():
        for picture, patient, label in rows:
            noise_picture(home / "pictures" / picture, draw)
            lines.append(f"{picture},{patient},{label},{name}")
    (home / "table.csv").write_text("\n".join(lines) + "\n")
    reads_weights = any(init in ("transfer", "mean-var") for init in shape.inits)
    weights = {model: weights_of(binary, cache, model) for model in shape.models} if reads_weights else {}
    (home / "study.toml").write_text(configuration(shape, weights))
    # A share beyond the last job: the plan is written and nothing trains.
    call(binary, "run", home / "study.toml", "--out", study, "--shard", "1000000/1000000")
    shutil.rmtree(home / "pictures")
    plan = json.loads((study / "plan.json").read_text())
    assert len(plan["data"]["split"]["test"]) == shape.cases, "the plan has the table's parts"
    (home / "ready").write_text("")
    return study
