"""Optuna behind ask and tell over JSON lines, so that one objective, written in JavaScript, serves both libraries.

Each line on standard input is a request {"method": …, …}, each line on standard output its answer, in the same order:
{"result": …} or {"error": …}. Many studies live in one process, so that the start of Python is paid once.
Numbers that JSON has no word for are written as the strings "Infinity", "-Infinity" and "NaN".
"""

import itertools
import json
import os
import sys
import warnings

for threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[threads] = "1"

import optuna  # noqa: E402
from optuna.distributions import CategoricalDistribution, IntDistribution, json_to_distribution  # noqa: E402
from optuna.trial import TrialState  # noqa: E402

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "tpe": optuna.samplers.TPESampler,
    "gp": optuna.samplers.GPSampler,
    "cmaes": optuna.samplers.CmaEsSampler,
    "random": optuna.samplers.RandomSampler,
    "nsga2": optuna.samplers.NSGAIISampler,
    "nsga3": optuna.samplers.NSGAIIISampler,
    "qmc": optuna.samplers.QMCSampler,
}
PRUNERS = {
    "none": optuna.pruners.NopPruner,
    "median": optuna.pruners.MedianPruner,
    "percentile": optuna.pruners.PercentilePruner,
    "successive-halving": optuna.pruners.SuccessiveHalvingPruner,
    "hyperband": optuna.pruners.HyperbandPruner,
    "threshold": optuna.pruners.ThresholdPruner,
    "wilcoxon": optuna.pruners.WilcoxonPruner,
}

studies = {}
keys = itertools.count()


class OpenStudy:
    """A study and its running trials by number."""

    def __init__(self, study):
        self.study = study
        self.trials = {}


def sampler_of(name, seed, options):
    if name == "gp":
        import torch

        torch.set_num_threads(1)
    return SAMPLERS[name](seed=seed, **options)


def create(sampler, pruner="none", seed=0, directions=("minimize",), sampler_options=None, pruner_options=None, name=None):
    study = optuna.create_study(
        study_name=name,
        directions=list(directions),
        sampler=sampler_of(sampler, seed, sampler_options or {}),
        pruner=PRUNERS[pruner](**(pruner_options or {})),
    )
    key = next(keys)
    studies[key] = OpenStudy(study)
    return key


def forget(study):
    del studies[study]


def enqueue(study, params):
    studies[study].study.enqueue_trial(params)


def space_of(space):
    return {name: json_to_distribution(text) for name, text in space.items()}


def ask(study, space=None):
    opened = studies[study]
    trial = opened.study.ask(space_of(space) if space else None)
    opened.trials[trial.number] = trial
    return {"number": trial.number, "params": trial.params}


def suggest(study, trial, name, distribution):
    asked = studies[study].trials[trial]
    of = json_to_distribution(distribution)
    if isinstance(of, CategoricalDistribution):
        return asked.suggest_categorical(name, of.choices)
    suggest_number = asked.suggest_int if isinstance(of, IntDistribution) else asked.suggest_float
    return suggest_number(name, of.low, of.high, step=of.step, log=of.log)


def report(study, trial, value, step):
    studies[study].trials[trial].report(float(value), step)


def should_prune(study, trial):
    return studies[study].trials[trial].should_prune()


def tell(study, trial, values=None, state="COMPLETE"):
    numbers = None if values is None else [float(value) for value in values]
    opened = studies[study]
    opened.study.tell(opened.trials.pop(trial), numbers, state=TrialState[state])


def version():
    return optuna.__version__


METHODS = {f.__name__: f for f in (create, forget, enqueue, ask, suggest, report, should_prune, tell, version)}


def answer(line):
    try:
        request = json.loads(line)
        return {"result": METHODS[request.pop("method")](**request)}
    except Exception as error:  # Whatever it is, the caller is told and the other studies go on.
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
