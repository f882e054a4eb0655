"""Fits the surrogate of the learning curves: curves.jsonl -> surrogate.json. Prints its held-out errors.

usage: python benchmarks/learning-curves/fit.py        (needs NumPy and scikit-learn)

Curves are best losses so far, in logarithms. Their first principal components are functions of the settings, each by a
Gaussian process with a length for every dimension. What runs of one setting on other seeds differ by is the noise.
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).parent
COMPONENTS = 4
BATCHES = [4, 8, 16, 32]
SCHEDULES = ["cosine", "linear", "constant", "warmup-stable-decay"]
# One-hot schedules lie half a unit from each other, so that one length each says how much a schedule matters.
NUMBERS = ["learningRate", "batchSize", "epochs", "dropout", "weightDecay", "frozenLayers"]


def features(p):
    numbers = [
        np.log(p["learningRate"] / 2.5e-4) / np.log(40),
        BATCHES.index(p["batchSize"]) / (len(BATCHES) - 1),
        (p["epochs"] - 1) / 5,
        p["dropout"] / 0.2,
        p["weightDecay"] / 0.1,
        p["frozenLayers"] / 0.75,
    ]
    return numbers + [0.5 * (p["schedule"] == name) for name in SCHEDULES]


def best_so_far(losses):
    raw = [losses[0]] + [np.inf if loss is None else loss for loss in losses[1:]]
    return np.minimum.accumulate(raw)


def process(x, y):
    kernel = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(np.ones(x.shape[1]), (0.1, 30), nu=2.5)
    kernel += WhiteKernel(0.05, (1e-3, 1))
    return GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=2, random_state=0).fit(x, y)


class Curves:
    """A mean curve and components, each a process over the settings."""

    def __init__(self, x, curves):
        self.mean = curves.mean(axis=0)
        self.components = np.linalg.svd(curves - self.mean, full_matrices=False)[2][:COMPONENTS]
        self.scores = (curves - self.mean) @ self.components.T
        self.processes = [process(x, score) for score in self.scores.T]

    def predict(self, x):
        scores = np.column_stack([each.predict(x) for each in self.processes])
        return self.mean + scores @ self.components

    def to_json(self):
        def one(gp):
            # predict(x) = mean + std * sum_i scale * matern(x, x_i) * alpha_i
            return {
                "mean": float(gp._y_train_mean),
                "weights": (gp._y_train_std * gp.kernel_.k1.k1.constant_value * gp.alpha_).round(6).tolist(),
                "lengths": gp.kernel_.k1.k2.length_scale.round(5).tolist(),
            }

        return {
            "mean": self.mean.round(5).tolist(),
            "components": self.components.round(5).tolist(),
            "processes": [one(gp) for gp in self.processes],
        }


def held_out(x, curves):
    predicted = np.empty_like(curves)
    for train, test in KFold(5, shuffle=True, random_state=0).split(x):
        predicted[test] = Curves(x[train], curves[train]).predict(x[test])
    error = predicted - curves
    total = curves - curves.mean(axis=0)
    at = {"1/9": 3, "1/3": 9, "1": 27}
    return {
        name: {
            "rmse": round(float(np.sqrt((error[:, k] ** 2).mean())), 4),
            "explained": round(float(1 - (error[:, k] ** 2).mean() / (total[:, k] ** 2).mean()), 3),
        }
        for name, k in at.items()
    }


def seed_noise(pairs):
    """Standard deviation of one run's log loss by share, and how alike it stays from one share to the next."""
    differences = np.array([a - b for a, b in pairs]) / np.sqrt(2)
    deviation = np.sqrt((differences**2).mean(axis=0))
    late = differences[:, 3:]
    correlation = (late[:, 1:] * late[:, :-1]).mean() / (late**2).mean()
    return {"deviation": deviation.round(5).tolist(), "correlation": round(float(correlation), 4)}


def cost(runs):
    """Seconds of training a whole run: log-linear in steps and epochs, by batch size and frozen layers."""
    rows = [[np.log(r["steps"]), np.log(r["params"]["epochs"]), r["params"]["frozenLayers"]] for r in runs]
    seconds = np.log([r["trainingSeconds"] for r in runs])
    model = LinearRegression().fit(rows, seconds)
    error = float(np.sqrt(((model.predict(rows) - seconds) ** 2).mean()))
    steps, epochs, frozen = model.coef_
    return {
        "intercept": round(float(model.intercept_), 4),
        "steps": round(float(steps), 4),
        "epochs": round(float(epochs), 4),
        "frozenLayers": round(float(frozen), 4),
        "logError": round(error, 3),
        # Batches of one epoch, so that steps follow from the settings.
        "examples": max(r["steps"] * r["params"]["batchSize"] / r["params"]["epochs"] for r in runs),
    }


def main():
    runs = [json.loads(line) for line in (here / "curves.jsonl").read_text().splitlines()]
    result = {}
    for data in ["feedback", "formal"]:
        here_runs = [run for run in runs if run["data"] == data]
        first = {run["configuration"]: run for run in here_runs if run["seed"] == 0}
        repeats = [run for run in here_runs if run["seed"] > 0]
        x = np.array([features(run["params"]) for run in first.values()])
        curves = np.log([best_so_far(run["losses"]) for run in first.values()])
        fitted = Curves(x, curves)
        log_best = lambda run: np.log(best_so_far(run["losses"]))
        noise = seed_noise([(log_best(run), log_best(first[run["configuration"]])) for run in repeats])
        errors = held_out(x, curves)
        print(data, f"{len(first)} settings, {len(repeats)} repeats", errors, "noise at the end", noise["deviation"][-1])
        result[data] = {
            "settings": len(first),
            "repeats": len(repeats),
            "heldOut": errors,
            "noise": noise,
            "cost": cost(here_runs),
            "points": x.round(5).tolist(),
            **fitted.to_json(),
        }
    (here / "surrogate.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
