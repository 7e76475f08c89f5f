#!/usr/bin/env python3
"""A study of 60 runs as an Indexed Job of a real Kubernetes, attacked: pods evicted, deleted and
preempted, a node lost, programs interrupted and killed. Each job is done once, results.json is that of
one process, byte for byte, and only what was killed without a word counts as a failure. Then tasks that
end with 1, 2 and 70, which fail alone and are not made again, and a study that is cancelled.

    checks/cluster/kubernetes_live.py [--program PROGRAM] [--bin FOLDER] [--minutes N] [--seed N] [--keep FOLDER]

Needs etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl in PATH or in the folder
that --bin names, of Kubernetes 1.31 or newer, and openssl; about ten minutes. The node is a part of this
check (control_plane.py). Ends with 1 where anything is not as it should be.
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

from control_plane import PODS, ControlPlane, Node, programs

ROOT = Path(__file__).resolve().parents[2]
STUDY = """
title = "Sixty runs: it's $HOME # 'x'"
[data]
source = "phantom-fundus"
task = "ordinal"
positive = ">=2"
size = 24
count = 60
[weights]
cbr-tiny = "builtin:cbr-tiny-phantom"
[grid]
model = ["cbr-tiny"]
init = ["random", "transfer"]
seeds = {seeds}
[train]
lr = 1e-3
batch_size = 8
max_steps = {steps}
eval_every = {every}
[report]
pictures = false
[cluster]
scheduler = "kubernetes"
cpus = 1
memory = "100MiB"
parcel = "{parcel}"
container = "transfusion:latest"
program = {program}
"""
RUNS = 60
JOBS = "/apis/batch/v1/namespaces/default/jobs"


def job_of(plane, name):
    return plane.must("GET", f"{JOBS}/{name}")


def is_over(job):
    ended = {condition["type"] for condition in job["status"].get("conditions", []) if condition["status"] == "True"}
    return bool(ended & {"Complete", "Failed"})


def attack(plane, node, chance, attacks):
    """Something that happens on a cluster."""
    running = [(name, container) for name, container in node.running() if not name.startswith("urgent")]
    if not running:
        return
    what = chance.choice(["evict", "evict", "delete", "interrupt", "interrupt", "kill", "preempt"])
    name, container = chance.choice(running)
    if what == "evict":
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
        plane.call("POST", f"{PODS}/{name}/eviction", body)
    elif what == "delete":
        plane.call("DELETE", f"{PODS}/{name}")
    elif what == "interrupt":
        container.signal(signal.SIGTERM)
    elif what == "kill":
        # A program that just ended by itself was not killed.
        if container.process.poll() is not None:
            return
        container.signal(signal.SIGKILL)
    else:
        spec = {
            "priorityClassName": "urgent",
            "restartPolicy": "Never",
            "containers": [{"name": "urgent", "image": "none", "command": ["sleep", "2"], "resources": {"requests": {"cpu": "2"}}}],
        }
        plane.must("POST", PODS, {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "urgent-"}, "spec": spec})
    attacks.append(what)
    print(f"  {what} {name}", flush=True)


def finished(study):
    return sorted(path.parent.name for path in (study / "runs").glob("*/result.json"))


def written(arguments, work, name, program=None, **values):
    """A study, and its results when one process makes it."""
    study = work / f"{name}.toml"
    study.write_text(STUDY.format(program=json.dumps(str(program or arguments.program)), **values))
    run = [arguments.program, "run", study, "--out", work / f"{name}-alone", "--jobs", "1"]
    subprocess.run(run, check=True, capture_output=True)
    return study, (work / f"{name}-alone/results.json").read_bytes()


def handed_in(arguments, env, study, out, *more):
    """The Job's name."""
    done = subprocess.run([arguments.program, "submit", study, "--out", out, *more], env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"submit: {done.stdout}{done.stderr}")
    print("".join(f"  {line}\n" for line in done.stdout.splitlines() if "Kubernetes job" in line), end="")
    return json.loads(max((out / "cluster").glob("*/submitted.json")).read_text())["arrays"][0]["id"]


def is_same(arguments, study, expected):
    subprocess.run([arguments.program, "report", study], check=False, capture_output=True)
    path = study / "results.json"
    return path.exists() and path.read_bytes() == expected


def failures(plane, job):
    """Failures that Kubernetes counted, and those that it left out of count, over all tasks."""
    counted, ignored = {}, {}
    for pod in plane.must("GET", f"{PODS}?labelSelector=job-name={job}")["items"]:
        notes = pod["metadata"]["annotations"]
        index = notes["batch.kubernetes.io/job-completion-index"]
        for counts, name in ((counted, "failure"), (ignored, "ignored-failure")):
            count = int(notes.get(f"batch.kubernetes.io/job-index-{name}-count", 0))
            counts[index] = max(counts.get(index, 0), count)
    return sum(counted.values()), sum(ignored.values())


def under_attack(arguments, chance, work, plane, env):
    study, expected = written(arguments, work, "sixty", seeds=RUNS // 2, steps=40, every=4, parcel="2s")
    out, bad, attacks, stamps = work / "sixty", [], [], {}
    node = Node(plane, work / "pods", "machine-1")
    job = handed_in(arguments, env, study, out)
    end, calm_after, is_lost = time.time() + 60 * arguments.minutes, time.time() + 90, False
    while time.time() < end:
        time.sleep(1)
        for name in finished(out):
            stamp = (out / "runs" / name / "result.json").stat().st_mtime_ns
            if stamps.setdefault(name, stamp) != stamp:
                bad.append(f"{name} was done twice")
        if is_over(job_of(plane, job)):
            break
        if not is_lost and len(stamps) >= RUNS // 4 and node.running():
            print("  the machine is lost, another comes", flush=True)
            node.die()
            node, is_lost = Node(plane, work / "pods", "machine-2"), True
            attacks.append("node lost")
        elif time.time() < calm_after and chance.random() < 0.3:
            attack(plane, node, chance, attacks)
    else:
        bad.append(f"not over after {arguments.minutes} minutes: {len(stamps)} of {RUNS}, {node.error}")
    status = job_of(plane, job)["status"]
    counted, ignored = failures(plane, job)
    counts = {what: attacks.count(what) for what in sorted(set(attacks))}
    print(f"{RUNS} jobs in {status.get('completedIndexes')}, attacks: {counts}")
    print(f"pods that ended with 75: {node.codes.count(75)}; failures counted: {counted}, left out of count: {ignored}; status.failed: {status.get('failed', 0)}")
    if not any(c["type"] == "Complete" and c["status"] == "True" for c in status.get("conditions", [])):
        bad.append(f"the Job is not complete: {status}")
    if counted > attacks.count("kill"):
        bad.append(f"{counted} failures counted, of {attacks.count('kill')} kills")
    if not is_same(arguments, out, expected):
        bad.append("results.json is not that of one process")
    failed = [json.loads(path.read_text()) for path in (out / "runs").glob("*/error.json")]
    return node, bad + ([f"failed: {failed}"] if failed else [])


def wrong(arguments, work, plane, env):
    """Tasks that end with 1, 2 and 70 fail alone, and no second pod is made of them."""
    wrapper = work / "wrapper.sh"
    wrapper.write_text(f"""#!/bin/sh
case "$*" in
*"--parcel 1") exit 1 ;;
*"--parcel 2") exit 2 ;;
*"--parcel 3") exit 70 ;;
esac
exec '{arguments.program}' "$@"
""")
    wrapper.chmod(0o755)
    study, _ = written(arguments, work, "wrong", program=wrapper, seeds=3, steps=40, every=4, parcel="1s")
    job, bad = handed_in(arguments, env, study, work / "wrong"), []
    end = time.time() + 120
    while time.time() < end and not is_over(job_of(plane, job)):
        time.sleep(0.5)
    status = job_of(plane, job)["status"]
    pods = plane.must("GET", f"{PODS}?labelSelector=job-name={job}")["items"]
    print(f"tasks that end with 1, 2 and 70: failed {status.get('failedIndexes')}, done {status.get('completedIndexes')}, {len(pods)} pods")
    if status.get("failedIndexes") != "1-3" or status.get("completedIndexes") != "0,4,5":
        bad.append(f"expected the tasks 1 to 3 to fail and the others to be done: {status}")
    if len(pods) != 6:
        bad.append(f"expected a pod a task, found {len(pods)}")
    # Handed in again with the program itself, what failed is done.
    text = study.read_text().replace(str(wrapper), arguments.program)
    study.write_text(text)
    job = handed_in(arguments, env, study, work / "wrong", "--failed")
    while time.time() < end + 60 and not is_over(job_of(plane, job)):
        time.sleep(0.5)
    if len(finished(work / "wrong")) != 6:
        bad.append("what had failed was not done when handed in again")
    return bad


def cancelled(arguments, work, plane, env, node):
    """`transfusion cancel` takes the pods away, and what had begun goes on when it is handed in again."""
    study, expected = written(arguments, work, "taken", seeds=4, steps=200, every=20, parcel="1s")
    out, bad = work / "taken", []
    handed_in(arguments, env, study, out)
    call = lambda *words: subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    for _ in range(100):
        if node.running():
            break
        time.sleep(0.2)
    time.sleep(1)
    status = call(arguments.program, "status", out)
    print("".join(f"  {line}\n" for line in status.stdout.splitlines() if "ubernetes" in line or "Pending" in line)[:1200], end="")
    done = call(arguments.program, "cancel", out)
    print(done.stdout, done.stderr, sep="", end="")
    if done.returncode != 0:
        bad.append(f"`cancel` ends with {done.returncode}")
    for _ in range(150):
        if not node.running() and not plane.must("GET", f"{PODS}?labelSelector=app=transfusion,study=taken")["items"]:
            break
        time.sleep(0.2)
    else:
        bad.append("what was cancelled goes on")
    if len(finished(out)) == 8:
        bad.append("nothing was left to cancel: a faster machine needs more steps")
    job = handed_in(arguments, env, study, out)
    end = time.time() + 180
    while time.time() < end and not is_over(job_of(plane, job)):
        time.sleep(0.5)
    if not is_same(arguments, out, expected):
        bad.append("results.json is not that of one process after `cancel` and `submit`")
    print(f"cancelled and handed in again: {'the same bytes' if not bad else 'not as it should be'}")
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "target/release/transfusion"))
    parser.add_argument("--bin", help="folder with the programs of Kubernetes, before PATH")
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    found = programs(arguments.bin)
    chance = random.Random(arguments.seed)
    work = Path(arguments.keep or tempfile.mkdtemp(prefix="kubernetes-")).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    plane = ControlPlane(found, work / "plane")
    node = None
    try:
        urgent = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "urgent"}, "value": 1000}
        plane.must("POST", "/apis/scheduling.k8s.io/v1/priorityclasses", urgent)
        # Who submits finds `kubectl` by its name.
        env = {**os.environ, "PATH": f"{Path(found['kubectl']).parent}:{os.environ['PATH']}", "KUBECONFIG": str(plane.kubeconfig)}
        print(subprocess.run(["kubectl", "version"], env=env, capture_output=True, text=True, check=False).stdout, end="")
        node, bad = under_attack(arguments, chance, work, plane, env)
        bad += wrong(arguments, work, plane, env)
        bad += cancelled(arguments, work, plane, env, node)
    finally:
        if node is not None:
            node.stop()
        plane.stop()
    for line in bad:
        print(f"BAD {line}")
    print("fine" if not bad else f"{len(bad)} defects")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
