"""A node for control_plane.py: this Python runs the command of a pod's container, with the pod's environment,
host name and numbers of processes, and reports as a kubelet does. No images, no network. Needs root.
"""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

PODS = "/api/v1/namespaces/default/pods"
MERGE = "application/strategic-merge-patch+json"
# A name and a first process of its own, as a pod has: claims of a study tell processes by them.
APART = ["unshare", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc", "sh", "-c", 'hostname "$HOSTNAME"; exec "$@"', "pod"]


def now(fraction=""):
    return time.strftime(f"%Y-%m-%dT%H:%M:%S{fraction}Z", time.gmtime())


class Container:
    """A pod's only container, as a process."""

    def __init__(self, pod, folder):
        spec = pod["spec"]["containers"][0]
        meta = pod["metadata"]
        env = {"PATH": os.environ["PATH"], "HOSTNAME": pod["spec"].get("hostname") or meta["name"]}
        for variable in spec.get("env", []):
            env[variable["name"]] = variable.get("value") or field(meta, variable["valueFrom"]["fieldRef"]["fieldPath"])
        self.name, self.image, self.started = spec["name"], spec["image"], now()
        self.killed_at, self.is_killed, self.is_evicted = None, False, False
        words = [*APART, *spec.get("command", []), *spec.get("args", [])]
        with (folder / f"{meta['name']}.log").open("w") as log:
            self.process = subprocess.Popen(words, env=env, cwd=spec.get("workingDir"), stdout=log, stderr=log)

    def is_running(self):
        return self.process.poll() is None

    def status(self):
        """The pod's phase, its container's state and why it was taken away, as a kubelet tells them."""
        code = self.process.poll()
        if code is None:
            phase, state = "Running", {"running": {"startedAt": self.started}}
        else:
            # `unshare` cannot say that its child was killed.
            code = 128 + signal.SIGKILL if self.is_killed and code else code if code >= 0 else 128 - code
            phase = "Failed" if code else "Succeeded"
            ended = {"exitCode": code, "reason": "Error" if code else "Completed", "startedAt": self.started}
            state = {"terminated": {**ended, "finishedAt": now()}}
        container = {"name": self.name, "image": self.image, "imageID": self.image, "restartCount": 0}
        status = {"phase": phase, "containerStatuses": [{**container, "ready": code is None, "state": state}]}
        if self.is_evicted and phase == "Failed":
            disrupted = {"type": "DisruptionTarget", "status": "True", "lastTransitionTime": now()}
            status["conditions"] = [{**disrupted, "reason": "TerminationByKubelet", "message": "little memory"}]
        return status

    def signal(self, number):
        """A signal to the container's first process; whether there was one."""
        parent = self.process.pid
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            for pid in children:
                os.kill(int(pid), number)
            self.is_killed |= bool(children) and number == signal.SIGKILL
            return bool(children)
        except OSError:
            return False

    def evict(self):
        """The node is short of memory: the container is killed at once, and its pod told to be evicted."""
        self.is_evicted = True
        self.signal(signal.SIGKILL)


def field(meta, path):
    """`metadata.annotations['…']` or `metadata.labels['…']` of a pod."""
    kind, _, name = path.removeprefix("metadata.").partition("[")
    return meta[kind][name.strip("']")] if name else meta[kind]


class Node(threading.Thread):
    """A node of the control plane: its lease, and the pods that are bound to it."""

    def __init__(self, plane, folder, machine, cpus=2):
        super().__init__(daemon=True)
        folder.mkdir(parents=True, exist_ok=True)
        self.plane, self.folder, self.machine, self.cpus = plane, folder, machine, cpus
        self.containers, self.told, self.ending, self.lock = {}, {}, threading.Event(), threading.RLock()
        self.codes, self.error = [], None
        self.register()
        self.start()

    def register(self):
        node = {"kind": "Node", "apiVersion": "v1", "metadata": {"name": self.machine, "labels": {"kubernetes.io/hostname": self.machine}}}
        self.plane.must("POST", "/api/v1/nodes", node)
        self.beat()

    def beat(self):
        """The node is ready, and its lease is renewed."""
        room = {"cpu": str(self.cpus), "memory": "64Gi", "pods": "110"}
        ready = {"type": "Ready", "status": "True", "reason": "Here", "message": "", "lastHeartbeatTime": now()}
        body = {"status": {"capacity": room, "allocatable": room, "conditions": [ready]}}
        self.plane.must("PATCH", f"/api/v1/nodes/{self.machine}/status", body, MERGE)
        leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
        spec = {"holderIdentity": self.machine, "leaseDurationSeconds": 40, "renewTime": now(".000000")}
        lease = {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "metadata": {"name": self.machine}, "spec": spec}
        if self.plane.call("PATCH", f"{leases}/{self.machine}", {"spec": spec}, "application/merge-patch+json")[0] == 404:
            # The namespace of leases is made by the API server, soon after it begins.
            self.plane.call("POST", leases, lease)

    def run(self):
        beaten = 0
        while not self.ending.is_set():
            try:
                if time.time() - beaten > 5:
                    self.beat()
                    beaten = time.time()
                with self.lock:
                    self.look()
            except (OSError, RuntimeError) as error:
                self.error = str(error)
            time.sleep(0.3)

    def look(self):
        pods = self.plane.must("GET", f"/api/v1/pods?fieldSelector=spec.nodeName={self.machine}")["items"]
        for pod in pods:
            name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
            container = self.containers.get(uid)
            is_leaving = "deletionTimestamp" in pod["metadata"]
            if container is None and pod["status"].get("phase") == "Pending" and not is_leaving:
                container = self.containers[uid] = Container(pod, self.folder)
            if container is None:
                if is_leaving:
                    self.never_began(pod)
                    self.remove(name, uid)
                continue
            if is_leaving and container.killed_at is None and container.signal(signal.SIGTERM):
                container.killed_at = time.time() + pod["metadata"].get("deletionGracePeriodSeconds", 30)
            elif container.killed_at is not None and time.time() > container.killed_at:
                container.signal(signal.SIGKILL)
            self.tell(name, uid, container)
            if is_leaving and not container.is_running():
                self.remove(name, uid)
        known = {pod["metadata"]["uid"] for pod in pods}
        for uid, container in self.containers.items():
            # A pod that is gone at once, without grace.
            if uid not in known and container.is_running():
                container.signal(signal.SIGKILL)

    def tell(self, name, uid, container):
        status = container.status()
        if self.told.get(uid) == status["phase"]:
            return
        if self.plane.call("PATCH", f"{PODS}/{name}/status", {"status": status}, MERGE)[0] < 300:
            self.told[uid] = status["phase"]
            if status["phase"] != "Running":
                self.codes.append(status["containerStatuses"][0]["state"]["terminated"]["exitCode"])

    def never_began(self, pod):
        """A pod that is taken away before its container began has failed: else the Job would wait for it."""
        ended = {"exitCode": 137, "reason": "ContainerStatusUnknown"}
        spec = pod["spec"]["containers"][0]
        container = {"name": spec["name"], "image": spec["image"], "imageID": "", "restartCount": 0, "ready": False}
        status = {"phase": "Failed", "containerStatuses": [{**container, "state": {"terminated": ended}}]}
        if pod["status"].get("phase") == "Pending":
            self.plane.call("PATCH", f"{PODS}/{pod['metadata']['name']}/status", {"status": status}, MERGE)

    def remove(self, name, uid):
        body = {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}, "kind": "DeleteOptions", "apiVersion": "v1"}
        self.plane.call("DELETE", f"{PODS}/{name}", body)

    def running(self):
        """Names and containers of the pods that run."""
        with self.lock:
            pods = self.plane.must("GET", PODS)["items"]
            found = [(pod["metadata"]["name"], self.containers.get(pod["metadata"]["uid"])) for pod in pods]
            return [(name, c) for name, c in found if c is not None and c.is_running()]

    def die(self):
        """The machine is lost with all that runs on it: it reports nothing more, and leaves the cluster."""
        self.stop()
        self.plane.must("DELETE", f"/api/v1/nodes/{self.machine}")

    def stop(self):
        self.ending.set()
        self.join(10)
        for container in self.containers.values():
            container.signal(signal.SIGKILL)
            container.process.wait()
