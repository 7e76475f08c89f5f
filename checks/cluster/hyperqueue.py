#!/usr/bin/env python3
"""A study of 60 runs on a real HyperQueue, attacked: workers killed and stopped, programs killed and
interrupted, scripts killed, the server killed and started again from its journal. Each job is done
once, and results.json is that of one process, byte for byte. Then a run longer than the life of any
worker, and a study that is cancelled and handed in again.

    checks/cluster/hyperqueue.py [--program PROGRAM] [--hq HQ] [--minutes N] [--seed N] [--keep FOLDER]

Needs HyperQueue's program `hq`, from PATH, $HQ or --hq, and about five minutes. Ends with 1 where
anything is not as it should be.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from study import Stamps, alone, failed, finished, is_same, kill, processes, programs, study_text

ROOT = Path(__file__).resolve().parents[2]
RUNS = 60
SETTINGS = {"scheduler": "hyperqueue", "cpus": 1, "memory": "100MiB"}
KINDS = ["worker-killed", "worker-stopped", "server-killed", "program-killed", "program-interrupted", "script-killed"]


class HyperQueue:
    """A server with a journal and two workers of a processor each, in a folder of their own."""

    def __init__(self, hq, folder):
        folder.mkdir(parents=True)
        self.folder = folder
        # Who submits finds `hq` by its name.
        (folder / "bin").mkdir()
        (folder / "bin/hq").symlink_to(hq)
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        self.env = {**os.environ, "PATH": path, "HQ_SERVER_DIR": str(folder / "server")}
        self.server, self.workers, self.started = None, [], 0
        self.serve()
        for _ in range(2):
            self.work()

    def serve(self):
        log = (self.folder / "server.log").open("a")
        words = ["hq", "server", "start", "--host", "127.0.0.1", "--journal", self.folder / "journal"]
        self.server = subprocess.Popen(words, env=self.env, stdout=log, stderr=log)
        for _ in range(100):
            if self.call("hq", "server", "info")[0] == 0:
                return
            time.sleep(0.2)
        sys.exit(f"HyperQueue's server does not come up: see {self.folder}/server.log")

    def work(self, *more):
        self.started += 1
        log = (self.folder / f"worker{self.started}.log").open("w")
        words = ["hq", "worker", "start", "--cpus", "1", *more]
        worker = subprocess.Popen(words, env=self.env, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def call(self, *words):
        done = subprocess.run(words, env=self.env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def jobs(self):
        """Jobs with their counts of tasks by state."""
        code, said = self.call("hq", "--output-mode", "json", "job", "list", "--all")
        return json.loads(said) if code == 0 else None

    def is_idle(self):
        jobs = self.jobs()
        if jobs is None:
            return False
        done = ("finished", "failed", "canceled", "aborted")
        return all(sum(job["task_stats"].get(state, 0) for state in done) == job["task_count"] for job in jobs)

    def stop(self):
        for process in [*self.workers, self.server]:
            if process.poll() is None:
                process.terminate()
        for process in [*self.workers, self.server]:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def scripts(folder):
    return [pid for pid, words in processes("run.sh", folder) if "submit" not in words]


def attack(queue, folder, chance, attacks):
    """Something that happens on a cluster: everything once before anything happens again."""
    kinds = [what for what in KINDS if attacks.count(what) == min(attacks.count(kind) for kind in KINDS)]
    what = chance.choice(kinds)
    alive = [worker for worker in queue.workers if worker.poll() is None]
    if what.startswith("program"):
        pids = programs(folder)
        number = signal.SIGKILL if what == "program-killed" else signal.SIGTERM
        if not pids:
            return
        kill(chance.choice(pids), number)
    elif what == "script-killed":
        pids = scripts(folder)
        if not pids:
            return
        kill(chance.choice(pids), signal.SIGKILL)
    elif what == "server-killed":
        queue.server.kill()
        queue.server.wait()
        queue.serve()
    elif alive:
        worker = chance.choice(alive)
        worker.send_signal(signal.SIGKILL if what == "worker-killed" else signal.SIGTERM)
    attacks.append(what)
    print(f"  {what}", flush=True)


def mend(queue):
    """Two workers, as a site keeps them."""
    queue.workers = [worker for worker in queue.workers if worker.poll() is None]
    while len(queue.workers) < 2:
        queue.work()


def written(arguments, work, name, parcel, **keys):
    """A study, and its results when one process makes it."""
    file, title = work / f"{name}.toml", "Sixty runs: it's $HOME, #HQ --name=x"
    file.write_text(study_text({**SETTINGS, "parcel": parcel}, title=title, **keys))
    return file, alone(arguments.program, file, work / f"{name}-alone")


def under_attack(arguments, chance, work, queue):
    attacks, again = [], 0
    study, expected = written(arguments, work, "sixty", seeds=RUNS // 2, max_steps=40, eval_every=4, parcel="2s")
    out = work / "sixty"
    stamps = Stamps(out)
    bad = stamps.bad
    submit = [arguments.program, "submit", study, "--out", out]
    done = subprocess.run(submit, env=queue.env, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr, sep="", end="")
    if done.returncode != 0:
        return ["`submit` was refused"]
    end, calm_after = time.time() + 60 * arguments.minutes, time.time() + 90
    while time.time() < end:
        time.sleep(1)
        mend(queue)
        stamps.look()
        if queue.is_idle():
            if len(stamps.seen) == RUNS:
                break
            # What was killed without a word is no task any more: handed in again.
            again += 1
            subprocess.run([*submit, "--failed"], env=queue.env, capture_output=True, check=True)
        elif time.time() < calm_after and chance.random() < 0.3:
            attack(queue, out, chance, attacks)
    else:
        bad.append(f"not over after {arguments.minutes} minutes: {len(stamps.seen)} of {RUNS}")
    if not is_same(arguments.program, out, expected):
        bad.append("results.json is not that of one process")
    if errors := failed(out):
        bad.append(f"failed: {errors}")
    counts = {what: attacks.count(what) for what in sorted(set(attacks))}
    left = len(list((out / "claims").glob("*")))
    print(f"{RUNS} jobs, attacks: {counts}, handed in again: {again}, claims left: {left}")
    # Whatever was interrupted goes on by itself.
    lost = sum(job["task_stats"].get("failed", 0) for job in queue.jobs())
    kills = attacks.count("program-killed") + attacks.count("script-killed")
    if lost > kills:
        bad.append(f"{lost} tasks failed, of {kills} that were killed without a word")
    print(f"tasks that failed: {lost}")
    return bad


def interrupted(arguments, work, queue):
    """A program that is interrupted by somebody goes on in its task; no task is handed in again."""
    study, expected = written(arguments, work, "long", seeds=1, max_steps=1500, eval_every=50, parcel="1h")
    out = work / "long"
    # Workers that live for 12 seconds: the runs are longer than that.
    for worker in queue.workers:
        worker.terminate()
    for worker in queue.workers:
        worker.wait()
    queue.workers = []
    submit = [arguments.program, "submit", study, "--out", out]
    subprocess.run([*submit, "--write"], env=queue.env, check=True, capture_output=True)
    script = out / "cluster/1/1-run.sh"
    lines = script.read_text().splitlines()
    lines = ["#HQ --time-request=2s" if line.startswith("#HQ --time-request") else line for line in lines]
    script.write_text("\n".join(lines) + "\n")
    code, said = queue.call("hq", "submit", str(script))
    if code != 0:
        return [f"hq submit: {said}"]
    end, times = time.time() + 60 * arguments.minutes, 0
    while time.time() < end and not queue.is_idle():
        queue.workers = [worker for worker in queue.workers if worker.poll() is None]
        if not queue.workers:
            queue.work("--time-limit", "12s")
            times += 1
        time.sleep(0.5)
    log = "".join(path.read_text() for path in sorted((out / "cluster/1/logs").glob("*.log")))
    cuts = log.count("stopping after this step")
    same = is_same(arguments.program, out, expected)
    print(f"a run longer than its worker's life: {times} workers, cut {cuts} times, {'the same bytes' if same else 'other bytes'}")
    bad = [] if same else ["a run that was cut has other results"]
    return bad + ([] if cuts else ["no worker cut anything: a faster machine needs more steps"])


def cancelled(arguments, work, queue):
    """`transfusion cancel` takes the tasks back, and what had begun goes on when it is handed in again."""
    study, expected = written(arguments, work, "taken", seeds=4, max_steps=200, eval_every=20, parcel="1s")
    out, bad = work / "taken", []
    mend(queue)
    submit = [arguments.program, "submit", study, "--out", out]
    call = lambda *words: subprocess.run(words, env=queue.env, capture_output=True, text=True, check=False)
    call(*submit)
    for _ in range(100):
        if programs(out):
            break
        time.sleep(0.2)
    time.sleep(1)
    status = call(arguments.program, "status", out)
    print("".join(line + "\n" for line in status.stdout.splitlines() if "HyperQueue" in line)[:600], end="")
    done = call(arguments.program, "cancel", out)
    print(done.stdout, done.stderr, sep="", end="")
    if done.returncode != 0:
        bad.append(f"`cancel` ends with {done.returncode}")
    for _ in range(100):
        if queue.is_idle() and not programs(out):
            break
        time.sleep(0.2)
    else:
        bad.append("what was cancelled goes on")
    if len(finished(out)) == 8:
        bad.append("nothing was left to cancel: a faster machine needs more steps")
    again = call(*submit)
    if again.returncode != 0:
        bad.append(f"`submit` after `cancel`: {again.stderr}")
    for _ in range(900):
        if queue.is_idle():
            break
        time.sleep(0.2)
    if not is_same(arguments.program, out, expected):
        bad.append("results.json is not that of one process after `cancel` and `submit`")
    print(f"cancelled and handed in again: {'the same bytes' if not bad else 'not as it should be'}")
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "target/release/transfusion"))
    parser.add_argument("--hq", default=os.environ.get("HQ") or shutil.which("hq"))
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    if not arguments.hq:
        sys.exit("no hq: put HyperQueue's program into PATH, or name it with --hq")
    chance = random.Random(arguments.seed)
    work = Path(arguments.keep or tempfile.mkdtemp(prefix="hyperqueue-")).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    queue = HyperQueue(Path(arguments.hq).resolve(), work / "hyperqueue")
    try:
        bad = under_attack(arguments, chance, work, queue)
        bad += interrupted(arguments, work, queue)
        bad += cancelled(arguments, work, queue)
    finally:
        queue.stop()
    for line in bad:
        print(f"BAD {line}")
    print("fine" if not bad else f"{len(bad)} defects")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
