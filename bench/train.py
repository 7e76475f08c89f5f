"""Our training step beside PyTorch's: alternating turns of two processes, medians, ratio.

Called by train.sh, which says how to use it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

WORKS = [
    "cbr-larget-64-b32",
    "cbr-larget-224-b8",
    "cbr-tiny-64-b64",
    "cbr-tiny-text-64-b64",
    "resnet50-64-b32",
    "resnet50-224-b8",
    "resnet18-28-b64",
    "densenet121-224-b8",
    "efficientnet-b0-224-b16",
    "mobilenet-v2-224-b16",
    "inception-v3-299-b8",
    "convnext-tiny-224-b8",
    "deit-small-224-b8",
]
BEST = ["channels_last", "channels_last+bf16", "bf16", "compile", "compile+channels_last+bf16"]


class Side:
    """A process that answers a number of steps with the seconds they took."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if "compile" in command[-1] else None,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.parameters = int(self.answer().split()[1])
        self.whole, self.peak, self.planned = 0.0, 0.0, None

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended: {self.process.wait()}")
        return line

    def steps(self, count):
        """Seconds per step over `count` steps."""
        print(count, file=self.process.stdin, flush=True)
        seconds, self.whole, self.peak, *planned = map(float, self.answer().split())
        self.planned = planned[0] if planned else None
        return seconds / count

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def alternate(sides, seconds, rounds):
    """Seconds per step of each side, by turns of about `seconds`, `rounds` times."""
    counts = []
    for side in sides:
        side.steps(2)
        counts.append(max(1, round(seconds / side.steps(1))))
    times = [[] for _ in sides]
    for _ in range(rounds):
        for side, count, found in zip(sides, counts, times):
            # Threads that spin after their work must not disturb the other side.
            time.sleep(0.2)
            found.append(side.steps(count))
    return [statistics.median(found) for found in times]


def main():
    parser = argparse.ArgumentParser(prog="train.sh", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--infer", action="store_true", help="inference instead of training")
    parser.add_argument("--no-best", action="store_true", help="only PyTorch eager f32")
    parser.add_argument("--modes", nargs="+", default=BEST, help="PyTorch's other modes to try")
    parser.add_argument("--isa", default="", help="hold ours to avx2 or portable")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="length of a turn")
    options = parser.parse_args()
    kind = "infer" if options.infer else "train"
    threads = str(options.threads)
    here = Path(__file__).parent
    ours_program = os.environ["TRANSFUSION_BENCH"]

    def ours(work, *precision):
        environment = {"TRANSFUSION_ISA": options.isa} if options.isa else None
        return Side([ours_program, work, kind, threads, *precision], environment)

    def pytorch(work, mode):
        return Side([sys.executable, str(here / "train_reference.py"), work, kind, threads, mode])

    with open("/proc/cpuinfo") as cpuinfo:
        has_bf16 = "avx512_bf16" in cpuinfo.read()

    if not options.json:
        rates = "ours img/s", "eager img/s", "ratio", "bf16 ratio"
        columns = *rates, "ours MiB", "planned MiB", "eager MiB", "ratio"
        best = "" if options.no_best else "  best mode img/s   ratio"
        print(f"{'work':24}" + "".join(f"{c:>12}" for c in columns) + best, flush=True)
    results = []
    for work in options.works or WORKS:
        batch = int(work.rsplit("-b", 1)[1])
        sides = [ours(work), pytorch(work, "eager")]
        counts = [side.parameters for side in sides]
        if counts[0] != counts[1]:
            sys.exit(f"{work}: ours has {counts[0]} parameters, PyTorch's {counts[1]}")
        mine, eager = alternate(sides, options.seconds, options.rounds)
        row = {
            "work": work,
            "parameters": counts[0],
            "ours_img_s": batch / mine,
            "pytorch_img_s": batch / eager,
            "ratio": eager / mine,
            "ours_mib": sides[0].peak,
            "ours_planned_mib": sides[0].planned,
            "pytorch_mib": sides[1].peak,
            "ours_process_mib": sides[0].whole,
            "pytorch_process_mib": sides[1].whole,
        }
        if has_bf16 and kind == "train" and not options.isa:
            side = ours(work, "bf16")
            again, eager = alternate([side, sides[1]], options.seconds, options.rounds)
            row["ours_bf16_img_s"], row["bf16_ratio"] = batch / again, eager / again
            side.close()
        sides[1].close()
        if not options.no_best:
            modes = {}
            for mode in options.modes:
                try:
                    side = pytorch(work, mode)
                    again, other = alternate([sides[0], side], options.seconds, 3)
                    modes[mode] = {"pytorch_img_s": batch / other, "ratio": other / again}
                    side.close()
                except RuntimeError as error:
                    modes[mode] = {"error": str(error)}
            found = {mode: m for mode, m in modes.items() if "ratio" in m}
            best = min(found, key=lambda mode: found[mode]["ratio"])
            row["best"] = {"mode": best, **found[best]}
            row["modes"] = modes
        sides[0].close()
        results.append(row)
        if not options.json:
            line = f"{work:24}{row['ours_img_s']:12.1f}{row['pytorch_img_s']:12.1f}"
            line += f"{row['ratio']:12.2f}{row.get('bf16_ratio', float('nan')):12.2f}"
            line += f"{row['ours_mib']:12.0f}{row['ours_planned_mib']:12.0f}"
            line += f"{row['pytorch_mib']:12.0f}"
            line += f"{row['ours_mib'] / row['pytorch_mib']:12.2f}"
            if "best" in row:
                b = row["best"]
                line += f"  {b['pytorch_img_s']:10.1f} {b['ratio']:12.2f}  {b['mode']}"
            print(line, flush=True)
    if options.json:
        print(json.dumps(results, indent=1))


main()
