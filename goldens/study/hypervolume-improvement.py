"""Log expected hypervolume improvement of Optuna 5, by very many samples, for fixed Gaussian processes -> hypervolume-improvement.json."""

import json
import pathlib

import numpy as np
import torch
from optuna._gp import acqf
from optuna._gp.gp import GPRegressor
from optuna._gp.search_space import SearchSpace
from optuna.distributions import CategoricalDistribution, FloatDistribution

cases = []
for objectives, n, d in [(2, 6, 2), (2, 20, 4), (3, 12, 3), (4, 10, 3)]:
    rng = np.random.default_rng(n)
    is_categorical = np.array([j == d - 1 for j in range(d)])
    space = SearchSpace({f"p{j}": CategoricalDistribution([0, 1, 2]) if is_categorical[j] else FloatDistribution(0, 1) for j in range(d)})

    def draw(count):
        points = rng.uniform(size=(count, d))
        points[:, is_categorical] = rng.integers(0, 3, size=(count, 1))
        return points

    x, y = draw(n), rng.normal(size=(n, objectives))
    weights, noise = np.exp(rng.normal(1, 0.5, size=(objectives, d))), [0.01, 0.05, 0.02, 0.03][:objectives]
    processes = []
    for i in range(objectives):
        gp = GPRegressor(
            is_categorical=torch.from_numpy(is_categorical),
            X_train=torch.from_numpy(x),
            y_train=torch.from_numpy(y[:, i].copy()),
            inverse_squared_lengthscales=torch.from_numpy(weights[i]),
            kernel_scale=torch.tensor(1.0, dtype=torch.float64),
            noise_var=torch.tensor(noise[i], dtype=torch.float64),
        )
        gp._cache_matrix()
        processes.append(gp)
    function = acqf.LogEHVI(processes, space, torch.from_numpy(y), 2**17, 1)
    results = []
    for point in draw(6):
        at = torch.tensor(point, requires_grad=True)
        value = function.eval_acqf(at)
        value.backward()
        results.append({"x": point.tolist(), "value": value.item(), "gradient": at.grad.tolist()})
    cases.append(
        {
            "points": x.ravel().tolist(),
            "values": y.T.tolist(),
            "is_categorical": is_categorical.tolist(),
            "weights": weights.tolist(),
            "noise": noise,
            "reference": (-acqf._get_reference_point(torch.from_numpy(y))).tolist(),
            "results": results,
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
