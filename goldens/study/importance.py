"""PED-ANOVA importances by Optuna 5 -> importance.json. Needs optuna 5."""

import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
space = {
    "learning_rate": FloatDistribution(1e-5, 1e-2, log=True),
    "weight_decay": FloatDistribution(0, 0.3),
    "dropout": FloatDistribution(0, 0.5, step=0.05),
    "batch_size": CategoricalDistribution([4, 8, 16]),
    "epochs": IntDistribution(1, 5),
    "rank": IntDistribution(1, 64, log=True),
}
momentum = FloatDistribution(0, 1)


def loss(p):
    value = (np.log10(p["learning_rate"]) + 3.3) ** 2 + 4 * (p["weight_decay"] - 0.1) ** 2 + 3 * (p["dropout"] - 0.1) ** 2
    return float(value + 0.1 * abs(np.log2(p["batch_size"]) - 3) + 0.05 * (p["epochs"] - 3) ** 2 + 0.02 * np.log2(p["rank"]))


def study_of(count, direction, seed):
    study = optuna.create_study(direction=direction, sampler=optuna.samplers.RandomSampler(seed=seed))
    for i in range(count):
        # `momentum` is conditional, so that one parameter has two regimes.
        trial = study.ask({**space, **({"momentum": momentum} if i % 3 else {})})
        value = loss(trial.params) + 0.3 * trial.params.get("momentum", 0.2)
        if i % 11 == 10:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        elif i % 17 == 16:
            study.tell(trial, float("inf"))
        else:
            study.tell(trial, value if direction == "minimize" else -value)
    return study


cases = []
for count, direction, options in [
    (12, "minimize", {}),
    (60, "minimize", {}),
    (60, "maximize", {}),
    (200, "minimize", {}),
    (60, "minimize", {"target_quantile": 0.25}),
    (60, "minimize", {"target_quantile": 0.1, "region_quantile": 0.5}),
    (60, "minimize", {"evaluate_on_local": False}),
]:
    study = study_of(count, direction, seed=count)
    evaluator = PedAnovaImportanceEvaluator(**options)
    cases.append(
        {
            "direction": direction,
            "options": options,
            "distributions": {k: distribution_to_json(d) for k, d in {**space, "momentum": momentum}.items()},
            "trials": [
                {
                    "state": t.state.name,
                    "value": None if t.value is None or not np.isfinite(t.value) else t.value,
                    "params": t.params,
                }
                for t in study.trials
            ],
            "importances": get_param_importances(study, evaluator=evaluator),
            "raw": get_param_importances(study, evaluator=evaluator, normalize=False),
        }
    )
# Several objectives without a target: what leads to any part of the front.
for count, directions in [(80, ["minimize", "maximize"]), (60, ["minimize"] * 3)]:
    several = optuna.create_study(directions=directions, sampler=optuna.samplers.RandomSampler(seed=count))
    for i in range(count):
        trial = several.ask({**space, **({"momentum": momentum} if i % 3 else {})})
        values = [loss(trial.params), trial.params["rank"] + trial.params.get("momentum", 0.5), trial.params["weight_decay"]]
        several.tell(trial, [-v if d == "maximize" else v for v, d in zip(values, directions)])
    for options in ({}, {"target_quantile": 0.2, "region_quantile": 0.6}):
        cases.append(
            {
                "directions": directions,
                "options": options,
                "distributions": {k: distribution_to_json(d) for k, d in {**space, "momentum": momentum}.items()},
                "trials": [{"state": t.state.name, "values": t.values, "params": t.params} for t in several.trials],
                "importances": get_param_importances(several, evaluator=PedAnovaImportanceEvaluator(**options)),
                "raw": get_param_importances(several, evaluator=PedAnovaImportanceEvaluator(**options), normalize=False),
            }
        )
# One objective of several, a subset of the parameters, among them a conditional one.
subset = ["momentum", "rank", "dropout"]
cases.append(
    {
        "directions": directions,
        "options": {},
        "objective": 1,
        "params": subset,
        "distributions": cases[-1]["distributions"],
        "trials": cases[-1]["trials"],
        "importances": get_param_importances(several, params=subset, target=lambda t: t.values[1]),
        "raw": get_param_importances(several, params=subset, target=lambda t: t.values[1], normalize=False),
    }
)
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
