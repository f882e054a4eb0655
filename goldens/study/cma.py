"""States of cmaes' strategies after some generations of given points -> cma.json. Needs cmaes, which Optuna's sampler uses."""

import json
import pathlib

import numpy as np
from cmaes import CMA, CMAwM, get_warm_start_mgd

cases = []
for n, size, counts in [(1, None, []), (3, None, []), (7, None, []), (5, 16, []), (3, None, [4, 30, 0]), (4, 10, [2, 0, 9, 3])]:
    rng = np.random.default_rng(n)
    mean, sigma = np.full(n, 0.4), 1 / 6
    bounds = np.array([[0.0, 1.0]] * n)
    if counts:
        # Values of a discrete coordinate are the middles of equal cells.
        steps = np.array([1 / c if c else 0 for c in counts])
        strategy = CMAwM(mean, sigma, bounds + np.stack([steps / 2, -steps / 2], axis=1), steps, population_size=size)
        core = strategy._cma
    else:
        strategy = core = CMA(mean, sigma, bounds, population_size=size)
    generations = []
    for _ in range(6):
        xs = rng.uniform(size=(core.population_size, n))
        values = [float(((x - 0.7) ** 2).sum()) for x in xs]
        strategy.tell([(x.copy(), v) for x, v in zip(xs, values)])
        generations.append(
            {
                "solutions": [{"x": x.tolist(), "value": v} for x, v in zip(xs, values)],
                "mean": core._mean.tolist(),
                "sigma": float(core._sigma),
                "covariance": core._C.ravel().tolist(),
                "spread": strategy._A.tolist() if counts else [1.0] * n,
            }
        )
    cases.append({"size": core.population_size, "counts": counts or [0] * n, "generations": generations})
rng = np.random.default_rng(9)
source = [(rng.uniform(size=3), float(v)) for v in rng.normal(size=37)]
mean, sigma, covariance = get_warm_start_mgd(source)
golden = {
    "strategies": cases,
    "warm_start": {
        "solutions": [{"x": x.tolist(), "value": v} for x, v in source],
        "mean": mean.tolist(),
        "sigma": float(sigma),
        "covariance": covariance.ravel().tolist(),
    },
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
