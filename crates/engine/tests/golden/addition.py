"""Writes addition.json beside this file: what PyTorch makes of LoRA, SSF, adapters and averages of weights.

    python addition.py

Networks, weights and images are those of zoo.py; the layers that are added are written out here.
Made with torch 2.15.0, torchvision 0.29.2, timm 1.0.31. Everything is computed in float64 from
float32 weights and images.
"""

import json
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from zoo import CLASSES, SHIFT, Cbr, fill, images, numbers, uniform, vit

SGD = {"sgd": {"momentum": 0.9, "nesterov": False}}
ADAMW = {"adam": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decoupled": True}}
STEPS = 3
DECAY = 0.8


def first(path, shape, middle, width):
    values = middle + width * uniform(path, int(np.prod(shape)))
    return torch.from_numpy(values.astype(np.float32).reshape(shape)).double()


class Lora(nn.Module):
    """y = W x + b + (alpha / rank) B A x, as Hu et al. 2021 and peft have it."""

    def __init__(self, path, layer, rank, alpha):
        super().__init__()
        self.layer, self.factor = layer, alpha / rank
        if isinstance(layer, nn.Linear):
            self.lora_A = nn.Linear(layer.in_features, rank, bias=False)
            self.lora_B = nn.Linear(rank, layer.out_features, bias=False)
        else:
            self.lora_A = nn.Conv2d(
                layer.in_channels, rank, layer.kernel_size, layer.stride, layer.padding, bias=False
            )
            self.lora_B = nn.Conv2d(rank, layer.out_channels, 1, bias=False)
        a = self.lora_A.weight
        bound = 1 / np.sqrt(np.prod(a.shape[1:]))
        a.data = first(f"{path}.lora_A.weight", tuple(a.shape), 0, bound)
        self.lora_B.weight.data = torch.zeros_like(self.lora_B.weight, dtype=torch.float64)

    def forward(self, x):
        return self.layer(x) + self.lora_B(self.lora_A(x)) * self.factor

    def added(self):
        return {"lora_A.weight": self.lora_A.weight, "lora_B.weight": self.lora_B.weight}


class Ssf(nn.Module):
    """A factor and a shift a channel, as Lian et al. 2022 have it."""

    def __init__(self, path, layer):
        super().__init__()
        self.layer = layer
        channels = layer.weight.shape[0]
        self.factor = nn.Parameter(first(f"{path}.ssf.weight", (channels,), 1, 0.02))
        self.shift = nn.Parameter(first(f"{path}.ssf.bias", (channels,), 0, 0.02))

    def forward(self, x):
        y = self.layer(x)
        shape = (1, -1, 1, 1) if y.dim() == 4 else (-1,)
        return y * self.factor.view(shape) + self.shift.view(shape)

    def added(self):
        return {"ssf.weight": self.factor, "ssf.bias": self.shift}


class Adapter(nn.Module):
    """y + U max(D y + d, 0) + u, as Houlsby et al. 2019 have it, at every token or pixel."""

    def __init__(self, path, channels, reduction):
        super().__init__()
        self.path, between = path, channels // reduction
        self.down, self.up = nn.Linear(channels, between), nn.Linear(between, channels)
        weight = f"{path}.adapter_down.weight"
        self.down.weight.data = first(weight, (between, channels), 0, 1 / np.sqrt(channels))
        for zero in (self.down.bias, self.up.weight, self.up.bias):
            zero.data = torch.zeros_like(zero, dtype=torch.float64)

    def forward(self, y):
        tokens = y.movedim(1, -1) if y.dim() == 4 else y
        change = self.up(F.relu(self.down(tokens)))
        return y + (change.movedim(-1, 1) if y.dim() == 4 else change)

    def added(self):
        lines = {"adapter_down": self.down, "adapter_up": self.up}
        return {
            f"{self.path}.{line}.{name}": p
            for line, layer in lines.items() for name, p in layer.named_parameters()
        }


def adapt(model, reduction):
    """Puts adapters into a vision transformer or a CBR network: their tensors by path."""
    for p in model.parameters():
        p.requires_grad = False
    adapters = []
    if isinstance(model, Cbr):
        for index, width in enumerate([32, 64, 128, 256]):
            adapters.append(Adapter(f"block{index}" if index else "stem", width, reduction))
        def forward(x):
            for index, adapter in enumerate(adapters):
                block = getattr(model, f"block{index}" if index else "stem")
                x = adapter(F.max_pool2d(F.relu(block.bn(block.conv(x))), 3, 2, model.padding))
            return model.fc(x.mean((2, 3)))

        model.forward = forward
    else:
        for index, block in enumerate(model.blocks):
            # In the place of LayerScale, which DeiT does not have.
            for name, last in (("ls1", "attn.proj"), ("ls2", "mlp.fc2")):
                adapter = Adapter(f"blocks.{index}.{last}", model.embed_dim, reduction)
                setattr(block, name, adapter)
                adapters.append(adapter)
    return {path: p for adapter in adapters for path, p in adapter.added().items()}


def grow(model, addition):
    """Puts the added layers beside those of `model`: their tensors by path."""
    for p in model.parameters():
        p.requires_grad = False
    added = {}
    for path, layer in list(model.named_modules()):
        is_linear = isinstance(layer, nn.Linear) and not path.startswith(("head", "fc"))
        if "lora" in addition:
            lora = addition["lora"]
            wanted = is_linear if lora["on"] == "linear" else isinstance(layer, nn.Conv2d)
            new = Lora(path, layer, lora["rank"], lora["alpha"]) if wanted else None
        else:
            norms = (nn.LayerNorm, nn.BatchNorm2d)
            has_bias = isinstance(layer, nn.Conv2d) and layer.bias is not None
            new = Ssf(path, layer) if is_linear or has_bias or isinstance(layer, norms) else None
        if new is not None:
            owner, _, name = path.rpartition(".")
            setattr(model.get_submodule(owner), name, new)
            added |= {f"{path}.{name}": p for name, p in new.added().items()}
    return added


def optimiser(rule, parameters, lr, decay):
    if "sgd" in rule:
        return torch.optim.SGD(parameters, lr, momentum=0.9, weight_decay=decay)
    return torch.optim.AdamW(parameters, lr, weight_decay=decay)


def step(model, by, size, batch):
    loss = F.cross_entropy(model(images(batch, size)), torch.arange(batch) * 3 % CLASSES)
    by.zero_grad()
    loss.backward()
    by.step()


def update(path, now, before):
    by = (now.detach() - before).flatten()
    entries = by[[i * len(by) // 8 for i in range(8)]]
    return {
        "path": path, "norm": float(by.norm()), "largest": float(by.abs().max()),
        "entries": numbers(entries),
    }


def train(network, size, batch, addition, rule, lr, decay, blocks):
    if network == "deit-small":
        model = fill(vit("deit_small_patch16_224")(size), 1.0, 0)
        head = {f"head.{name}": p for name, p in model.head.named_parameters()}
    else:
        model = fill(Cbr([32, 64, 128, 256], 5), 1.4, SHIFT)
        head = {f"fc.{name}": p for name, p in model.fc.named_parameters()}
    model.eval()
    is_adapter = "adapter" in addition
    added = adapt(model, addition["adapter"]["reduction"]) if is_adapter else grow(model, addition)
    trained = added | head
    for p in trained.values():
        p.requires_grad = True
    before = {path: p.detach().clone() for path, p in trained.items()}
    by = optimiser(rule, trained.values(), lr, decay)
    for _ in range(STEPS):
        step(model, by, size, batch)
    told = [path for path in trained if path.startswith(blocks) or path in head]
    return {
        "network": network, "size": size, "batch": batch, "addition": addition, "rule": rule,
        "lr": lr, "weight_decay": decay, "steps": STEPS,
        "values": sum(p.numel() for p in trained.values()),
        "logits": numbers(model(images(batch, size))),
        "updates": [update(path, trained[path], before[path]) for path in told],
    }


def average():
    """The average of every tensor and buffer, with the weight of a step falling by DECAY from one to
    the step before, normalised."""
    size, batch, steps, lr = 40, 4, 5, 0.002
    model = fill(Cbr([32, 64, 128, 256], 5), 1.4, SHIFT).train()
    before = {path: p.detach().clone() for path, p in model.state_dict().items()}

    def follow(mean, value, count):
        share = (1 - DECAY) / (1 - DECAY ** (int(count) + 1))
        return mean + share * (value - mean)

    averaged = AveragedModel(model, avg_fn=follow, use_buffers=True)
    by = optimiser(SGD, model.parameters(), lr, 0)
    for _ in range(steps):
        step(model, by, size, batch)
        averaged.update_parameters(model)
    found = averaged.module.state_dict()
    paths = [path for path in found if not path.endswith("num_batches_tracked")]
    return {
        "size": size, "batch": batch, "steps": steps, "lr": lr, "decay": DECAY, "rule": SGD,
        "updates": [update(path, found[path], before[path]) for path in paths],
        "logits": numbers(averaged.module.eval()(images(batch, size))),
    }


def lora(rank, alpha, on):
    return {"lora": {"rank": rank, "alpha": alpha, "on": on}}


ENDS = ("blocks.0.", "blocks.11.", "norm.", "patch_embed.")
ALL = ("stem.", "block")
CASES = [
    ("deit-small", 64, 3, lora(4, 8.0, "linear"), SGD, 0.02, 0.0, ENDS),
    ("deit-small", 64, 3, lora(3, 5.0, "linear"), ADAMW, 0.001, 0.01, ENDS),
    ("cbr-tiny", 40, 4, lora(4, 16.0, "convolutions"), SGD, 0.002, 0.01, ALL),
    ("deit-small", 64, 3, {"ssf": {"on": "all"}}, SGD, 0.002, 0.0, ENDS),
    ("cbr-tiny", 40, 4, {"ssf": {"on": "all"}}, ADAMW, 0.001, 0.01, ALL),
    ("deit-small", 64, 3, {"adapter": {"reduction": 16, "on": "all"}}, SGD, 0.02, 0.0, ENDS),
    ("cbr-tiny", 40, 4, {"adapter": {"reduction": 8, "on": "all"}}, SGD, 0.002, 0.0, ALL),
]
golden = {"cases": [train(*case) for case in CASES], "average": average()}
pathlib.Path(__file__).with_name("addition.json").write_text(json.dumps(golden, indent=1) + "\n")
