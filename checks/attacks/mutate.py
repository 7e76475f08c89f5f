#!/usr/bin/env python3
"""Feeds every reader with files that were whole once.

    python checks/attacks/mutate.py BINARY [--count N] [--seed S] [--only picture,weights] [--keep FOLDER]

Seeds are the golden files of the repository's tests, small files written here, and a study, a run and an
exported model made by the program. Each is changed in one to eight places (bits, bytes, lengths,
cuts, repeats, pieces of another seed, numbers too large) and given to the command that reads it. A
panic, a signal, an exit code other than 0, 1, 2 and 75, more than 30 s of processor time or more than 2 GiB
resident is a defect. --keep copies what did it."""

import argparse
import collections
import io
import os
import pathlib
import random
import resource
import shutil
import struct
import subprocess
import sys
import threading
import zipfile

import tiny

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 30  # of processor time: a busy machine is no hang
LATE = 20 * SECONDS
MEMORY_MIB = 2048
LARGEST_SEED = 1 << 20
NUMBERS = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
WORDS = [b"99999999999999999999", b"-1", b"1e309", b"NaN", b"\"", b"[[[[[[[[", b"{", b"}", b"\0", b"../../x", b"\xff\xfe", b"\n", b","]


def npy(shape, kind, data):
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head + data


def npz(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name + ".npy", data)
    return file.getvalue()


def floats(n, draw):
    return struct.pack(f"<{n}f", *(draw.gauss(0, 1) for _ in range(n)))


def tfjs():
    weights = [{"name": "dense/kernel", "shape": [2, 3], "dtype": "float32"}, {"name": "dense/bias", "shape": [3], "dtype": "float32"}]
    return (b'{"format":"layers-model","modelTopology":{},"weightsManifest":[{"paths":["shard.bin"],"weights":'
            + str(weights).replace("'", '"').encode() + b"}]}")


def labels(n=24):
    rows = "".join(f"{i:02}.bmp,{i % 2},p{i // 2}\n" for i in range(n))
    return f"image,label,patient\n{rows}".encode()


def bmp(shade):
    pixels = bytes((shade * 7 + i * i) % 256 for i in range(16 * 16 * 3))
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 16, 16, 1, 24, 0, len(pixels), 0, 0, 0, 0) + pixels


def data_study(source, more=""):
    return f'[data]\nsource = "{source}"\nsize = 16\n{more}[grid]\nmodel = ["cbr-tiny"]\ninit = ["random"]\nseeds = 1\n[train]\nbatch_size = 4\nmax_steps = 2\n'.encode()


class Attack:
    """Seeds of one kind, where a changed one goes, and the command that reads it."""

    def __init__(self, kind, seeds, command, target=None):
        self.kind, self.seeds, self.command, self.target = kind, seeds, command, target


def golden(*patterns):
    found = [p for pattern in patterns for p in sorted(ROOT.glob(pattern)) if not p.name.endswith((".expected", ".py", ".rs", ".txt"))]
    return {p.name: p.read_bytes() for p in found if p.is_file() and p.stat().st_size <= LARGEST_SEED}


def prepare(binary, place, draw):
    tiny.clean(binary, place)
    run = sorted((place / "out/runs").iterdir())[0]
    code, _, said = tiny.run(binary, ["export", run, "--to", "exported"], place)
    assert code == 0, said
    pictures = place / "pictures"
    pictures.mkdir()
    for i in range(24):
        (pictures / f"{i:02}.bmp").write_bytes(bmp(i))
    (place / "labels.toml").write_bytes(data_study("pictures/labels.csv", 'label = "label"\npatient = "patient"\n'))
    (place / "array.toml").write_bytes(data_study("array.npz"))
    (place / "shard.bin").write_bytes(bytes(36))
    array = npz(train_images=npy("(20, 8, 8)", "|u1", bytes(draw.randrange(256) for _ in range(1280))),
                train_labels=npy("(20, 1)", "|u1", bytes(i % 2 for i in range(20))))
    pairs = npz(a=npy("(30, 4)", "<f4", floats(120, draw)))
    table = "id,label,score,patient\n" + "".join(f"c{i},{i % 2},{draw.random()},p{i // 2}\n" for i in range(40))
    attacks = [
        Attack("picture", golden("crates/formats/tests/golden/*") | {"a.bmp": bmp(1)}, ["predict", run, "{}"]),
        Attack("weights", golden("crates/checkpoints/tests/weights/checkpoints/*", "crates/checkpoints/tests/weights/keras/*.*5", "crates/checkpoints/tests/weights/keras/*.keras") | {"small.safetensors": (run / "initial_filters.safetensors").read_bytes()}, ["weights", "inspect", "{}"]),
        Attack("weights", {"model.json": tfjs()}, ["weights", "inspect", "{}"], "model.json"),
        Attack("activations", golden("crates/similarity/tests/golden/*.npz", "crates/similarity/tests/golden/*.safetensors") | {"a.npz": pairs, "a.npy": npy("(30, 4)", "<f4", floats(120, draw))}, ["compare", "{}", "{}"]),
        Attack("table", {"t.csv": table.encode()}, ["stats", "predictions", "{}"]),
        Attack("study", {"study.toml": (place / "study.toml").read_bytes()} | golden("configs/template.toml", "configs/demo.toml"), ["plan", "{}"], "changed.toml"),
        Attack("labels", {"labels.csv": labels()}, ["data", "check", "labels.toml"], "pictures/labels.csv"),
        Attack("array", {"array.npz": array}, ["data", "check", "array.toml"], "array.npz"),
    ]
    for file in sorted((place / "exported").iterdir()):
        if file.stat().st_size <= 4 * LARGEST_SEED:
            attacks.append(Attack("export", {file.name: file.read_bytes()}, ["predict", "exported", "pictures/00.bmp"], f"exported/{file.name}"))
    for name in ["spec.json", "model.safetensors"]:
        attacks.append(Attack("run", {name: (run / name).read_bytes()}, ["predict", run, "pictures/00.bmp"], run / name))
    for name in ["plan.json", "declarations.json", "study.toml"]:
        attacks.append(Attack("directory", {name: (place / "out" / name).read_bytes()}, ["status", "out"], f"out/{name}"))
    return attacks


def change(data, other, draw):
    """One to eight changes."""
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 4, 8])):
        # Heads decide more than bodies.
        end = max(1, min(len(data), draw.choice([16, 64, 512, len(data)])))
        at = draw.randrange(end)
        match draw.randrange(9):
            case 0 if data:
                data[at % len(data)] ^= 1 << draw.randrange(8)
            case 1 if data:
                data[at % len(data)] = draw.randrange(256)
            case 2:
                del data[at:at + draw.choice([1, 2, 4, 64])]
            case 3:
                data[at:at] = draw.randbytes(draw.choice([1, 2, 4, 64]))
            case 4:
                size = draw.choice("BHIQ")
                order = draw.choice("<>")
                number = draw.choice(NUMBERS) % (1 << 8 * struct.calcsize(size))
                packed = struct.pack(order + size, number)
                data[at:at + len(packed)] = packed
            case 5:
                del data[draw.randrange(len(data) + 1):]
            case 6:
                length = draw.choice([4, 32, 256])
                data[at:at] = data[at:at + length] * draw.choice([1, 2, 50])
            case 7:
                start = draw.randrange(len(other) + 1)
                length = draw.choice([4, 32, 256])
                data[at:at + length] = other[start:start + length]
            case _:
                word = draw.choice(WORDS)
                data[at:at + draw.choice([0, 1, len(word)])] = word
    return bytes(data)


def measured(binary, arguments, place):
    """Exit code, stderr and the most resident MiB."""
    with open(place / "stderr", "wb") as said:
        process = subprocess.Popen([binary, *map(str, arguments)], cwd=place, env=tiny.environment(place), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=said,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1)))
        timer = threading.Timer(LATE, process.kill)
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        is_late = not timer.is_alive()
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return "hang" if is_late else process.returncode, (place / "stderr").read_text(errors="replace"), used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--only")
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    binary = options.binary.resolve()
    draw = random.Random(options.seed)
    tried, codes, defects, most = collections.Counter(), collections.Counter(), collections.Counter(), 0
    with tiny.folder() as top:
        place = pathlib.Path(top)
        attacks = prepare(binary, place, draw)
        kinds = sorted({a.kind for a in attacks if not options.only or a.kind in options.only.split(",")})
        every = [data for attack in attacks for data in attack.seeds.values()]
        for number in range(options.count):
            kind = draw.choice(kinds)
            attack = draw.choice([a for a in attacks if a.kind == kind])
            name = draw.choice(sorted(attack.seeds))
            whole = attack.seeds[name]
            path = place / (attack.target or name)
            changed = change(whole, draw.choice(every), draw)
            path.write_bytes(changed)
            arguments = [name if a == "{}" and not attack.target else attack.target if a == "{}" else a for a in attack.command]
            code, said, mib = measured(binary, arguments, place)
            tried[kind] += 1
            codes[code] += 1
            most = max(most, mib)
            wrong = [text for text, is_so in [(f"ended with {code}", code not in (0, 1, 2, 75)), ("panicked", "panicked" in said),
                                              (f"{mib:.0f} MiB", mib > MEMORY_MIB)] if is_so]
            if wrong:
                defects[f"{kind}: {wrong[0]}"] += 1
                last = [line for line in said.splitlines() if "panicked" in line or "error" in line][:2]
                print(f"{number} {kind} {name}: {', '.join(wrong)}: {last}", flush=True)
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{number}-{kind}-{name}").write_bytes(changed)
            path.write_bytes(whole)
            if not attack.target:
                path.unlink()
            shutil.rmtree(place / ".cache", ignore_errors=True)
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(tried.items()))
    print(f"{sum(tried.values())} changed files ({kinds}); exit codes {dict(sorted(codes.items(), key=str))}; at most {most:.0f} MiB; "
          f"defects {sum(defects.values())} {dict(defects) or ''}")
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
