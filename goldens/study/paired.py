"""Student's t, paired t-tests and posteriors of a gain by SciPy -> paired.json. Needs scipy."""

import json
import pathlib

import numpy as np
from scipy import stats

rng = np.random.default_rng(3)
samples = [(rng.normal(0, 1, n).tolist(), rng.normal(0.3, 1, n).tolist()) for n in [2, 3, 8, 200]]
samples.append(([1.0, 2.0, 3.0], [1.5, 2.5, 3.5]))


def paired(first, second):
    differences = np.subtract(first, second)
    p_below = stats.ttest_rel(first, second, alternative="less").pvalue
    return {
        "first": first,
        "second": second,
        "mean": float(differences.mean()),
        "standard_error": float(stats.sem(differences)),
        "p_below": float(p_below),
    }


FACTORS = [0.4, 1.0, 2.5]


def gain(prior, pairs, example_error):
    """The mixture by the density of all pairs at once and the general formula for jointly normal numbers."""
    logs, means, variances = [], [], []
    for mean, variance, noise in prior:
        for factor in FACTORS:
            n = len(pairs)
            covariance = variance * np.ones((n, n)) + 2 * factor * noise * np.eye(n)
            centred = np.subtract(pairs, mean)
            logs.append(stats.multivariate_normal(np.full(n, mean), covariance).logpdf(pairs))
            solved = np.linalg.solve(covariance, variance * np.ones(n))
            means.append(mean + solved @ centred)
            variances.append(variance - variance * solved.sum() + example_error**2)
    weights = np.exp(logs - np.max(logs))
    weights /= weights.sum()
    means, variances = np.array(means), np.array(variances)
    total = weights @ means
    return {
        "prior": [dict(zip(["mean", "variance", "noise"], one)) for one in prior],
        "pairs": pairs,
        "example_error": example_error,
        "mean": float(total),
        "standard_error": float(np.sqrt(weights @ (variances + means**2) - total**2)),
        "probability_better": float(weights @ stats.norm.cdf(means / np.sqrt(variances))),
    }


priors = [[(0.1, 0.04, 0.01)], [(0.1, 0.04, 0.01), (-0.2, 0.3, 0.1), (0.02, 0.001, 0.5)]]
golden = {
    "student": [[t, n, float(stats.t.cdf(t, n))] for t in [-40.0, -2.5, -0.3, 0.0, 0.01, 1.0, 12.7] for n in [1, 2, 3, 4, 7, 30, 101]],
    "paired": [paired(*sample) for sample in samples],
    "gains": [
        gain(prior, pairs, error) for prior in priors for pairs in [[0.3], [0.12, -0.05, 0.2]] for error in [0.0, 0.05]
    ],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
