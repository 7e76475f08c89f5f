"""Compares `transfusion predict` with PyTorch on the same pictures.

    transfusion predict <model> <pictures> --out predictions.csv
    python checks/predictions.py <kind> <weights> predictions.csv

Kinds and their weights:
    resnet50-keras      folder of a TensorFlow.js layers model (model.json and shards)
    efficientnet-lite0  .pth under efficientnet_pytorch's names

The networks are built here from their published descriptions, with plain torch functions; pictures
are read and resized by Pillow. Prints the share of pictures with the same most probable class, and
the largest difference in a probability of those that were printed.
Needs torch, numpy, pillow.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image


def tfjs(folder):
    """Tensors of a layers model by name."""
    folder = Path(folder)
    tensors = {}
    for group in json.loads((folder / "model.json").read_text())["weightsManifest"]:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        at = 0
        for weight in group["weights"]:
            count = int(np.prod(weight["shape"]))
            values = np.frombuffer(data, "<f4", count, at).reshape(weight["shape"])
            tensors[weight["name"]] = torch.from_numpy(values.copy())
            at += 4 * count
    return tensors


class ResNet50Keras:
    """ResNet-50 v1: stride in a block's first convolution, biases, epsilon 1e-3, BGR."""

    def __init__(self, path):
        self.w = tfjs(path)

    def picture(self, path):
        image = Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR)
        bgr = np.asarray(image, np.float32)[:, :, ::-1] - np.float32([103.939, 116.779, 123.68])
        return torch.from_numpy(bgr.transpose(2, 0, 1).copy())

    def conv(self, x, name, stride=1, padding=0):
        kernel = self.w[f"{name}/kernel"].permute(3, 2, 0, 1)
        return F.conv2d(x, kernel, self.w[f"{name}/bias"], stride, padding)

    def norm(self, x, name):
        mean, variance = self.w[f"{name}/moving_mean"], self.w[f"{name}/moving_variance"]
        gamma, beta = self.w[f"{name}/gamma"], self.w[f"{name}/beta"]
        return F.batch_norm(x, mean, variance, gamma, beta, False, 0.0, 1e-3)

    def block(self, x, place, stride, has_projection):
        body = x
        for branch, padding in (("2a", 0), ("2b", 1), ("2c", 0)):
            step = stride if branch == "2a" else 1
            body = self.conv(body, f"res{place}_branch{branch}", step, padding)
            body = self.norm(body, f"bn{place}_branch{branch}")
            if branch != "2c":
                body = F.relu(body)
        if has_projection:
            x = self.conv(x, f"res{place}_branch1", stride)
            x = self.norm(x, f"bn{place}_branch1")
        return F.relu(x + body)

    def __call__(self, x):
        x = F.relu(self.norm(self.conv(x, "conv1", 2, 3), "bn_conv1"))
        x = F.max_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 2)
        for stage, blocks in zip("2345", ("abc", "abcd", "abcdef", "abc")):
            for block in blocks:
                is_first = block == "a"
                stride = 2 if is_first and stage != "2" else 1
                x = self.block(x, stage + block, stride, is_first)
        return x.mean((2, 3)) @ self.w["fc1000/kernel"] + self.w["fc1000/bias"]


class EfficientNetLite0:
    """EfficientNet-Lite0 as TensorFlow trains it: `SAME` padding, ReLU6, epsilon 1e-3."""

    # Kernel, stride, expansion, channels, repeats.
    STAGES = [
        (3, 1, 1, 16, 1),
        (3, 2, 6, 24, 2),
        (5, 2, 6, 40, 2),
        (3, 2, 6, 80, 3),
        (5, 1, 6, 112, 3),
        (5, 2, 6, 192, 4),
        (3, 1, 6, 320, 1),
    ]

    def __init__(self, path):
        self.w = torch.load(path, map_location="cpu", weights_only=True)

    def picture(self, path):
        image = Image.open(path).convert("RGB")
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side)).resize((256, 256), Image.BILINEAR)
        image = np.asarray(image.crop((16, 16, 240, 240)), np.float32)
        return torch.from_numpy((image.transpose(2, 0, 1) - 127) / 128)

    def conv(self, x, name, stride=1, groups=1):
        weight = self.w[f"{name}.weight"]
        borders = []
        for n, k in ((x.shape[3], weight.shape[3]), (x.shape[2], weight.shape[2])):
            total = max((-(-n // stride) - 1) * stride + k - n, 0)
            borders += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, borders), weight, None, stride, 0, 1, groups)

    def norm(self, x, name):
        mean, variance = self.w[f"{name}.running_mean"], self.w[f"{name}.running_var"]
        return F.batch_norm(
            x, mean, variance, self.w[f"{name}.weight"], self.w[f"{name}.bias"], False, 0.0, 1e-3
        )

    def __call__(self, x):
        x = F.relu6(self.norm(self.conv(x, "_conv_stem", 2), "_bn0"))
        index = 0
        for kernel, stride, expansion, channels, repeats in self.STAGES:
            for repeat in range(repeats):
                at = f"_blocks.{index}"
                y = x
                if expansion > 1:
                    y = F.relu6(self.norm(self.conv(y, f"{at}._expand_conv"), f"{at}._bn0"))
                step = stride if repeat == 0 else 1
                y = self.conv(y, f"{at}._depthwise_conv", step, y.shape[1])
                y = F.relu6(self.norm(y, f"{at}._bn1"))
                y = self.norm(self.conv(y, f"{at}._project_conv"), f"{at}._bn2")
                x = x + y if x.shape == y.shape else y
                index += 1
        x = F.relu6(self.norm(self.conv(x, "_conv_head"), "_bn1"))
        return F.linear(x.mean((2, 3)), self.w["_fc.weight"], self.w["_fc.bias"])


KINDS = {"resnet50-keras": ResNet50Keras, "efficientnet-lite0": EfficientNetLite0}


def main():
    kind, weights, predictions = sys.argv[1:]
    network = KINDS[kind](weights)
    ours = {}
    with open(predictions, newline="") as file:
        for row in csv.DictReader(file):
            at = ours.setdefault(row["image"], [])
            at.append((int(row["index"]), float(row["probability"])))
    same, largest = 0, 0.0
    paths = list(ours)
    with torch.inference_mode():
        for start in range(0, len(paths), 16):
            some = paths[start : start + 16]
            logits = network(torch.stack([network.picture(path) for path in some]))
            for path, theirs in zip(some, logits.double().softmax(1)):
                same += int(theirs.argmax()) == ours[path][0][0]
                for index, probability in ours[path]:
                    largest = max(largest, abs(float(theirs[index]) - probability))
    print(f"{kind}: same class in {same} of {len(paths)} pictures")
    print(f"largest difference in a probability: {largest:.1e}")


if __name__ == "__main__":
    main()
