"""Kubernetes' own control plane on this machine (etcd, kube-apiserver, kube-controller-manager,
kube-scheduler), on the loopback interface, and a node that is this Python: it runs the command of a
container as a process, with the pod's environment, and reports as a kubelet does. No images, no network.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

TOKEN = "check"
CONTROLLERS = "job-controller,node-lifecycle-controller,taint-eviction-controller,garbage-collector-controller,pod-garbage-collector-controller,namespace-controller"
NAMES = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"]
PODS = "/api/v1/namespaces/default/pods"


def programs(folder):
    """The programs by name, from a folder or PATH; ends where one is missing."""
    found = {name: shutil.which(name, path=f"{folder}:{os.environ['PATH']}" if folder else None) for name in NAMES}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        sys.exit(f"not found: {', '.join(missing)}; put them into PATH or a folder that --bin names")
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class ControlPlane:
    """The four daemons, in a folder."""

    def __init__(self, found, folder):
        folder.mkdir(parents=True)
        self.folder, self.daemons = folder, []
        self.port, etcd, peers = free_port(), free_port(), free_port()
        key = folder / "accounts.key"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        (folder / "tokens.csv").write_text(f"{TOKEN},check,1,system:masters\n")
        self.kubeconfig = folder / "kubeconfig"
        cluster = {"server": f"https://127.0.0.1:{self.port}", "insecure-skip-tls-verify": True}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": cluster}],
            "users": [{"name": "check", "user": {"token": TOKEN}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "check"}}],
            "current-context": "here",
        }
        self.kubeconfig.write_text(json.dumps(config))
        self.start(
            found["etcd"],
            f"--data-dir={folder}/etcd",
            f"--listen-client-urls=http://127.0.0.1:{etcd}",
            f"--advertise-client-urls=http://127.0.0.1:{etcd}",
            f"--listen-peer-urls=http://127.0.0.1:{peers}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peers}",
            f"--initial-cluster=default=http://127.0.0.1:{peers}",
            "--unsafe-no-fsync",
        )
        self.start(
            found["kube-apiserver"],
            f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={self.port}",
            f"--cert-dir={folder}/certificates",
            "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={key}",
            f"--service-account-key-file={key}",
            f"--token-auth-file={folder}/tokens.csv",
            "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount",
        )
        self.wait_for(lambda: self.call("GET", "/readyz")[0] == 200, "kube-apiserver")
        daemon = [f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1"]
        self.start(
            found["kube-controller-manager"],
            *daemon,
            f"--secure-port={free_port()}",
            f"--cert-dir={folder}/controller",
            f"--controllers={CONTROLLERS}",
        )
        self.start(found["kube-scheduler"], *daemon, f"--secure-port={free_port()}", f"--cert-dir={folder}/scheduler")
        self.wait_for(lambda: self.call("GET", "/api/v1/namespaces/default")[0] == 200, "the namespace `default`")

    def start(self, program, *words):
        log = (self.folder / f"{Path(program).name}.log").open("w")
        self.daemons.append(subprocess.Popen([program, *words], stdout=log, stderr=log, cwd=self.folder))

    def wait_for(self, is_there, what, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            dead = [daemon.args[0] for daemon in self.daemons if daemon.poll() is not None]
            if dead:
                break
            try:
                if is_there():
                    return
            except OSError:
                pass
            time.sleep(0.3)
        self.stop()
        sys.exit(f"{what} does not come up: see the logs in {self.folder}")

    def call(self, method, path, body=None, kind="application/json"):
        """Status and answer of the API."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def must(self, method, path, body=None, kind="application/json"):
        status, answer = self.call(method, path, body, kind)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def stop(self):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


class Container:
    """A pod's only container, as a process."""

    def __init__(self, pod, folder):
        spec = pod["spec"]["containers"][0]
        meta = pod["metadata"]
        env = {"PATH": os.environ["PATH"], "HOSTNAME": pod["spec"].get("hostname") or meta["name"]}
        for variable in spec.get("env", []):
            env[variable["name"]] = variable.get("value") or field(meta, variable["valueFrom"]["fieldRef"]["fieldPath"])
        self.name, self.image, self.started, self.killed_at = spec["name"], spec["image"], now(), None
        log = (folder / f"{meta['name']}.log").open("w")
        words = [*spec.get("command", []), *spec.get("args", [])]
        self.process = subprocess.Popen(words, env=env, cwd=spec.get("workingDir"), stdout=log, stderr=log, start_new_session=True)

    def status(self):
        """The pod's phase and its container's state, as a kubelet tells them."""
        code = self.process.poll()
        if code is None:
            phase, state = "Running", {"running": {"startedAt": self.started}}
        else:
            code = code if code >= 0 else 128 - code
            phase = "Failed" if code else "Succeeded"
            ended = {"exitCode": code, "reason": "Error" if code else "Completed", "startedAt": self.started}
            state = {"terminated": {**ended, "finishedAt": now()}}
        container = {"name": self.name, "image": self.image, "imageID": self.image, "restartCount": 0}
        return {"phase": phase, "containerStatuses": [{**container, "ready": code is None, "state": state}]}

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


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
        self.plane.must("PATCH", f"/api/v1/nodes/{self.machine}/status", body, "application/strategic-merge-patch+json")
        leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
        spec = {"holderIdentity": self.machine, "leaseDurationSeconds": 40, "renewTime": time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())}
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
            time.sleep(0.2)

    def look(self):
        pods = self.plane.must("GET", f"/api/v1/pods?fieldSelector=spec.nodeName={self.machine}")["items"]
        for pod in pods:
            name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
            phase = pod["status"].get("phase", "Pending")
            container = self.containers.get(uid)
            is_leaving = "deletionTimestamp" in pod["metadata"]
            if container is None and phase in ("Pending", "Running") and not is_leaving:
                container = self.containers[uid] = Container(pod, self.folder)
            if container is None:
                if is_leaving:
                    self.remove(name, uid)
                continue
            if is_leaving and container.killed_at is None:
                container.signal(signal.SIGTERM)
                container.killed_at = time.time() + pod["metadata"].get("deletionGracePeriodSeconds", 30)
            elif is_leaving and time.time() > container.killed_at:
                container.signal(signal.SIGKILL)
            self.tell(name, uid, container)
            if is_leaving and container.process.poll() is not None:
                self.remove(name, uid)
        known = {pod["metadata"]["uid"] for pod in pods}
        for uid, container in self.containers.items():
            # A pod that is gone at once, without grace.
            if uid not in known and container.process.poll() is None:
                container.signal(signal.SIGKILL)

    def tell(self, name, uid, container):
        status = container.status()
        if self.told.get(uid) == status["phase"]:
            return
        self.told[uid] = status["phase"]
        if status["phase"] != "Running":
            self.codes.append(status["containerStatuses"][0]["state"]["terminated"]["exitCode"])
        self.plane.call("PATCH", f"{PODS}/{name}/status", {"status": status}, "application/strategic-merge-patch+json")

    def remove(self, name, uid):
        body = {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}, "kind": "DeleteOptions", "apiVersion": "v1"}
        self.plane.call("DELETE", f"{PODS}/{name}", body)

    def running(self):
        """Names and containers of the pods that run."""
        with self.lock:
            pods = self.plane.must("GET", PODS)["items"]
            found = [(pod["metadata"]["name"], self.containers.get(pod["metadata"]["uid"])) for pod in pods]
            return [(name, c) for name, c in found if c is not None and c.process.poll() is None]

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
