"""Posteriors, likelihoods and acquisitions of Optuna 5's Gaussian process, power transforms of SciPy -> gp.json."""

import json
import math
import pathlib

import numpy as np
import torch
from optuna._gp import acqf
from optuna._gp.gp import GPRegressor
from scipy import stats

cases = []
for n, d, categorical in [(1, 1, []), (5, 2, []), (12, 4, [1]), (30, 7, [2, 5])]:
    rng = np.random.default_rng(n)
    is_categorical = np.array([j in categorical for j in range(d)])

    def draw(count):
        points = rng.uniform(size=(count, d))
        points[:, is_categorical] = rng.integers(0, 3, size=(count, int(is_categorical.sum())))
        return points

    x, y = draw(n), rng.normal(size=n)
    raw = torch.tensor(np.concatenate([rng.normal(-0.5, 1, d), [math.log(0.01)]]), requires_grad=True)  # log lengths, log noise
    scale = 1.7
    gp = GPRegressor(
        is_categorical=torch.from_numpy(is_categorical),
        X_train=torch.from_numpy(x),
        y_train=torch.from_numpy(y),
        inverse_squared_lengthscales=torch.exp(-2 * raw[:d]),
        kernel_scale=torch.tensor(scale, dtype=torch.float64),
        noise_var=torch.exp(raw[d]),
    )
    likelihood = gp.marginal_log_likelihood()
    likelihood.backward()
    gp._cache_matrix()
    points = draw(6)
    threshold = float(y.max())
    results = []
    for point in [*points, x[0]]:
        at = torch.tensor(point, requires_grad=True)
        mean, variance = gp.posterior(at)
        value = acqf.logei(mean, variance + 1e-12, threshold)
        value.backward()
        mean, variance = gp.posterior(torch.tensor(point))
        results.append(
            {"x": point.tolist(), "mean": mean.item(), "variance": variance.item(), "logei": value.item(), "gradient": at.grad.tolist()}
        )
    cases.append(
        {
            "points": x.ravel().tolist(),
            "values": y.tolist(),
            "is_categorical": is_categorical.tolist(),
            "inverse_squared_lengths": gp.inverse_squared_lengthscales.tolist(),
            "scale": scale,
            "noise": gp.noise_var.item(),
            "log_likelihood": likelihood.item() - 0.5 * n * math.log(2 * math.pi),
            "likelihood_gradient": raw.grad.tolist(),
            "threshold": threshold,
            "results": results,
        }
    )

zs = [-1e4, -300.0, -40.0, -25.1, -24.9, -10.0, -3.0, -0.5, 0.0, 0.1, 2.0, 30.0]
rng = np.random.default_rng(3)
samples = [rng.normal(size=20), rng.lognormal(size=40), -rng.lognormal(size=15), np.append(rng.normal(size=12), 9.0)]
warps = []
for sample in samples:
    sample = (sample - sample.mean()) / sample.std()
    transformed, power = stats.yeojohnson(sample)
    warps.append({"values": sample.tolist(), "power": float(power), "transformed": transformed.tolist()})
golden = {
    "cases": cases,
    "log_expected_excess": [[z, acqf.standard_logei(torch.tensor([z], dtype=torch.float64)).item()] for z in zs],
    "warps": warps,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
