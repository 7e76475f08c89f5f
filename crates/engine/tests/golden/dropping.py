"""Writes dropping.json beside this file: what PyTorch makes of networks that leave something out.

    python dropping.py

Networks, weights and images are those of zoo.py. Which features and bodies are left out is drawn
here as `streams` draws it; how much, torchvision's and timm's own modules say, and a formula where
they have none. Made with torch 2.15.0, torchvision 0.29.2, timm 1.0.31, in float64 from float32
weights and images.
"""

import hashlib
import json
import pathlib
import struct

import timm
import torch
import torchvision.models as tv
from torch import nn
from torch.nn import functional as F

from zoo import CLASSES, SHIFT, fill, images, numbers

SEED, FIRST = 7, 1000


def words(seed, purpose, index):
    """The numbers of a stream, 64 bits each: ChaCha8 under a key that spells its name."""
    name = purpose.encode()
    key = hashlib.sha256(
        struct.pack("<QQ", seed, len(name)) + name + struct.pack("<Q", index)
    ).digest()
    counter = 0
    while True:
        state = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<QQ", counter, 0)))
        w = state[:]

        def quarter(a, b, c, d):
            for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                w[x] = (w[x] + w[y]) % 2**32
                v = w[z] ^ w[x]
                w[z] = (v << r | v >> (32 - r)) % 2**32

        for _ in range(4):
            for i in range(4):
                quarter(i, i + 4, i + 8, i + 12)
            for i in range(4):
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        block = [(a + b) % 2**32 for a, b in zip(w, state)]
        for low, high in zip(block[::2], block[1::2]):
            yield high << 32 | low
        counter += 1


def factors(purpose, share, batch, count):
    """`[batch, count]`: 0 for what is left out, 1 / (1 - share) for what stays."""
    rows = []
    for picture in range(batch):
        stream = words(SEED, purpose, FIRST + picture)
        draws = [(next(stream) >> 11) / 2**53 for _ in range(count)]
        rows.append([0.0 if draw < share else 1 / (1 - share) for draw in draws])
    return torch.tensor(rows, dtype=torch.float64)


class Body(nn.Module):
    """In the place of a module that leaves bodies out."""

    def __init__(self, name, share):
        super().__init__()
        self.name, self.share = name, share

    def forward(self, x):
        kept = factors(f"stochastic depth/{self.name}", self.share, len(x), 1)
        return x * kept.reshape(-1, *[1] * (x.dim() - 1))


class Features(nn.Module):
    """In the place of a module that leaves features out."""

    def __init__(self, path, share):
        super().__init__()
        self.path, self.share = path, share

    def forward(self, x):
        return x * factors(f"dropout/{self.path}", self.share, len(x), x.shape[1])


def efficientnet(size):
    model = tv.efficientnet_b0(num_classes=CLASSES)
    shares = {}
    for path, unit in model.named_modules():
        if isinstance(unit, tv.efficientnet.MBConv) and unit.use_res_connect:
            name = f"{path}.block.0.0.weight"
            shares[name] = unit.stochastic_depth.p
            unit.stochastic_depth = Body(name, shares[name])
    share = model.classifier[0].p
    model.classifier[0] = Features("classifier.1", share)
    return model, share, shares


def convnext(size):
    model = tv.convnext_tiny(num_classes=CLASSES)
    shares = {}
    for path, unit in model.named_modules():
        if isinstance(unit, tv.convnext.CNBlock):
            name = f"{path}.block.0.weight"
            shares[name] = unit.stochastic_depth.p
            unit.stochastic_depth = Body(name, shares[name])
    return model, 0.0, shares


def deit(size):
    model = timm.create_model(
        "deit_small_patch16_224", img_size=size, num_classes=CLASSES, drop_path_rate=0.1
    )
    shares = {}
    for index, block in enumerate(model.blocks):
        for number in "12":
            name = f"blocks.{index}.norm{number}.weight"
            old = getattr(block, f"drop_path{number}")
            shares[name] = getattr(old, "drop_prob", 0.0)
            setattr(block, f"drop_path{number}", Body(name, shares[name]))
    return model, 0.0, shares


class Unit(nn.Module):
    """A residual unit of torchvision's whose body may be left out."""

    def __init__(self, unit, name, share):
        super().__init__()
        self.unit, self.left_out = unit, Body(name, share)

    def forward(self, x):
        u = self.unit
        body = u.bn2(u.conv2(F.relu(u.bn1(u.conv1(x)))))
        return F.relu(self.left_out(body) + (u.downsample(x) if u.downsample else x))


def resnet(size):
    """Huang et al. 2016: the share of unit l of L is l / L of that of the last."""
    model = tv.resnet18(num_classes=CLASSES)
    shares = {}
    for stage in range(4):
        layer = getattr(model, f"layer{stage + 1}")
        for index in range(2):
            name = f"layer{stage + 1}.{index}.conv1.weight"
            shares[name] = 0.4 * (2 * stage + index + 1) / 8
    return model, 0.5, shares


def wrap(model, share, shares):
    """After the weights are there, which are filled by the names of torchvision."""
    for stage in range(4):
        layer = getattr(model, f"layer{stage + 1}")
        for index in range(2):
            name = f"layer{stage + 1}.{index}.conv1.weight"
            layer[index] = Unit(layer[index], name, shares[name])
    model.fc = nn.Sequential(Features("fc", share), model.fc)


def gradient(path, g):
    flat = g.flatten()
    return {
        "path": path,
        "norm": float(flat.norm()),
        "entries": numbers(flat[[i * len(flat) // 8 for i in range(8)]]),
    }


def case(network, build, asked, gain, size, batch, told):
    model, share, shares = build(size)
    model = fill(model, gain, SHIFT).train()
    parameters = dict(model.named_parameters())
    if network == "resnet18":
        wrap(model, share, shares)
    loss = F.cross_entropy(model(images(batch, size)), torch.arange(batch) * 3 % CLASSES)
    loss.backward()
    return {
        "network": network, "dropout": asked[0], "stochastic_depth": asked[1], "gain": gain,
        "size": size, "batch": batch, "seed": SEED, "first": FIRST, "features": share,
        "bodies": shares, "loss": float(loss.detach()),
        "gradients": [gradient(path, parameters[path].grad) for path in told],
    }


ORIGINAL = ["original", "original"]
CASES = [
    ("efficientnet-b0", efficientnet, ORIGINAL, 1.7, 64, 4,
     ["features.0.0.weight", "features.4.1.block.3.0.weight", "classifier.1.weight"]),
    ("convnext-tiny", convnext, ORIGINAL, 1.0, 64, 4,
     ["features.0.0.weight", "features.5.4.block.5.weight", "classifier.2.weight"]),
    ("deit-small", deit, ORIGINAL, 1.0, 64, 6,
     ["patch_embed.proj.weight", "blocks.8.mlp.fc2.weight", "head.weight"]),
    ("resnet18", resnet, [0.5, 0.4], 1.2, 64, 4,
     ["conv1.weight", "layer3.1.conv2.weight", "fc.weight"]),
]
golden = [case(*values) for values in CASES]
path = pathlib.Path(__file__).with_name("dropping.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
