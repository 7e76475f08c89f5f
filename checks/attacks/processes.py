#!/usr/bin/env python3
"""Twenty processes on one study, one of them paused in the middle of a run.

    python checks/attacks/processes.py BINARY [--count N] [--seed S] [--keep FOLDER]

Each process is in a process number space of its own (unshare), as on a machine of its own, so that
signs of life are all that the others see. One that holds a claim is stopped for longer than six
beats (75 s) and goes on. All must end with 0, no result may be written twice, each run may be said to be
done once, and the bytes are those of one process alone. Two minutes a round. Needs Linux, and root or
user namespaces."""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

import tiny

PROCESSES = 20
SEEDS = 12
PAUSE = 75
SPACE = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--pid", "--fork", "--mount-proc"]
COMMAND = ["run", "study.toml", "--out", "out", "--jobs", "1"]


def start(binary, place):
    return subprocess.Popen([*SPACE, binary, *COMMAND], cwd=place, env=tiny.environment(place), stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def inner(process):
    """The program that `unshare` started."""
    try:
        return int(pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    except (OSError, IndexError):
        return None


def spaces(processes):
    """Process number space ─▶ program."""
    found = {}
    for process in processes:
        pid = inner(process)
        try:
            found[os.readlink(f"/proc/{pid}/ns/pid")] = pid
        except OSError:
            pass
    return found


def claims(study):
    """Names of claimed runs ─▶ the space of their owner."""
    held = {}
    for path in (study / "claims").glob("cbr-tiny-*.claim"):
        try:
            held[path.name.removesuffix(".claim")] = json.loads(path.read_bytes())["owner"]["machine"].split(" ")[-1]
        except (OSError, ValueError, KeyError, AttributeError):
            pass
    return held


def pause_one(study, processes, draw):
    """Stops a process in the middle of a run; the run and the process."""
    for _ in range(20000):
        held, known = claims(study), spaces(processes)
        usable = sorted(run for run, space in held.items() if space in known)
        if usable:
            run = draw.choice(usable)
            pid = known[held[run]]
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.05)
            if run in claims(study) and not (study / "runs" / run / "result.json").exists():
                return run, pid
            os.kill(pid, signal.SIGCONT)
        time.sleep(0.005)
    return None


def results(study):
    found = {}
    for path in study.glob("runs/*/result.json"):
        data = path.stat()
        found[path.parent.name] = (data.st_ino, data.st_mtime_ns)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    binary, draw = options.binary.resolve(), random.Random(options.seed)
    tiny.STUDY = tiny.STUDY.replace("seeds = 2", f"seeds = {SEEDS}")
    defects, taken, runs = [], 0, 0
    with tiny.folder() as top:
        expected = tiny.clean(binary, pathlib.Path(top) / "clean", steps=40)
        for number in range(options.count):
            place = pathlib.Path(top) / "work"
            shutil.rmtree(place, ignore_errors=True)
            tiny.write(place, steps=40)
            study = place / "out"
            processes = [start(binary, place) for _ in range(PROCESSES)]
            paused = pause_one(study, processes, draw)
            first, until = {}, time.monotonic() + PAUSE
            while time.monotonic() < until:
                now = results(study)
                defects += [f"round {number}: {run} was written again" for run in first if now.get(run) != first[run]]
                first = now
                time.sleep(0.1)
            if paused is None:
                defects.append(f"round {number}: no process was found in the middle of a run")
            else:
                taken += (study / "runs" / paused[0] / "result.json").exists()
                os.kill(paused[1], signal.SIGCONT)
            said = []
            for process in processes:
                _, text = process.communicate(timeout=1200)
                said.append(text.decode(errors="replace"))
                if process.returncode != 0 or "panicked" in said[-1]:
                    defects.append(f"round {number}: ended with {process.returncode}: {said[-1][-300:]}")
            last = results(study)
            defects += [f"round {number}: {run} was written again" for run in first if last[run] != first[run]]
            done = sum(": done, last AUC" in line for text in said for line in text.splitlines())
            runs += done
            if done != 2 * SEEDS:
                defects.append(f"round {number}: {done} runs of {2 * SEEDS} were said to be done")
            tiny.run(binary, ["report", "out"], place)
            found = tiny.record(study)
            differ = [path for path in expected | found if found.get(path) != expected.get(path)]
            if differ:
                defects.append(f"round {number}: other bytes in {differ}; paused: {paused}")
                if options.keep:
                    shutil.copytree(pathlib.Path(top), options.keep, dirs_exist_ok=True)
    print(*defects, sep="\n", end="\n" if defects else "")
    print(f"{options.count} rounds of {PROCESSES} processes, {runs} runs, {taken} taken over from who was paused; defects {len(defects)}")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
