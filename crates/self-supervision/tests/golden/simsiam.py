"""Writes simsiam.json beside this file: what PyTorch makes of a step of SimSiam.

    python simsiam.py

Network, weights and images are those of crates/engine/tests/golden/zoo.py: the second half of the
images are the second views of the first. Made with torch 2.15.0, torchvision 0.29.2. Everything is
computed in float64 from float32 weights and images. The loss is that of the authors' program
(facebookresearch/simsiam), on both views as one batch.
"""

import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[2] / "engine" / "tests" / "golden"))

from zoo import SHIFT, Cbr, fill, gradient, images, numbers  # noqa: E402

SIZE, PICTURES, OUTPUTS, BOTTLENECK, GAIN = 32, 4, 32, 8, 1.4
# The gradients of shifts and biases that a batch norm behind them takes out are 0.
PATHS = [
    "stem.conv.weight", "stem.bn.weight", "block2.conv.weight", "block3.bn.weight",
    "projector.0.weight", "projector.1.weight", "projector.1.bias", "projector.3.weight",
    "projector.4.weight", "predictor.0.weight", "predictor.1.bias",
    "predictor.3.weight", "predictor.3.bias",
]


class Siamese(Cbr):
    def __init__(self):
        super().__init__([32, 64, 128, 256], 5)
        self.projector = nn.Sequential(
            nn.Linear(256, OUTPUTS), nn.BatchNorm1d(OUTPUTS), nn.ReLU(),
            nn.Linear(OUTPUTS, OUTPUTS), nn.BatchNorm1d(OUTPUTS),
        )
        self.predictor = nn.Sequential(
            nn.Linear(OUTPUTS, BOTTLENECK), nn.BatchNorm1d(BOTTLENECK), nn.ReLU(),
            nn.Linear(BOTTLENECK, OUTPUTS),
        )
        self.fc = nn.Identity()


model = fill(Siamese(), GAIN, SHIFT).train()
z = model.projector(model(images(2 * PICTURES, SIZE)))
p = model.predictor(z)
(z1, z2), (p1, p2) = z.detach().chunk(2), p.chunk(2)
loss = -(F.cosine_similarity(p1, z2).mean() + F.cosine_similarity(p2, z1).mean()) * 0.5
loss.backward()
spread = F.normalize(z.detach(), dim=1).std(0).mean() * OUTPUTS**0.5
golden = {
    "size": SIZE, "pictures": PICTURES, "outputs": OUTPUTS, "bottleneck": BOTTLENECK, "gain": GAIN,
    "loss": float(loss.detach()), "spread": float(spread),
    "gradients": [gradient(path, model) for path in PATHS],
    "running": {
        path: numbers(model.get_buffer(path)[:4])
        for path in ["stem.bn.running_var", "projector.4.running_mean", "predictor.1.running_var"]
    },
}
(HERE / "simsiam.json").write_text(json.dumps(golden, indent=1) + "\n")
