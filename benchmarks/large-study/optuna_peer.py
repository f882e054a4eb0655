"""Opens a large study with Optuna, finds its best trial and asks for the next one: optuna_peer.py FILE."""

import json
import pathlib
import resource
import sys
import time

import optuna

sys.path.append(str(pathlib.Path(__file__).parents[1] / "optuna"))
from seven_parameters import space  # noqa: E402

optuna.logging.set_verbosity(optuna.logging.ERROR)
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
