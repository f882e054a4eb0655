"""Prints the milliseconds of 30 asks and tells of Optuna on a SQLite file that holds a study: optuna_peer.py FILE."""

import json
import math
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


def loss(p):
    rate = (math.log10(p["learning_rate"]) + 3.3) ** 2
    return rate + 4 * (p["weight_decay"] - 0.1) ** 2 + 3 * (p["dropout"] - 0.1) ** 2 + 0.05 * (p["epochs"] - 3) ** 2


study = optuna.load_study(
    storage="sqlite:///" + sys.argv[1],
    study_name="large",
    sampler=optuna.samplers.TPESampler(seed=1),
    pruner=optuna.pruners.NopPruner(),
)


def step():
    trial = study.ask(space)
    study.tell(trial, loss(trial.params))


for _ in range(5):
    step()
milliseconds = []
for _ in range(30):
    start = time.perf_counter()
    step()
    milliseconds.append(1000 * (time.perf_counter() - start))
print(json.dumps({"version": optuna.__version__, "milliseconds": milliseconds}))
