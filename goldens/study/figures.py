"""What Optuna 5 would draw of fixed studies: the data of each of its plots -> figures.json. Needs optuna 5."""

import datetime
import enum
import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.terminator import BestValueStagnationEvaluator
from optuna.trial import FrozenTrial, TrialState
from optuna.visualization import _contour, _edf, _hypervolume_history, _intermediate_values, _optimization_history
from optuna.visualization import _parallel_coordinate, _param_importances, _pareto_front, _rank, _slice
from optuna.visualization import _terminator_improvement, _timeline

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
# Colours are the page's: the share of the scale stands in for them.
_rank._convert_color_idxs_to_scaled_rgb_colors = lambda shares: np.repeat(np.asarray(shares)[:, None], 3, axis=1)
space = {
    "learning_rate": FloatDistribution(1e-5, 1e-1, log=True),
    "decay": FloatDistribution(0, 0.3),
    "dropout": FloatDistribution(0, 0.5, step=0.1),
    "epochs": IntDistribution(1, 5),
    "rank": IntDistribution(1, 64, log=True),
    "batch_size": CategoricalDistribution([16, 4, 8]),
    "schedule": CategoricalDistribution(["constant", "cosine", None]),
}
momentum = FloatDistribution(0, 1)
Moment = datetime.datetime
start = Moment(2026, 11, 25, 12)
now = start + datetime.timedelta(hours=2)


class Clock(Moment):
    @classmethod
    def now(cls, tz=None):
        return now


_timeline.datetime.datetime = Clock


def drawn(rng, distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[rng.integers(len(distribution.choices))]
    if isinstance(distribution, IntDistribution):
        return int(rng.integers(distribution.low, distribution.high + 1))
    if distribution.step:
        return float(np.round(rng.integers(6) * distribution.step, 1))
    return float(np.exp(rng.uniform(np.log(1e-5), np.log(1e-1)))) if distribution.log else float(rng.uniform(0, distribution.high))


def state_of(number, extras):
    if number in extras:
        return extras[number]
    return TrialState.FAIL if number % 9 == 4 else TrialState.PRUNED if number % 7 == 3 else TrialState.COMPLETE


def study_of(name, count, directions, extras={}, constrained=True, metric_names=None):
    rng = np.random.default_rng(sum(name.encode()))
    study = optuna.create_study(study_name=name, directions=directions)
    for number in range(count):
        state = state_of(number, extras)
        distributions = {**space, **({"momentum": momentum} if number % 3 else {})}
        params = {} if state == TrialState.WAITING else {k: drawn(rng, d) for k, d in distributions.items()}
        values = [float(np.round(rng.normal(), 2)) for _ in directions]
        if number == 12:
            values[0] = float("inf")
        system = {}
        # All of them, or none: of trials that lack constraints Optuna says different things in different plots.
        if constrained:
            system["constraints:memory"] = float(np.round(rng.normal(-1, 1), 2))
            system["constraints:time"] = 0.0
        reports = {step: float(rng.normal()) for step in (3, 0, 1)[: rng.integers(4)]}
        if number % 8 == 6:
            reports[7] = float("nan")
        begun = start + datetime.timedelta(seconds=60 * number)
        study.add_trial(
            FrozenTrial(
                number=number,
                trial_id=number,
                state=state,
                value=None,
                values=values if state == TrialState.COMPLETE else None,
                datetime_start=None if state == TrialState.WAITING else begun,
                datetime_complete=begun + datetime.timedelta(seconds=90) if state.is_finished() else None,
                params=params,
                distributions=distributions if params else {},
                user_attrs={"size": number % 5},
                system_attrs=system,
                intermediate_values=reports if params else {},
            )
        )
    if metric_names:
        study.set_metric_names(metric_names)
    return study


def plain(value):
    if isinstance(value, FrozenTrial):
        return value.number
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, Moment):
        return value.isoformat() + "Z"
    if hasattr(value, "_asdict"):
        return {k: plain(v) for k, v in value._asdict().items() if k not in ("hovertext",)}
    if isinstance(value, dict):
        return [[plain(k), plain(v)] for k, v in value.items()]
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def contour_of(info):
    """Each axis once, and the cells of each pair once: the other half of the matrix mirrors them."""
    panels = info.sub_plot_infos
    if len(info.sorted_params) == 2:
        return {"reverse": info.reverse_scale, "axes": plain([panels[0][0].xaxis, panels[0][0].yaxis]), "cells": [[0, 1, plain(panels[0][0].z_values)]]}
    pairs = [(x, y) for y in range(len(panels)) for x in range(y)]
    return {
        "reverse": info.reverse_scale,
        "axes": plain([row[i].xaxis for i, row in enumerate(panels)]),
        "cells": [[x, y, plain(panels[y][x].z_values)] for x, y in pairs],
    }


def rank_of(info):
    diagonal = [row[i] for i, row in enumerate(info.sub_plot_infos)]
    return {
        "params": info.params,
        "panels": [{"axis": plain(p.xaxis), "xs": plain(p.xs), "trials": plain(p.trials)} for p in diagonal],
        "zs": plain(info.zs),
        "shares": plain(info.colors[:, 0]) if len(info.zs) else [],
    }


def trial_of(trial):
    return {
        "state": trial.state.name,
        "values": trial.values,
        "params": trial.params,
        "distributions": {k: distribution_to_json(d) for k, d in trial.distributions.items()},
        "reports": [[k, v] for k, v in trial.intermediate_values.items()],
        "user": trial.user_attrs,
        "system": trial.system_attrs,
        "started": trial.datetime_start and trial.datetime_start.isoformat() + "Z",
        "completed": trial.datetime_complete and trial.datetime_complete.isoformat() + "Z",
    }


def size(trial):
    return float(trial.user_attrs["size"]) + trial.number / 100


unfinished = {33: TrialState.RUNNING, 38: TrialState.RUNNING, 39: TrialState.WAITING}
one = study_of("one", 40, ["minimize"], unfinished)
another = study_of("another", 30, ["minimize"], constrained=False)
most = study_of("most", 25, ["maximize"])
two = study_of("two", 40, ["minimize", "maximize"], metric_names=["loss", "accuracy"])
three = study_of("three", 60, ["minimize", "minimize", "maximize"])
empty = optuna.create_study(study_name="empty")
name = "Objective Value"
single = {}
for study, target in [(one, None), (another, None), (most, None), (one, size), (two, size), (empty, None)]:
    single.setdefault(study.study_name + ("-target" if target else ""), {
        "study": study.study_name,
        "target": target is not None,
        "history": plain(_optimization_history._get_optimization_history_info_list(study, target, name, False)),
        "slice": plain(_slice._get_slice_plot_info(study, None, target, name)),
        "contour": contour_of(_contour._get_contour_info(study, None, target, name)),
        "rank": rank_of(_rank._get_rank_info(study, None, target, name)),
        "parallel": plain(_parallel_coordinate._get_parallel_coordinate_info(study, None, target, name)),
        "edf": plain(_edf._get_edf_info(study, target, name)),
        "importances": plain(_param_importances._get_importances_infos(study, None, None, target, name)),
        "intermediate": plain(_intermediate_values._get_intermediate_plot_info(study)),
        "timeline": plain(_timeline._get_timeline_info(study)),
    })
golden = {
    "now": now.isoformat() + "Z",
    "studies": {
        study.study_name: {
            "directions": [d.name.lower() for d in study.directions],
            "metricNames": study.metric_names,
            "trials": [trial_of(t) for t in study.trials],
        }
        for study in (one, another, most, two, three, empty)
    },
    "single": single,
    "mean": plain(_optimization_history._get_optimization_history_info_list([one, another], None, name, True)),
    "edf": plain(_edf._get_edf_info([one, another], None, name)),
    "recent": plain(_timeline._get_timeline_info(most, 7)),
    "pairs": contour_of(_contour._get_contour_info(one, ["rank", "schedule"], None, name)),
    "several": {
        study.study_name: {
            "pareto": plain(_pareto_front._get_pareto_front_info(study)),
            "parallel": plain(_parallel_coordinate._get_parallel_coordinate_info(study)),
            "importances": plain(_param_importances._get_importances_infos(study, None, None, None, name)),
            "reference": reference,
            "volumes": plain(_hypervolume_history._get_hypervolume_history_info(study, np.array(reference))),
        }
        for study, reference in ((two, [2.0, -2.0]), (three, [2.0, 2.0, -1.0]))
    },
    "stagnation": plain(_terminator_improvement._get_improvement_info(one, True, BestValueStagnationEvaluator(7))),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
