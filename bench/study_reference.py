"""A study as a careful PyTorch script does it: three arms, three seeds, one network.

    study_reference.py DATA.npz WEIGHTS.pth NETWORK STEPS EVERY THREADS FOLDER

Prints the mean test AUC of each arm as JSON. `FOLDER` gets what a study keeps: evaluations,
checkpoints to go on from, the best model and its predictions.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.utils.data import DataLoader, Dataset, RandomSampler

ARMS = ["random", "transfer", "mean-var"]
SEEDS = 3
SIZE = 32
BATCH = 32
LEARNING_RATE = 1e-3
CLASSES = 5
# Moderate or worse.
POSITIVE = 2
WORKERS = 2


class Cbr(nn.Module):
    """CBR-Small under our names of tensors, so that both sides read one file."""

    def __init__(self):
        super().__init__()
        channels = 3
        self.order = []
        for index, width in enumerate([32, 64, 128, 256]):
            block = nn.Module()
            block.conv = nn.Conv2d(channels, width, 7, padding=3, bias=False)
            block.bn = nn.BatchNorm2d(width)
            nn.init.kaiming_normal_(block.conv.weight, mode="fan_out", nonlinearity="relu")
            name = f"block{index}" if index else "stem"
            self.add_module(name, block)
            self.order.append(block)
            channels = width
        self.fc = nn.Linear(channels, CLASSES)

    def forward(self, x):
        for block in self.order:
            x = nn.functional.relu(block.bn(block.conv(x)), inplace=True)
            x = nn.functional.max_pool2d(x, 3, 2, 1)
        return self.fc(x.mean((2, 3)))


def resnet18():
    """With the stem for small pictures: 3x3 of stride 1, no pool."""
    from torchvision.models import resnet18

    model = resnet18(num_classes=CLASSES)
    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(model.conv1.weight, mode="fan_out", nonlinearity="relu")
    model.maxpool = nn.Identity()
    return model


NETWORKS = {"cbr-small": Cbr, "resnet18": resnet18}


def initialise(model, arm, pretrained):
    """All but the classifier is copied, or convolutions are drawn with their mean and variance."""
    if arm == "random":
        return
    kept = {path: t for path, t in pretrained.items() if not path.startswith("fc.")}
    if arm == "transfer":
        model.load_state_dict(kept, strict=False)
        return
    for path, parameter in model.named_parameters():
        if path in kept and parameter.dim() == 4:
            nn.init.normal_(parameter, kept[path].mean().item(), kept[path].std().item())


class Pictures(Dataset):
    """Framed pictures in memory, mirrored either way one time in two."""

    def __init__(self, pixels, labels, mean, std):
        self.pixels, self.labels = pixels, labels
        self.mean, self.std = mean, std

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, index):
        pixels = self.pixels[index]
        flips = [axis for axis in (1, 2) if torch.rand(()) < 0.5]
        return self.scale(pixels.flip(flips) if flips else pixels), self.labels[index]

    def scale(self, pixels):
        return (pixels.float() / 255 - self.mean) / self.std


def partitions(path):
    """Training, validation and test pictures, scaled as the training pictures are."""
    data = np.load(path)
    found, mean, std = [], None, None
    for name in "train", "val", "test":
        images = [Image.fromarray(image) for image in data[f"{name}_images"]]
        framed = [np.asarray(image.resize((SIZE, SIZE), Image.BILINEAR)) for image in images]
        pixels = torch.from_numpy(np.stack(framed)).permute(0, 3, 1, 2).contiguous()
        if mean is None:
            scaled = pixels.float() / 255
            mean, std = (f((0, 2, 3)).view(3, 1, 1) for f in (scaled.mean, scaled.std))
        labels = torch.from_numpy(data[f"{name}_labels"].reshape(-1).astype(np.int64))
        found.append(Pictures(pixels, labels, mean, std))
    return found


@torch.inference_mode()
def predict(model, pictures):
    model.eval()
    batches = pictures.pixels.split(128)
    found = torch.cat([model(pictures.scale(pixels)).softmax(1) for pixels in batches])
    model.train()
    return found


def auc(probabilities, labels):
    return roc_auc_score(labels >= POSITIVE, probabilities[:, POSITIVE:].sum(1))


class Run:
    """One arm with one seed, in a folder of its own."""

    def __init__(self, network, arm, seed, pretrained, folder, steps):
        torch.manual_seed(seed)
        self.model = NETWORKS[network]()
        initialise(self.model, arm, pretrained)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, steps)
        self.steps = steps
        self.best = -1.0
        self.folder = folder / f"{arm}-s{seed}"
        self.folder.mkdir(parents=True)
        self.log = open(self.folder / "metrics.jsonl", "w")

    def evaluate(self, step, pictures):
        """Logs the validation AUC and saves what to go on from, the best model beside it."""
        value = auc(predict(self.model, pictures), pictures.labels)
        print(json.dumps({"step": step, "validation_auc": value}), file=self.log, flush=True)
        if value > self.best:
            self.best = value
            torch.save(self.model.state_dict(), self.folder / "best.pth")
        parts = {"model": self.model, "optimizer": self.optimizer, "schedule": self.schedule}
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save({"step": step, "best": self.best, **state}, self.folder / "checkpoint.pth")

    def train(self, training, validation, every):
        # Whole batches across epochs, and workers that start once.
        sampler = RandomSampler(training, num_samples=self.steps * BATCH)
        loader = DataLoader(training, BATCH, sampler=sampler, num_workers=WORKERS)
        self.model.train()
        self.evaluate(0, validation)
        for step, (pixels, labels) in enumerate(loader, 1):
            self.optimizer.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(self.model(pixels), labels).backward()
            self.optimizer.step()
            self.schedule.step()
            if step % every == 0 or step == self.steps:
                self.evaluate(step, validation)

    def test(self, pictures):
        """The test AUC of the best model."""
        self.model.load_state_dict(torch.load(self.folder / "best.pth"))
        probabilities = predict(self.model, pictures)
        np.save(self.folder / "test.npy", probabilities.numpy())
        return auc(probabilities, pictures.labels)


def main():
    data, weights, network, steps, every, threads, folder = sys.argv[1:]
    torch.set_num_threads(int(threads))
    training, validation, test = partitions(data)
    pretrained = torch.load(weights)
    found = {arm: [] for arm in ARMS}
    for seed in range(SEEDS):
        for arm in ARMS:
            run = Run(network, arm, seed, pretrained, Path(folder), int(steps))
            run.train(training, validation, int(every))
            found[arm].append(run.test(test))
    print(json.dumps({arm: float(np.mean(values)) for arm, values in found.items()}))


if __name__ == "__main__":
    main()
