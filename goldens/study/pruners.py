"""Decisions of Optuna 5's pruners over whole studies -> pruners.json. Needs optuna 5 and scipy."""

import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.pruners import (
    HyperbandPruner,
    MedianPruner,
    PatientPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
    ThresholdPruner,
    WilcoxonPruner,
)

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")
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
    "hyperband": (HyperbandPruner(), {}),
    "hyperband_options": (
        HyperbandPruner(min_resource=2, max_resource=12, reduction_factor=2, bootstrap_count=1),
        {"minResource": 2, "maxResource": 12, "reductionFactor": 2, "bootstrapCount": 1},
    ),
    "threshold": (
        ThresholdPruner(lower=-1.5, upper=1.5, n_warmup_steps=2, interval_steps=3),
        {"lower": -1.5, "upper": 1.5, "warmupSteps": 2, "intervalSteps": 3},
    ),
    "patient": (PatientPruner(None, patience=2, min_delta=0.4), {"patience": 2, "minDelta": 0.4}),
    "patient_median": (PatientPruner(MedianPruner(), patience=1), {"patience": 1}),
    "wilcoxon": (WilcoxonPruner(), {}),
    "wilcoxon_options": (WilcoxonPruner(p_threshold=0.3, n_startup_steps=5), {"pThreshold": 0.3, "startupSteps": 5}),
}
cases = []
for name, (pruner, options) in pruners.items():
    for direction in ["minimize", "maximize"]:
        rng = np.random.default_rng(7)
        study = optuna.create_study(direction=direction, pruner=pruner, study_name="golden")
        # Pruners that set themselves by the first trials begin anew with each study.
        if name == "halving":
            pruner._min_resource = None
        if name == "hyperband":
            pruner = HyperbandPruner()
            study.pruner = pruner
        # Coarse reports tie, and few trials of Wilcoxon's are lost to NaN.
        digits, nan_share = (1, 0.002) if "wilcoxon" in name else (6, 0.04)
        trials = []
        for number in range(24):
            trial = study.ask()
            level = rng.normal()
            reports = []
            for step in range(1, 13):
                value = float(np.round(level + 2 / step + 0.3 * rng.normal(), digits))
                if rng.random() < nan_share:
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
