"""Paired tests by SciPy: mean difference, Student's t, Wilcoxon's signed-rank test."""

import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(7)


def case(name, before, after):
    t = stats.ttest_rel(after, before)
    w = stats.wilcoxon(after, before)
    difference = after - before
    return {
        "name": name,
        "before": before.tolist(),
        "after": after.tolist(),
        "mean": float(difference.mean()),
        "standardError": float(stats.sem(difference)),
        "t": float(t.statistic),
        "pValue": float(t.pvalue),
        "wilcoxonPValue": float(w.pvalue),
    }


def losses(n):
    return np.round(rng.gamma(2, 0.6, n), 6)


cases = []
for n, shift in [(5, -0.3), (12, 0.1), (40, -0.05), (50, 0.2), (90, 0.0), (90, -0.08), (120, -0.6)]:
    before = losses(n)
    cases.append(case(f"{n} pairs, shift {shift}", before, np.round(before + shift + rng.normal(0, 0.3, n), 6)))
ties = np.round(losses(40), 1)
cases.append(case("ties and zeros", ties, np.round(ties + np.round(rng.normal(0.05, 0.15, 40), 1), 1)))

normal = [[z, float(2 * stats.norm.sf(abs(z)))] for z in [0.0, 0.5, -1.96, 3.0, 4.3, 6.0, 10.0]]

print(json.dumps({"cases": cases, "normal": normal}))
