"""Kubernetes' own control plane on this machine (etcd, kube-apiserver, kube-controller-manager,
kube-scheduler), on the loopback interface. The nodes are in node.py.
"""

import http.client
import json
import os
import shutil
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


class ControlPlane:
    """The four daemons, in a folder."""

    def __init__(self, found, folder):
        folder.mkdir(parents=True)
        self.folder, self.daemons, self.own = folder, {}, threading.local()
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
        # kubectl holds what it hands in against the schema.
        self.wait_for(lambda: self.call("GET", "/openapi/v2")[0] == 200, "the API's schema")

    def start(self, program, *words):
        name = Path(program).name
        with (self.folder / f"{name}.log").open("a") as log:
            self.daemons[name] = subprocess.Popen([program, *words], stdout=log, stderr=log, cwd=self.folder)

    def restart(self, name):
        """A daemon dies and is started again, as whoever looks after it does."""
        daemon = self.daemons[name]
        daemon.kill()
        daemon.wait()
        self.start(*daemon.args)

    def wait_for(self, is_there, what, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            dead = [name for name, daemon in self.daemons.items() if daemon.poll() is not None]
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

    def connect(self):
        """A connection of this thread, which is kept: greetings cost more than questions."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.own.connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)
        return self.own.connection

    def call(self, method, path, body=None, kind="application/json"):
        """Status and answer of the API."""
        # A server hangs up on who is silent for long.
        is_fresh = time.monotonic() - getattr(self.own, "asked", -1e9) < 30
        connection = self.own.connection if is_fresh else self.connect()
        self.own.asked = time.monotonic()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.own.asked = -1e9
            raise OSError(f"{method} {path}: {error!r}") from error
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
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
        for daemon in self.daemons.values():
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
