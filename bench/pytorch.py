"""PyTorch's side of the comparison: the same protocol as our `step` program.

    pytorch.py WORK train|infer THREADS MODE

MODE is `eager`, or any of `channels_last`, `bf16` and `compile` joined by `+`.
"""

import resource
import sys
import time

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


def build(work):
    name, size, batch = work.rsplit("-", 2)
    size, batch = int(size), int(batch[1:])
    model = Cbr(*CBR[name]) if name in CBR else resnet(name, size < 64)
    return model, torch.randn(batch, 3, size, size), torch.arange(batch) % CLASSES


def resident_mib():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def main():
    work, kind, threads, mode = sys.argv[1:]
    modes = set(mode.split("+"))
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    before = resident_mib()
    model, x, target = build(work)
    if "channels_last" in modes:
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    training = kind == "train"
    model.train(training)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    network = torch.compile(model) if "compile" in modes else model
    autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled="bf16" in modes)

    def train():
        optimizer.zero_grad(set_to_none=True)
        with autocast:
            loss = nn.functional.cross_entropy(network(x), target)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def infer():
        with autocast:
            return network(x)[0, 0].item()

    step = train if training else infer
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            step()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(seconds, peak, peak - before, flush=True)


main()
