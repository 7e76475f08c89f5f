"""What a report says of a study whose truth is known: what of it is false, and what is nonsense."""

import re
from dataclasses import dataclass, field

NEAR = 1e-6  # differences of AUC that are none
# Words by which the first sentence owns that its winner may be none.
HEDGES = ("not shown", "cannot be told", "not told", "equivalent", "no difference", "no recommendation")
FIRST = ("use", "cheaper", "set")  # rules of the clauses that name the winner
SPEEDS = {"sooner", "later", "as soon", "as-soon"}
OUTCOMES = {"better", "worse", "equivalent"}


@dataclass
class Judgement:
    """Counts and hits of one study; the lists hold one entry a statement."""

    false: list = field(default_factory=list)  # kinds of false outcomes, and where they stand
    decided: int = 0  # outcomes other than undecided
    contradictions: list = field(default_factory=list)
    nonsense: list = field(default_factory=list)
    covered: dict = field(default_factory=dict)  # kind of interval ─▶ hits
    power: dict = field(default_factory=dict)  # kind of truth ─▶ whether found
    posterior: list = field(default_factory=list)  # (what, probability, whether it is so)

    def cover(self, kind, interval, truth):
        if interval and interval.get("low") is not None and interval.get("high") is not None:
            self.covered.setdefault(kind, []).append(interval["low"] - NEAR <= truth <= interval["high"] + NEAR)

    def find(self, kind, is_found):
        self.power.setdefault(kind, []).append(is_found)


def statements(results, arm_of):
    """(where, arm, other, outcome, difference) of everything in the results that has an outcome."""
    for c in results["comparisons"]:
        yield "comparison", c["arm"], c["baseline"], c["outcome"], c["difference"]
    for a in results["attributions"]:
        random, scaled, loaded = (arm_of.get((a["model"], init)) for init in ("random", "mean-var", "transfer"))
        for part, arm, other in (("gain", loaded, random), ("scale", scaled, random), ("features", loaded, scaled)):
            yield part, arm, other, a[part]["outcome"], a[part]["difference"]
    rest = {key: value for key, value in results.items() if key not in ("comparisons", "attributions", "question_comparisons")}
    for where, arm, other, *said in beside(rest, "results"):
        if arm in arm_of.values() and other in arm_of.values():
            yield where, arm, other, *said


def beside(value, where):
    """Any other outcomes that name both arms, wherever they are."""
    if isinstance(value, dict):
        other = next((value[key] for key in ("baseline", "other", "against", "best") if isinstance(value.get(key), str)), None)
        if other and isinstance(value.get("arm"), str) and isinstance(value.get("outcome"), str):
            yield where, value["arm"], other, value["outcome"], value.get("difference")
        for key, inner in value.items():
            yield from beside(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from beside(inner, where)


def is_false(outcome, difference, margin):
    """Whether an outcome contradicts the true difference; equality at the margin is no equivalence."""
    return {
        "better": difference <= NEAR,
        "worse": difference >= -NEAR,
        "equivalent": abs(difference) >= margin - NEAR,
    }.get(outcome, False)


def is_false_cause(helps, gain, scale, features, margin):
    return {
        "features-and-scale": scale <= NEAR or features <= NEAR,
        "features": features <= NEAR,
        "scale": scale <= NEAR,
        "harm": gain >= -NEAR,
        "nothing": abs(gain) >= margin - NEAR or abs(scale) >= margin - NEAR,
    }.get(helps, False)


def judge(scenario, results, names):
    """`names`: label of an arm ─▶ network and initialisation."""
    found, margin = Judgement(), results["margin"]
    truth = {label: scenario.expected(*name) for label, name in names.items()}
    arm_of = {name: label for label, name in names.items()}
    differences(found, results, truth, arm_of)
    if scenario.drawn:
        probabilities(found, results, truth)
    causes(found, results, truth, arm_of, margin)
    for arm in results["arms"]:
        found.cover("arm", arm["auc"], truth[arm["label"]])
    speeds(found, scenario, results, names)
    first_sentence(found, scenario, results, truth, margin)
    words(found, scenario, results)
    return found


def differences(found, results, truth, arm_of):
    """Every statement that has one of the four outcomes."""
    margin, said = results["margin"], {}
    for where, arm, other, outcome, difference in statements(results, arm_of):
        d = truth[arm] - truth[other]
        if is_false(outcome, d, margin):
            found.false += [outcome, where]
        found.decided += outcome in OUTCOMES
        seen = said.setdefault((arm, other), outcome)
        if seen != outcome:
            found.contradictions.append(f"{arm} against {other}: {seen} and {outcome}")
        if where == "comparison":
            found.cover("difference", difference, d)
            if abs(d) > NEAR:
                found.find("difference", outcome == ("better" if d > 0 else "worse"))
            if abs(d) < margin - NEAR:
                found.find("equality", outcome == "equivalent")
        ends = [difference.get(end) or 0.0 for end in ("low", "high")] if difference else []
        if any(abs(end) > 1 for end in ends):
            found.nonsense.append("difference beyond ±1")


def probabilities(found, results, truth):
    """What is stated with a probability, beside whether it is so."""
    margin = results["margin"]
    for c in results["comparisons"]:
        stated, d = c.get("posterior") or {}, truth[c["arm"]] - truth[c["baseline"]]
        is_so = {"none_or_worse": d <= 0, "worse": d < -margin, "equivalent": abs(d) < margin, "better": d > margin}
        found.posterior += [(what, stated[what], so) for what, so in is_so.items() if stated.get(what) is not None]


def causes(found, results, truth, arm_of, margin):
    for a in results["attributions"]:
        random, scaled, loaded = (truth[arm_of[a["model"], init]] for init in ("random", "mean-var", "transfer"))
        parts = loaded - random, scaled - random, loaded - scaled
        if is_false_cause(a["helps"], *parts, margin):
            found.false.append("cause")
        found.decided += a["helps"] != "undecided"
        if abs(parts[0]) > NEAR:
            features, scale = parts[2] > NEAR, parts[1] > NEAR
            helps = "features-and-scale" if features and scale else "features" if features else "scale"
            found.find("cause", a["helps"] == (helps if parts[0] > 0 else "harm"))


def speeds(found, scenario, results, names):
    for c in results["comparisons"]:
        ratio = scenario.sooner(names[c["arm"]], names[c["baseline"]])
        for s in filter(None, c.get("speed_up") or []):
            if ratio is None:
                continue
            if s.get("bound", "exact") == "exact":
                found.cover("speed-up", s, ratio)
            outcome, kind = s.get("outcome"), "speed"
            if outcome is None:
                kind = "speed interval"
                # Without words of its own, an interval beside 1 is read as an outcome.
                known = s.get("low") is not None and s.get("high") is not None
                outcome = "sooner" if known and s["low"] > 1 else "later" if known and s["high"] < 1 else "undecided"
            within = results.get("speed_margin") or 1.25
            wrong = {"sooner": ratio <= 1 + NEAR, "later": ratio >= 1 - NEAR}
            is_as_soon = outcome in ("as soon", "as-soon", "equivalent")
            if wrong.get(outcome, is_as_soon and not 1 / within < ratio < within):
                found.false.append(kind)
            found.decided += outcome in SPEEDS
            if abs(ratio - 1) > NEAR:
                found.find("speed-up", outcome == ("sooner" if ratio > 1 else "later"))


def first_sentence(found, scenario, results, truth, margin):
    verdict = results["verdict"]
    highest = max(truth.values())
    for name, value in truth.items():
        for best in told(results):
            if name not in best["possible"] and value >= highest - NEAR:
                found.false.append("winner")
            if name in best.get("within_margin", []) and highest - value >= margin - NEAR:
                found.false.append("equivalent")
    advice, recommended = verdict.get("advice"), verdict.get("recommended")
    first = " ".join(c["text"] for c in verdict["clauses"] if c["rule"] in FIRST) or verdict["paragraph"]
    if recommended is None:
        found.find("recommends", False)
        return
    found.find("recommends", True)
    if advice and advice.get("auc"):
        found.cover("recommended arm", advice["auc"], truth[recommended])
    others = [value for label, value in truth.items() if label != recommended]
    is_best = all(truth[recommended] > other + NEAR for other in others)
    is_hedged = any(hedge in first for hedge in HEDGES)
    if len(truth) > 1 and not is_hedged and not is_best and not told(results):
        found.false.append("winner")
    cheaper = advice.get("cheaper_than") if advice else None
    if cheaper and abs(truth[recommended] - truth[cheaper]) >= margin - NEAR:
        found.false.append("equivalent")
    if truth[recommended] <= 0.5 + NEAR:
        found.nonsense.append("recommends a coin flip")
    if scenario.auc >= 1:
        needs = next(a["needs_weights"] for a in results["arms"] if a["label"] == recommended)
        if needs:
            found.nonsense.append("recommends weights that change nothing")


def told(results):
    """Sets of arms that may be the best, by label, where the results name any."""
    labels = [arm["label"] for arm in results["arms"]]
    named = lambda arms: [labels[arm] if isinstance(arm, int) else arm for arm in arms]
    found = []
    for value in (results, *results.values()):
        for inner in (value, *value.values()) if isinstance(value, dict) else ():
            if isinstance(inner, dict) and isinstance(inner.get("possible"), list) and inner not in found:
                found.append(inner)
    return [{key: named(best.get(key) or []) for key in ("possible", "within_margin")} for best in found]


NONSENSE = {
    "not a number": r"\bnan\b|\binf\b|infinity",
    "nothing to nothing": r"[+-]0\.000 \([+-]0\.000 to [+-]0\.000\)",
    "absurd seeds": r"\b(?:\d{4,}|[1-9]\d\d|\d+,\d{3}) seeds",
    "absurd patients": r"\b(?:\d{3,}|[5-9]\d)\.\d times the (?:test )?patients",
}
STEPS = re.compile(r"after ([\d,]+) steps instead of ([\d,]+) \((?:at (?:least|most) )?([\d.]+) times as soon")


def words(found, scenario, results):
    verdict = results["verdict"]
    text = " ".join([verdict["paragraph"], *verdict["open"]])
    for what, pattern in NONSENSE.items():
        if re.search(pattern, text):
            found.nonsense.append(what)
    if not scenario.is_known and not re.search(r"patients (?:are |is )?unknown|unknown patients", text, re.IGNORECASE):
        found.nonsense.append("hides that patients are unknown")
    for number in re.findall(r"(?<![\d.])[+-]\d[\d,]*\.\d{3}\b", text):
        if abs(float(number.replace(",", ""))) > 1:
            found.nonsense.append("difference beyond ±1")
    for ours, theirs, ratio in STEPS.findall(text):
        ours, theirs = (float(n.replace(",", "")) for n in (ours, theirs))
        if (theirs - ours) * (float(ratio) - 1) < 0:
            found.contradictions.append(f"{ours:.0f} steps instead of {theirs:.0f}, {ratio} times as soon")
    for shown in re.findall(r"\b1\.000 \(95% interval (\d\.\d{3}) to (\d\.\d{3})", text):
        if shown[0] == "1.000":
            found.nonsense.append("certain of AUC 1")
