"""Records of runs that nobody trained, in the documented format, with a known truth.

Scores follow the two-normal model: of unit variance within a class, the positive class higher by
√2 Φ⁻¹(AUC). Networks agree on what is difficult: pictures, their patients and the arm each have a
share of the variance that runs have in common. A network's own AUC is drawn around its arm's.
"""

import json
import math

import numpy as np
from scipy.special import expit
from scipy.stats import norm, rankdata

from planned import parts
from scenario import HIGHEST, LOWEST

# A weights file without tensors: the report wants one, and shows nothing of it.
NO_WEIGHTS = (8).to_bytes(8, "little") + b"{}      "
SEPARATED = 40.0  # standard deviations between classes where the AUC is 1
LASTING = 0.7  # share of a network's own part of a score that evaluations have in common


def auc(labels, scores):
    """AUC of every row of scores."""
    m = labels.sum()
    ranks = rankdata(scores, axis=-1)[..., labels].sum(axis=-1)
    return (ranks - m * (m + 1) / 2) / (m * (len(labels) - m))


def distance(value):
    """Between the means of two unit normals with this AUC."""
    return np.where(np.asarray(value) >= 1, SEPARATED, math.sqrt(2) * norm.ppf(np.minimum(value, HIGHEST)))


class Part:
    """Validation or test pictures, with what makes them difficult for every network."""

    def __init__(self, scenario, name, rows):
        self.labels = np.array([label for _, _, label in rows]) == 1
        _, self.patient = np.unique([patient for _, patient, _ in rows], return_inverse=True)
        self.before = [f"{name},{picture},{patient if scenario.is_known else ''},{label}," for picture, patient, label in rows]
        self.scenario = scenario

    def draw(self, random):
        """Difficulty of one study's pictures, in standard deviations."""
        patient = random.standard_normal(self.patient.max() + 1)[self.patient]
        picture = random.standard_normal(len(self.labels))
        s = self.scenario
        self.common = math.sqrt(s.patient) * patient + math.sqrt(s.picture - s.patient) * picture

    def of_arm(self, random):
        return self.common + math.sqrt(self.scenario.arm) * random.standard_normal(len(self.labels))

    def own(self):
        """Standard deviation of what is a network's own."""
        return math.sqrt(1 - self.scenario.picture - self.scenario.arm)

    def lines(self, scores, half):
        """Rows of predictions.csv; probabilities are a monotone image of the scores."""
        p = expit(2 * (scores - half))
        return [f"{before}{1 - x:.10f},{x:.10f}\n" for before, x in zip(self.before, p)]


class Fabricator:
    """Fills one planned directory with study after study."""

    def __init__(self, scenario, study):
        rows = parts(scenario.shape())
        self.asked, self.scenario, self.study = scenario, scenario, study
        self.plan = json.loads((study / "plan.json").read_text())
        self.validation, self.test = (Part(scenario, name, rows[name]) for name in ("validation", "test"))
        self.steps = np.array(scenario.steps())
        self.truth = {}
        for arm in self.plan["arms"]:
            model = self.plan["models"][arm["model"]]["described"]["label"]
            self.truth[arm["label"]] = (model, arm["init"]["name"])
        self.prepare()

    def prepare(self):
        """What is the same in every study."""
        for spec in self.plan["runs"]:
            folder = self.folder(spec)
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("model.safetensors", "initial_filters.safetensors"):
                (folder / name).write_bytes(NO_WEIGHTS)
            (folder / "spec.json").write_text(json.dumps(spec))

    def folder(self, spec):
        return self.study / "runs" / spec["id"]

    def fabricate(self, random):
        """One study: every run's records are replaced."""
        self.scenario = self.asked.of_study(random)
        self.validation.draw(random)
        self.test.draw(random)
        of_arm = [[part.of_arm(random) for part in (self.validation, self.test)] for _ in self.plan["arms"]]
        for spec in self.plan["runs"]:
            self.run(spec, *of_arm[spec["arm"]], random)

    def run(self, spec, validation, test, random):
        scenario, (model, init) = self.scenario, self.truth[spec["label"]]
        centre = scenario.centre(model, init)
        own = centre
        if centre < 1:
            own = float(np.clip(random.normal(centre, scenario.spread(init)), LOWEST, HIGHEST))
        half = scenario.half / scenario.times.get(init, 1.0) * math.exp(scenario.speed_sd * random.standard_normal())
        grown = self.steps**2 / (self.steps**2 + half**2)
        apart = distance(0.5 + (own - 0.5) * grown)
        count = len(self.validation.labels)
        passing = random.standard_normal((len(self.steps), count))
        noise = math.sqrt(LASTING) * random.standard_normal(count) + math.sqrt(1 - LASTING) * passing
        scores = validation + self.validation.own() * noise + apart[:, None] * self.validation.labels
        curve = auc(self.validation.labels, scores)
        best = int(np.argmax(curve))
        tested = test + self.test.own() * random.standard_normal(len(test)) + float(distance(own)) * self.test.labels
        self.write(spec, curve, best, scores[best], tested, float(distance(own)) / 2)

    def write(self, spec, curve, best, validation, tested, half):
        folder, last = self.folder(spec), int(self.steps[-1])
        head = "partition,image,patient,label,probability:no,probability:yes\n"
        rows = self.validation.lines(validation, half) + self.test.lines(tested, half)
        (folder / "predictions.csv").write_text(head + "".join(rows))
        lines = []
        for step, value in zip(self.steps.tolist(), curve.tolist()):
            loss = None if step == 0 else 0.5
            line = {"step": step, "images": step * 32, "lr": 0.001, "train_loss": loss, "validation_auc": value, "validation_loss": 0.5}
            lines.append(json.dumps(line) + "\n")
        (folder / "metrics.jsonl").write_text("".join(lines))
        value = float(auc(self.test.labels, tested))
        measured = {
            "run": spec["number"], "seed": spec["seed"], "best_step": int(self.steps[best]), "steps": last,
            "auc": {"value": value, "low": max(value - 0.1, 0.0), "high": min(value + 0.1, 1.0)},
            "accuracy": None, "auprc": None, "kappa": None, "log_loss": None, "macro_auc": None,
            "per_class": [], "questions": [],
        }  # fmt: skip
        result = {"id": spec["id"], "ending": "budget", "validation_auc": float(curve[best]), "test": measured}
        (folder / "result.json").write_text(json.dumps(result))
