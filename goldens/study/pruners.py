"""Decisions of Optuna 5's median, percentile and successive-halving pruners over whole studies -> pruners.json."""

import json
import pathlib

import numpy as np
import optuna
from optuna.pruners import MedianPruner, PercentilePruner, SuccessiveHalvingPruner

optuna.logging.set_verbosity(optuna.logging.ERROR)
pruners = {
    "median": (MedianPruner(), {}),
    "median_options": (
        MedianPruner(n_startup_trials=2, n_warmup_steps=3, interval_steps=2, n_min_trials=2),
        {"startupTrials": 2, "warmupSteps": 3, "intervalSteps": 2, "minTrials": 2},
    ),
    "percentile": (PercentilePruner(25.0, n_startup_trials=1), {"percentile": 25, "startupTrials": 1}),
    "halving": (SuccessiveHalvingPruner(), {}),
    "halving_options": (
        SuccessiveHalvingPruner(min_resource=1, reduction_factor=3, min_early_stopping_rate=1),
        {"minResource": 1, "reductionFactor": 3, "minEarlyStoppingRate": 1},
    ),
    "halving_bootstrap": (
        SuccessiveHalvingPruner(min_resource=2, reduction_factor=2, bootstrap_count=2),
        {"minResource": 2, "reductionFactor": 2, "bootstrapCount": 2},
    ),
}
cases = []
for name, (pruner, options) in pruners.items():
    for direction in ["minimize", "maximize"]:
        rng = np.random.default_rng(7)
        study = optuna.create_study(direction=direction, pruner=pruner)
        pruner._min_resource = None if name == "halving" else getattr(pruner, "_min_resource", None)
        trials = []
        for number in range(24):
            trial = study.ask()
            level = rng.normal()
            reports = []
            for step in range(1, 13):
                value = float(np.round(level + 2 / step + 0.3 * rng.normal(), 6))
                if rng.random() < 0.04:
                    value = float("nan")
                trial.report(value, step)
                pruned = bool(trial.should_prune())
                reports.append([step, None if np.isnan(value) else value, pruned])
                if pruned:
                    break
            if reports[-1][2]:
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                study.tell(trial, level)
            trials.append({"reports": reports, "value": level, "attributes": study.trials[-1].system_attrs})
        cases.append({"pruner": name, "options": options, "direction": direction, "trials": trials})
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
