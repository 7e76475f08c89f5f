"""A real MLflow server: every number once, also after kills, lost answers and a lost mlflow.json.

    python checks/tracking/mlflow_server.py BINARY STUDY

Starts `mlflow server` on this machine, mirrors, and compares what MLflow's own client then reads.
STUDY is copied and never changed. Between the two stands a server that loses answers, hangs,
answers 500 or garbage. Last, a study of its own is killed twice while it is mirrored beside its run.
Made for mlflow 3.17.2.
"""

import http.client
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import study as files


LIVE = """
title = "Live"
data = { source = "phantom-fundus", task = "ordinal", positive = ">=2", size = 32, count = 200 }
grid = { model = ["cbr-tiny"], init = ["random"], seeds = 3 }
train = { lr = 1e-3, batch_size = 16, max_steps = 400, eval_every = 10 }
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Between(http.server.BaseHTTPRequestHandler):
    """Hands requests on, and does wrong as `mood` says; a mood lasts for `count` requests."""

    backend, mood, count, asked, seen = 0, "good", 0, 0, None
    lock = threading.Lock()

    def do_GET(self):
        self.hand_on(None)

    def do_POST(self):
        self.hand_on(self.rfile.read(int(self.headers["content-length"])))

    def hand_on(self, body):
        cls = type(self)
        with cls.lock:
            cls.asked += 1
            cls.seen = self.headers.get("authorization")
            mood = cls.mood if cls.count > 0 else "good"
            cls.count -= 1
        if mood == "500":
            return self.answer(500, b"<html>oops</html>")
        if mood == "garbage":
            return self.answer(200, b"\x00\xffnot json")
        if mood == "array":
            return self.answer(200, b"[1, 2]")
        if mood == "hang":
            time.sleep(25)
            return self.close_now()
        backend = http.client.HTTPConnection("127.0.0.1", cls.backend, timeout=60)
        backend.request(self.command, self.path, body, {"content-type": "application/json"})
        answered = backend.getresponse()
        data = answered.read()
        if mood == "lost":
            return self.close_now()
        self.answer(answered.status, data)

    def close_now(self):
        self.close_connection = True
        self.connection.close()

    def answer(self, status, data):
        try:
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True


def wait_for(server, port, log):
    """Until it answers: on a busy machine that takes minutes."""
    end = time.monotonic() + 900
    while server.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("mlflow server did not start:\n" + log.read_text()[-2000:])


def compare(client, experiment, study, whole=True):
    """Every run once and every number once, as the study says."""
    found = client.get_experiment_by_name(experiment)
    mirrored = {}
    for run in client.search_runs([found.experiment_id], max_results=1000):
        tag = run.data.tags["transfusion.run"]
        assert tag not in mirrored, f"two runs mirror {tag}"
        mirrored[tag] = run
    counted = 0
    for kind, _, spec, evaluations, result in files.runs(study):
        run = mirrored.pop(spec["id"])
        assert run.data.tags["transfusion.kind"] == kind
        assert run.data.params["arm"] == spec["label"] and run.data.params["seed"] == str(spec["seed"])
        expected = files.points(evaluations, result)
        got = {}
        for name in {name for name, _ in expected}:
            for point in client.get_metric_history(run.info.run_id, name):
                assert (name, point.step) not in got, f"{name} at {point.step} twice"
                got[name, point.step] = point.value
        if whole:
            assert got == expected, {k: (got.get(k), v) for k, v in expected.items() if got.get(k) != v}
            assert run.info.status == ("FINISHED" if result else "RUNNING"), run.info.status
        counted += len(got)
    assert not mirrored or not whole
    return counted


def main():
    binary, source = sys.argv[1:]
    folder = Path(tempfile.mkdtemp())
    study = folder / "study"
    shutil.copytree(source, study)
    before = {p: p.read_bytes() for p in study.rglob("*") if p.is_file()}
    backend = free_port()
    store = f"sqlite:///{folder}/mlflow.db"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW")}
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "mlflow"), "server", "--backend-store-uri", store, "--port", str(backend),
         "--workers", "1", "--default-artifact-root", str(folder / "artifacts")],
        stdout=open(folder / "server.log", "w"), stderr=subprocess.STDOUT,
        env={**environment, "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"},
        start_new_session=True,
    )
    Between.backend = backend
    between = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
    threading.Thread(target=between.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{between.server_port}"
    try:
        wait_for(server, backend, folder / "server.log")
        check(binary, study, url, backend, environment, folder)
        after = {p: p.read_bytes() for p in study.rglob("*")
                 if p.is_file() and "tracking" not in p.parts}
        assert after == before, "a file of the study changed"
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def check(binary, study, url, backend, environment, folder):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(f"http://127.0.0.1:{backend}")

    def track(experiment, code=0, more=(), **variables):
        command = [binary, "track", str(study), "--to", "mlflow", "--url", url,
                   "--experiment", experiment, *more]
        done = subprocess.run(command, env={**environment, **variables}, capture_output=True, text=True)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done.stderr

    def mood(word, count):
        with Between.lock:
            Between.mood, Between.count, Between.asked = word, count, 0

    # Twice, and without the file.
    track("plain")
    counted = compare(client, "plain", study)
    mood("good", 0)
    track("plain")
    assert Between.asked == 2, f"{Between.asked} requests for nothing new"
    compare(client, "plain", study)
    shutil.rmtree(study / "tracking")
    track("plain")
    compare(client, "plain", study)
    print(f"{counted} numbers, once and equal; again without tracking/mlflow.json")

    # The n-th answer is lost, whichever it is: what was asked for was done.
    lost = 0
    for after in range(1, 400, 7):
        mood("good", 0)
        name = f"lost-{after}"
        command = [binary, "track", str(study), "--to", "mlflow", "--url", url, "--experiment", name]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        while process.poll() is None and Between.asked < after:
            time.sleep(0.001)
        mood("lost", 1)
        _, error = process.communicate()
        if Between.count == 1:
            break
        lost += 1
        # Only that of the experiment's making is asked for again at once.
        assert process.returncode == 75 and "nothing is lost" in error or process.returncode == 0, error
        mood("good", 0)
        track(name)
        compare(client, name, study)
    assert lost > 5
    print(f"{lost} times an answer was lost: one run each, no number twice")

    # Kills at moments of their own.
    for number in range(6):
        name = f"kill-{number}"
        mood("good", 0)
        command = [binary, "track", str(study), "--to", "mlflow", "--url", url, "--experiment", name]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        while process.poll() is None and Between.asked < 5 + 13 * number:
            time.sleep(0.001)
        process.kill()
        process.wait()
        if number % 2:
            shutil.rmtree(study / "tracking", ignore_errors=True)
        track(name)
        compare(client, name, study)
    print("6 kills: one run each, no number twice")

    # A server out of order is a line and 75, and the next try goes on.
    for word, says in [("500", "it answered 500"), ("garbage", "expected JSON"), ("array", "expected JSON"),
                       ("hang", "timeout")]:
        mood(word, 10**6)
        error = track(f"mood-{word}", 75)
        assert says in error and error.count("\n") == 1, error
        mood("good", 0)
        track(f"mood-{word}")
        compare(client, f"mood-{word}", study)
    command = [binary, "track", str(study), "--to", "mlflow", "--url", f"http://127.0.0.1:{free_port()}"]
    gone = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert gone.returncode == 75 and gone.stderr.count("\n") == 1, gone
    print("gone, 500, garbage, hanging: one line each, and the next try goes on")

    # Another number on the server: the run is made anew.
    found = client.get_experiment_by_name("plain")
    run = client.search_runs([found.experiment_id])[0]
    client.set_tag(run.info.run_id, "transfusion.content", "other")
    client.log_metric(run.info.run_id, "test/accuracy", 0.123, step=10**6)
    name, step = next(k for k in files.points(*next(
        (e, r) for _, _, s, e, r in files.runs(study) if s["id"] == run.data.tags["transfusion.run"]))
        if k[0] == "validation/loss")
    client.log_metric(run.info.run_id, name, 123.0, step=step)
    track("plain")
    compare(client, "plain", study)
    print("a number that was changed there is made right")

    # A study that is killed while it is mirrored, and goes on.
    (folder / "live.toml").write_text(LIVE)
    mood("good", 0)
    run = [binary, "run", "live.toml", "--out", "live", "--track", f"mlflow={url}"]
    for kill in (True, True, False):
        process = subprocess.Popen(run, cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        if kill:
            seen = Between.asked
            while process.poll() is None and Between.asked < seen + 25:
                time.sleep(0.01)
            assert process.poll() is None, "it was too short to be killed"
            process.kill()
        _, error = process.communicate()
        assert kill or process.returncode == 0, error
    counted = compare(client, "Live", folder / "live")
    print(f"a study killed twice while it was mirrored: {counted} numbers, each once")

    # Who asks is said by the environment, and written nowhere.
    mood("good", 0)
    track("plain", MLFLOW_TRACKING_TOKEN="geheim-token")
    assert Between.seen == "Bearer geheim-token"
    track("plain", MLFLOW_TRACKING_USERNAME="ada", MLFLOW_TRACKING_PASSWORD="geheim")
    assert Between.seen == "Basic YWRhOmdlaGVpbQ=="
    for path in study.rglob("*"):
        assert not path.is_file() or b"geheim" not in path.read_bytes(), path
    print("token and password are sent and not kept")


main()
