"""Regret bounds, regret reductions and stagnation by Optuna 5's terminators, for fixed kernels -> terminators.json."""

import json
import pathlib
import warnings

import numpy as np
import optuna
import torch
from optuna._gp import gp, optim_sample
from optuna._gp.gp import GPRegressor
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.study import StudyDirection
from optuna.terminator import BestValueStagnationEvaluator, EMMREvaluator
from optuna.terminator.improvement import emmr, evaluator
from optuna.trial import create_trial

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
space = {"a": FloatDistribution(0, 1), "b": FloatDistribution(0, 1), "c": CategoricalDistribution([0, 1, 2])}
weights, scale, noise = [4.0, 1.5, 0.7], 1.3, 0.05


def fixed_kernel(X, Y, is_categorical, **_):
    gpr = GPRegressor(
        torch.from_numpy(is_categorical),
        torch.from_numpy(X),
        torch.from_numpy(Y),
        torch.tensor(weights, dtype=torch.float64),
        torch.tensor(scale, dtype=torch.float64),
        torch.tensor(noise, dtype=torch.float64),
    )
    gpr._cache_matrix()
    return gpr


# The kernel is given, and the highest upper bound is looked for at the trials only, so that nothing is left to chance.
gp.fit_kernel_params = fixed_kernel
optim_sample.optimize_acqf_sample = lambda *_, **__: (None, -np.inf)
bounds = []
compute = evaluator._compute_standardized_regret_bound


def recorded(*args, **options):
    bounds.append(float(compute(*args, **options)))
    return bounds[-1]


emmr._compute_standardized_regret_bound = recorded
cases = []
for count in [2, 5, 20]:
    rng = np.random.default_rng(count)
    points = [{"a": rng.uniform(), "b": rng.uniform(), "c": int(rng.integers(3))} for _ in range(count)]
    values = rng.normal(size=count).tolist()
    trials = [create_trial(params=p, distributions=space, value=v) for p, v in zip(points, values)]
    reduction = EMMREvaluator().evaluate(trials, StudyDirection.MINIMIZE)
    cases.append(
        {
            "points": [[p["a"], p["b"], p["c"]] for p in points],
            "values": values,
            "reduction": float(reduction),
            "bound": bounds[-1],
            "stagnation": BestValueStagnationEvaluator(7).evaluate(trials, StudyDirection.MINIMIZE),
        }
    )
golden = {"weights": weights, "scale": scale, "noise": noise, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
