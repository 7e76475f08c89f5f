"""Tables as CSV and Parquet, read by pandas and pyarrow, against the files of the study.

    python checks/tracking/tables_read.py BINARY STUDY

Made for pandas 3.1.1 and pyarrow 25.0.1.
"""

import csv
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

import study as files

TABLES = ["arms", "comparisons", "runs", "evaluations", "predictions"]


def same(a, b):
    missing = [value is None or value == "" or value != value for value in (a, b)]
    return all(missing) if any(missing) else a == b


def check_formats(folder):
    """Both formats hold the same."""
    for name in TABLES:
        parquet = pq.read_table(folder / f"{name}.parquet")
        assert pq.ParquetFile(folder / f"{name}.parquet").metadata.num_rows == parquet.num_rows
        pd.read_parquet(folder / f"{name}.parquet")
        with open(folder / f"{name}.csv", newline="") as file:
            head, *rows = csv.reader(file)
        assert head == parquet.column_names, name
        assert len(rows) == parquet.num_rows, name
        for column, kind in enumerate(parquet.schema.types):
            cells = parquet.column(column).to_pylist()
            for row, value in zip(rows, cells):
                cell = row[column]
                if value is not None and str(kind) != "string":
                    cell = type(value)(cell)
                assert same(cell, value), (name, head[column], cell, value)


def check_numbers(folder, study):
    runs = pd.read_parquet(folder / "runs.parquet").set_index("run")
    evaluations = pd.read_parquet(folder / "evaluations.parquet")
    predictions = pd.read_parquet(folder / "predictions.parquet")
    rows = 0
    for kind, place, spec, logged, result in files.runs(study):
        row = runs.loc[spec["id"]]
        assert (row["kind"], row["arm"], row["seed"]) == (kind, spec["label"], spec["seed"])
        mine = evaluations[evaluations["run"] == spec["id"]]
        assert len(mine) == len(logged)
        for written, said in zip(mine.to_dict("records"), logged):
            for key in ["step", "images", "lr", "train_loss", "validation_auc", "validation_loss"]:
                assert same(written[key], said[key]), (key, written[key], said[key])
        if not result:
            assert row["state"] == "begun" and math.isnan(row["test_auc"])
            continue
        assert row["state"] == "done"
        test = result["test"]
        for key in ["auprc", "macro_auc", "accuracy", "kappa", "log_loss"]:
            assert same(row[f"test_{key}"], test[key]), key
        assert row["test_auc"] == test["auc"]["value"]
        assert (row["best_step"], row["steps"]) == (test["best_step"], test["steps"])
        if kind == "trial":
            continue
        table = pd.read_csv(place / "predictions.csv", dtype=str,
                            keep_default_na=False)
        classes = [c for c in table.columns if c.startswith("probability:")]
        mine = predictions[predictions["run"] == spec["id"]]
        assert len(mine) == len(table) * len(classes)
        mine = mine.to_dict("records")
        for index, said in enumerate(table.to_dict("records")):
            for place_of, column in enumerate(classes):
                written = mine[index * len(classes) + place_of]
                assert written["image"] == said["image"] and written["partition"] == said["partition"]
                assert same(written["patient"], said["patient"])
                assert written["class"] == column.removeprefix("probability:")
                assert written["probability"] == float(said[column]), written
                if "label" in said:
                    assert written["truth"] == int(int(said["label"]) == place_of)
                rows += 1
    return rows


def check_results(folder, study):
    results = Path(study) / "results.json"
    if not results.exists():
        return
    results = json.loads(results.read_text())
    arms = pd.read_parquet(folder / "arms.parquet").to_dict("records")
    for row, arm in zip(arms, results["arms"], strict=True):
        assert row["arm"] == arm["label"]
        assert row["recommended"] == int(results["verdict"]["recommended"] == arm["label"])
        if arm["auc"]:
            for column, key in [("auc", "value"), ("auc_low", "low"), ("auc_high", "high"),
                                ("seed_sd", "seed_sd"), ("sampling_se", "sampling_se")]:
                assert same(row[column], arm["auc"][key]), column
    rows = pd.read_parquet(folder / "comparisons.parquet").to_dict("records")
    compared = results["comparisons"] + results.get("question_comparisons", [])
    for row, comparison in zip(rows, compared, strict=True):
        assert (row["arm"], row["baseline"]) == (comparison["arm"], comparison["baseline"])
        assert row["difference"] == comparison["difference"]["value"]
        assert row["outcome"] == comparison["outcome"]
        assert same(row["p_difference_corrected"], comparison["p"]["difference_corrected"])


def main():
    binary, study = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for format in ["csv", "parquet"]:
            command = [binary, "track", study, "--to", format, "--out", folder]
            subprocess.run(command, check=True)
            before = {path: path.read_bytes() for path in Path(folder).iterdir()}
            subprocess.run(command, check=True)
            assert before == {path: path.read_bytes() for path in Path(folder).iterdir()}
        check_formats(Path(folder))
        rows = check_numbers(Path(folder), study)
        check_results(Path(folder), study)
    print(f"{len(TABLES)} tables in two formats, {rows} predictions, every cell equal")


main()
