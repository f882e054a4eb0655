"""Prints the milliseconds of 50 asks and tells of Optuna after so many finished trials, drawn at random: optuna_peer.py TRIALS."""

import json
import pathlib
import sys
import time

import optuna

sys.path.append(str(pathlib.Path(__file__).parents[1] / "optuna"))
from seven_parameters import loss, space  # noqa: E402

optuna.logging.set_verbosity(optuna.logging.ERROR)

past = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1), pruner=optuna.pruners.NopPruner())


def step(study):
    trial = study.ask(space)
    study.tell(trial, loss(trial.params))


for _ in range(int(sys.argv[1])):
    step(past)
study.add_trials(past.trials)
for _ in range(10):
    step(study)
milliseconds = []
for _ in range(50):
    start = time.perf_counter()
    step(study)
    milliseconds.append(1000 * (time.perf_counter() - start))
print(json.dumps({"version": optuna.__version__, "milliseconds": milliseconds}))
