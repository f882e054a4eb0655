"""Trees of scikit-learn, their variances by Optuna 5's fANOVA, and importances of both over a study -> forest.json.

Needs optuna 5 and scikit-learn.
"""

import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.importance import FanovaImportanceEvaluator, MeanDecreaseImpurityImportanceEvaluator, get_param_importances
from optuna.importance._fanova._tree import _FanovaTree
from sklearn.tree import DecisionTreeRegressor

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
trees = []
for count, features, depth in [(8, 1, 2), (40, 3, 3), (120, 5, 3)]:
    rng = np.random.default_rng(count)
    # Exact in the single precision of scikit-learn's inputs.
    x = rng.integers(0, 4096, size=(count, features)) / 4096
    y = np.sin(5 * x[:, 0]) + (x[:, -1] ** 2) * x[:, 0] + 0.1 * rng.normal(size=count)
    tree = DecisionTreeRegressor(max_depth=depth, random_state=0).fit(x, y)
    fanova = _FanovaTree(tree.tree_, np.array([[0.0, 1.0]] * features))
    trees.append(
        {
            "inputs": x.tolist(),
            "values": y.tolist(),
            "max_depth": depth,
            "thresholds": sorted(tree.tree_.threshold[tree.tree_.feature >= 0].tolist()),
            "impurity": tree.feature_importances_.tolist(),
            "total": float(fanova.variance),
            "alone": [float(fanova.get_marginal_variance(np.array([f]))) for f in range(features)],
        }
    )


def objective(trial):
    x, y, z = (trial.suggest_float(name, 0, 1) for name in "xyz")
    n = trial.suggest_int("n", 1, 8)
    return 2 * x + np.sin(6 * y) + 0.1 * n + 0 * z


study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=4))
study.optimize(objective, n_trials=150)
golden = {
    "trees": trees,
    "study": {
        "trials": [{"params": t.params, "value": t.value} for t in study.trials],
        "fanova": get_param_importances(study, evaluator=FanovaImportanceEvaluator(n_trees=256, seed=1)),
        "impurity": get_param_importances(study, evaluator=MeanDecreaseImpurityImportanceEvaluator(n_trees=256, seed=1)),
    },
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
