"""What `transfusion serve` takes: ten fabricated studies of a thousand runs, a hundred readers.

    python bench/serve.py BINARY [--studies 10] [--seeds 250] [--readers 100] [--keep FOLDER]

Plans the first study for real (four arms, one job done), fabricates the records of most other runs,
claims of some that "run" on another machine, and copies all of it. Then it measures, while evaluations
are appended to logs: how long the list takes, how long until every reader is told, memory and
processor time of the server. Prints a line a figure and ends with 1 where a target is missed.
Needs Python alone.
"""

import argparse
import json
import pathlib
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

STUDY = """
title = "Fabricated"
data = { source = "phantom-fundus", task = "ordinal", positive = ">=2", size = 16, count = 60 }
weights = { cbr-tiny = "builtin:cbr-tiny-phantom" }
grid = { model = ["cbr-tiny"], init = ["random", "mean-var", "glorot-normal", "transfer"], seeds = %d }
train = { batch_size = 8, max_steps = 40, eval_every = 1 }
"""
TARGETS = {"list_ms": 100, "event_s": 1.0, "memory_mib": 150}
RUNNING = 8


def evaluation(step, auc):
    line = {"step": step, "images": 8 * step, "lr": 1e-3, "train_loss": 0.7, "validation_auc": auc, "validation_loss": 0.6}
    return json.dumps(line) + "\n"


def claim(folder, job):
    owner = {"host": "fabricated", "machine": None, "pid": 1, "started": None}
    entry = {"owner": owner, "since": int(time.time()), "beat": 10_000, "token": "0" * 32}
    (folder / "claims" / f"{job}.claim").write_text(json.dumps(entry))


def fabricate(root, binary, studies, seeds):
    """The studies, and the ids of the runs of each that run."""
    (root / "study.toml").write_text(STUDY % seeds)
    first = root / "studies" / "study-0"
    subprocess.run([binary, "run", root / "study.toml", "--out", first, "--job", "0"], check=True, capture_output=True)
    runs = [run["id"] for run in json.loads((first / "plan.json").read_text())["runs"]]
    done, rest = first / "runs" / runs[0], runs[1:]
    running, finished = rest[:RUNNING], rest[RUNNING : int(len(rest) * 0.9)]
    log = (done / "metrics.jsonl").read_bytes()
    for run in running + finished:
        folder = first / "runs" / run
        folder.mkdir()
        (folder / "metrics.jsonl").write_bytes(log if run in finished else b"")
        if run in finished:
            for name in ("result.json", "timing.json"):
                shutil.copy(done / name, folder / name)
    for run in running:
        claim(first, run)
    for number in range(1, studies):
        shutil.copytree(first, first.parent / f"study-{number}")
    return sorted(first.parent.iterdir()), running, len(runs)


class Server:
    def __init__(self, binary, root):
        self.process = subprocess.Popen([binary, "serve", root, "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip().rstrip("/")
        self.place = ("127.0.0.1", int(self.url.rsplit(":", 1)[1]))

    def ask(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return json.load(answer)

    def status(self, key):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split(f"{key}:")[1].split()[0]) / 1024

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def reader(self, key):
        stream = socket.create_connection(self.place)
        stream.sendall(f"GET /api/study/{key}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return stream


def until_told(readers, word, limit=30):
    """Seconds until the first and the last reader were told `word`."""
    began, waiting, first = time.perf_counter(), selectors.DefaultSelector(), None
    seen = {reader: b"" for reader in readers}
    for reader in readers:
        reader.setblocking(False)
        waiting.register(reader, selectors.EVENT_READ)
    while waiting.get_map():
        if time.perf_counter() - began > limit:
            raise SystemExit(f"{len(waiting.get_map())} readers were never told")
        for ready, _ in waiting.select(1):
            reader = ready.fileobj
            seen[reader] = (seen[reader] + reader.recv(1 << 20))[-(1 << 20) :]
            if word in seen[reader]:
                first = first or time.perf_counter() - began
                waiting.unregister(reader)
    return first, time.perf_counter() - began


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary")
    arguments.add_argument("--studies", type=int, default=10)
    arguments.add_argument("--seeds", type=int, default=250)
    arguments.add_argument("--readers", type=int, default=100)
    arguments.add_argument("--keep", type=pathlib.Path)
    asked = arguments.parse_args()
    binary = str(pathlib.Path(asked.binary).resolve())
    root = asked.keep or pathlib.Path(tempfile.mkdtemp(prefix="serve-"))
    root.mkdir(exist_ok=True)
    folders, running, runs = fabricate(root, binary, asked.studies, asked.seeds)
    print(f"{len(folders)} studies of {runs} runs, {len(running)} of each running")

    has_ended = threading.Event()

    def beat():
        while not has_ended.wait(5):
            for folder in folders:
                for run in running:
                    (folder / "claims" / f"{run}.claim").touch()

    threading.Thread(target=beat, daemon=True).start()
    began = time.perf_counter()
    server = Server(binary, root / "studies")
    found, missed = {}, []

    def tell(name, value, unit, target=None):
        bad = target is not None and value > TARGETS[target]
        missed.extend([name] * bad)
        goal = f", target {TARGETS[target]}{' MISSED' if bad else ''}" if target else ""
        print(f"{name}: {value:.3g} {unit}{goal}")

    try:
        times = []
        while len(found) < len(folders):
            clock = time.perf_counter()
            listed = server.ask("/api/studies")
            times.append((time.perf_counter() - clock) * 1000)
            found = {study["name"]: study for study in listed if study["is_read"]}
            time.sleep(0.05)
        tell("all studies read after", time.perf_counter() - began, "s")
        tell("list while they are read, longest", max(times), "ms", "list_ms")
        times = []
        for _ in range(100):
            clock = time.perf_counter()
            server.ask("/api/studies")
            times.append((time.perf_counter() - clock) * 1000)
        tell("list, median", statistics.median(times), "ms", "list_ms")
        tell("list, longest of 100", max(times), "ms", "list_ms")
        key = found["study-0"]["key"]
        clock = time.perf_counter()
        server.ask(f"/api/study/{key}/jobs?order=auc&from=500&count=100")
        tell("a page of 100 rows in the order of AUC", (time.perf_counter() - clock) * 1000, "ms", "list_ms")

        spent, clock = server.processor_seconds(), time.perf_counter()
        time.sleep(10)
        share = (server.processor_seconds() - spent) / (time.perf_counter() - clock)
        tell("processor while nothing happens", 100 * share, "% of one core")

        firsts, lasts = [], []
        for turn in range(10):
            readers = [server.reader(key) for _ in range(asked.readers)]
            until_told(readers, b"event: changes")
            auc = 0.5 + turn / 64
            log = folders[0] / "runs" / running[turn % RUNNING] / "metrics.jsonl"
            with log.open("a") as file:
                file.write(evaluation(turn, auc))
            first, last = until_told(readers, f'"auc":{auc}'.encode())
            firsts.append(first)
            lasts.append(last)
            for reader in readers:
                reader.close()
        tell(f"an evaluation told to the first of {asked.readers} readers, longest of 10", max(firsts), "s", "event_s")
        tell(f"the same to the last of {asked.readers}, longest of 10", max(lasts), "s", "event_s")
        tell("memory now", server.status("VmRSS"), "MiB", "memory_mib")
        tell("memory at most", server.status("VmHWM"), "MiB", "memory_mib")
    finally:
        has_ended.set()
        server.process.terminate()
        server.process.wait()
        if not asked.keep:
            shutil.rmtree(root)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
