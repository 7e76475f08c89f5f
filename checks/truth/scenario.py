"""What is true in fabricated studies: the arms' AUCs, their seeds, their speed, by name."""

from dataclasses import dataclass, field, replace

from scipy.stats import norm

from planned import Shape

CAUSES = ("random", "mean-var", "transfer")
DRAWN = (
    "random", "he-normal-fan-in", "he-normal-fan-out", "he-uniform-fan-in", "he-uniform-fan-out", "pytorch",
    "glorot-normal", "glorot-uniform", "truncated-normal", "fixed-normal",
)  # fmt: skip
SIX = ("cbr-tiny", "cbr-small", "cbr-largew", "cbr-larget", "resnet18", "mobilenet-v2")
LOWEST, HIGHEST = 0.02, 0.998  # AUC of one trained network, unless the classes are separated


@dataclass(frozen=True)
class Scenario:
    """A kind of study. Effects are added to the AUC of arms of that initialisation or network."""

    name: str
    seeds: int = 5
    cases: int = 500
    prevalence: float = 0.3
    per_patient: int = 1
    is_known: bool = True  # which patient a picture is of
    validation: int = 100
    models: tuple = ("cbr-tiny",)
    inits: tuple = CAUSES
    margin: float = 0.01
    auc: float = 0.85
    effects: dict = field(default_factory=dict)
    drawn: float = 0.0  # effects of arms but the first are drawn within ± this, for each study anew
    seed_sd: float = 0.01
    seed_sds: dict = field(default_factory=dict)  # by initialisation, where unlike
    picture: float = 0.6  # share of a score's variance that all networks have in common
    patient: float = 0.2  # of which pictures of a patient share this much
    arm: float = 0.1  # that seeds of an arm share beyond it
    half: float = 20.0  # steps to half of the growth
    times: dict = field(default_factory=dict)  # as soon, by initialisation
    speed_sd: float = 0.2  # of ln steps, over seeds
    eval_every: int = 20
    is_early: bool = False  # evaluated at 1, 2, 3, 5, 8 … steps as well, below `eval_every`
    max_steps: int = 200
    studies: int = 300

    def shape(self):
        return Shape(
            self.cases, self.prevalence, self.per_patient, self.is_known, self.validation, self.models, self.inits,
            self.seeds, self.margin, self.eval_every, self.max_steps,
        )  # fmt: skip

    def of_study(self, random):
        """With the effects of one study."""
        if not self.drawn:
            return self
        return replace(self, effects={init: random.uniform(-self.drawn, self.drawn) for init in self.inits[1:]})

    def steps(self):
        """At which a run is evaluated."""
        early, next_one = [1, 2], 3
        while next_one < self.eval_every:
            early.append(next_one)
            next_one = sum(early[-2:])
        even = [*range(0, self.max_steps, self.eval_every), self.max_steps]
        return sorted({*even, *(step for step in early if step < self.eval_every)} if self.is_early else {*even})

    def centre(self, model, init):
        """Centre of the AUCs of an arm's seeds."""
        return self.auc + self.effects.get(init, 0.0) + self.effects.get(model, 0.0)

    def spread(self, init):
        return self.seed_sds.get(init, self.seed_sd)

    def expected(self, model, init):
        """AUC of an arm in the population, expected over seeds: the mean of a normal cut to what can be."""
        centre, sd = self.centre(model, init), self.spread(init)
        if centre >= 1 or sd == 0:
            return centre
        low, high = (LOWEST - centre) / sd, (HIGHEST - centre) / sd
        inside = centre * (norm.cdf(high) - norm.cdf(low)) + sd * (norm.pdf(low) - norm.pdf(high))
        return inside + LOWEST * norm.cdf(low) + HIGHEST * norm.sf(high)

    def sooner(self, arm, other):
        """True times as soon of two (network, initialisation); nothing where they level off unlike."""
        alike = [(self.centre(*one), self.spread(one[1])) for one in (arm, other)]
        if alike[0] != alike[1]:
            return None
        return self.times.get(arm[1], 1.0) / self.times.get(other[1], 1.0)


def null():
    """Nothing differs."""
    base = Scenario("null")
    yield replace(base, name="null, 3 seeds, seed SD 0.01", seeds=3)
    yield replace(base, name="null, 3 seeds, seed SD 0.03", seeds=3, seed_sd=0.03)
    yield replace(base, name="null, 3 seeds, 1,000 cases", seeds=3, cases=1000, seed_sd=0.02)
    yield replace(base, name="null, 5 seeds, 1,000 cases", cases=1000)
    yield replace(base, name="null, 5 seeds, seed SD 0.05", seed_sd=0.05)
    yield replace(base, name="null, 10 seeds", seeds=10, seed_sd=0.02)
    yield replace(base, name="null, no seed SD", seed_sd=0.0)
    yield replace(base, name="null, unlike seed SDs, 3 seeds", seeds=3, seed_sds={"random": 0.005, "mean-var": 0.03})
    yield replace(base, name="null, unlike seed SDs, 5 seeds", seed_sds={"random": 0.005, "mean-var": 0.03})
    yield replace(base, name="null, 40 cases, 50% positive", cases=40, prevalence=0.5)
    yield replace(base, name="null, 100 cases, 10% positive", cases=100, prevalence=0.1)
    yield replace(base, name="null, 500 cases, 5% positive", prevalence=0.05)
    yield replace(base, name="null, 2,000 cases", cases=2000, studies=150)
    yield replace(base, name="null, several pictures a patient", per_patient=5)
    yield replace(base, name="null, patients unknown", is_known=False)
    yield replace(base, name="null, 10 arms", inits=DRAWN, seeds=3)
    yield replace(base, name="null, 10 arms, 5 seeds, seed SD 0.02", inits=DRAWN, seed_sd=0.02)
    yield replace(base, name="null, 30 arms", inits=DRAWN, models=SIX[:3], seeds=3, cases=300, studies=150)


def few():
    """Nothing differs, and one or two seeds cannot tell."""
    for seeds in (1, 2):
        for sd in (0.01, 0.02, 0.03):
            yield Scenario(f"null, {seeds} seed{'s' * (seeds > 1)}, seed SD {sd}", seeds=seeds, cases=1000, seed_sd=sd)


def planted():
    """Differences to be found."""
    for d in (0.02, 0.05):
        for seeds in (3, 5, 10):
            yield Scenario(f"transfer better by {d}, {seeds} seeds", seeds=seeds, cases=1000, effects={"transfer": d})
    yield Scenario("transfer worse by 0.05, 5 seeds", cases=1000, effects={"transfer": -0.05})
    yield Scenario("scale and features, 0.03 each, 5 seeds", cases=1000, effects={"mean-var": 0.03, "transfer": 0.06})
    yield Scenario("scale alone by 0.05, 5 seeds", cases=1000, effects={"mean-var": 0.05, "transfer": 0.05})


def mixed():
    """Differences drawn for every study, so that stated probabilities can be held against what is so."""
    for seeds in (3, 5, 10):
        yield Scenario(f"differences within ± 0.08, {seeds} seeds", seeds=seeds, inits=DRAWN[:6], drawn=0.08, margin=0.02, seed_sd=0.02)


def margins():
    """Differences of exactly the margin, so that equivalent is false, and equality to be found."""
    wide = Scenario("margin", cases=2000, margin=0.02, studies=150)
    for seeds in (3, 5, 10):
        yield replace(wide, name=f"at the margin, {seeds} seeds", seeds=seeds, effects={"mean-var": 0.02, "transfer": -0.02})
    wider = replace(wide, cases=500, margin=0.03, effects={"mean-var": 0.03, "transfer": -0.03}, studies=300)
    yield replace(wider, name="at the margin, 5 seeds, 500 cases, margin 0.03")
    yield replace(wide, name="half null, half at the margin, 5 seeds", inits=DRAWN[:7], effects={i: 0.02 for i in DRAWN[4:7]})
    yield replace(wide, name="equal, margin 0.02, 5 seeds")
    yield replace(wide, name="equal, margin 0.02, 10 seeds", seeds=10)


def networks():
    """Several networks: is a winner told falsely, or a cause?"""
    base = Scenario("networks", seed_sd=0.02)
    yield replace(base, name="null, 2 networks × random", models=SIX[:2], inits=("random",))
    yield replace(base, name="null, 2 networks × random, 3 seeds", models=SIX[:2], inits=("random",), seeds=3)
    yield replace(base, name="null, 6 networks × random", models=SIX, inits=("random",))
    yield replace(base, name="one of 2 networks better by 0.05", models=SIX[:2], inits=("random",), effects={"cbr-small": 0.05})
    yield replace(base, name="null, 6 networks × causes", models=SIX, studies=150)
    yield replace(base, name="null, 6 networks × causes, 3 seeds", models=SIX, seeds=3, studies=150)


def sooner():
    """Learning curves whose ratio of steps is known."""
    base = Scenario("sooner", inits=("random", "transfer"), auc=0.9, seed_sd=0.0, half=60.0, max_steps=600, validation=300)
    for every in (5, 20, 60):
        yield replace(base, name=f"twice as soon, evaluated every {every}", times={"transfer": 2.0}, eval_every=every)
        yield replace(base, name=f"as soon, evaluated every {every}", eval_every=every)
    for every in (20, 60):
        early = replace(base, eval_every=every, is_early=True)
        yield replace(early, name=f"twice as soon, evaluated early and every {every}", times={"transfer": 2.0})
        yield replace(early, name=f"as soon, evaluated early and every {every}")
    yield replace(base, name="as soon, 3 seeds, 60 validation pictures", seeds=3, validation=60)
    yield replace(base, name="twice as soon, 10 seeds", seeds=10, times={"transfer": 2.0})
    yield replace(base, name="1.25 times as soon, 5 seeds", times={"transfer": 1.25})


def ends():
    """Chance and perfection."""
    yield Scenario("chance, 3 seeds", auc=0.5, seeds=3, studies=150)
    yield Scenario("chance, 5 seeds, 100 cases", auc=0.5, cases=100, studies=150)
    yield Scenario("perfect, 3 seeds", auc=1.0, seed_sd=0.0, seeds=3, studies=50)
    yield Scenario("perfect, 2 networks, 5 seeds", auc=1.0, seed_sd=0.0, models=SIX[:2], studies=50)


FAMILIES = {f.__name__: f for f in (null, few, planted, mixed, margins, networks, sooner, ends)}


def scenarios(families):
    return [scenario for family in families for scenario in FAMILIES[family]()]
