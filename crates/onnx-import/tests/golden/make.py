"""Small ONNX files, exported by PyTorch 2.15.0 (TorchScript), with the logits of onnxruntime 1.32.0.

    python make.py

Writes *.onnx and logits.json beside itself: of two pictures whose sample i is ((37 i) mod 101) / 50 − 1.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

HERE = Path(__file__).parent
SIZE = 16


class Unit(nn.Module):
    """Depthwise convolution, squeeze-and-excitation, hard swish, a residual sum."""

    def __init__(self, n):
        super().__init__()
        self.conv = nn.Conv2d(n, n, 3, padding=1, groups=n, bias=False)
        self.bn = nn.BatchNorm2d(n, eps=1e-3)
        self.fc1, self.fc2 = nn.Conv2d(n, 2, 1), nn.Conv2d(2, n, 1)

    def forward(self, x):
        y = nn.functional.silu(self.bn(self.conv(x)))
        s = y.mean((2, 3), keepdim=True)
        s = torch.sigmoid(self.fc2(torch.relu(self.fc1(s))))
        return x + nn.functional.hardswish(y * s)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU6())
        self.body = nn.Sequential(nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.GELU(), nn.Conv2d(6, 6, 1))
        self.short = nn.Conv2d(4, 6, 1, stride=2, bias=False)
        self.unit = Unit(6)
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        x = self.stem(x)
        x = torch.relu(self.body(x) + self.short(x))
        return self.fc(self.unit(x).mean((2, 3)))


class Dense(nn.Module):
    """Concatenations of everything so far, and branches that part late."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.layers = nn.ModuleList([nn.Conv2d(4 + 2 * i, 2, 3, padding=1) for i in range(3)])
        self.norm = nn.BatchNorm2d(10)
        self.a, self.b, self.c = nn.Conv2d(10, 3, 1), nn.Conv2d(3, 2, (1, 3), padding=(0, 1)), nn.Conv2d(3, 2, (3, 1), padding=(1, 0))
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(14 * 16, 5), nn.ReLU(), nn.Dropout(), nn.Linear(5, 3, bias=False))

    def forward(self, x):
        parts = [torch.nn.functional.max_pool2d(self.first(x), 2)]
        for layer in self.layers:
            parts.append(torch.relu(layer(torch.cat(parts, 1))))
        x = torch.relu(self.norm(torch.cat(parts, 1)))
        y = torch.relu(self.a(x))
        x = torch.cat([self.b(y), self.c(y), nn.functional.avg_pool2d(x, 3, 1, 1)], 1)
        return self.head(nn.functional.max_pool2d(x, 2, ceil_mode=True))


class Next(nn.Module):
    """Channels last, layer norms, factors a channel."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 4, 4, stride=4)
        self.conv = nn.Conv2d(4, 4, 7, padding=3, groups=4)
        self.norm, self.wide, self.narrow = nn.LayerNorm(4, eps=1e-6), nn.Linear(4, 8), nn.Linear(8, 4)
        self.scale = nn.Parameter(torch.ones(4, 1, 1))
        self.last, self.fc = nn.LayerNorm(4), nn.Linear(4, 3)

    def forward(self, x):
        x = self.patches(x)
        y = self.norm(self.conv(x).permute(0, 2, 3, 1))
        y = self.narrow(nn.functional.gelu(self.wide(y))).permute(0, 3, 1, 2)
        x = x + self.scale * y
        return self.fc(self.last(x.mean((2, 3))))


class Gated(nn.Module):
    """Products of maps: a gated perceptron, and a map times what is made of it."""

    def __init__(self):
        super().__init__()
        self.patches, self.norm = nn.Conv2d(3, 4, 4, stride=4), nn.BatchNorm2d(4)
        self.gate, self.wide, self.narrow = nn.Conv2d(4, 6, 1), nn.Conv2d(4, 6, 1), nn.Conv2d(6, 4, 1)
        self.near, self.fc = nn.Conv2d(4, 4, 3, padding=1), nn.Linear(4, 3)

    def forward(self, x):
        x = self.patches(x)
        y = self.norm(x)
        x = x + self.narrow(nn.functional.silu(self.gate(y)) * self.wide(y))
        x = x * torch.sigmoid(self.near(x))
        return self.fc(x.mean((2, 3)))


def pictures():
    i = np.arange(2 * 3 * SIZE * SIZE)
    return ((37 * i % 101) / 50 - 1).astype(np.float32).reshape(2, 3, SIZE, SIZE)


def main():
    logits = {}
    for name, network in [("residual", Residual()), ("dense", Dense()), ("next", Next()), ("gated", Gated())]:
        draw = torch.Generator().manual_seed(1)
        for path, tensor in [*network.named_parameters(), *network.named_buffers()]:
            if tensor.dtype.is_floating_point:
                low, high = (0.5, 1.5) if "var" in path or "norm.weight" in path else (-0.5, 0.5)
                with torch.no_grad():
                    tensor.uniform_(low, high, generator=draw)
        network.eval()
        for end, options in [("", {}), ("-unfolded", {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False})]:
            file = f"{name}{end}.onnx"
            torch.onnx.export(network, torch.zeros(1, 3, SIZE, SIZE), HERE / file, dynamo=False, opset_version=17,
                              input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, **options)
            session = onnxruntime.InferenceSession(HERE / file)
            logits[file] = session.run(None, {"x": pictures()})[0].tolist()
    (HERE / "logits.json").write_text(json.dumps(logits, indent=1) + "\n")


main()
