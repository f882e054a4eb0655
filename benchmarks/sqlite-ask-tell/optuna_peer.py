"""Prints the milliseconds of 30 asks and tells of Optuna on a SQLite file that holds a study: optuna_peer.py FILE."""

import json
import pathlib
import sys
import time

import optuna

sys.path.append(str(pathlib.Path(__file__).parents[1] / "optuna"))
from seven_parameters import loss, space  # noqa: E402

optuna.logging.set_verbosity(optuna.logging.ERROR)

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
