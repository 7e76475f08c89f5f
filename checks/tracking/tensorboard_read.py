"""Event files read back by TensorBoard's own reader: every number, once, at its step.

    python checks/tracking/tensorboard_read.py BINARY STUDY

Mirrors twice, tears the end of every file, mirrors again, and compares each time. Then asks a running
TensorBoard, whose data server reads files by other code, for every curve. A number is equal where it
is the study's, rounded to single precision. Made for tensorboard 2.21.0.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util

import study as files


def read(path):
    """Every value by tag and step, and the settings and end of the session."""
    values, sessions = {}, {}
    for event in EventFileLoader(str(path)).Load():
        for value in event.summary.value:
            plugin = value.metadata.plugin_data
            if plugin.plugin_name == "hparams":
                sessions[value.tag] = plugin_data_pb2.HParamsPluginData.FromString(plugin.content)
                continue
            assert plugin.plugin_name == "scalars", value.tag
            key = value.tag, event.step
            assert key not in values, f"{path}: {key} twice"
            values[key] = tensor_util.make_ndarray(value.tensor).item()
            assert event.wall_time > 1.5e9, event.wall_time
    return values, sessions


def single(points):
    return {key: np.float32(value).item() for key, value in points.items()}


def serve(folder, study):
    """What a running TensorBoard shows."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    board = [str(Path(sys.executable).parent / "tensorboard"), "--logdir", folder, "--port", str(port)]
    server = subprocess.Popen(board, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(what, **query):
        url = f"http://127.0.0.1:{port}/data/{what}?{urllib.parse.urlencode(query)}"
        return json.load(urllib.request.urlopen(url, timeout=30))

    wanted = {}
    for kind, _, spec, evaluations, result in files.runs(study):
        for (tag, step), value in single(files.points(evaluations, result)).items():
            wanted.setdefault((spec["id"], tag), {})[step] = value
    try:
        shown = {}
        for _ in range(120):
            time.sleep(1)
            try:
                tags = ask("plugin/scalars/tags")
            except (urllib.error.URLError, OSError):
                continue
            shown = {(run.split("/")[-1], tag): run for run in tags for tag in tags[run]}
            if set(shown) == set(wanted):
                break
        assert set(shown) == set(wanted), f"{len(shown)} curves of {len(wanted)} are shown"
        for (run, tag), place in shown.items():
            curve = {step: value for _, step, value in
                     ask("plugin/scalars/scalars", run=place, tag=tag)}
            assert curve == wanted[run, tag], (place, tag)
        return len(shown)
    finally:
        server.terminate()
        server.wait()


def compare(folder, study):
    counted = 0
    paths = {path.parent.name: path for path in Path(folder).rglob("*tfevents*")}
    for kind, _, spec, evaluations, result in files.runs(study):
        path = paths.pop(spec["id"])
        assert ("trials" in path.parts) == (kind == "trial")
        values, sessions = read(path)
        expected = single(files.points(evaluations, result))
        assert values == expected, (path, set(values) ^ set(expected))
        start = sessions["_hparams_/session_start_info"].session_start_info
        assert start.hparams["arm"].string_value == spec["label"]
        assert start.hparams["seed"].number_value == spec["seed"]
        ended = "_hparams_/session_end_info" in sessions
        assert ended == (result is not None)
        counted += len(values)
    assert not paths, f"files of no run: {paths}"
    return counted


def main():
    binary, study = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "track", study, "--to", "tensorboard", "--out", folder]
        subprocess.run(command, check=True)
        counted = compare(folder, study)
        before = {path: path.read_bytes() for path in Path(folder).rglob("*tfevents*")}
        subprocess.run(command, check=True)
        assert before == {path: path.read_bytes() for path in before}, "mirrored twice"
        for path, bytes in before.items():
            path.write_bytes(bytes[:-7])
        subprocess.run(command, check=True)
        compare(folder, study)
        curves = serve(folder, study)
    print(f"{counted} numbers of {len(before)} runs, each once and equal; {curves} curves shown")


main()
