"""Gets the probabilities of check.json from check.png with Pillow and onnxruntime alone.

    transfusion export <run> --to exported
    python checks/check_picture.py exported [another …]

Follows preprocess.json, for every fit, filter and range, and prints the largest difference of a
probability. Needs numpy, onnxruntime, pillow (11 or later).
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image


def pair(size):
    return np.broadcast_to(size, 2).tolist()


def inside(rows, columns, frame_rows, frame_columns):
    """The largest size of the first shape inside the second."""
    if columns * frame_rows > frame_columns * rows:
        return max((rows * frame_columns + columns // 2) // columns, 1), frame_columns
    return frame_rows, max((columns * frame_rows + rows // 2) // rows, 1)


def cut_size(rows, columns, frame_rows, frame_columns):
    """The largest size of the second shape inside the first."""
    if columns * frame_rows > frame_columns * rows:
        return rows, max((frame_columns * rows + frame_rows // 2) // frame_rows, 1)
    return max((frame_rows * columns + frame_columns // 2) // frame_columns, 1), columns


def middle(image, rows, columns):
    left, top = (image.width - columns) // 2, (image.height - rows) // 2
    return image.crop((left, top, left + columns, top + rows))


def resized(image, how):
    if image.mode != "I;16":
        image = image.convert("L" if how["channels"] != 3 else "RGB")
    rows, columns = pair(how["resized"])
    if how["fit"] == "crop":
        image = middle(image, *cut_size(image.height, image.width, rows, columns))
    if how["fit"] == "pad":
        rows, columns = inside(image.height, image.width, rows, columns)
    resampling = Image.Resampling[how["resize"].upper()]
    return image.resize((columns, image.height), resampling).resize((columns, rows), resampling)


def network_input(image, how):
    largest = 65535 if image.mode == "I;16" else 255
    samples = np.asarray(image, np.float32).reshape(image.height, image.width, -1)
    low, high = np.float32((0, largest) if how["range"] == "full" else how["range"])
    samples = np.clip((samples - low) / (high - low), 0, 1)
    rows, columns = pair(how["resized"])
    top, left = (rows - image.height) // 2, (columns - image.width) // 2
    framed = np.zeros((rows, columns, how["channels"]), np.float32)
    framed[top : top + image.height, left : left + image.width] = samples
    cut_rows, cut_columns = pair(how["size"])
    top, left = (rows - cut_rows) // 2, (columns - cut_columns) // 2
    framed = framed[top : top + cut_rows, left : left + cut_columns]
    return ((framed - np.float32(how["mean"])) / np.float32(how["std"])).transpose(2, 0, 1)[None]


def sha256(image, channels=1):
    samples = np.asarray(image)
    if samples.ndim == 2:
        samples = samples.repeat(channels, axis=1)
    return hashlib.sha256(samples.tobytes()).hexdigest()


def main():
    for folder in map(Path, sys.argv[1:]):
        how = json.loads((folder / "preprocess.json").read_text())
        expected = json.loads((folder / "check.json").read_text())
        picture = Image.open(folder / "check.png")
        framed = resized(picture, how)
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
        found = session.run(["probabilities"], {"image": network_input(framed, how)})[0][0]
        difference = abs(found - np.array(expected["probabilities"])).max()
        print(
            f"{folder}: {picture.mode} {picture.width}x{picture.height}, {how['fit']} to {how['size']}, {how['resize']};"
            f" decoded alike: {sha256(picture) == expected['decoded_sha256']},"
            f" resized alike: {sha256(framed, how['channels']) == expected['resized_sha256']},"
            f" largest difference {difference:.1e}"
        )
        assert difference <= expected["tolerance"]


if __name__ == "__main__":
    main()
