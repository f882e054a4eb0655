"""One of Optuna's workers: runs trials from the start signal until the stop time.

usage: optuna_peer.py URL STUDY SAMPLER SECONDS TRIALS_BEFORE
"""

import json
import os
import pathlib
import sys
import time

import optuna

sys.path.append(str(pathlib.Path(__file__).parents[1] / "optuna"))
from seven_parameters import loss, space  # noqa: E402

optuna.logging.set_verbosity(optuna.logging.ERROR)
url, name, kind, seconds, warm_up = sys.argv[1:]
samplers = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}
study = optuna.load_study(
    storage=url, study_name=name, sampler=samplers[kind](seed=os.getpid()), pruner=optuna.pruners.NopPruner()
)


def step():
    trial = study.ask(space)
    study.tell(trial, loss(trial.params))


for _ in range(int(warm_up)):
    step()
print("warm", flush=True)
sys.stdin.readline()
began = time.perf_counter()
cpu = time.process_time()
milliseconds = []
while time.perf_counter() - began < float(seconds):
    start = time.perf_counter()
    step()
    milliseconds.append(1000 * (time.perf_counter() - start))
measured = {
    "milliseconds": milliseconds,
    "cpuMs": 1000 * (time.process_time() - cpu),
    "seconds": time.perf_counter() - began,
}
print(json.dumps(measured), flush=True)
# Until the server's processes have been looked at.
sys.stdin.readline()
