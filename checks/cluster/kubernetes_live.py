#!/usr/bin/env python3
"""A study of 60 runs as an Indexed Job of a real Kubernetes, attacked: pods evicted, deleted and preempted,
programs interrupted and killed, the controllers killed, a node lost. Each job is done once, only what was
killed without a word counts as a failure, and results.json, made by the report's Job, is that of one process,
byte for byte. Then tasks that end with 1, 2, 70, 75 and 9, and a study that is cancelled.

    checks/cluster/kubernetes_live.py [--program PROGRAM] [--bin FOLDER] [--minutes N] [--seed N] [--keep FOLDER] [--only PART]

Needs etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl in PATH or in the folder
that --bin names, of Kubernetes 1.31 or newer, openssl, and root; about ten minutes. The nodes are a part of
this check (node.py). Ends with 1 where anything is not as it should be.
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

from control_plane import ControlPlane, programs
from node import PODS, Node
from study import Stamps, alone, failed, finished, is_same, study_text

ROOT = Path(__file__).resolve().parents[2]
RUNS = 60
JOBS = "/apis/batch/v1/namespaces/default/jobs"
# What happens on a cluster. Of these only `kill` may count as a failure.
ATTACKS = ["api-eviction", "node-eviction", "delete", "preempt", "interrupt", "kill", "controller-killed"]


class Cluster:
    """A control plane, and the words with which a user reaches it."""

    def __init__(self, found, program, work):
        self.plane, self.program, self.work = ControlPlane(found, work / "plane"), program, work
        self.node, self.codes = None, []
        # Who submits finds `kubectl` by its name.
        path = f"{Path(found['kubectl']).parent}:{os.environ['PATH']}"
        self.env = {**os.environ, "PATH": path, "KUBECONFIG": str(self.plane.kubeconfig)}

    def machine(self, name):
        """A machine comes; the one before is lost."""
        if self.node is not None:
            self.node.die()
        self.node = Node(self.plane, self.work / "pods", name)
        self.node.codes = self.codes

    def stop(self):
        if self.node is not None:
            self.node.stop()
        self.plane.stop()

    def call(self, *words):
        """How a program ended, and what it said."""
        done = subprocess.run(list(map(str, words)), env=self.env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def must(self, *words):
        code, said = self.call(*words)
        if code != 0:
            raise RuntimeError(f"{' '.join(map(str, words))} ended with {code}: {said}")
        return said

    def submit(self, file, out, *more):
        """The Job's name."""
        self.must(self.program, "submit", file, "--out", out, *more)
        last = max((out / "cluster").glob("*/submitted.json"), key=lambda path: int(path.parent.name))
        return json.loads(last.read_text())["arrays"][0]["id"]

    def job(self, name):
        return self.plane.must("GET", f"{JOBS}/{name}")

    def ended(self, name):
        """How a Job ended, in Kubernetes' word; none while it has not."""
        conditions = self.job(name)["status"].get("conditions", [])
        return next((c["type"] for c in conditions if c["status"] == "True" and c["type"] in ("Complete", "Failed")), None)

    def wait(self, name, seconds):
        end = time.time() + seconds
        while time.time() < end and self.ended(name) is None:
            time.sleep(0.5)
        return self.ended(name)

    def pods(self, job):
        return self.plane.must("GET", f"{PODS}?labelSelector=job-name={job}")["items"]

    def evict(self, pod):
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
        return self.plane.call("POST", f"{PODS}/{pod}/eviction", body)[0]

    def written(self, name, program=None, parcel="2s", more=None, **keys):
        """A study, and its results when one process makes it."""
        settings = {"scheduler": "kubernetes", "cpus": 1, "memory": "100MiB", "parcel": parcel, **(more or {})}
        settings |= {"container": "transfusion:latest", "program": str(program or self.program)}
        file = self.work / f"{name}.toml"
        file.write_text(study_text(settings, title="Sixty runs: it's $HOME # 'x'", **keys))
        return file, alone(self.program, file, self.work / f"{name}-alone")


def attack(cluster, chance, attacks):
    """Something that happens on a cluster: everything once before anything happens again."""
    running = [(name, container) for name, container in cluster.node.running() if not name.startswith("urgent")]
    if not running:
        return
    counts = [attacks.count(kind) for kind in ATTACKS]
    what = chance.choice([kind for kind, count in zip(ATTACKS, counts) if count == min(counts)])
    name, container = chance.choice(running)
    if what == "api-eviction":
        if cluster.evict(name) >= 300:
            return
    elif what == "node-eviction":
        container.evict()
    elif what == "delete":
        cluster.plane.call("DELETE", f"{PODS}/{name}")
    elif what == "interrupt":
        container.signal(signal.SIGTERM)
    elif what == "kill":
        # A program that just ended by itself was not killed.
        if not container.signal(signal.SIGKILL):
            return
    elif what == "controller-killed":
        cluster.plane.restart("kube-controller-manager")
    else:
        resources = {"requests": {"cpu": "2"}}
        container = {"name": "urgent", "image": "none", "command": ["sleep", "2"], "resources": resources}
        spec = {"priorityClassName": "urgent", "restartPolicy": "Never", "containers": [container]}
        cluster.plane.must("POST", PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "urgent-"}, "spec": spec})
    attacks.append(what)
    print(f"  {what} {'' if what == 'controller-killed' else name}", flush=True)


class Failures:
    """What Kubernetes counted as failures of tasks, and what it left out of count. Pods that are taken away
    go with their counts, which the next pod of the task has: so they are watched."""

    def __init__(self):
        self.counted, self.ignored = {}, {}

    def look(self, pods):
        for pod in pods:
            notes = pod["metadata"]["annotations"]
            index = int(notes["batch.kubernetes.io/job-completion-index"])
            for counts, name in ((self.counted, "failure"), (self.ignored, "ignored-failure")):
                count = int(notes.get(f"batch.kubernetes.io/job-index-{name}-count", 0))
                counts[index] = max(counts.get(index, 0), count)


def report_made(cluster, out, bad):
    """The report's Job, handed in as `submit` says, of which the first pod is evicted."""
    manifest = max(out.glob("cluster/*/report.yaml"))
    name = cluster.must("kubectl", "create", "-o", "name", "-f", manifest).strip().removeprefix("job.batch/")
    is_evicted, end = False, time.time() + 300
    while time.time() < end and cluster.ended(name) is None:
        for pod in cluster.pods(name):
            if not is_evicted and pod["status"].get("phase") in ("Pending", "Running"):
                is_evicted = cluster.evict(pod["metadata"]["name"]) < 300
        time.sleep(0.2)
    print(f"the report's Job: {cluster.ended(name)}, evicted once: {is_evicted}, failed: {cluster.job(name)['status'].get('failed', 0)}")
    if cluster.ended(name) != "Complete":
        bad.append(f"the report's Job is not complete: {cluster.job(name)['status']} {cluster.node.error}")


def under_attack(cluster, chance, minutes):
    file, expected = cluster.written("sixty", seeds=RUNS // 2, max_steps=16)
    out = cluster.work / "sixty"
    stamps, attacks, failures = Stamps(out), [], Failures()
    bad = stamps.bad
    job = cluster.submit(file, out)
    print(f"{RUNS} runs in {cluster.job(job)['spec']['completions']} tasks of {job}")
    end, calm_after = time.time() + 60 * minutes, time.time() + 120
    while time.time() < end and cluster.ended(job) is None:
        time.sleep(1)
        stamps.look()
        failures.look(cluster.pods(job))
        if "node-lost" not in attacks and len(stamps.seen) >= RUNS // 4 and cluster.node.running():
            print("  the machine is lost, another comes", flush=True)
            cluster.machine("machine-2")
            attacks.append("node-lost")
        elif time.time() < calm_after and chance.random() < 0.4:
            attack(cluster, chance, attacks)
    failures.look(cluster.pods(job))
    status = cluster.job(job)["status"]
    counts = {what: attacks.count(what) for what in sorted(set(attacks))}
    print(f"{cluster.ended(job)}: {len(stamps.seen)} runs, tasks {status.get('completedIndexes')}, {len(attacks)} attacks: {counts}")
    ends = {code: cluster.codes.count(code) for code in sorted(set(cluster.codes))}
    counted, ignored = sum(failures.counted.values()), sum(failures.ignored.values())
    print(f"pods by their ends: {ends}; failures counted: {counted}, left out of count: {ignored}; status.failed: {status.get('failed', 0)}")
    if cluster.ended(job) != "Complete":
        bad.append(f"the Job is not complete after {minutes} minutes: {status} {cluster.node.error}")
    if len(stamps.seen) != RUNS:
        bad.append(f"{len(stamps.seen)} of {RUNS} runs are done")
    if max(counted, status.get("failed", 0)) > attacks.count("kill"):
        bad.append(f"{counted} failures counted, {status.get('failed', 0)} by the Job, of {attacks.count('kill')} kills")
    if errors := failed(out):
        bad.append(f"failed: {errors}")
    report_made(cluster, out, bad)
    results = out / "results.json"
    is_right = results.exists() and results.read_bytes() == expected
    print(f"results.json of the report's Job: {'the bytes of one process' if is_right else 'other bytes'}")
    if not is_right:
        bad.append("results.json is not that of one process")
    return bad


def codes_of_tasks(cluster):
    """Tasks by how they end: 1, 2 and 70 fail alone and at once, 9 once more, 75 is no failure however often."""
    wrapper, ends, mended = (cluster.work / name for name in ("wrapper.sh", "ends", "mended"))
    ends.mkdir()
    wrapper.write_text(f"""#!/bin/sh
[ -e '{mended}' ] && exec '{cluster.program}' "$@"
parcel=${{*##*--parcel }}
parcel=${{parcel%% *}}
echo x >>'{ends}'/$parcel
case $parcel in
0) [ "$(wc -l <'{ends}'/0)" -gt 2 ] || exit 75 ;;
1) exit 1 ;;
2) exit 2 ;;
3) exit 70 ;;
4) exit 9 ;;
esac
exec '{cluster.program}' "$@"
""")
    wrapper.chmod(0o755)
    file, expected = cluster.written("ends", program=wrapper, parcel="1s", more={"restarts": 1}, seeds=3, max_steps=400, eval_every=100)
    out, bad = cluster.work / "ends-study", []
    job = cluster.submit(file, out)
    how, failures, status = cluster.wait(job, 600), Failures(), cluster.job(job)["status"]
    failures.look(cluster.pods(job))
    pods = [len(path.read_text().split()) for path in sorted(ends.iterdir())]
    print(f"tasks that end with 75 (twice), 1, 2, 70, 9 and 0: {how}, failed {status.get('failedIndexes')}, done {status.get('completedIndexes')}, pods made {pods}, status.failed {status.get('failed')}, counted {failures.counted}, left out {failures.ignored}")
    if (how, status.get("failedIndexes"), status.get("completedIndexes")) != ("Failed", "1-4", "0,5"):
        bad.append(f"expected the tasks 1 to 4 to fail and the others to be done: {status}")
    if pods != [3, 1, 1, 1, 2, 1] or status.get("failed") != 5:
        bad.append(f"expected 3, 1, 1, 1, 2 and 1 pods and 5 failures, found {pods} and {status.get('failed')}")
    # What failed is done once its cause is mended.
    mended.touch()
    again = cluster.wait(cluster.submit(file, out, "--failed"), 600)
    same = is_same(cluster.program, out, expected)
    print(f"handed in again: {again}, {'the same bytes' if same else 'other bytes'}")
    return bad if again == "Complete" and same else [*bad, "what had failed was not done when handed in again"]


def cancelled(cluster):
    """Where jobs are is told; `cancel` takes the pods away, and what had begun goes on when it is handed in again."""
    file, expected = cluster.written("taken", parcel="1s", seeds=4, max_steps=400, eval_every=20)
    out, bad = cluster.work / "taken", []
    job = cluster.submit(file, out)
    end, told, waits = time.time() + 90, [], []
    while time.time() < end and not (told and waits):
        jobs = json.loads(cluster.must(cluster.program, "status", out, "--json"))["jobs"]
        told = [one for one in jobs if one["state"] == "running" and one.get("task", "").startswith("Kubernetes ")]
        waits = sorted({one["waits"] for one in jobs if "waits" in one})
    print(f"running: {told[0]['task'] if told else None}; waiting: {waits}")
    if not told or not any("Insufficient cpu" in word for word in waits):
        bad.append("status does not tell where jobs are, or why they wait")
    for one in told[:1]:
        said = cluster.must(cluster.program, "logs", out, one["number"])
        print("".join(f"  {line}\n" for line in said.splitlines()), end="")
        asked = f"job-name={job},batch.kubernetes.io/job-completion-index={one['task'].rsplit('_', 1)[1]}"
        if asked not in said or one["task"] not in said:
            bad.append("logs does not name the task of a job, or how to ask for what it printed")
    code, said = cluster.call(cluster.program, "cancel", out)
    print("".join(f"  {line}\n" for line in said.splitlines()), end="")
    if code != 0 or f"{job} taken back" not in said:
        bad.append(f"`cancel` ends with {code}")
    end = time.time() + 60
    while time.time() < end and (cluster.node.running() or cluster.pods(job)):
        time.sleep(0.2)
    if cluster.node.running() or cluster.pods(job) or cluster.plane.call("GET", f"{JOBS}/{job}")[0] != 404:
        bad.append("what was cancelled goes on")
    done = len(finished(out))
    print(f"cancelled with {done} of 8 runs done")
    if done == 8:
        bad.append("nothing was left to cancel: a faster machine needs more steps")
    how = cluster.wait(cluster.submit(file, out), 900)
    same = is_same(cluster.program, out, expected)
    print(f"cancelled and handed in again: {how}, {'the same bytes' if same else 'other bytes'}")
    return bad if how == "Complete" and same else [*bad, "a study that was cancelled and submitted again has other results"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "target/release/transfusion"))
    parser.add_argument("--bin", help="folder with the programs of Kubernetes, before PATH")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    parser.add_argument("--only", choices=["attacked", "ends", "cancelled"], help="one part of it")
    arguments = parser.parse_args()
    # Whoever stops this stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    found = programs(arguments.bin)
    work = Path(arguments.keep or tempfile.mkdtemp(prefix="kubernetes-")).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    cluster = Cluster(found, str(Path(arguments.program).resolve()), work)
    try:
        urgent = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "urgent"}, "value": 1000}
        cluster.plane.must("POST", "/apis/scheduling.k8s.io/v1/priorityclasses", urgent)
        print(cluster.must("kubectl", "version"), end="")
        cluster.machine("machine-1")
        parts = {
            "attacked": lambda: under_attack(cluster, random.Random(arguments.seed), arguments.minutes),
            "ends": lambda: codes_of_tasks(cluster),
            "cancelled": lambda: cancelled(cluster),
        }
        bad = [line for name, part in parts.items() if arguments.only in (None, name) for line in part()]
    finally:
        cluster.stop()
    for line in bad:
        print(f"BAD {line}")
    print("fine" if not bad else f"{len(bad)} defects")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
