"""PyTorch's side of the comparison: the same protocol as our `step` program.

    train_reference.py WORK train|infer THREADS MODE

MODE is `eager`, or any of `channels_last`, `bf16` and `compile` joined by `+`.
"""

import resource
import sys
import time
from functools import partial

import torch
from torch import nn

CLASSES = 5
CBR = {
    "cbr-larget": ([32, 64, 128, 256, 512], 7, True),
    "cbr-largew": ([64, 128, 256, 512], 7, False),
    "cbr-small": ([32, 64, 128, 256], 7, False),
    "cbr-tiny": ([32, 64, 128, 256], 5, False),
    "cbr-tiny-text": ([64, 128, 256, 512], 5, False),
}
RESNET = {
    "resnet18": (False, [2, 2, 2, 2]),
    "resnet34": (False, [3, 4, 6, 3]),
    "resnet50": (True, [3, 4, 6, 3]),
}
# The share of an auxiliary head's loss, as torchvision's training script has it.
AUXILIARY = 0.4


class Cbr(nn.Sequential):
    """Convolution, batch norm, ReLU; pools between the layers or after each."""

    def __init__(self, widths, kernel, between):
        layers, channels = [], 3
        for index, width in enumerate(widths):
            layers += [
                nn.Conv2d(channels, width, kernel, padding=kernel // 2, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            if not between or index + 1 < len(widths):
                layers.append(nn.MaxPool2d(3, 2, 1))
            channels = width
        super().__init__(
            *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)
        )


def conv_norm(channels_in, channels_out, kernel, stride=1):
    conv = nn.Conv2d(
        channels_in, channels_out, kernel, stride, padding=kernel // 2, bias=False
    )
    return [conv, nn.BatchNorm2d(channels_out)]


class Residual(nn.Module):
    """A basic or bottleneck unit with the stride in its 3x3, as torchvision's."""

    def __init__(self, channels_in, width, stride, bottleneck):
        super().__init__()
        out = 4 * width if bottleneck else width
        relu = nn.ReLU(inplace=True)
        if bottleneck:
            layers = [*conv_norm(channels_in, width, 1), relu]
            layers += [*conv_norm(width, width, 3, stride), relu, *conv_norm(width, out, 1)]
        else:
            layers = [*conv_norm(channels_in, width, 3, stride), relu]
            layers += conv_norm(width, out, 3)
        self.body = nn.Sequential(*layers)
        same = stride == 1 and channels_in == out
        self.shortcut = nn.Sequential(*([] if same else conv_norm(channels_in, out, 1, stride)))
        self.relu = relu

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


def resnet(name, small_stem):
    bottleneck, repeats = RESNET[name]
    layers = conv_norm(3, 64, 3 if small_stem else 7, 1 if small_stem else 2)
    layers.append(nn.ReLU(inplace=True))
    if not small_stem:
        layers.append(nn.MaxPool2d(3, 2, 1))
    channels = 64
    for stage, repeat in enumerate(repeats):
        width = 64 << stage
        for index in range(repeat):
            stride = 2 if stage > 0 and index == 0 else 1
            layers.append(Residual(channels, width, stride, bottleneck))
            channels = 4 * width if bottleneck else width
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]
    return nn.Sequential(*layers, *head)


def published(name, size):
    """As torchvision or timm builds it, without dropout and stochastic depth, which ours lacks."""
    if name == "deit-small":
        import timm

        return partial(timm.create_model, "deit_small_patch16_224", img_size=size)
    import torchvision.models as zoo

    if name == "inception-v3":
        auxiliary = {"aux_logits": size >= 299, "init_weights": False}
        return partial(zoo.inception_v3, dropout=0, **auxiliary)
    return {
        "convnext-tiny": partial(zoo.convnext_tiny, stochastic_depth_prob=0),
        "densenet121": zoo.densenet121,
        "efficientnet-b0": partial(zoo.efficientnet_b0, dropout=0, stochastic_depth_prob=0),
        "mobilenet-v2": partial(zoo.mobilenet_v2, dropout=0),
    }[name]


def builder(name, size):
    """What builds the network, with all that it needs imported."""
    if name in CBR:
        return partial(Cbr, *CBR[name])
    if name in RESNET:
        return partial(resnet, name, size < 64)
    return partial(published(name, size), num_classes=CLASSES)


def loss_of(found, target):
    """Cross-entropy, that of an auxiliary head added."""
    if isinstance(found, torch.Tensor):
        return nn.functional.cross_entropy(found, target)
    head, auxiliary = (nn.functional.cross_entropy(logits, target) for logits in found)
    return head + AUXILIARY * auxiliary


def resident_mib():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def main():
    work, kind, threads, mode = sys.argv[1:]
    modes = set(mode.split("+"))
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    name, size, batch = work.rsplit("-", 2)
    size, batch = int(size), int(batch[1:])
    build = builder(name, size)
    before = resident_mib()
    model = build()
    x, target = torch.randn(batch, 3, size, size), torch.arange(batch) % CLASSES
    if "channels_last" in modes:
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    training = kind == "train"
    model.train(training)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    forward = torch.compile(model) if "compile" in modes else model
    autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled="bf16" in modes)

    def train():
        optimizer.zero_grad(set_to_none=True)
        with autocast:
            loss = loss_of(forward(x), target)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def infer():
        with autocast:
            return forward(x)[0, 0].item()

    step = train if training else infer
    print("ready", sum(p.numel() for p in model.parameters()), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            step()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(seconds, peak, peak - before, flush=True)


if __name__ == "__main__":
    main()
