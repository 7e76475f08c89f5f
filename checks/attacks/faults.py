#!/usr/bin/env python3
"""Makes one call of a study fail, then goes on without faults, for every call in turn.

    python checks/attacks/faults.py BINARY [--count N] [--seed S] [--only write,map]

A tiny study is run once untouched. Then, for each kind of call and error, its n-th call fails, once
or from then on. The program may say so and end with 0, 1, 2 or 75; a panic, a signal, a hang or 70 is a
defect. After that the same command without faults must end with 0 and leave the same bytes.
--count takes so many points at random, all of them without it (about 3,200, a second each).
Linux on x86-64, a C compiler; see faults.c."""

import argparse
import collections
import errno
import pathlib
import random
import shutil
import struct
import subprocess
import sys

import tiny

KINDS = "open read write sync rename link unlink mkdir truncate stat list touch map thread".split()
SHORT = 0
MODES = [
    ("open", errno.EMFILE, 0), ("open", errno.EIO, 0),
    ("read", errno.EIO, 0), ("read", errno.EINTR, 0), ("read", SHORT, 0),
    ("write", errno.ENOSPC, 0), ("write", errno.ENOSPC, 1), ("write", errno.EIO, 0),
    ("write", errno.EINTR, 0), ("write", SHORT, 0),
    ("sync", errno.EIO, 0), ("sync", errno.ENOSPC, 1),
    ("rename", errno.EIO, 0), ("rename", errno.ENOSPC, 1), ("link", errno.EIO, 0),
    ("unlink", errno.EIO, 0), ("mkdir", errno.ENOSPC, 0), ("truncate", errno.ENOSPC, 0),
    ("stat", errno.EIO, 0), ("list", errno.EIO, 0), ("touch", errno.EIO, 0),
    ("open", errno.ESTALE, 0), ("read", errno.ESTALE, 0), ("stat", errno.ESTALE, 0),
    ("rename", errno.ESTALE, 0), ("write", errno.EDQUOT, 1), ("mkdir", errno.EDQUOT, 0),
    ("map", errno.ENOMEM, 0), ("map", errno.ENOMEM, 1),
    ("thread", errno.EAGAIN, 0), ("thread", errno.EAGAIN, 1),
]
COMMAND = ["run", "study.toml", "--out", "out", "--jobs", "1"]


def build(place):
    source = pathlib.Path(__file__).with_name("faults.c")
    shim = place / "faults.so"
    subprocess.run(["cc", "-std=c99", "-O1", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    return shim


def faulted(binary, place, shim, counts, call="", at=0, error=0, sticky=0):
    return tiny.run(binary, COMMAND, place, LD_PRELOAD=str(shim), FAULT_CALL=call, FAULT_AT=str(at),
                    FAULT_ERRNO=str(error), FAULT_STICKY=str(sticky), FAULT_UNDER=str(place.resolve()),
                    FAULT_COUNT_FILE=str(counts))


def counted(counts):
    data = counts.read_bytes()
    size = 8 * len(KINDS)
    hit = data[size:].split(b"\0")[0].decode(errors="replace")
    return dict(zip(KINDS, struct.unpack(f"{len(KINDS)}Q", data[:size]))), hit


def judge(binary, place, shim, counts, expected, point):
    """What is wrong, or none; and which file was hit."""
    shutil.rmtree(place, ignore_errors=True)
    tiny.write(place)
    code, _, said = faulted(binary, place, shim, counts, *point)
    _, hit = counted(counts)
    said = said.decode(errors="replace")
    hit = hit.replace(str(place.resolve()), ".")
    if code not in (0, 1, 2, 75):
        return f"ended with {code}", hit, said
    if "panicked" in said:
        return f"panicked, exit code {code}", hit, said
    if code == 0 and tiny.record(place / "out") != expected:
        return "said to be done, and was not", hit, said
    again, _, later = tiny.run(binary, COMMAND, place)
    later = later.decode(errors="replace")
    if again != 0:
        return f"ended with {code}; without faults then with {again}", hit, said + later
    if tiny.record(place / "out") != expected:
        return "other bytes", hit, said + later
    return None, hit, code


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--only", default=",".join(KINDS))
    options = parser.parse_args()
    binary = options.binary.resolve()
    with tiny.folder() as top:
        top = pathlib.Path(top)
        shim, counts = build(top), top / "counts"
        expected = tiny.clean(binary, top / "clean")
        tiny.write(top / "work")
        code, _, said = faulted(binary, top / "work", shim, counts)
        assert code == 0 and tiny.record(top / "work/out") == expected, said
        totals, _ = counted(counts)
        print("calls:", ", ".join(f"{kind} {n}" for kind, n in totals.items()), flush=True)
        points = [(call, n, error, sticky) for call, error, sticky in MODES if call in options.only.split(",")
                  for n in range(1, totals[call] + 1)]
        if options.count and options.count < len(points):
            points = sorted(random.Random(options.seed).sample(points, options.count))
        codes, defects = collections.Counter(), collections.Counter()
        for point in points:
            found, hit, more = judge(binary, top / "work", shim, counts, expected, point)
            if found is None:
                codes[more] += 1
                continue
            call, n, error, sticky = point
            name = errno.errorcode.get(error, "short")
            defects[found] += 1
            last = [line for line in more.splitlines() if "error" in line or "panicked" in line][-3:]
            print(f"{call} {n} {name}{' and after' if sticky else ''} ({hit}): {found}\n  " + "\n  ".join(last), flush=True)
    ended = ", ".join(f"{code}: {n}" for code, n in sorted(codes.items()))
    print(f"{len(points)} faults; without a defect {sum(codes.values())} (exit codes {ended}); "
          f"defects {sum(defects.values())} {dict(defects) or ''}")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
