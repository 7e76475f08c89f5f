"""Compares exported models with PyTorch and onnxruntime on pictures.

    transfusion export <run> --to exported
    transfusion predict exported <pictures> --out predictions.csv
    python checks/export.py exported predictions.csv

Loads model.safetensors with strict=True into the network of the same name (torchvision's or timm's,
CBR built here from the paper's table), preprocesses with Pillow as preprocess.json says, and prints
the largest difference of a probability to predictions.csv, for PyTorch and for onnxruntime.
Needs torch, torchvision, timm, onnx, onnxruntime, safetensors, pillow.
"""

import csv
import json
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import timm
import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from check_picture import network_input, resized

TORCHVISION = {
    "mobilenet-v2": "mobilenet_v2",
    "efficientnet-b0": "efficientnet_b0",
    "convnext-tiny": "convnext_tiny",
    "inception-v3": "inception_v3",
}
TIMM = {
    "efficientnet-lite0": "tf_efficientnet_lite0",
    "efficientnet-lite1": "tf_efficientnet_lite1",
    "deit-small": "deit_small_patch16_224",
    "vit-small": "vit_small_patch16_224",
}
CBR = {"cbr-small": ([32, 64, 128, 256], 7), "cbr-tiny": ([32, 64, 128, 256], 5)}


def cbr(widths, kernel, channels, classes):
    blocks, previous = OrderedDict(), channels
    for index, width in enumerate(widths):
        conv = nn.Conv2d(previous, width, kernel, padding=kernel // 2, bias=False)
        parts = OrderedDict(conv=conv, bn=nn.BatchNorm2d(width), relu=nn.ReLU())
        parts["pool"] = nn.MaxPool2d(3, 2, 1)
        blocks["stem" if index == 0 else f"block{index}"] = nn.Sequential(parts)
        previous = width
    blocks["average"] = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    blocks["fc"] = nn.Linear(previous, classes)
    return nn.Sequential(blocks)


def network(name, channels, size, classes):
    if name in CBR:
        return cbr(*CBR[name], channels, classes)
    if name in TIMM:
        sized = {"img_size": size} if name in ("deit-small", "vit-small") else {}
        return timm.create_model(TIMM[name], num_classes=classes, in_chans=channels, **sized)
    options = {"init_weights": False, "aux_logits": False} if name == "inception-v3" else {}
    return getattr(torchvision.models, TORCHVISION.get(name, name))(num_classes=classes, **options)


def main():
    folder, predictions = Path(sys.argv[1]), sys.argv[2]
    metadata = json.loads((folder / "metadata.json").read_text())
    how = json.loads((folder / "preprocess.json").read_text())
    model = network(
        metadata["network"]["name"], how["channels"], how["size"], len(metadata["classes"])
    )
    model.load_state_dict(load_file(folder / "model.safetensors"), strict=True)
    model.eval()
    onnx.checker.check_model(onnx.load(folder / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    ours, batch = [], []
    with open(predictions, newline="") as file:
        for row in csv.DictReader(file):
            ours.append([float(row[f"probability:{name}"]) for name in metadata["classes"]])
            batch.append(network_input(resized(Image.open(row["image"]), how), how)[0])
    ours, batch = np.array(ours), np.stack(batch)
    with torch.inference_mode():
        logits = model(torch.from_numpy(batch)).double()
    multilabel = metadata["task"] == "multilabel"
    torchs = (torch.sigmoid(logits) if multilabel else torch.softmax(logits, 1)).numpy()
    onnxs = session.run(["probabilities"], {"image": batch})[0]
    print(f"{metadata['name']}: {len(ours)} pictures; largest difference in a probability:")
    print(f"  PyTorch, strict=True  {abs(torchs - ours).max():.1e}")
    print(f"  onnxruntime           {abs(onnxs - ours).max():.1e}")


if __name__ == "__main__":
    main()
