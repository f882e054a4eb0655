"""Fits the surrogate of the learning curves: curves.jsonl -> surrogate.json. Prints its held-out errors.

usage: python benchmarks/learning-curves/fit.py [curves.jsonl] && npm run format        (needs NumPy and scikit-learn)

The best loss so far, in logarithms, is a Gaussian process over where a run stands: how far it has come (the sum of its
learning rates over the steps taken), how low its rate is now, and its settings. All shares of all runs inform one process,
so that a few dozen runs are enough. What runs of one setting on other seeds differ by is the noise.
"""

import json
import math
import pathlib
import sys
import warnings

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import Ridge

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).parent
LAST = 27
KEPT = [1, 2, 3, 5, 7, 9, 12, 15, 18, 21, 24, 27]
WARMUP, FLOOR, DECAY = 0.05, 0.1, 0.2
EXAMPLES = {"feedback": 128, "formal": 96}


def rate_factor(schedule, t):
    """The schedule's factor at a share of the run."""
    if t < WARMUP:
        return t / WARMUP
    u = (t - WARMUP) / (1 - WARMUP)
    if schedule == "cosine":
        return FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * u))
    if schedule == "linear":
        return FLOOR + (1 - FLOOR) * (1 - u)
    if schedule == "constant":
        return 1.0
    return 1.0 if t < 1 - DECAY else FLOOR + (1 - FLOOR) * (1 - t) / DECAY


def standing(data, p, k):
    """Where a run is at k/27 of its schedule. surrogates.mjs has the same."""
    steps = math.ceil(EXAMPLES[data] / p["batchSize"]) * p["epochs"]
    fine = [rate_factor(p["schedule"], (i + 0.5) / (20 * LAST)) for i in range(20 * k)]
    reach = p["learningRate"] * steps * sum(fine) / (20 * LAST)
    return [
        math.log10(reach),
        rate_factor(p["schedule"], k / LAST),
        math.log10(p["learningRate"]),
        math.log2(p["batchSize"]) / 3,
        p["frozenLayers"],
        5 * p["dropout"],
        10 * p["weightDecay"],
        math.log2(1 + p["epochs"] * k / LAST),
    ]


def best_so_far(losses):
    raw = [losses[0]] + [np.inf if loss is None else loss for loss in losses[1:]]
    return np.log(np.minimum.accumulate(raw))


def process(x, y, start=None):
    d = x.shape[1]
    kernel = start or ConstantKernel(1.0, (1e-2, 1e2)) * Matern(np.ones(d), (0.1, 30), nu=2.5) + WhiteKernel(
        0.01, (1e-4, 1)
    )
    return GaussianProcessRegressor(kernel, normalize_y=True, optimizer=None if start else "fmin_l_bfgs_b").fit(x, y)


def held_out(rows, groups, x, y, kernel):
    """Settings left out one fold after the other, the lengths of the whole kept."""
    predicted = np.empty_like(y)
    folds = np.array([hash_of(group) for group in groups]) % 8
    for fold in range(8):
        test = folds == fold
        if test.any():
            predicted[test] = process(x[~test], y[~test], kernel).predict(x[test])
    result = {}
    for name, k in {"1/9": 3, "1/3": 9, "1": 27}.items():
        at = np.array([row == k for row in rows])
        error, total = predicted[at] - y[at], y[at] - y[at].mean()
        result[name] = {
            "rmse": round(float(np.sqrt((error**2).mean())), 3),
            "explained": round(float(1 - (error**2).mean() / (total**2).mean()), 3),
        }
    return result


def hash_of(configuration):
    return (2654435761 * (configuration + 1)) >> 8


def seed_noise(pairs):
    """Standard deviation of one run's log loss by share, smoothed, and how alike it stays from one share to the next."""
    differences = np.array([a - b for a, b in pairs]) / np.sqrt(2)
    deviation = np.sqrt((differences**2).mean(axis=0))
    smooth = np.convolve(np.pad(deviation, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    late = differences[:, 3:]
    correlation = (late[:, 1:] * late[:, :-1]).mean() / (late**2).mean()
    return {"deviation": smooth.round(5).tolist(), "correlation": round(float(correlation), 4)}


def cost(runs):
    """Seconds of training a whole run: log-linear in steps and epochs, and frozen layers."""
    rows = [[np.log(r["steps"]), np.log(r["params"]["epochs"]), r["params"]["frozenLayers"]] for r in runs]
    seconds = np.log([r["trainingSeconds"] for r in runs])
    model = Ridge(0.1).fit(rows, seconds)
    steps, epochs, frozen = (round(float(c), 4) for c in model.coef_)
    error = float(np.sqrt(((model.predict(rows) - seconds) ** 2).mean()))
    parts = {"intercept": round(float(model.intercept_), 4), "steps": steps, "epochs": epochs, "frozenLayers": frozen}
    return {**parts, "logError": round(error, 3)}


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "curves.jsonl"
    runs = [json.loads(line) for line in source.read_text().splitlines()]
    result = {}
    for data in ["feedback", "formal"]:
        own = [run for run in runs if run["data"] == data]
        first = {run["configuration"]: run for run in own if run["seed"] == 0}
        repeats = [run for run in own if run["seed"] > 0 and run["configuration"] in first]
        curves = {configuration: best_so_far(run["losses"]) for configuration, run in first.items()}
        keys = [(configuration, k) for configuration in first for k in KEPT]
        x = np.array([standing(data, first[configuration]["params"], k) for configuration, k in keys])
        y = np.array([curves[configuration][k] for configuration, k in keys])
        gp = process(x, y)
        errors = held_out([k for _, k in keys], [configuration for configuration, _ in keys], x, y, gp.kernel_)
        noise = seed_noise([(best_so_far(run["losses"]), curves[run["configuration"]]) for run in repeats])
        print(data, f"{len(first)} settings, {len(repeats)} repeats, held out:", errors, "noise", noise["deviation"][-1])
        scale = gp._y_train_std * gp.kernel_.k1.k1.constant_value
        result[data] = {
            "settings": len(first),
            "repeats": len(repeats),
            "heldOut": errors,
            "examples": EXAMPLES[data],
            "start": round(float(own[0]["losses"][0]), 4),
            "noise": noise,
            "cost": cost(own),
            "mean": round(float(gp._y_train_mean), 6),
            "lengths": gp.kernel_.k1.k2.length_scale.round(5).tolist(),
            "points": x.round(4).tolist(),
            "weights": (scale * gp.alpha_).round(5).tolist(),
        }
    (here / "surrogate.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
