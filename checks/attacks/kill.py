#!/usr/bin/env python3
"""Kills `run` at random moments, goes on, and compares what is left.

    python checks/attacks/kill.py BINARY [--count N] [--seed S]

A study of four short runs is made once untouched. Then it is killed (SIGKILL) N times at random moments: up to
eight times, then it is finished, and the next one begins. Every study must end with 0 and the bytes of the first, and no finished run may be made twice."""

import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import time

import tiny

COMMAND = ["run", "study.toml", "--out", "out", "--jobs", "1"]


def finished(study):
    """Inode and time of every result."""
    results = study.glob("runs/*/result.json")
    return {p.parent.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in results}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2019)
    options = parser.parse_args()
    binary = options.binary.resolve()
    draw = random.Random(options.seed)
    with tiny.folder() as top:
        place = pathlib.Path(top) / "work"
        began = time.monotonic()
        expected = tiny.clean(binary, pathlib.Path(top) / "clean", steps=40)
        whole = time.monotonic() - began
        kills = studies = ended = 0
        defects = []
        while kills < options.count:
            shutil.rmtree(place, ignore_errors=True)
            tiny.write(place, steps=40)
            done = {}
            studies += 1
            for _ in range(min(draw.randrange(1, 9), options.count - kills)):
                process = subprocess.Popen([binary, *COMMAND], cwd=place, env=tiny.environment(place),
                                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(draw.uniform(0, whole / 2))
                ended += process.poll() is not None
                process.kill()
                process.wait()
                kills += 1
                now = finished(place / "out")
                again = [name for name in done if now.get(name) != done[name]]
                if again:
                    defects.append(f"after kill {kills}: made again: {again}")
                done = now
            code, _, said = tiny.run(binary, COMMAND, place)
            if code != 0:
                defects.append(f"after kill {kills}: ended with {code}: {said.decode(errors='replace')[-500:]}")
            elif tiny.record(place / "out") != expected:
                defects.append(f"after kill {kills}: other bytes")
    print(*defects, sep="\n", end="\n" if defects else "")
    print(f"{kills} kills of {studies} studies, {ended} of them after the end; defects {len(defects)}")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
