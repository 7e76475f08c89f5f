"""What a study's files say of its runs, read without any of our code."""

import json
from pathlib import Path


def runs(study):
    """Every run and trial with evaluations: kind, id, plan's specification, evaluations, result."""
    study = Path(study)
    plan = json.loads((study / "plan.json").read_text())
    planned = [("run", run, study / "runs") for run in plan["runs"]]
    tuning = plan.get("tuning") or {"trials": []}
    planned += [("trial", trial["run"], study / "trials") for trial in tuning["trials"]]
    for kind, spec, folder in planned:
        place = folder / spec["id"]
        log = place / "metrics.jsonl"
        if not log.exists():
            continue
        evaluations = [json.loads(line) for line in log.read_text().splitlines()]
        result = place / "result.json"
        result = json.loads(result.read_text()) if result.exists() else None
        yield kind, place, spec, evaluations, result


def points(evaluations, result):
    """Every number that tools show, by name and step."""
    names = {
        "train/loss": "train_loss",
        "validation/loss": "validation_loss",
        "validation/auc": "validation_auc",
        "train/learning_rate": "lr",
    }
    found = {}
    for evaluation in evaluations:
        for name, key in names.items():
            if evaluation[key] is not None:
                found[name, evaluation["step"]] = evaluation[key]
    if result:
        test, step = result["test"], result["test"]["best_step"]
        found["best/validation_auc", step] = result["validation_auc"]
        for key, name in [("value", "auc"), ("low", "auc_low"), ("high", "auc_high")]:
            if test["auc"]:
                found[f"test/{name}", step] = test["auc"][key]
        for key in ["auprc", "macro_auc", "accuracy", "kappa", "log_loss"]:
            if test[key] is not None:
                found[f"test/{key}", step] = test[key]
    return found
