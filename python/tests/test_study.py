"""A study's records as tables, and what was changed."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import transfusion
from transfusion import MissingPackageError, Study, StudyError, stats


def test_tables_hold_the_records(directory: Path) -> None:
    study = Study.load(directory)
    results = json.loads((directory / "results.json").read_text())
    assert study.title == "Does transfer help?"
    assert list(study.arms["arm"]) == [arm["label"] for arm in results["arms"]]
    assert list(study.arms["auc"]) == [arm["auc"]["value"] for arm in results["arms"]]
    first = results["comparisons"][0]
    row = study.comparisons.iloc[0]
    assert (row["arm"], row["difference"]) == (first["arm"], first["difference"]["value"])
    assert row["p_difference_corrected"] == first["p"]["difference_corrected"]
    assert len(study.runs) == 9
    assert set(study.runs["state"]) == {"done"}
    assert study.runs["seconds"].min() > 0
    curves = study.curves
    assert set(curves["step"]) >= {0, 2, 4}
    assert len(curves) == 9 * len(curves[curves["run"] == curves["run"][0]])
    assert str(study.verdict) == results["verdict"]["paragraph"]
    assert study.verdict.possible
    assert {"threshold", "value", "bound"} <= set(study.speed_ups.columns)


def test_an_auc_of_a_run_comes_out_of_its_predictions(directory: Path) -> None:
    study = Study.load(directory)
    predictions = study.predictions
    for run in study.runs.itertuples():
        test = predictions[(predictions["run"] == run.run) & (predictions["partition"] == "test")]
        above = test.filter(like="probability:").to_numpy()[:, 2:].sum(axis=1)
        patients = test["patient"] if test["patient"].notna().any() else None
        found = stats.delong(test["label"] >= 2, above, patients=patients, quantile="student")
        assert found.auc == pytest.approx(run.auc, abs=1e-12)
        assert (found.low, found.high) == pytest.approx((run.auc_low, run.auc_high), abs=1e-9)
    assert predictions["image"].map(type).eq(str).all()


def test_polars_has_the_same(directory: Path) -> None:
    pytest.importorskip("polars")
    pandas, polars = Study.load(directory), Study.load(directory, frames="polars")
    for name in ("arms", "comparisons", "runs", "curves", "predictions", "speed_ups"):
        ours, theirs = getattr(pandas, name), getattr(polars, name)
        assert list(ours.columns) == theirs.columns
        assert len(ours) == theirs.height
    assert np.array_equal(pandas.arms["auc"].to_numpy(), polars.arms["auc"].to_numpy())
    label = [name for name in pandas.predictions if name.startswith("probability:")][0]
    assert np.array_equal(
        pandas.predictions[label].to_numpy(), polars.predictions[label].to_numpy()
    )


def test_what_is_missing_is_said(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StudyError, match=r"no plan.json: expected a study directory"):
        Study.load(tmp_path)
    with pytest.raises(ValueError, match="pandas, polars"):
        Study.load(directory, frames="excel")
    copy = tmp_path / "copy"
    shutil.copytree(directory, copy)
    (copy / "results.json").unlink()
    study = Study.load(copy)
    assert len(study.runs) == 9
    with pytest.raises(StudyError, match="transfusion report"):
        _ = study.arms
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingPackageError, match="pip install pandas"):
        _ = Study.load(directory).arms


def test_changed_records_are_refused(directory: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(directory, copy)
    results = copy / "results.json"
    results.write_text(results.read_text().replace('"value": 0.', '"value": 1.', 1))
    study = Study.load(copy)
    with pytest.raises(StudyError, match="seal"):
        _ = study.arms
    table = next(copy.glob("runs/*/predictions.csv"))
    table.write_text(table.read_text().replace("0.1", "0.2", 1))
    with pytest.raises(StudyError, match="SHA-256"):
        _ = study.predictions


def test_the_report_is_shown_in_a_closed_frame(directory: Path) -> None:
    shown = Study.load(directory).report._repr_html_()
    assert shown.startswith('<iframe sandbox="" srcdoc="&lt;!')
    assert shown.count('"') == shown.split("srcdoc=")[0].count('"') + 2 + 4
    assert "Does transfer help?" in shown
    with pytest.raises(StudyError, match="report"):
        transfusion.Report(directory / "nothing.html").html()
