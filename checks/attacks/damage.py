#!/usr/bin/env python3
"""Damages files of a finished study, one at a time, and asks for the report.

    python checks/attacks/damage.py BINARY [--count N] [--seed S]

A byte is changed, a file is cut, emptied or removed, takes the bytes of its counterpart in another run or
in another study, or a row of a table or log is doubled or dropped. `report` and, where the program
has it, `verify` are run. Either `results.json` has the bytes of before, or one of them says what is wrong and
does not end with 0. What neither holds for is a silent change; a panic, a signal or 70 is a defect."""

import argparse
import collections
import pathlib
import random
import shutil
import sys

import tiny

# What the report is made of is not hurt by these: they are made again, or read by people only.
MADE = {"results.json", "report.html"}


def rows(data, draw, doubles):
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return None
    at = draw.randrange(len(lines))
    lines[at:at + 1] = [lines[at]] * 2 if doubles else []
    return b"".join(lines)


def damage(study, other, draw):
    """Changes one file; what was done."""
    files = sorted(p for p in study.rglob("*") if p.is_file() and p.name not in MADE and not p.name.startswith("."))
    # Every kind of file as often.
    name = draw.choice(sorted({p.name for p in files}))
    path = draw.choice([p for p in files if p.name == name])
    data = path.read_bytes()
    kind = draw.choice(["byte", "digit", "cut", "empty", "remove", "swap", "older", "doubled row", "dropped row"])
    changed = None
    if kind == "byte" and data:
        at = draw.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1:]
    elif kind == "digit":
        digits = [i for i, b in enumerate(data) if 48 <= b < 58]
        if digits:
            at = draw.choice(digits)
            changed = data[:at] + bytes([48 + (data[at] - 48 + draw.randrange(1, 10)) % 10]) + data[at + 1:]
    elif kind == "cut":
        changed = data[:draw.randrange(len(data) + 1)]
    elif kind == "empty":
        changed = b""
    elif kind == "remove":
        path.unlink()
        return kind, path
    elif kind == "swap":
        mates = [p for p in files if p.name == name and p != path]
        changed = draw.choice(mates).read_bytes() if mates else None
    elif kind == "older":
        same = other / path.relative_to(study)
        mates = [same] if same.exists() else sorted(p for p in other.rglob(name))
        changed = draw.choice(mates).read_bytes() if mates else None
    elif name.endswith((".csv", ".jsonl")):
        changed = rows(data, draw, kind == "doubled row")
    if changed is None or changed == data:
        return None
    path.write_bytes(changed)
    return kind, path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2019)
    options = parser.parse_args()
    binary, draw = options.binary.resolve(), random.Random(options.seed)
    outcomes, silent, defects, done = collections.Counter(), collections.Counter(), 0, 0
    with tiny.folder() as top:
        top = pathlib.Path(top)
        tiny.clean(binary, top / "clean")
        tiny.clean(binary, top / "other", steps=2)
        whole, study = top / "clean/out", top / "work"
        expected = (whole / "results.json").read_bytes()
        verifies = tiny.run(binary, ["verify", "--help"], top)[0] == 0
        while done < options.count:
            shutil.rmtree(study, ignore_errors=True)
            shutil.copytree(whole, study)
            did = damage(study, top / "other/out", draw)
            if did is None:
                continue
            done += 1
            kind, path = did
            verified = tiny.run(binary, ["verify", "work"], top)[0] if verifies else 0
            code, _, said = tiny.run(binary, ["report", "work"], top)
            results = study / "results.json"
            is_same = results.exists() and results.read_bytes() == expected
            told = [word for word, is_so in [("verify", verified != 0), ("report", code != 0)] if is_so]
            outcomes[("same" if is_same else "changed", " and ".join(told) or "nothing said")] += 1
            where = path.relative_to(study)
            if {code, verified} - {0, 1, 2, 75} or b"panicked" in said:
                defects += 1
                print(f"{kind} of {where}: report ended with {code}, verify with {verified}: {said.decode(errors='replace')[-200:]}", flush=True)
            elif not is_same and not told:
                silent[f"{kind} of {path.name}"] += 1
    for what, n in sorted(silent.items()):
        print(f"silent: {what}: {n}")
    told = ", ".join(f"{result}, {said}: {n}" for (result, said), n in sorted(outcomes.items()))
    print(f"{done} damages ({told}){'' if verifies else ', without `verify`, which this program lacks'}; "
          f"silent changes {sum(silent.values())}; defects {defects}")
    return 1 if silent or defects else 0


if __name__ == "__main__":
    sys.exit(main())
