"""Crossovers, mutation, reference points, normalisation and niching of Optuna 5's NSGA samplers -> genetic.json. Needs optuna 5."""

import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.distributions import FloatDistribution
from optuna.samplers import nsgaii
from optuna.samplers._nsgaiii import _elite_population_selection_strategy as nsgaiii
from optuna.trial import create_trial

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


class Recorded:
    """Draws that are written down, and a shuffle that sorts, so that another library can repeat them."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.drawn = []

    def rand(self, size=None):
        values = self.rng.uniform(size=size)
        self.drawn += np.atleast_1d(values).tolist()
        return values

    def shuffle(self, items):
        items.sort(key=lambda item: item[1] if isinstance(item, tuple) else item)


study = optuna.create_study(directions=["minimize"] * 2)
crossings = []
for name, crossover, options in [
    ("uniform", nsgaii.UniformCrossover(0.3), {"swapping": 0.7}),
    ("blx", nsgaii.BLXAlphaCrossover(), {}),
    ("blx", nsgaii.BLXAlphaCrossover(0.2), {"alpha": 0.2}),
    ("spx", nsgaii.SPXCrossover(), {}),
    ("spx", nsgaii.SPXCrossover(0.8), {"epsilon": 0.8}),
    ("sbx", nsgaii.SBXCrossover(), {}),
    ("sbx", nsgaii.SBXCrossover(2, 0.3, 0.9), {"eta": 2, "swapping": 0.3, "crossing": 0.9}),
    ("vsbx", nsgaii.VSBXCrossover(), {}),
    ("vsbx", nsgaii.VSBXCrossover(2, 0.3, 0.9), {"eta": 2, "swapping": 0.3, "crossing": 0.9}),
]:
    for size in (1, 5):
        rng = Recorded(size)
        parents = rng.rng.uniform(size=(crossover.n_parents, size))
        child = crossover.crossover(parents, rng, study, np.repeat([[0.0, 1.0]], size, axis=0))
        crossings.append({"name": name, "options": options, "parents": parents.tolist(), "drawn": rng.drawn, "child": child.tolist()})
mutations = []
for eta in (20.0, 1.0):
    for x in (0.0, 0.1, 0.5, 0.97, 1.0):
        rng = Recorded(int(100 * x))
        mutated = nsgaii.PolynomialMutation(eta).mutation(x, rng, study, np.array([0.0, 1.0]))
        mutations.append({"eta": eta, "x": x, "drawn": rng.drawn, "mutated": float(mutated)})
selections = []
for objectives, count, size, divisions, degenerate in [(2, 30, 12, 5, False), (3, 60, 20, 4, False), (4, 40, 25, 3, False), (3, 30, 11, 3, True)]:
    rng = np.random.default_rng(count)
    many = optuna.create_study(directions=["minimize"] * objectives)
    for number in range(count):
        point = np.abs(rng.normal(size=objectives))
        values = point / np.linalg.norm(point) + (0.2 * rng.uniform(size=objectives) if number % 3 else 0)
        if number == 5:
            values[0] = np.inf
        if degenerate:
            values[1] = values[0]
        options = {"constraints": {"a": float(rng.uniform(-4, 1))}} if number % 4 == 0 else {"constraints": {"a": -1.0}}
        many.add_trial(create_trial(params={"x": 0.5}, distributions={"x": FloatDistribution(0, 1)}, values=(10 * values).tolist(), **options))
    trials = many.trials
    points = nsgaiii._generate_default_reference_point(objectives, divisions)
    normalized = nsgaiii._normalize_objective_values(nsgaiii._filter_inf(trials))
    closest, distances = nsgaiii._associate_individuals_with_reference_points(normalized, points)
    lazy = type("Lazy", (), {"rng": Recorded(0)})()
    strategy = nsgaiii.NSGAIIIElitePopulationSelectionStrategy(population_size=size, dividing_parameter=divisions, rng=lazy)
    selections.append(
        {
            "trials": [{"values": t.values, "system": t.system_attrs} for t in trials],
            "objectives": objectives,
            "divisions": divisions,
            "size": size,
            "points": points.tolist(),
            "normalized": normalized.tolist(),
            "closest": closest.tolist(),
            "distances": distances.tolist(),
            "elite": [t.number for t in strategy(many, list(trials))],
        }
    )
golden = {"crossings": crossings, "mutations": mutations, "selections": selections}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
