"""Compares `transfusion predict` with Keras on networks that Keras wrote, in every form of file.

    python checks/hdf5.py BINARY

Builds ResNet-50 and DenseNet-121 of keras.applications without pretrained weights, lets a batch of
noise set the statistics of their batch norms, writes them whole (.h5, .keras), as weights (.weights.h5)
and as Keras 2 wrote weights, and ResNet-50 also under the names and with the epsilon of Keras before
2.2.5. Each file is converted by `transfusion weights convert`, and a picture of noise goes through both.
Prints the largest difference of a logarithm of a probability, and ends with 1 where one is above 1e-3.
Needs keras, a backend for it (KERAS_BACKEND), h5py, numpy, pillow.
"""

import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import keras
import numpy as np
from PIL import Image

CLASSES = 10
LIMIT = 1e-3


def built(make, epsilon=None):
    """A network whose activations neither vanish nor explode."""
    keras.utils.set_random_seed(7)
    model = make(weights=None, classes=CLASSES)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
            layer.gamma.assign(np.random.uniform(0.5, 1.5, layer.gamma.shape))
            layer.beta.assign(np.random.normal(0, 0.3, layer.beta.shape))
            if epsilon:
                layer.epsilon = epsilon
        elif getattr(layer, "use_bias", False):
            layer.bias.assign(np.random.normal(0, 0.1, layer.bias.shape))
    model(np.random.rand(4, 224, 224, 3).astype("f4"), training=True)
    head = model.layers[-1]
    head.kernel.assign(np.random.normal(0, 0.2, head.kernel.shape))
    return model


def old_name(name):
    """The name of a layer of ResNet-50 before Keras 2.2.5."""
    if name in ("conv1_conv", "conv1_bn", "predictions"):
        return {"conv1_conv": "conv1", "conv1_bn": "bn_conv1", "predictions": "fc1000"}[name]
    stage, block, branch, kind = re.fullmatch(r"conv(\d)_block(\d)_(\d)_(conv|bn)", name).groups()
    branch = "1" if branch == "0" else "2" + " abc"[int(branch)]
    unit = chr(ord("a") + int(block) - 1)
    return f"{'res' if kind == 'conv' else 'bn'}{stage}{unit}_branch{branch}"


def write_legacy(model, path, named=lambda name: name):
    """As `save_weights` of Keras 2 wrote it."""
    layers = [layer for layer in model.layers if layer.weights]
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [named(layer.name).encode() for layer in layers]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.2.4"
        for layer in layers:
            name = named(layer.name)
            group = file.create_group(name)
            names = [f"{name}/{weight.name}:0" for weight in layer.weights]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, weight in zip(names, layer.weights):
                group[name] = keras.ops.convert_to_numpy(weight)


def predicted(binary, weights, picture, folder):
    """Logarithms of the probabilities of all classes, and what the file was taken for."""
    made = folder / "converted.safetensors"
    made.unlink(missing_ok=True)
    scaling = ["--mean", "0,0,0", "--std", "1,1,1", "--size", "224", "--source", "noise"]
    convert = [binary, "weights", "convert", weights, "--to", made, *scaling]
    told = subprocess.run(convert, check=True, capture_output=True, text=True)
    predict = [binary, "predict", made, picture]
    table = subprocess.run(predict, check=True, capture_output=True, text=True).stdout
    header, row = csv.reader(table.splitlines())
    return np.log([float(number) for number in row[-CLASSES:]]), (told.stdout + told.stderr).split("\n")[0]


def main():
    binary = Path(sys.argv[1]).resolve()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        pixels = np.random.default_rng(3).integers(0, 256, (224, 224, 3), np.uint8)
        picture = folder / "noise.png"
        Image.fromarray(pixels).save(picture)
        for kind, make, epsilon in [
            ("ResNet50", keras.applications.ResNet50, None),
            ("ResNet50 before 2.2.5", keras.applications.ResNet50, 1e-3),
            ("DenseNet121", keras.applications.DenseNet121, None),
        ]:
            model = built(make, epsilon)
            # ResNet-50 of Keras reads blue first.
            image = pixels[:, :, ::-1] if "ResNet" in kind else pixels
            expected = keras.ops.convert_to_numpy(model(image[None].astype("f4") / 255, training=False))
            expected = np.log(expected[0].astype("f8"))
            forms = {"model.h5": model.save, "model.keras": model.save, "model.weights.h5": model.save_weights}
            forms["legacy.h5"] = lambda path: write_legacy(model, path)
            if epsilon:
                forms = {"legacy.h5": lambda path: write_legacy(model, path, old_name)}
            for name, write in forms.items():
                write(folder / name)
                found, told = predicted(binary, folder / name, picture, folder)
                difference = np.abs(found - expected).max()
                spread = np.ptp(expected)
                print(f"{kind}, {name}: {difference:.1e} of logarithms that span {spread:.2f}; {told}", flush=True)
                worst = max(worst, difference)
                (folder / name).unlink()
    return int(not worst < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
