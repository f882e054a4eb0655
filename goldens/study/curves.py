"""Posterior and likelihood of a Gaussian process over learning curves, in closed form with NumPy and by scikit-learn.

The kernel of settings times the kernel of shares (packages/study/src/multi-fidelity/curves/curve-kernel.ts). scikit-learn
has no kernel for "the same run", so its golden is without that part.
usage: python goldens/study/curves.py > goldens/study/curves.json
"""

import json

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, Product, Sum
from sklearn.gaussian_process.kernels import Kernel, NormalizedKernelMixin, StationaryKernelMixin

rng = np.random.default_rng(0)
D, RUNS = 3, 7
points = rng.uniform(size=(RUNS, D))
points[:, 2] = rng.integers(0, 3, RUNS)  # a choice among three
runs, shares = [], []
for run in range(RUNS):
    for share in [1 / 9, 1 / 3, 2 / 3, 1][: 1 + run % 4]:
        runs.append(run)
        shares.append(share)
runs, shares = np.array(runs), np.array(shares)
values = rng.normal(size=len(runs)) - shares
parameters = dict(
    lengths=[0.4, 0.9, 1.3], common=0.8, settings=0.5, run=0.05, level=0.4, shareLength=0.6, noise=0.02
)
queries = [dict(x=[0.2, 0.7, 1.0], share=1.0), dict(x=points[0].tolist(), share=1.0), dict(x=[0.9, 0.1, 0.0], share=0.5)]


def matern(squared):
    r = np.sqrt(5 * squared)
    return (1 + r + 5 / 3 * squared) * np.exp(-r)


def squared(a, b):
    difference = (a[:, None] - b[None]) ** 2
    difference[:, :, 2] = a[:, None, 2] != b[None, :, 2]
    return (difference / np.array(parameters["lengths"]) ** 2).sum(-1)


def of_shares(a, b):
    level, length = parameters["level"], parameters["shareLength"]
    return level + (1 - level) * matern((np.sqrt(a)[:, None] - np.sqrt(b)[None]) ** 2 / length**2)


def of_runs(a, b, same, run):
    return parameters["common"] + parameters["settings"] * matern(squared(a, b)) + run * same


def closed_form(run):
    x = points[runs]
    k = of_runs(x, x, runs[:, None] == runs[None], run) * of_shares(shares, shares)
    k += parameters["noise"] * np.eye(len(runs))
    solved = np.linalg.solve(k, values)
    likelihood = -0.5 * values @ solved - 0.5 * np.linalg.slogdet(k)[1] - 0.5 * len(runs) * np.log(2 * np.pi)

    def posterior(x_new, share, of_run=None):
        x_new = np.array([x_new])
        same = np.zeros(len(runs)) if of_run is None else (runs == of_run)
        row = of_runs(x_new, points[runs], same[None], run) * of_shares(np.array([share]), shares)
        prior = parameters["common"] + parameters["settings"] + (0 if of_run is None else run)
        return dict(mean=float(row[0] @ solved), variance=float(prior - row[0] @ np.linalg.solve(k, row[0])))

    return dict(
        logLikelihood=float(likelihood),
        posteriors=[posterior(q["x"], q["share"]) for q in queries],
        ofRuns=[posterior(points[i], 1.0, i) for i in range(RUNS)],
    )


class Columns(StationaryKernelMixin, NormalizedKernelMixin, Kernel):
    """A Matern kernel on some columns of the input."""

    def __init__(self, lengths=1.0, first=0, last=1):
        self.lengths, self.first, self.last = lengths, first, last

    def __call__(self, x, y=None, eval_gradient=False):
        y = x if y is None else y
        columns = slice(self.first, self.last)
        return Matern(self.lengths, nu=2.5)(x[:, columns], y[:, columns])


def by_scikit_learn():
    """Choices as one-hot columns of 1/sqrt(2), so that two different ones are one apart."""

    def encode(x, share):
        x = np.atleast_2d(x)
        hot = (x[:, 2:3] == np.arange(3)) / np.sqrt(2)
        return np.column_stack([x[:, :2], hot, np.sqrt(np.broadcast_to(share, len(x)))])

    p = parameters
    lengths = [p["lengths"][0], p["lengths"][1]] + 3 * [p["lengths"][2]]
    settings = Sum(ConstantKernel(p["common"]), Product(ConstantKernel(p["settings"]), Columns(lengths, 0, 5)))
    share = Sum(
        ConstantKernel(p["level"]), Product(ConstantKernel(1 - p["level"]), Columns([p["shareLength"]], 5, 6))
    )
    gp = GaussianProcessRegressor(Product(settings, share), alpha=p["noise"], optimizer=None)
    gp.fit(encode(points[runs], shares), values)
    posteriors = []
    for q in queries:
        mean, deviation = gp.predict(encode(q["x"], q["share"]), return_std=True)
        posteriors.append(dict(mean=float(mean[0]), variance=float(deviation[0] ** 2)))
    return dict(logLikelihood=float(gp.log_marginal_likelihood_value_), posteriors=posteriors)


print(
    json.dumps(
        dict(
            points=points.ravel().tolist(),
            isCategorical=[False, False, True],
            runs=runs.tolist(),
            shares=shares.tolist(),
            values=values.tolist(),
            parameters=parameters,
            queries=queries,
            closedForm=closed_form(parameters["run"]),
            scikitLearn=by_scikit_learn(),
        ),
        indent=1,
    )
)
