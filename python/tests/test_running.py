"""Studies run through the package: events, interrupts, errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import transfusion
from conftest import STUDY
from transfusion import ProgramError, Progress, StoppedError

LONG = STUDY.replace("max_steps = 4, eval_every = 2", "max_steps = 2000, eval_every = 500")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def test_a_plan_is_a_table(study: Path) -> None:
    plan = transfusion.plan(study)
    assert len(plan) == 9
    assert {"id", "arm", "seed", "steps", "estimated_seconds", "memory_kept"} <= set(plan.columns)


def test_a_run_tells_its_events(study: Path, tmp_path: Path) -> None:
    events: list[transfusion.Event] = []
    progress = Progress(file=None)

    def listen(event: transfusion.Event) -> None:
        events.append(event)
        progress(event)

    found = transfusion.run(study, on_event=listen, out=tmp_path / "out", jobs=1)
    assert len(found.arms) == 3
    kinds = [event["event"] for event in events]
    assert (kinds[0], kinds[-1]) == ("study_planned", "ended")
    assert kinds.count("job_finished") == 9
    assert events[-1]["done"] == 9
    assert {event["arm"] for event in events if "arm" in event} == set(found.arms["arm"])
    assert progress.fraction == 1.0
    # Going on with it has nothing to do, and reports again.
    again = transfusion.run(tmp_path / "out")
    assert again.results == found.results


@pytest.mark.parametrize("how", ["interrupt", "exception"])
def test_a_stopped_run_leaves_a_checkpoint(tmp_path: Path, how: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(LONG)
    seen: list[str] = []

    def listen(event: transfusion.Event) -> None:
        seen.append(event["event"])
        if event["event"] == "step":
            if how == "exception":
                raise LookupError("of the listener")
            if "asked" not in seen:
                seen.append("asked")
                signal.raise_signal(signal.SIGINT)

    expected = KeyboardInterrupt if how == "interrupt" else LookupError
    with pytest.raises(expected):
        transfusion.run(path, on_event=listen, out=tmp_path / "out", jobs=1)
    assert list(tmp_path.glob("out/runs/*/checkpoint/step-*.safetensors"))
    states = transfusion.Study.load(tmp_path / "out").runs["state"]
    assert "open" in set(states)
    if how == "interrupt":
        assert "job_interrupted" in seen and seen[-1] == "ended"


def test_a_terminal_interrupt_reaches_the_program_once(tmp_path: Path) -> None:
    """SIGINT to the whole group, as a terminal sends it."""
    (tmp_path / "study.toml").write_text(LONG)
    script = (
        "import transfusion\n"
        "def told(event):\n    print(event['event'], flush=True)\n"
        "transfusion.run('study.toml', out='out', jobs=1, on_event=told)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == "step":
            os.killpg(child.pid, signal.SIGINT)
            break
    rest = child.stdout.read()
    child.wait(timeout=60)
    assert "job_interrupted" in rest and rest.rstrip().endswith("ended")
    assert list(tmp_path.glob("out/runs/*/checkpoint/step-*.safetensors"))


def test_errors_are_the_programs(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace("seeds = 3", "seed = 3"))
    with pytest.raises(ProgramError, match="seed") as caught:
        transfusion.run(path, out=tmp_path / "out")
    assert caught.value.exit_code == 2
    with pytest.raises(ProgramError, match="nothing.toml"):
        transfusion.plan(tmp_path / "nothing.toml")


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!{sys.executable}\nimport json, sys\n{body}")
    program.chmod(0o755)
    monkeypatch.setenv("TRANSFUSION_PROGRAM", str(program))


def test_shortage_and_findings(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lines(*events: dict[str, object]) -> str:
        return "".join(f"print({json.dumps(event)!r})\n" for event in events)

    ended = {"at": 1.0, "event": "ended", "exit_code": 75, "failed": 2, "error": "no room left"}
    fake(tmp_path, monkeypatch, lines(ended) + "sys.exit(75)\n")
    with pytest.raises(StoppedError, match="no room left"):
        transfusion.run("study.toml")
    planned = {"at": 0.5, "event": "study_planned", "directory": str(directory)}
    body = lines(planned) + "print('no JSON')\n" + lines({**ended, "exit_code": 1, "error": None})
    fake(tmp_path, monkeypatch, body + "sys.exit(1)\n")
    with pytest.warns(UserWarning, match="2 of its jobs failed"):
        assert transfusion.run("study.toml").directory == directory


def test_much_on_stderr_blocks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, monkeypatch, "sys.stderr.write('y' * 99 + '\\n' * 200000)\nsys.exit(2)\n")
    timer = threading.Timer(60, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(ProgramError):
        transfusion.run("study.toml")
    timer.cancel()
