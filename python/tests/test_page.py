"""docs/python.md does what it says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    names: dict[str, object] = {}
    printed, compared = "", 0
    for kind, text in blocks:
        if kind == "toml":
            (tmp_path / "study.toml").write_text(text)
        elif kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as stdout:
                exec(compile(text, f"{PAGE.name}", "exec"), names)
            printed = stdout.getvalue()
        elif kind == "text":
            assert printed == text
            compared += 1
    assert compared >= 6
