"""PyTorch's side of the comparison on a GPU.

    pytorch.py serve [--cpu]              does what standard input asks for, a line each
    pytorch.py warm MODE WORK... [--cpu]  compiles works, so that serving finds them compiled

MODE is `f32`, `tf32` or `bf16` (autocast and channels_last), with any of `channels_last`, `compile`
and `graph` (the whole step a captured graph) joined to it by `+`. Lines and their answers:

    load WORK MODE     ready parameters= allocated= reserved= taken=    bytes of the device: the most
                       that tensors took, that PyTorch held, and what the driver misses
    alone N, fed N     seconds= loss=    of N steps, with pixels on the device or from pinned memory
    run alone|fed S    rate=             images a second over S seconds
    rates              copy= f32= tf32= bf16=    bytes and operations a second that the device does
    anything wrong     error TEXT

`--cpu` is for tests of this file: no graphs, no compiling, no memory.
"""

import gc
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from train_reference import CLASSES, builder, loss_of  # noqa: E402

CPU = "--cpu" in sys.argv
DEVICE = "cpu" if CPU else "cuda"
BY_ADAM = ("convnext", "deit", "vit")
RATE = 1e-3
# Steps before any that counts; of a graph before it is captured.
WARM = 4
MIXED = "bf16"


def wait():
    if not CPU:
        torch.cuda.synchronize()


def optimizer_of(name, model, captured):
    """Adam for transformers, SGD with momentum for all others, in one kernel where there is one."""
    fused = {} if CPU else {"fused": True}
    if name.startswith(BY_ADAM):
        return torch.optim.Adam(model.parameters(), RATE, capturable=captured, **fused)
    return torch.optim.SGD(model.parameters(), RATE, momentum=0.9, **fused)


class Training:
    """A network in training on noise, one step at a time."""

    def __init__(self, work, mode):
        numbers, *others = mode.split("+")
        unknown = set(others) - {"channels_last", "compile", "graph"}
        if numbers not in ("f32", "tf32", MIXED) or unknown:
            raise ValueError(f"no mode: {mode}")
        last = numbers == MIXED or "channels_last" in others
        self.captured = "graph" in others and not CPU
        torch.backends.cuda.matmul.allow_tf32 = numbers != "f32"
        torch.backends.cudnn.allow_tf32 = numbers != "f32"
        torch.backends.cudnn.benchmark = True
        torch.manual_seed(0)
        if not CPU:
            gc.collect()
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        before = self.free()
        name, size, batch = work.rsplit("-", 2)
        self.batch, size = int(batch[1:]), int(size)
        self.model = builder(name, size)().to(DEVICE).train()
        x = torch.randn(self.batch, 3, size, size)
        y = torch.arange(self.batch) % CLASSES
        if last:
            self.model = self.model.to(memory_format=torch.channels_last)
            x = x.to(memory_format=torch.channels_last)
        self.host = [x, y] if CPU else [x.pin_memory(), y.pin_memory()]
        self.x, self.y = x.to(DEVICE), y.to(DEVICE)
        self.mixed = numbers == MIXED
        self.optimizer = optimizer_of(name, self.model, self.captured)
        self.forward = self.model
        if "compile" in others and not CPU:
            torch._dynamo.reset()
            self.forward = torch.compile(self.model)
        self.loss = None
        self.graph = self.capture() if self.captured else None
        self.take(WARM, "alone")
        wait()
        self.taken = before - self.free()

    @staticmethod
    def free():
        return 0 if CPU else torch.cuda.mem_get_info()[0]

    def compute(self):
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=self.mixed):
            self.loss = loss_of(self.forward(self.x), self.y)
        self.loss.backward()
        self.optimizer.step()

    def capture(self):
        """The whole step as a graph, as PyTorch's notes on graphs have it."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM):
                self.optimizer.zero_grad(set_to_none=True)
                self.compute()
        torch.cuda.current_stream().wait_stream(side)
        # So that the captured backward pass writes gradients and adds to none.
        self.optimizer.zero_grad(set_to_none=True)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.compute()
        return graph

    def step(self, kind):
        if kind == "fed":
            self.x.copy_(self.host[0], non_blocking=True)
            self.y.copy_(self.host[1], non_blocking=True)
        if self.graph is None:
            self.optimizer.zero_grad(set_to_none=True)
            self.compute()
        else:
            self.graph.replay()

    def take(self, steps, kind):
        """Seconds of steps, to the end of the last one."""
        wait()
        start = time.perf_counter()
        for _ in range(steps):
            self.step(kind)
        wait()
        return time.perf_counter() - start

    def run(self, kind, seconds):
        """Images a second."""
        start, steps = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            self.take(10, kind)
            steps += 10
        return steps * self.batch / (time.perf_counter() - start)

    def ready(self):
        count = sum(parameter.numel() for parameter in self.model.parameters())
        most = [0, 0]
        if not CPU:
            most = [torch.cuda.max_memory_allocated(), torch.cuda.max_memory_reserved()]
        return f"ready parameters={count} allocated={most[0]} reserved={most[1]} taken={self.taken}"


def fastest(work, tries=10):
    """Seconds of something on the device, the median."""
    found = []
    for number in range(tries + 3):
        wait()
        start = time.perf_counter()
        work()
        wait()
        found.append(time.perf_counter() - start)
    return sorted(found[3:])[tries // 2]


def rates():
    """What the device does at most: of a copy bytes read and written, of products operations."""
    side, count = (256, 1 << 20) if CPU else (8192, 1 << 30)
    source = torch.randn(count, device=DEVICE)
    target = torch.empty_like(source)
    found = {"copy": 8 * count / fastest(lambda: target.copy_(source))}
    del source, target
    for name in ("f32", "tf32", MIXED):
        torch.backends.cuda.matmul.allow_tf32 = name != "f32"
        kind = torch.bfloat16 if name == MIXED else torch.float32
        a, b = (torch.randn(side, side, device=DEVICE).to(kind) for _ in range(2))
        found[name] = 2 * side**3 / fastest(lambda: a @ b, 5)
    return " ".join(f"{name}={value:.4e}" for name, value in found.items())


def answer(words, training):
    """What is said to a line, and the training from now on."""
    match words:
        case ["load", work, mode]:
            del training
            training = Training(work, mode)
            return training.ready(), training
        case [("alone" | "fed") as kind, steps]:
            seconds = training.take(int(steps), kind)
            return f"seconds={seconds} loss={training.loss.item()}", training
        case ["run", ("alone" | "fed") as kind, seconds]:
            return f"rate={training.run(kind, float(seconds))}", training
        case ["rates"]:
            return rates(), training
    raise ValueError(f"what is {' '.join(words)}?")


def serve():
    device = "CPU" if CPU else torch.cuda.get_device_name()
    print(f"pytorch {torch.__version__}, CUDA {torch.version.cuda},", end=" ")
    print(f"cuDNN {torch.backends.cudnn.version()}, {device}", flush=True)
    training = None
    for line in sys.stdin:
        words = line.split()
        try:
            if words[:1] == ["load"]:
                # The one before makes room first.
                training = None
            said, training = answer(words, training)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other side is told
            said, training = f"error {type(error).__name__}: {error}".replace("\n", " ")[:300], None
        print(said, flush=True)


def main():
    words = [word for word in sys.argv[1:] if word != "--cpu"]
    match words:
        case ["serve"]:
            serve()
        case ["warm", mode, *works]:
            for work in works:
                start = time.perf_counter()
                try:
                    said = answer(["load", work, mode], None)[0]
                except Exception as error:  # noqa: BLE001 - the next may do
                    said = f"error {error}"[:200]
                print(f"{work} {mode}: {time.perf_counter() - start:.1f} s, {said}", flush=True)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
