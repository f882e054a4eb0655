"""Prints the milliseconds that Optuna takes for the data of each plot of a study of so many trials: optuna_figures.py TRIALS.

Contour and rank are timed for one pair of the seven parameters and multiplied by the 42 panels that Optuna makes of all."""

import json
import pathlib
import sys
import time
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, IntDistribution
from optuna.trial import create_trial
from optuna.visualization import _contour, _edf, _hypervolume_history, _intermediate_values, _optimization_history
from optuna.visualization import _parallel_coordinate, _param_importances, _pareto_front, _rank, _slice, _timeline

sys.path.append(str(pathlib.Path(__file__).parents[1] / "optuna"))
from seven_parameters import space  # noqa: E402

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
_rank._convert_color_idxs_to_scaled_rgb_colors = lambda shares: np.repeat(np.asarray(shares)[:, None], 3, axis=1)
count = int(sys.argv[1])
rng = np.random.default_rng(1)


def drawn(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[rng.integers(len(distribution.choices))]
    if isinstance(distribution, IntDistribution):
        return int(rng.integers(distribution.low, distribution.high + 1))
    if distribution.step:
        return float(np.round(0.05 * rng.integers(11), 2))
    return float(np.exp(rng.uniform(np.log(1e-5), np.log(1e-2)))) if distribution.log else float(rng.uniform(0, distribution.high))


def study_of(objectives):
    study = optuna.create_study(directions=["minimize"] * objectives)
    study.add_trials(
        create_trial(
            params={name: drawn(d) for name, d in space.items()},
            distributions=space,
            values=rng.uniform(size=objectives).tolist(),
            intermediate_values={step: float(rng.uniform()) for step in range(10)},
        )
        for _ in range(count)
    )
    return study


one, two = study_of(1), study_of(2)
name, pair = "Objective Value", ["epochs", "learning_rate"]
milliseconds = {}
for figure, times, make in [
    ("history", 1, lambda: _optimization_history._get_optimization_history_info_list(one, None, name, False)),
    ("intermediate", 1, lambda: _intermediate_values._get_intermediate_plot_info(one)),
    ("slice", 1, lambda: _slice._get_slice_plot_info(one, None, None, name)),
    ("contour", 42, lambda: _contour._get_contour_info(one, pair, None, name)),
    ("rank", 42, lambda: _rank._get_rank_info(one, pair, None, name)),
    ("parallel", 1, lambda: _parallel_coordinate._get_parallel_coordinate_info(one, None, None, name)),
    ("importances", 1, lambda: _param_importances._get_importances_infos(one, None, None, None, name)),
    ("edf", 1, lambda: _edf._get_edf_info(one, None, name)),
    ("timeline", 1, lambda: _timeline._get_timeline_info(one)),
    ("pareto", 1, lambda: _pareto_front._get_pareto_front_info(two)),
    ("hypervolume", 1, lambda: _hypervolume_history._get_hypervolume_history_info(two, np.array([1.0, 1.0]))),
]:
    start = time.perf_counter()
    make()
    milliseconds[figure] = 1000 * times * (time.perf_counter() - start)
print(json.dumps({"milliseconds": milliseconds}))
