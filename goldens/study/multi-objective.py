"""Fronts, hypervolumes, TPE's good trials and NSGA-II's elite of Optuna 5 for several objectives -> multi-objective.json."""

import json
import pathlib

import numpy as np
import optuna
from optuna._hypervolume import compute_hypervolume
from optuna._hypervolume.hssp import _solve_hssp
from optuna.distributions import FloatDistribution
from optuna.samplers._tpe.sampler import _get_reference_point, _split_trials, default_gamma_multiobjective
from optuna.samplers.nsgaii._elite_population_selection_strategy import NSGAIIElitePopulationSelectionStrategy
from optuna.study._multi_objective import _fast_non_domination_rank
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
cases = []
for count, directions in [
    (12, ["minimize", "minimize"]),
    (60, ["minimize", "maximize"]),
    (150, ["maximize", "minimize"]),
    (60, ["minimize", "minimize", "maximize"]),
    (40, ["minimize"] * 4),
]:
    rng = np.random.default_rng(count)
    study = optuna.create_study(directions=directions)
    for number in range(count):
        x = rng.uniform()
        # Near a front, some of them equal, one infinite.
        values = np.round(np.abs(np.sin(3 * x + np.arange(len(directions)))) + 0.3 * rng.uniform(size=len(directions)), 1 if number % 3 else 4)
        options = {"params": {"x": x}, "distributions": {"x": FloatDistribution(0, 1)}}
        if number % 10 == 9:
            options["constraints"] = {"a": float(np.round(rng.uniform(-1, 1), 1))}
        if number == 7:
            values[0] = np.inf
        study.add_trial(create_trial(values=values.tolist(), **options))
    trials = study.trials
    losses = np.array([t.values for t in trials]) * [1 if d == "minimize" else -1 for d in directions]
    finite = losses[np.isfinite(losses).all(axis=1)]
    reference = _get_reference_point(finite)
    below, _ = _split_trials(study, trials, default_gamma_multiobjective(count))
    cases.append(
        {
            "directions": directions,
            "trials": [{"values": t.values, "system": t.system_attrs} for t in trials],
            "ranks": _fast_non_domination_rank(losses).tolist(),
            "losses": finite.tolist(),
            "reference": reference.tolist(),
            "hypervolume": float(compute_hypervolume(finite, reference)),
            "subset": sorted(_solve_hssp(finite, np.arange(len(finite)), 6, reference).tolist()),
            "good": sorted(t.number for t in below),
            "elite": sorted(t.number for t in NSGAIIElitePopulationSelectionStrategy(population_size=10)(study, list(trials))),
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
