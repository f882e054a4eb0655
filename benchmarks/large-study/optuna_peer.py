"""Opens a large study with Optuna, finds its best trial and asks for the next one: optuna_peer.py FILE."""

import json
import resource
import sys
import time

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

optuna.logging.set_verbosity(optuna.logging.ERROR)
space = {
    "learning_rate": FloatDistribution(1e-5, 1e-2, log=True),
    "weight_decay": FloatDistribution(0, 0.3),
    "dropout": FloatDistribution(0, 0.5, step=0.05),
    "batch_size": CategoricalDistribution([4, 8, 16, 32]),
    "epochs": IntDistribution(1, 5),
    "schedule": CategoricalDistribution(["constant", "linear", "cosine", "polynomial"]),
    "frozen_layers": IntDistribution(0, 24),
}
began = time.perf_counter()
study = optuna.load_study(
    storage="sqlite:///" + sys.argv[1],
    study_name="large",
    sampler=optuna.samplers.TPESampler(seed=1),
    pruner=optuna.pruners.NopPruner(),
)
best = study.best_trial
best_ms = 1000 * (time.perf_counter() - began)
trial = study.ask(space)
milliseconds = 1000 * (time.perf_counter() - began)
study.tell(trial, state=optuna.trial.TrialState.FAIL)
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"milliseconds": milliseconds, "bestMs": best_ms, "megabytes": megabytes, "best": best.value}))
