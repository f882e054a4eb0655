"""Which trials Optuna 5's TPE calls good and bad, and what it takes from them -> split.json. Needs optuna 5."""

import json
import pathlib

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, distribution_to_json
from optuna.samplers._tpe.sampler import _split_trials, default_gamma
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
space = {"rate": FloatDistribution(1e-5, 1e-2, log=True), "batch": CategoricalDistribution([4, 8, 16])}


def trial_of(rng, number):
    """Every kind of trial: values that tie or are infinite, pruned ones with and without reports, infeasible ones."""
    params = {"rate": float(10 ** rng.uniform(-5, -2)), "batch": int(rng.choice([4, 8, 16]))}
    if number % 13 == 12:
        del params["batch"]
    kind = rng.choice(["complete"] * 5 + ["pruned"] * 3 + ["infeasible", "running", "fail"])
    options = {"params": params, "distributions": {k: space[k] for k in params}}
    reports = {int(s): float(np.round(rng.normal(), 1)) for s in range(1, 1 + rng.integers(0, 4))}
    if kind == "pruned":
        if reports and rng.random() < 0.2:
            reports[max(reports)] = float("nan")
        return create_trial(state=TrialState.PRUNED, intermediate_values=reports, **options)
    if kind == "running":
        return create_trial(state=TrialState.RUNNING, **options)
    if kind == "fail":
        return create_trial(state=TrialState.FAIL, **options)
    value = rng.choice([float("inf"), -float("inf"), *np.round(rng.normal(size=8), 1)])
    constraints = {"a": float(rng.uniform(0, 1)), "b": -1.0} if kind == "infeasible" else None
    return create_trial(value=float(value), constraints=constraints, **options)


cases = []
for direction in ["minimize", "maximize"]:
    for count in [3, 12, 60, 150]:
        rng = np.random.default_rng(count)
        study = optuna.create_study(direction=direction, sampler=optuna.samplers.TPESampler(seed=1))
        for number in range(count):
            study.add_trial(trial_of(rng, number))
        trials = [t for t in study.trials if t.state != TrialState.FAIL]
        n = sum(t.state != TrialState.RUNNING for t in trials)
        below, above = _split_trials(study, trials, default_gamma(n))
        cases.append(
            {
                "direction": direction,
                "distributions": {k: distribution_to_json(d) for k, d in space.items()},
                "trials": [
                    {
                        "state": t.state.name,
                        "values": t.values,
                        "params": t.params,
                        "reports": list(t.intermediate_values.items()),
                        "system": t.system_attrs,
                    }
                    for t in study.trials
                ],
                "good": [t.number for t in below],
                "bad": [t.number for t in above],
                "observed": [
                    {k: v.tolist() for k, v in study.sampler._get_internal_repr(side, space, study).items()} for side in (below, above)
                ],
            }
        )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
