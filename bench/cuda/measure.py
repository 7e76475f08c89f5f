"""Our training step on a GPU beside PyTorch's, in turns. Called by measure.sh, which says how.

    measure.py speed PROGRAM [--works ...] [--types ...] [--modes ...]
    measure.py many PROGRAM [--works ...] [--types ...] [--counts ...]
    measure.py table

A pair of lines, ours and PyTorch's in one mode, is two processes of which one works at a time; what
counts is the median over turns. Every finished row goes to `speed.jsonl` or `many.jsonl` in the folder
of --out at once; `table` prints what is there: of a work in a type PyTorch's fastest mode.
"""

import argparse
import json
import select
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# What is measured, the most important first.
WORKS = [
    "resnet50-224-b64",
    "resnet50-64-b32",
    "cbr-larget-224-b32",
    "cbr-tiny-64-b64",
    "resnet18-28-b64",
    "resnet50-224-b256",
    "densenet121-224-b64",
    "deit-small-224-b64",
    "convnext-tiny-224-b64",
    "inception-v3-299-b32",
]
MANY = ["cbr-tiny-64-b64", "resnet18-28-b64"]
# PyTorch's modes by type, the fastest, most likely, last: it is then there for fed steps.
MODES = {
    "bf16": ["bf16", "bf16+graph"],
    "tf32": ["tf32+graph", "tf32+channels_last+graph"],
    "f32": ["f32+graph"],
}
# Images a second of ours over PyTorch's that are wanted at least, and memory at most, by work;
# `None` is for all others.
WANTED_SPEED = {
    "resnet50-224-b64": 1.1,
    "resnet50-224-b256": 1.1,
    "deit-small-224-b64": 1.0,
    "convnext-tiny-224-b64": 1.0,
    None: 1.3,
}
WANTED_MANY = {None: 3.0}
WANTED_MEMORY = {None: 0.7}
# Below this many seconds nothing new is begun.
LEAST = 12
# An answer that takes longer never comes.
PATIENCE = 150
MIB = 1 << 20


class Gone(Exception):
    """A process ended, or said that something is wrong."""


class Side:
    """A process that answers lines."""

    def __init__(self, command):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )

    def hear(self):
        # Every answer is one line, so nothing waits in a buffer that select cannot see.
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            self.process.kill()
            raise Gone(f"no answer in {PATIENCE} s")
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.errors.seek(0)
            said = self.errors.read().strip().splitlines()
            raise Gone(f"ended with {code}: {' '.join(said[-3:])[:300]}")
        if line.startswith("error"):
            raise Gone(line.strip())
        return line.strip()

    def ask(self, line):
        """Numbers by name."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.numbers(self.hear())

    @staticmethod
    def numbers(line):
        return {key: float(value) for key, value in (w.split("=") for w in line.split() if "=" in w)}

    def close(self):
        if self.process.poll() is None:
            try:
                self.process.stdin.close()
                self.process.wait(5)
            except OSError:
                self.process.wait()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Ours(Side):
    def __init__(self, program, work, kind):
        super().__init__([program, "serve", work, kind])
        self.start = self.numbers(self.hear())


class Rival:
    """PyTorch, started again where something went wrong: an error on a device can outlive its call."""

    def __init__(self, arguments):
        self.arguments, self.side, self.said = arguments, None, None
        self.loaded = None

    def ask(self, line):
        if self.side is None:
            here = Path(__file__).parent
            self.side = Side([sys.executable, str(here / "pytorch.py"), "serve", *self.arguments])
        try:
            if self.said is None:
                self.said = self.side.hear()
                print(self.said, flush=True)
            return self.side.ask(line)
        except (Gone, OSError) as error:
            self.close()
            self.said = None
            raise Gone(str(error)) from None

    def load(self, work, mode):
        if self.loaded and self.loaded[:2] == (work, mode):
            return self.loaded[2]
        self.loaded = None
        found = self.ask(f"load {work} {mode}")
        self.loaded = work, mode, found
        return found

    def close(self):
        self.loaded = None
        if self.side:
            self.side.close()
        self.side = None


def alternate(sides, kind, options):
    """Seconds of a step of each side, medians over turns; and whether every loss was a number."""
    counts, finite = [], True
    for side in sides:
        side.ask(f"{kind} 1")
        once = side.ask(f"{kind} 2")["seconds"] / 2
        counts.append(max(1, round(options.seconds / once)))
    found = [[] for _ in sides]
    for _ in range(options.rounds):
        for side, count, seconds in zip(sides, counts, found):
            told = side.ask(f"{kind} {count}")
            seconds.append(told["seconds"] / count)
            finite &= told["loss"] == told["loss"] and abs(told["loss"]) != float("inf")
    return [statistics.median(seconds) for seconds in found], finite


def floor_of(options, work, kind, rates):
    """Numbers of `cuda_step floor` at what the device was measured to do."""
    known = [f"{rates['copy'] / 1e12}", f"{rates[kind] / 1e12}"] if rates else []
    command = [options.program, "floor", work, kind, *known]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    numbers = (word.split("=") for word in done.stdout.split() if "=" in word)
    return {key: float(value) for key, value in numbers if key not in ("work", "type")}


def one(options, rival, work, kind, modes, rates):
    """A row: ours, and PyTorch in every mode."""
    row = {"work": work, "type": kind, "modes": {}, "batch": int(work.rsplit("-b", 1)[1])}
    row["floor"] = floor_of(options, work, kind, rates)
    ours = Ours(options.program, work, kind)
    try:
        row["ours"] = ours.start
        for mode in modes:
            entry = row["modes"][mode] = {}
            try:
                entry.update(rival.load(work, mode))
                if entry["parameters"] != ours.start["parameters"]:
                    entry["error"] = "another network: not as many parameters"
                    continue
                both, entry["finite"] = alternate([ours, rival], "alone", options)
                entry["ours_alone"], entry["alone"] = both
            except Gone as error:
                entry["error"] = str(error)
        fine = [mode for mode, entry in row["modes"].items() if "alone" in entry]
        best = min(fine, key=lambda mode: row["modes"][mode]["alone"], default=None)
        if best:
            entry = row["modes"][best]
            try:
                rival.load(work, best)
                both, _ = alternate([ours, rival], "fed", options)
                entry["ours_fed"], entry["fed"] = both
            except Gone as error:
                entry["error_fed"] = str(error)
        else:
            for kind_of_step in ("alone", "fed"):
                row["ours"][kind_of_step] = alternate([ours], kind_of_step, options)[0][0]
    finally:
        ours.close()
    return row


def keep(options, name, row):
    with open(Path(options.out) / f"{name}.jsonl", "a") as file:
        file.write(json.dumps(row) + "\n")


def rival_of(options):
    """PyTorch, and what the device does at most; none where there is no PyTorch."""
    try:
        import torch  # noqa: F401
    except ImportError:
        print("PyTorch is not here: ours alone", flush=True)
        return None, None
    rival = Rival(["--cpu"] if options.cpu else [])
    try:
        rates = rival.ask("rates")
        print("measured: " + ", ".join(f"{k} {v / 1e12:.2f}e12/s" for k, v in rates.items()), flush=True)
        return rival, rates
    except Gone as error:
        print(f"PyTorch does not work: {error}", flush=True)
        return None, None


def speed(options):
    end = time.monotonic() + options.limit
    rival, rates = rival_of(options)
    for kind in options.types:
        for work in options.works:
            if kind == "f32" and work not in WORKS[:4] and options.works is WORKS:
                continue
            if time.monotonic() + LEAST > end:
                print(f"{work} {kind}: no time left", flush=True)
                continue
            modes = [m for m in options.modes or MODES[kind] if m.split("+")[0] == kind]
            start = time.monotonic()
            try:
                row = one(options, rival, work, kind, modes if rival else [], rates)
            except (Gone, OSError, subprocess.TimeoutExpired) as error:
                row = {"work": work, "type": kind, "error": str(error)}
            row["took"] = time.monotonic() - start
            keep(options, "speed", row)
            print(f"{work} {kind}: {row['took']:.1f} s {row.get('error', '')}", flush=True)
            for mode, entry in row.get("modes", {}).items():
                for key in ("error", "error_fed"):
                    if key in entry:
                        print(f"  {mode}: {entry[key]}", flush=True)
    if rival:
        rival.close()


def many(options):
    end = time.monotonic() + options.limit
    has_rival, _ = rival_of(options)
    if has_rival:
        has_rival.close()
    for kind in options.types:
        for work in options.works:
            rows = {count: {"work": work, "type": kind, "count": count} for count in options.counts}
            for count, row in rows.items():
                if time.monotonic() + LEAST > end:
                    row["error"] = "no time left"
                    continue
                command = [options.program, "many", work, kind, str(count), str(options.seconds)]
                done = subprocess.run(command, capture_output=True, text=True)
                line = [text for text in done.stdout.splitlines() if text.startswith("many ")]
                if not line:
                    row["error"] = " ".join(done.stderr.split())[-200:]
                    continue
                words = dict(word.split("=") for word in line[0].split()[1:])
                row["fed"], row["alone"] = float(words["fed"]), float(words["alone"])
                row["taken"] = float(words["taken"].removesuffix("MiB")) * MIB
            for mode in (kind, f"{kind}+graph") if has_rival else ():
                if time.monotonic() + 2 * LEAST > end:
                    print(f"{work} {mode}: no time left", flush=True)
                    continue
                try:
                    processes(options, work, mode, rows)
                except (Gone, OSError) as error:
                    print(f"{work} {mode}: {error}", flush=True)
            for row in rows.values():
                keep(options, "many", row)
                print(f"{work} {kind}, {row['count']} at once: {row.get('error', 'measured')}", flush=True)


def processes(options, work, mode, rows):
    """PyTorch as people run many: a process for each. All are loaded once, and some of them run."""
    script = str(Path(__file__).parent / "pytorch.py")
    command = [sys.executable, script, "serve", *(["--cpu"] if options.cpu else [])]
    sides = [Side(command) for _ in range(max(rows))]
    try:
        for side in sides:
            side.hear()
            side.process.stdin.write(f"load {work} {mode}\n")
            side.process.stdin.flush()
        loaded = [side.numbers(side.hear()) for side in sides]
        for count, row in rows.items():
            entry = row.setdefault("modes", {}).setdefault(mode, {})
            entry["taken"] = sum(numbers["reserved"] for numbers in loaded[:count])
            for kind in ("alone", "fed"):
                for side in sides[:count]:
                    side.process.stdin.write(f"run {kind} {options.seconds}\n")
                    side.process.stdin.flush()
                found = [side.numbers(side.hear())["rate"] for side in sides[:count]]
                entry[kind] = sum(found)
    finally:
        for side in sides:
            side.close()


def rows_of(options, name):
    path = Path(options.out) / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def wanted(by_work, work):
    return by_work.get(work, by_work[None])


def cell(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


def milli(seconds):
    return cell(seconds and seconds * 1e3, "{:.3f}")


def mega(count):
    return cell(count and count / MIB, "{:.0f}")


def print_rows(heads, rows):
    widths = [max(len(str(row[at])) for row in [heads, *rows]) for at in range(len(heads))]
    for row in [heads, *rows]:
        print("  ".join(str(value).rjust(width) for value, width in zip(row, widths)).rstrip())


def table(options):
    merged, failed = {}, []
    for row in rows_of(options, "speed"):
        if "error" in row:
            failed.append(f"{row['work']} {row['type']}: {row['error']}")
            continue
        kept = merged.setdefault((row["type"], row["work"]), row)
        kept["modes"].update(row["modes"])
    speeds, sizes = [], []
    for (kind, work), row in merged.items():
        fine = {mode: entry for mode, entry in row["modes"].items() if "alone" in entry}
        best = min(fine, key=lambda mode: fine[mode]["alone"], default=None)
        entry, ours = fine.get(best, {}), row["ours"]
        alone = entry.get("ours_alone", ours.get("alone"))
        fed = next((e for e in [entry, *fine.values()] if "ours_fed" in e), {})
        ours_fed = fed.get("ours_fed", ours.get("fed"))
        ratio = entry["alone"] / alone if entry else None
        least, most = wanted(WANTED_SPEED, work), wanted(WANTED_MEMORY, work)
        mark = "" if ratio is None else "yes" if ratio >= least else "NO"
        if not all(e.get("finite", True) for e in fine.values()):
            mark += " LOSS"
        floor = row["floor"].get("floor_ms")
        speeds.append([
            work, kind, milli(alone), cell(alone and row["batch"] / alone, "{:.0f}"),
            milli(entry.get("alone")), best or "-", f">={least}", cell(ratio), mark,
            milli(ours_fed), milli(fed.get("fed")),
            cell(fed["fed"] / ours_fed if "fed" in fed else None),
            cell(floor, "{:.3f}"), cell(floor / alone / 1e3 if floor and alone else None),
            f"{ours['launches']:.0f}",
        ])  # fmt: skip
        # What PyTorch needs at least: the mode whose tensors take least.
        least = min((e["allocated"] for e in fine.values() if e["allocated"]), default=None)
        memory = ours["taken"] / least if least else None
        sizes.append([
            work, kind, mega(ours["planned"]), mega(ours["taken"]), mega(least),
            mega(entry.get("reserved")), mega(entry.get("taken")), f"<={most}", cell(memory),
            "" if memory is None else "yes" if memory <= most else "NO",
        ])  # fmt: skip
    if speeds:
        print("A step of training, medians of turns; found: PyTorch's time over ours; share: floor over ours")
        heads = ["work", "type", "ours alone ms", "img/s", "PyTorch best ms", "mode", "wanted", "found"]
        heads += ["", "ours fed ms", "PyTorch fed", "found", "floor ms", "share", "launches"]
        print_rows(heads, speeds)
        print("MiB of the device; found: what ours takes over the least that PyTorch's tensors took")
        heads = ["work", "type", "ours planned", "ours taken", "PyTorch tensors", "held", "taken", "wanted"]
        print_rows([*heads, "found", ""], sizes)
    rows = []
    for row in rows_of(options, "many"):
        if "error" in row:
            failed.append(f"many {row['work']} {row['count']}: {row['error']}")
            continue
        modes = row.get("modes", {})
        best = {kind: max((m[kind] for m in modes.values() if kind in m), default=None)
                for kind in ("alone", "fed")}  # fmt: skip
        ratios = {kind: row[kind] / value if value else None for kind, value in best.items()}
        least = wanted(WANTED_MANY, row["work"])
        taken = min((mode["taken"] for mode in modes.values() if "taken" in mode), default=None)
        rows.append([
            row["work"], row["type"], row["count"], f"{row['alone']:.0f}", cell(best["alone"], "{:.0f}"),
            f">={least}", cell(ratios["alone"]), f"{row['fed']:.0f}", cell(best["fed"], "{:.0f}"),
            cell(ratios["fed"]), mega(row["taken"]), mega(taken),
        ])  # fmt: skip
    if rows:
        print("Many trainings at once: ours threads of one process, PyTorch's a process each; img/s in all")
        heads = ["work", "type", "count", "ours alone", "PyTorch best", "wanted", "found"]
        heads += ["ours fed", "PyTorch best", "found", "MiB ours", "PyTorch"]
        print_rows(heads, rows)
    for line in failed:
        print("FAILED", line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["speed", "many", "table"])
    parser.add_argument("program", nargs="?", help="the program cuda_step")
    parser.add_argument("--works", nargs="+", default=None)
    parser.add_argument("--types", nargs="+", default=None, choices=["f32", "tf32", "bf16"])
    parser.add_argument("--modes", nargs="+", default=None, help="of PyTorch: see pytorch.py")
    parser.add_argument("--counts", nargs="+", type=int, default=[1, 4, 8])
    parser.add_argument("--seconds", type=float, default=None, help="of a turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300, help="seconds in all")
    parser.add_argument("--out", default=".", help="folder of results")
    parser.add_argument("--cpu", action="store_true", help="PyTorch on the processor, to try this file")
    options = parser.parse_args()
    if options.what == "speed":
        options.works = options.works or WORKS
        options.types = options.types or ["bf16", "tf32", "f32"]
        options.seconds = options.seconds or 0.25
        speed(options)
    elif options.what == "many":
        options.works = options.works or MANY
        options.types = options.types or ["bf16"]
        options.seconds = options.seconds or 2.0
        many(options)
    table(options)


if __name__ == "__main__":
    main()
