"""Writes regime.json beside this file: what PyTorch makes of training by regimes.

    python regime.py

Networks, weights and images are those of zoo.py. Made with torch 2.14.1, torchvision 0.29.2.
Everything is computed in float64 from float32 weights and images.
"""

import json
import pathlib

import torch
import torchvision.models as tv
from torch import nn
from torch.nn import functional as F

from zoo import CLASSES, SHIFT, Cbr, fill, gradient, images, numbers

BLOCKS = ["stem", "block1", "block2", "block3", "fc"]
SIZE, BATCH, STEPS = 40, 4, 3
SGD = {"sgd": {"momentum": 0.9, "nesterov": False}}
ADAM = {"adam": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decoupled": False}}
ADAMW = {"adam": {**ADAM["adam"], "decoupled": True}}
DECAY = {"share": 1.0, "layer_decay": 0.75, "rates": {"fc.*": 2.0, "norms": 0.5}}
PULL = {"share": 1.0, "l2_sp": {"alpha": 10.0, "beta": 1.0}}
# Phase, rule, learning rate, weight decay.
CASES = [
    (DECAY, SGD, 0.002, 0.01),
    (DECAY, ADAM, 0.001, 0.01),
    (PULL, SGD, 0.002, 0.0),
    (PULL, ADAMW, 0.001, 0.01),
    ({**DECAY, **PULL}, ADAM, 0.001, 0.0),
]


def factor(path, phase):
    """Of the learning rate: by depth, for the classifier, for batch norms."""
    decay = phase.get("layer_decay", 1) ** (len(BLOCKS) - 1 - BLOCKS.index(path.split(".")[0]))
    rates = phase.get("rates", {"fc.*": 1, "norms": 1})
    return decay * (rates["fc.*"] if path.startswith("fc.") else 1) * (
        rates["norms"] if ".bn." in path else 1
    )


def train(phase, rule, lr, decay):
    model = fill(Cbr([32, 64, 128, 256], 5), 1.4, SHIFT).train()
    start = {path: p.detach().clone() for path, p in model.named_parameters()}
    groups = [
        {"params": [p], "lr": lr * factor(path, phase)} for path, p in model.named_parameters()
    ]
    if "sgd" in rule:
        optimiser = torch.optim.SGD(groups, momentum=0.9, weight_decay=decay)
    elif rule["adam"]["decoupled"]:
        optimiser = torch.optim.AdamW(groups, weight_decay=decay)
    else:
        optimiser = torch.optim.Adam(groups, weight_decay=decay)
    targets = torch.arange(BATCH) * 3 % CLASSES
    for _ in range(STEPS):
        loss = F.cross_entropy(model(images(BATCH, SIZE)), targets)
        if "l2_sp" in phase:
            alpha, beta = phase["l2_sp"]["alpha"], phase["l2_sp"]["beta"]
            for path, p in model.named_parameters():
                if path.startswith("fc."):
                    loss = loss + beta / 2 * p.square().sum()
                else:
                    loss = loss + alpha / 2 * (p - start[path]).square().sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    updates = []
    for path, p in model.named_parameters():
        update = (p.detach() - start[path]).flatten()
        entries = update[[i * len(update) // 8 for i in range(8)]]
        updates.append(
            {
                "path": path,
                "norm": float(update.norm()),
                "largest": float(update.abs().max()),
                "entries": numbers(entries),
            }
        )
    return {
        "phase": phase, "rule": rule, "lr": lr, "weight_decay": decay, "steps": STEPS,
        "size": SIZE, "batch": BATCH, "loss": float(loss.detach()), "updates": updates,
    }


def frozen_statistics():
    """Loss and gradients of a ResNet-18 whose batch norms use their running statistics."""
    model = fill(tv.resnet18(num_classes=CLASSES), 1.2, 0).train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    size, batch = 64, 4
    loss = F.cross_entropy(model(images(batch, size)), torch.arange(batch) * 3 % CLASSES)
    loss.backward()
    paths = [
        "conv1.weight", "bn1.weight", "bn1.bias", "layer2.0.bn2.weight", "layer2.0.bn2.bias",
        "layer3.0.downsample.1.weight", "layer4.1.conv2.weight", "layer4.1.bn2.bias", "fc.weight",
    ]
    return {
        "size": size, "batch": batch, "loss": float(loss.detach()),
        "gradients": [gradient(path, model) for path in paths],
    }


golden = {"steps": [train(*case) for case in CASES], "frozen_statistics": frozen_statistics()}
pathlib.Path(__file__).with_name("regime.json").write_text(json.dumps(golden, indent=1) + "\n")
