"""What Optuna does in the interoperability test: writes a study, shows what it reads, goes on with one, works beside us.

Usage: optuna_side.py write|dump|continue|work|artifacts URL STUDY [TRIALS | FOLDER]. Needs optuna 5.
"""

import json
import math
import sys
from datetime import timezone

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
SPACE = {
    "learning_rate": FloatDistribution(1e-5, 1e-2, log=True),
    "weight_decay": FloatDistribution(0, 0.3),
    "dropout": FloatDistribution(0, 0.5, step=0.05),
    "batch_size": CategoricalDistribution([4, 8, 16]),
    "epochs": IntDistribution(1, 5),
    "rank": IntDistribution(1, 64, log=True),
    "width": IntDistribution(8, 64, step=8),
    "schedule": CategoricalDistribution(["cosine", None, 1, 2.5, True, "ä\n"]),
}


def loss(params):
    return (math.log10(params["learning_rate"]) + 3.3) ** 2 + 4 * (params["weight_decay"] - 0.1) ** 2 + 0.1 * params["epochs"]


def plain(value):
    """JSON without the bare words, which other readers refuse."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def time(moment):
    return moment and moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dump(url):
    studies = []
    for summary in optuna.get_all_study_summaries(url):
        study = optuna.load_study(storage=url, study_name=summary.study_name)
        trials = [
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
        ]
        best = sorted(t.number for t in study.best_trials)
        studies.append(
            {
                "name": study.study_name,
                "directions": [d.name.lower() for d in study.directions],
                "user": study.user_attrs,
                "system": study._storage.get_study_system_attrs(study._study_id),
                "best": best,
                "trials": trials,
            }
        )
    print(json.dumps(plain(studies)))


def write(url, name):
    study = optuna.create_study(storage=url, study_name=name, sampler=optuna.samplers.TPESampler(seed=1))
    study.set_user_attr("note", {"nan": float("nan"), "list": [1, None, "ä"], "inf": [float("inf"), -float("inf")]})
    study.set_metric_names(["loss"])
    study.enqueue_trial({"learning_rate": 1e-4, "schedule": None}, user_attrs={"why": "recommended"})
    for i in range(14):
        trial = study.ask(SPACE)
        trial.set_user_attr("i", i)
        for step, value in enumerate([3.0, float("nan"), float("inf"), -float("inf"), 0.1 * i]):
            trial.report(value, step)
        if i == 3:
            study.tell(trial, state=TrialState.PRUNED)
        elif i == 4:
            study.tell(trial, state=TrialState.FAIL)
        elif i in (5, 6):
            study.tell(trial, float("inf") if i == 5 else -float("inf"))
        else:
            trial.set_constraint("memory", 0.5 if i == 7 else -1.0)
            study.tell(trial, loss(trial.params))
    study.ask(SPACE)
    study.enqueue_trial({"epochs": 2})
    several = optuna.create_study(storage=url, study_name=name + " several", directions=["maximize", "minimize", "maximize"])
    for i in range(4):
        several.tell(several.ask({"x": FloatDistribution(0, 1)}), [i % 3, i, float("inf")])


def go_on(url, name):
    """Asks for what waits, then for new trials by TPE over all that is there."""
    study = optuna.load_study(storage=url, study_name=name, sampler=optuna.samplers.TPESampler(seed=2, n_startup_trials=4))
    for _ in range(4):
        trial = study.ask(SPACE)
        study.tell(trial, loss(trial.params))


def work(url, name, trials):
    """Prints the numbers of the trials that it ran."""
    patience = {"connect_args": {"timeout": 120}} if url.startswith("sqlite") else {}
    storage = optuna.storages.RDBStorage(url, engine_kwargs=patience)
    study = optuna.load_study(storage=storage, study_name=name, sampler=optuna.samplers.RandomSampler())
    numbers = []
    for _ in range(int(trials)):
        trial = study.ask({"x": FloatDistribution(0, 20)})
        trial.set_user_attr("process", "optuna")
        trial.report(trial.params["x"], 1)
        study.tell(trial, trial.params["x"])
        numbers.append(trial.number)
    print(json.dumps(numbers))


def artifacts(url, name, folder):
    """Prints the artifacts of the study's last trial with their contents, then adds one to the study."""
    from optuna.artifacts import FileSystemArtifactStore, download_artifact, get_all_artifact_meta, upload_artifact

    store = FileSystemArtifactStore(folder)
    study = optuna.load_study(storage=url, study_name=name)
    found = []
    for meta in get_all_artifact_meta(study.trials[-1], storage=study._storage):
        path = f"{folder}-{meta.artifact_id}"
        download_artifact(artifact_store=store, artifact_id=meta.artifact_id, file_path=path)
        with open(path) as file:
            found.append([meta.filename, meta.mimetype, meta.encoding, file.read()])
    with open(f"{folder}.csv", "w") as file:
        file.write("theirs")
    upload_artifact(artifact_store=store, file_path=f"{folder}.csv", study_or_trial=study)
    print(json.dumps(found))


if __name__ == "__main__":
    command, url, *rest = sys.argv[1:]
    {"dump": dump, "write": write, "continue": go_on, "work": work, "artifacts": artifacts}[command](url, *rest)
