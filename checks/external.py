"""`predict --labels` computed again with scikit-learn, scipy, statsmodels and numpy.

    python checks/external.py BINARY

Draws pictures of three grades, runs two studies of them (grades, and classes), exports a model of each,
and measures it on pictures of another hospital, darker and with one to three pictures a patient. From
the predictions of single pictures and the table of answers: thresholds and temperature, as the run's
validation predictions choose them; AUC with DeLong's interval by patient; metrics; sensitivity,
specificity and predictive values with Wilson's interval by patient; calibration, before and after the
temperature. These must agree to 1e-7. Intervals of metrics by resampling patients are drawn again with
numpy's random numbers: their ends must agree to a quarter of their width. Needs Pillow, and was made
with scikit-learn 1.9, scipy and statsmodels.
"""

import csv
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from PIL import Image
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from scipy.stats import norm, t
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    cohen_kappa_score,
    log_loss,
    roc_auc_score,
)

CLASSES = ["0", "1", "2"]
STUDY = """
title = "External"
[data]
source = "pictures"
size = 16
{task}
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
lr = 1e-3
batch_size = 16
max_steps = 60
eval_every = 20
[compare]
operating = {operating}
"""
worst = {}


def agree(what, ours, theirs, tolerance=1e-7):
    ours, theirs = np.ravel(ours).astype(float), np.ravel(theirs).astype(float)
    difference = np.abs(ours - theirs).max()
    worst[what] = max(worst.get(what, 0.0), difference)
    assert difference <= tolerance * max(1.0, np.abs(theirs).max()), (what, ours, theirs)


def draw(random, grade, dark):
    picture = random.normal(90 - dark, 35, (16, 16, 3))
    row, column = random.integers(3, 10, 2)
    picture[row : row + 3, column : column + 3] += random.normal(25 * grade, 15)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


def influences(labels, scores, patients):
    """AUC, and influences of patients whose squares sum to the variance (DeLong; Obuchowski 1997)."""
    above, below = scores[labels][:, None], scores[~labels]
    wins = (above > below) + 0.5 * (above == below)
    auc, (m, n) = wins.mean(), wins.shape
    moved = np.zeros(len(labels))
    moved[labels] = (wins.mean(axis=1) - auc) / math.sqrt(m * (m - 1))
    moved[~labels] = (wins.mean(axis=0) - auc) / math.sqrt(n * (n - 1))
    _, index = np.unique(patients, return_inverse=True)
    sums = np.bincount(index, moved)
    count, cases = len(sums), len(labels)
    return auc, sums * math.sqrt(count / (count - 1) / (cases / (cases - 1))), count


def auc_interval(auc, sums, count):
    se = math.sqrt((sums**2).sum())
    even = 2 * (sums**2).sum() ** 2 / (sums**4).sum()
    reach = t.ppf(0.975, min(max(even, 1), count - 1)) * se / (auc * (1 - auc))
    return expit(logit(auc) + np.array([-reach, reach]))


def rate(hit, within, patients):
    """Share of `hit` among `within`, with Wilson's interval by patient (Rao and Scott 1992; Korn and
    Graubard 1998)."""
    k, cases = (hit & within).sum(), within.sum()
    p = k / cases
    names, index = np.unique(patients[within], return_inverse=True)
    clusters = len(names)
    effective = float(cases)
    if clusters < cases:
        design = cases / clusters
        if 0 < p < 1:
            residuals = np.bincount(index, hit[within] - p)
            variance = clusters / (clusters - 1) * (residuals**2).sum() / cases**2
            design = max(variance * (cases - 1) / (p * (1 - p)), 1.0)
        effective /= design
        effective *= (t.ppf(0.975, cases - 1) / t.ppf(0.975, clusters - 1)) ** 2
    z = norm.ppf(0.975)
    centre, scale = p + z * z / (2 * effective), 1 + z * z / effective
    reach = z * math.sqrt(p * (1 - p) / effective + z * z / (4 * effective**2))
    return p, (centre - reach) / scale, (centre + reach) / scale


def scaled(p, temperature):
    z = np.log(np.maximum(p, 2.220446049250313e-16)) / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def metrics(labels, p, positive):
    found = {
        "macro_auc": roc_auc_score(labels, p, multi_class="ovr", average="macro"),
        "accuracy": accuracy_score(labels, p.argmax(axis=1)),
        "log_loss": log_loss(labels, p, labels=range(3)),
    }
    if positive is None:
        found["auprc"] = np.mean([average_precision_score(labels == k, p[:, k]) for k in range(3)])
    else:
        found["auprc"] = average_precision_score(labels >= positive, p[:, positive:].sum(axis=1))
        found["kappa"] = cohen_kappa_score(labels, p.argmax(axis=1), weights="quadratic", labels=range(3))
    return found


def check(binary, folder, name, task, operating, positive):
    run = lambda *command: subprocess.run([binary, *command], cwd=folder, check=True, capture_output=True, text=True)
    (folder / f"{name}.toml").write_text(STUDY.format(task=task, operating=operating))
    run("run", f"{name}.toml", "--out", name)
    plan = json.loads((folder / name / "plan.json").read_text())
    trained = folder / name / "runs" / plan["runs"][0]["id"]
    run("export", str(trained), "--to", f"model-{name}")
    told = run("predict", f"model-{name}", "--labels", "elsewhere/answers.csv", "--label-column", "grade",
               "--json", "--out", f"{name}.csv")
    external = json.loads(told.stdout)

    answers, rows = read(folder / "elsewhere/answers.csv"), read(folder / f"{name}.csv")
    assert [row["image"] for row in rows] == [answer["image"] for answer in answers]
    labels = np.array([CLASSES.index(answer["grade"]) for answer in answers])
    patients = np.array([answer["patient"] for answer in answers])
    p = np.array([[float(row[f"probability:{c}"]) for c in CLASSES] for row in rows])
    assert external["images"] == len(rows) and external["patients"] == len(set(patients))

    # What the validation pictures choose.
    validation = [row for row in read(trained / "predictions.csv") if row["partition"] == "validation"]
    truth = np.array([int(row["label"]) for row in validation])
    before = np.array([[float(row[f"probability:{c}"]) for c in CLASSES] for row in validation])
    loss = lambda scale: log_loss(truth, scaled(before, 1 / scale), labels=range(3))
    best = minimize_scalar(loss, bounds=(1e-3, 1e3), method="bounded", options={"xatol": 1e-12})
    temperature = external["temperature"]
    agree("log loss before", temperature["loss_before"], loss(1))
    agree("log loss after", temperature["loss_after"], best.fun)
    agree("temperature", temperature["value"], 1 / best.x, 1e-3)
    after = scaled(p, temperature["value"])
    agree("temperature of a row", [float(row["temperature"]) for row in rows], temperature["value"])

    asked = [(f"grade ≥ {positive}", lambda l: l >= positive, lambda q: q[:, positive:].sum(axis=1))]
    if positive is None:
        asked = [(c, lambda l, k=k: l == k, lambda q, k=k: q[:, k]) for k, c in enumerate(CLASSES)]
    sums_of, aucs = [], []
    for question, (title, answer, score) in zip(external["questions"], asked, strict=True):
        assert question["name"] == title
        yes, scores = answer(labels), score(p)
        auc, sums, count = influences(yes, scores, patients)
        sums_of.append(sums)
        aucs.append(auc)
        agree("AUC", question["auc"]["value"], roc_auc_score(yes, scores))
        agree("its interval", [question["auc"]["low"], question["auc"]["high"]], auc_interval(auc, sums, count))
        agree("AUPRC", question["auprc"], average_precision_score(yes, scores))
        agree("partial AUC", question["partial_auc"], roc_auc_score(yes, scores, max_fpr=0.1))
        # The threshold.
        mine, known = score(before), answer(truth)
        levels = np.unique(mine)
        found = [((mine[known] >= x).mean(), (mine[~known] < x).mean()) for x in levels]
        if "sensitivity" in operating:
            chosen = max(x for x, (sensitivity, _) in zip(levels, found) if sensitivity >= 0.8)
        else:
            most = max(a + b for a, b in found)
            chosen = max(x for x, (a, b) in zip(levels, found) if a + b > most - 1e-12)
        operated = question["operating"]
        agree("threshold", operated["threshold"], chosen)
        called = scores >= operated["threshold"]
        counts = [(called & yes).sum(), (~called & yes).sum(), (called & ~yes).sum(), (~called & ~yes).sum()]
        assert operated["counts"] == counts
        for key, hit, within in [("sensitivity", called, yes), ("specificity", ~called, ~yes),
                                 ("ppv", yes, called), ("npv", ~yes, ~called)]:
            if within.any():
                agree(key, [operated[key][x] for x in ("value", "low", "high")], rate(hit, within, patients))
        # Every row says the same.
        short = title.replace("≥", ">=")
        agree("P", [float(row[f"P({short})"]) for row in rows], scores)
        agree("threshold of a row", [float(row[f"threshold({short})"]) for row in rows], chosen)
        assert [row[f"positive({short})"] for row in rows] == [str(int(x)) for x in called]
        agree("rescaled P", [float(row[f"rescaled P({short})"]) for row in rows], score(after))
        # Calibration.
        fit = sm.GLM(yes, sm.add_constant(logit(scores)), family=sm.families.Binomial()).fit(tol=1e-12)
        agree("slope", question["calibration"]["slope"]["value"], fit.params[1], 1e-6)
        agree("Brier", question["calibration"]["brier"], brier_score_loss(yes, scores))
        fit = sm.GLM(yes, sm.add_constant(logit(score(after))), family=sm.families.Binomial()).fit(tol=1e-12)
        agree("rescaled slope", question["rescaled"]["slope"], fit.params[1], 1e-6)
        agree("rescaled Brier", question["rescaled"]["brier"], brier_score_loss(yes, score(after)))
    agree("headline AUC", external["auc"]["value"], np.mean(aucs))
    interval = auc_interval(np.mean(aucs), np.mean(sums_of, axis=0), len(set(patients)))
    agree("its interval", [external["auc"]["low"], external["auc"]["high"]], interval)

    expected = metrics(labels, p, positive)
    random = np.random.default_rng(1)
    names, index = np.unique(patients, return_inverse=True)
    of = [np.flatnonzero(index == k) for k in range(len(names))]
    drawn = []
    while len(drawn) < 2000:
        cases = np.concatenate([of[k] for k in random.integers(0, len(names), len(names))])
        if len(set(labels[cases])) == 3:
            drawn.append(metrics(labels[cases], p[cases], positive))
    assert {metric["id"] for metric in external["metrics"]} == set(expected)
    for metric in external["metrics"]:
        key = metric["id"]
        agree(key, metric["value"], expected[key])
        ends = np.percentile([d[key] for d in drawn], [2.5, 97.5])
        off = np.abs(np.array([metric["low"], metric["high"]]) - ends).max() / (ends[1] - ends[0])
        worst["interval by resampling"] = max(worst.get("interval by resampling", 0), off)
        assert off < 0.25, (key, metric, ends)


def main():
    binary = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        folder, random = Path(folder), np.random.default_rng(7)
        for grade in CLASSES:
            (folder / "pictures" / grade).mkdir(parents=True)
            for number in range(120):
                draw(random, int(grade), 0).save(folder / f"pictures/{grade}/{number:03}.png")
        (folder / "elsewhere").mkdir()
        rows = [["image", "grade", "patient"]]
        for patient in range(110):
            grade = int(random.integers(0, 3))
            for picture in range(random.integers(1, 4)):
                other = min(2, grade + int(random.random() < 0.2))
                rows.append([f"p{patient}-{picture}.png", str(other), f"patient {patient}"])
                draw(random, other, 4).save(folder / "elsewhere" / rows[-1][0])
        with open(folder / "elsewhere/answers.csv", "w", newline="") as file:
            csv.writer(file).writerows(rows)
        check(binary, folder, "grades", 'task = "ordinal"\npositive = ">=1"', "{ sensitivity = 0.8 }", 1)
        check(binary, folder, "classes", "", '"youden"', None)
    for what, difference in worst.items():
        print(f"{what:24} {difference:.1e}")
    print("every number agrees")


main()
