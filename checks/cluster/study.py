"""The study of these checks (study.toml), as each wants it, and what is looked for in its directory."""

import json
import os
import re
import subprocess
from pathlib import Path

TEXT = (Path(__file__).parent / "study.toml").read_text()


def study_text(cluster, **keys):
    """The study with other values of its keys, and a `[cluster]`. JSON is TOML for all of these."""
    text = TEXT
    for key, value in keys.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", lambda _: f"{key} = {json.dumps(value)}", text)
        if count != 1:
            raise KeyError(key)
    return text + "[cluster]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in cluster.items())


def alone(program, file, out):
    """`results.json` of a study that one process makes."""
    subprocess.run([program, "run", file, "--out", out, "--jobs", "1"], check=True, capture_output=True)
    return (out / "results.json").read_bytes()


def finished(study):
    """Names of the runs that are done."""
    return sorted(path.parent.name for path in (study / "runs").glob("*/result.json"))


class Stamps:
    """When each run of a study was first seen done: none may be done again."""

    def __init__(self, study):
        self.study, self.seen, self.bad = study, {}, []

    def look(self):
        for name in finished(self.study):
            stamp = (self.study / "runs" / name / "result.json").stat().st_mtime_ns
            if self.seen.setdefault(name, stamp) != stamp:
                self.bad.append(f"{name} was done twice")


def failed(study):
    """What is recorded of runs that failed."""
    return [json.loads(path.read_text()) for path in (study / "runs").glob("*/error.json")]


def is_same(program, study, expected):
    """Whether the study's results are these bytes, once its report is made."""
    subprocess.run([program, "report", study], check=False, capture_output=True)
    path = study / "results.json"
    return path.exists() and path.read_bytes() == expected


def processes(word, folder):
    """Id and command line of every process whose command line has the word and the folder: none of another study."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if word in words and str(folder) in words:
            found.append((int(path.parent.name), words))
    return found


def programs(folder):
    """Ids of the programs that do a parcel of a study in the folder."""
    return [pid for pid, words in processes("--parcels", folder) if "bash" not in words]


def kill(pid, number):
    """A signal, unless the process has just ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
