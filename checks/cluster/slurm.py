#!/usr/bin/env python3
"""A study of 60 runs on a real Slurm, attacked: the node's daemon killed and started again, tasks
killed and put back into the queue at random, the time limit hit, a partition of higher priority taking
the node, and cancelled. Each job is done once, and results.json is that of one process, byte for byte.

    checks/cluster/slurm.py [--program PROGRAM] [--minutes N] [--seed N] [--keep FOLDER]

Needs Debian's packages slurm-wlm and munge, root, and about five minutes: Slurm itself lets a task
that is put back wait for two. Ends with 1 where anything is not as it should be.
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

from study import Stamps, alone, failed, finished, is_same, kill, programs, study_text

ROOT = Path(__file__).resolve().parents[2]
RUNS = 60


def study(parcel, **keys):
    return study_text({"scheduler": "slurm", "cpus": 1, "parcel": parcel, "partition": "main"}, title="Sixty runs", **keys)


class Slurm:
    """The daemons of slurm.sh, and what they say."""

    def __init__(self, folder):
        self.folder = folder
        self.env = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
        self.script = ROOT / "checks/cluster/slurm.sh"
        subprocess.run([self.script, "start", folder], check=True)

    def stop(self):
        subprocess.run([self.script, "stop", self.folder], check=False)

    def call(self, *words, check=False):
        done = subprocess.run(words, env=self.env, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            sys.exit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def tasks(self, states=None):
        """(name, state) of every task that Slurm still knows as waiting or at work."""
        lines = self.call("squeue", "-h", "-r", "-o", "%i %T %j").splitlines()
        tasks = [line.split(maxsplit=2) for line in lines]
        return [(task[0], task[1]) for task in tasks if states is None or task[1] in states]

    def kill_node(self):
        """The node's daemon dies, and what it runs with it; it comes back."""
        pid = int((self.folder / "slurmd.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        for step in steps(self.folder) + programs(self.folder.parent):
            kill(step, signal.SIGKILL)
        time.sleep(2)
        subprocess.run(["slurmd"], env=self.env, check=True)


def steps(folder):
    """Ids of the processes with which this Slurm's daemon watches its tasks."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "comm").read_text().strip() == "slurmstepd" and (path / "cwd").readlink().is_relative_to(folder):
                found.append(int(path.name))
        except OSError:
            continue
    return found


def attack(slurm, chance, log):
    """Something that happens on a cluster."""
    at_work = slurm.tasks({"RUNNING"})
    if not at_work:
        return
    what = chance.choice(["requeue", "requeue", "kill", "preempt", "node"])
    task = chance.choice(at_work)[0]
    log.append(what)
    print(f"  {what} {task}", flush=True)
    if what == "requeue":
        slurm.call("scontrol", "requeue", task)
    elif what == "kill":
        # As the kernel does where memory is short: the program alone, without a word.
        for pid in programs(slurm.folder.parent)[-1:]:
            kill(pid, signal.SIGKILL)
    elif what == "preempt":
        slurm.call("sbatch", "--partition=urgent", "--exclusive", "--time=1", "--output=/dev/null", "--wrap=sleep 2")
    else:
        slurm.kill_node()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "target/release/transfusion"))
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    work = Path(arguments.keep or tempfile.mkdtemp(prefix="slurm-")).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    slurm = Slurm(work / "slurm")
    try:
        return check(arguments, chance, work, slurm)
    finally:
        slurm.stop()


def check(arguments, chance, work, slurm):
    stamps = Stamps(work / "study")
    bad = stamps.bad
    (work / "alone.toml").write_text(study("2s", seeds=RUNS // 2, max_steps=40))
    expected = alone(arguments.program, work / "alone.toml", work / "alone")

    submit = [arguments.program, "submit", work / "alone.toml", "--out", work / "study"]
    done = subprocess.run(submit, env=slurm.env, capture_output=True, text=True, check=True)
    print(done.stdout, end="")
    attacks = []
    end = time.time() + 60 * arguments.minutes
    again = 0
    calm_after = time.time() + 90
    while time.time() < end:
        time.sleep(1.5)
        stamps.look()
        tasks = slurm.tasks()
        if not tasks:
            if len(stamps.seen) == RUNS:
                break
            # What was killed without a word is no task any more: handed in again.
            again += 1
            subprocess.run([*submit, "--failed"], env=slurm.env, capture_output=True, check=True)
            continue
        # Slurm lets what was put back wait for two minutes; a check need not.
        for task, state in tasks:
            if state == "PENDING":
                slurm.call("scontrol", "update", f"JobId={task}", "StartTime=now")
        if time.time() < calm_after and chance.random() < 0.25:
            attack(slurm, chance, attacks)
    else:
        bad.append(f"not over after {arguments.minutes} minutes: {len(stamps.seen)} of {RUNS}, {slurm.tasks()}")
    if not is_same(arguments.program, work / "study", expected):
        bad.append("results.json is not that of one process")
    if errors := failed(work / "study"):
        bad.append(f"failed: {errors}")
    left = list((work / "study/claims").glob("*"))
    counts = {what: attacks.count(what) for what in sorted(set(attacks))}
    print(f"{RUNS} jobs, attacks: {counts}, handed in again: {again}, claims left: {len(left)}")

    bad += time_limit(arguments, work, slurm)
    bad += cancelled(arguments, work, slurm, expected)
    for line in bad:
        print(f"BAD {line}")
    print("fine" if not bad else f"{len(bad)} defects")
    return 1 if bad else 0


def time_limit(arguments, work, slurm):
    """One long run that Slurm cuts at its limit of a minute: it goes on where it was, to the same bytes."""
    (work / "long.toml").write_text(study("1h", seeds=1, max_steps=2500, eval_every=50))
    expected = alone(arguments.program, work / "long.toml", work / "long-alone")
    submit = [arguments.program, "submit", work / "long.toml", "--out", work / "long", "--time", "2m"]
    subprocess.run([*submit, "--write"], env=slurm.env, check=True, capture_output=True)
    # A limit of one minute with notice at once: cut several times on any machine.
    script = work / "long/cluster/1/1-run.sh"
    lines = script.read_text().replace("--time=00:02:00", "--time=00:01:00").replace("USR1@60", "USR1@52")
    script.write_text(lines)
    slurm.call("sbatch", "--parsable", str(script), check=True)
    end, cuts = time.time() + 420, 0
    while time.time() < end and slurm.tasks():
        time.sleep(1)
        for task, state in slurm.tasks({"PENDING"}):
            slurm.call("scontrol", "update", f"JobId={task}", "StartTime=now")
    log = (work / "long/cluster/1/logs/1-run-0.log").read_text()
    cuts = log.count("stopping after this step")
    same = is_same(arguments.program, work / "long", expected)
    print(f"a run longer than its time limit: cut {cuts} times, {'the same bytes' if same else 'other bytes'}")
    bad = [] if same else ["a run that was cut has other results"]
    return bad + ([] if cuts else ["the time limit cut nothing: a faster machine needs more steps"])


def cancelled(arguments, work, slurm, expected):
    """Where jobs are and why they wait is told; what is cancelled goes, and is not put back."""
    bad = []

    def transfusion(*words, code=(0,)):
        done = subprocess.run(
            [arguments.program, *map(str, words)], env=slurm.env, capture_output=True, text=True, check=False
        )
        if done.returncode not in code:
            bad.append(f"{words[0]} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    out = work / "cancelled"
    transfusion("submit", work / "alone.toml", "--out", out)
    end, told = time.time() + 60, []
    while time.time() < end and not told:
        jobs = json.loads(transfusion("status", out, "--json"))["jobs"]
        told = [job for job in jobs if job["state"] == "running" and job.get("task", "").startswith("Slurm ")]
    waits = sorted({job["waits"] for job in jobs if "waits" in job})
    print(f"running: {told[0]['task'] if told else None}; waiting: {waits}")
    if not told or not any(word.startswith("PENDING") for word in waits):
        bad.append("status does not tell where jobs are, or why they wait")
    if told and told[0]["task"] not in transfusion("logs", out, told[0]["number"]):
        bad.append("logs does not name the task of a job")
    transfusion("cancel", out)
    end = time.time() + 60
    while time.time() < end and slurm.tasks():
        time.sleep(0.5)
    done = len(finished(out))
    time.sleep(20)
    if slurm.tasks() or len(finished(out)) != done or done == RUNS:
        bad.append(f"work went on after cancel: {slurm.tasks()}, {done} runs, then {len(finished(out))}")
    print(f"cancelled with {done} of {RUNS} runs done")
    transfusion("submit", work / "alone.toml", "--out", out)
    end = time.time() + 240
    while time.time() < end and slurm.tasks():
        time.sleep(1)
    if not is_same(arguments.program, out, expected):
        bad.append("a study that was cancelled and submitted again has other results")
    return bad


if __name__ == "__main__":
    sys.exit(main())
