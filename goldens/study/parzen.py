"""Weights, bandwidths and log densities of Optuna 5's Parzen estimator -> parzen.json. Needs optuna 5."""

import json
import pathlib

import numpy as np
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.samplers._tpe import parzen_estimator as pe
from optuna.samplers._tpe.sampler import default_gamma, default_weights

# Optuna sorts observations by an unstable sort; among equal ones the order is then NumPy's choice. Ours is by age.
numpy_argsort = np.argsort
pe.np.argsort = lambda a, **options: numpy_argsort(a, **{**options, "kind": "stable"})

parameters = pe._ParzenEstimatorParameters(
    prior_weight=1.0, consider_magic_clip=True, consider_endpoints=False, weights=default_weights, multivariate=True
)
spaces = {
    "float": {"x": FloatDistribution(-3, 5)},
    "log": {"x": FloatDistribution(1e-5, 1e-2, log=True)},
    "step": {"x": FloatDistribution(0, 0.5, step=0.05)},
    "int": {"x": IntDistribution(1, 5)},
    "int_step": {"x": IntDistribution(8, 64, step=8)},
    "int_log": {"x": IntDistribution(1, 1024, log=True)},
    "categorical": {"x": CategoricalDistribution(["a", None, 1, 2.5])},
    "mixed": {
        "a": FloatDistribution(1e-5, 1e-2, log=True),
        "b": FloatDistribution(0, 0.3),
        "c": FloatDistribution(0, 0.5, step=0.05),
        "d": CategoricalDistribution([4, 8, 16]),
        "e": IntDistribution(1, 5),
        "f": CategoricalDistribution(["cosine", "linear"]),
        "g": IntDistribution(0, 24),
    },
}


def draw(rng, distribution, size):
    if isinstance(distribution, CategoricalDistribution):
        return rng.integers(len(distribution.choices), size=size).astype(float)
    low, high = distribution.low, distribution.high
    if distribution.log:
        values = np.exp(rng.uniform(np.log(low), np.log(high), size))
    else:
        values = rng.uniform(low, high, size)
    if distribution.step is not None:
        values = low + np.round((values - low) / distribution.step) * distribution.step
    return np.clip(values, low, high)


cases = []
for name, space in spaces.items():
    for count in [0, 1, 2, 7, 31] + ([160] if name == "mixed" else []):
        rng = np.random.default_rng(count + 1)
        observations = {k: draw(rng, d, count) for k, d in space.items()}
        points = {k: draw(rng, d, 6) for k, d in space.items()}
        estimator = pe._ParzenEstimator(observations, space, parameters)
        mixture = estimator._mixture_distribution
        cases.append(
            {
                "name": name,
                "space": {k: distribution_to_json(d) for k, d in space.items()},
                "observations": {k: v.tolist() for k, v in observations.items()},
                "points": {k: v.tolist() for k, v in points.items()},
                "weights": mixture.weights.tolist(),
                "kernels": [
                    {"weights": d.weights.tolist()} if hasattr(d, "weights") else {"mu": d.mu.tolist(), "sigma": d.sigma.tolist()}
                    for d in mixture.distributions
                ]
                if count <= 31
                else None,
                "log_density": estimator.log_pdf(points).tolist(),
            }
        )
gamma = [[n, default_gamma(n)] for n in [0, 1, 9, 10, 11, 20, 21, 199, 240, 250, 251, 1000]]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"cases": cases, "gamma": gamma}) + "\n")
