"""Writes journal.log, a journal file of Optuna's with two studies of every kind of trial, and journal.json, what Optuna reads from it."""

import json
import math
import os
from datetime import datetime, timezone

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, "journal.log")
if os.path.exists(path):
    os.remove(path)
storage = JournalStorage(JournalFileBackend(path))
SPACE = {
    "rate": FloatDistribution(1e-5, 1e-2, log=True),
    "width": IntDistribution(8, 64, step=8),
    "schedule": CategoricalDistribution(["cosine", None, 1, 2.5, True, "ä\n"]),
}


def write():
    study = optuna.create_study(storage=storage, study_name="one ☃", sampler=optuna.samplers.RandomSampler(seed=1))
    study.set_user_attr("note", {"nan": float("nan"), "list": [1, None, "ä"]})
    study.set_metric_names(["loss"])
    study.enqueue_trial({"rate": 1e-4, "schedule": None}, user_attrs={"why": "recommended"})
    for i in range(7):
        trial = study.ask(SPACE)
        trial.set_user_attr("i", i)
        for step, value in enumerate([3.0, float("nan"), float("inf"), -float("inf"), 0.1 * i]):
            trial.report(value, step)
        if i == 3:
            study.tell(trial, state=TrialState.PRUNED)
        elif i == 4:
            study.tell(trial, state=TrialState.FAIL)
        elif i == 5:
            study.tell(trial, float("inf"))
        else:
            trial.set_constraint("memory", i - 1.0)
            study.tell(trial, float(i))
    moment = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)
    made = create_trial(params={"width": 16}, distributions={"width": SPACE["width"]}, value=0.25, intermediate_values={3: 0.5})
    made.datetime_start = made.datetime_complete = moment
    study.add_trial(made)
    study.ask(SPACE)
    study.enqueue_trial({"rate": 1e-3})
    gone = optuna.create_study(storage=storage, study_name="gone")
    gone.ask(SPACE)
    optuna.delete_study(study_name="gone", storage=storage)
    several = optuna.create_study(storage=storage, study_name="several", directions=["maximize", "minimize"])
    for i in range(3):
        several.tell(several.ask({"x": FloatDistribution(0, 1)}), [float(i), -float("inf")])


def time(moment):
    return moment and moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


write()
# What two workers that race would leave: a second claim, and a write to a finished trial. Optuna passes over both.
with open(path, "a") as file:
    file.write('{"op_code":6,"worker_id":"other","trial_id":0,"state":0,"values":null,"datetime_start":"2026-01-01T00:00:00.000000+00:00"}\n')
    file.write('{"op_code":8,"worker_id":"other","trial_id":1,"user_attr":{"late":1}}\n')
    file.write('{"op_code":9,"worker_id":"other","trial_id":8,"system_attr":{"last":{"line":"of the journal"}}}\n')

storage = JournalStorage(JournalFileBackend(path))
studies = []
for summary in optuna.get_all_study_summaries(storage):
    study = optuna.load_study(storage=storage, study_name=summary.study_name)
    studies.append(
        {
            "name": study.study_name,
            "directions": [d.name.lower() for d in study.directions],
            "user": study.user_attrs,
            "system": storage.get_study_system_attrs(study._study_id),
            "trials": [
                {
                    "number": t.number,
                    "state": t.state.name,
                    "values": t.values,
                    "params": t.params,
                    "distributions": {k: json.loads(distribution_to_json(d)) for k, d in t.distributions.items()},
                    "intermediate": {str(k): v for k, v in t.intermediate_values.items()},
                    "user": t.user_attrs,
                    "system": t.system_attrs,
                    "constraints": t.constraints,
                    "started": time(t.datetime_start),
                    "completed": time(t.datetime_complete),
                }
                for t in study.get_trials()
            ],
        }
    )
with open(os.path.join(here, "journal.json"), "w") as file:
    json.dump(studies, file, ensure_ascii=False)
    file.write("\n")
assert math.isinf(studies[0]["trials"][5]["values"][0])
