"""Decoding of pictures: ours and Python's, by turns, on the same files in memory.

Called by formats.sh, which says how to use it.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import time
import warnings
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.pixels import apply_modality_lut, apply_voi_lut

warnings.simplefilter("ignore")


def pillow(data):
    image = Image.open(io.BytesIO(data))
    if image.mode in ("P", "RGBA", "CMYK"):
        image = image.convert("RGB")
    return np.asarray(image)


def dicom(data):
    """As we do: the middle frame; grey after the modality and the VOI transform."""
    file = pydicom.dcmread(io.BytesIO(data), force=True)
    frames = int(file.get("NumberOfFrames", 1) or 1)
    array = pydicom.pixels.pixel_array(file, index=frames // 2)
    if file.SamplesPerPixel == 1 and file.PhotometricInterpretation != "PALETTE COLOR":
        array = apply_voi_lut(apply_modality_lut(array, file), file)
    return array


def is_dicom(data):
    return data[128:132] == b"DICM"


class Ours:
    """A process of its own that decodes all files once for each line it is sent."""

    def __init__(self, files):
        command = [os.environ["TRANSFUSION_BENCH"], "time", *map(str, files)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def theirs(files):
    start = time.perf_counter()
    for data in files:
        (dicom if is_dicom(data) else pillow)(data)
    return time.perf_counter() - start


def chosen(place, most):
    place = Path(place)
    if place.is_file():
        return [place]
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return files[:: max(1, len(files) // most)][:most]


def compare(name, place, options):
    paths = chosen(place, options.files)
    files = [path.read_bytes() for path in paths]
    ours = Ours(paths)
    # A first turn of each is not counted; small sets are decoded several times a turn.
    repeats = max(1, round(0.3 / max(ours.turn(), 1e-6)))
    theirs(files)
    turns = {"ours": [], "rival": []}
    for _ in range(options.rounds):
        turns["ours"].append(sum(ours.turn() for _ in range(repeats)) / repeats)
        turns["rival"].append(theirs(files))
    ours.end()
    medians = {side: statistics.median(found) / len(files) for side, found in turns.items()}
    return {
        "name": name,
        "files": len(files),
        "rival": "pydicom" if is_dicom(files[0]) else "Pillow",
        "ours_ms": medians["ours"] * 1e3,
        "rival_ms": medians["rival"] * 1e3,
        "ratio": medians["rival"] / medians["ours"],
    }


def main():
    parser = argparse.ArgumentParser(prog="formats.sh", description=__doc__)
    parser.add_argument("rows", nargs="+", metavar="NAME=FILE_OR_FOLDER")
    parser.add_argument("--files", type=int, default=500, help="most files of a folder")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if not options.json:
        print(f"{'name':28}{'files':>6}{'ours, ms':>10}{'rival, ms':>11}{'ratio':>7}  rival")
    rows = []
    for row in options.rows:
        name, _, place = row.partition("=")
        rows.append(compare(name, place, options))
        found = rows[-1]
        if not options.json:
            print(f"{name:28}{found['files']:6}{found['ours_ms']:10.3f}{found['rival_ms']:11.3f}"
                  f"{found['ratio']:7.2f}  {found['rival']}", flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))


main()
