"""Special functions, Sobol and Halton points and signed-rank tests by SciPy -> numerics.json. Needs scipy."""

import json
import pathlib

import numpy as np
from scipy import special, stats

xs = [-30.0, -12.5, -6.0, -3.3, -1.0, -0.47, -0.2, -1e-8, 0.0, 1e-12, 0.1, 0.468, 0.469, 0.9, 1.7, 3.999, 4.001, 5.5, 8.0, 26.0]
tails = [-1e5, -400.0, -60.0, -37.6, -20.1, -8.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.5, 9.0, 37.0]
intervals = [(-1.0, 1.0), (-0.1, 7.0), (-9.0, 9.0), (2.0, 3.0), (-3.0, -2.0), (10.0, 10.5), (-40.0, -35.0), (-0.001, 0.001), (-50.0, 0.5), (0.0, 2.0), (5.0, 40.0)]
quantiles = [1e-9, 0.02, 0.5, 0.77, 0.999]


def log_mass(a, b):
    """log P(a < Z <= b); truncnorm's density at a point inside is the normal density over this mass."""
    x = (a + b) / 2
    return float(stats.norm.logpdf(x) - stats.truncnorm.logpdf(x, a, b))


rng = np.random.default_rng(11)


def differences(n, digits):
    return np.round(rng.normal(0.2, 1, n), digits).tolist()


samples = [differences(n, digits) for n in [2, 5, 13, 14, 30, 50, 51, 80] for digits in [0, 1, 9]] + [[0.0] * 5, [0.0] * 20]
halton_permutations = stats.qmc.Halton(12, rng=5)._permutations

golden = {
    "erf": [[x, float(special.erf(x)), float(special.erfc(x))] for x in xs],
    "erfcx": [[x, float(special.erfcx(x))] for x in xs if x >= 0],
    "log_ndtr": [[x, float(special.log_ndtr(x))] for x in tails],
    "ndtri_exp": [[float(y), float(special.ndtri_exp(y))] for y in [-1e6, -2000.0, -200.0, -20.0, -5.1, -4.9, -1.0, -0.7, -0.69, -0.2, -1e-3, -1e-12]],
    "log_mass": [[a, b, log_mass(a, b)] for a, b in intervals],
    "truncnorm_ppf": [[q, a, b, float(stats.truncnorm.ppf(q, a, b))] for a, b in intervals for q in quantiles],
    "sobol": stats.qmc.Sobol(33, scramble=False, bits=32).random(64)[[1, 2, 3, 17, 40, 63]].tolist(),
    "wilcoxon": [[d, float(stats.wilcoxon(d, alternative="greater", zero_method="zsplit").pvalue)] for d in samples],
    "halton": stats.qmc.Halton(40, scramble=False).random(64)[[0, 1, 2, 17, 40, 63]].tolist(),
    "halton_indices": [0, 1, 2, 17, 40, 63],
    "halton_permutations": [p.tolist() for p in halton_permutations],
    "halton_scrambled": stats.qmc.Halton(12, rng=5).random(64)[[0, 1, 2, 17, 40, 63]].tolist(),
    "sobol_indices": [1, 2, 3, 17, 40, 63],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
