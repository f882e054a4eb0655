"""The seven mixed parameters of seven-parameters.mjs and their loss, for Optuna."""

import math

from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

space = {
    "learning_rate": FloatDistribution(1e-5, 1e-2, log=True),
    "weight_decay": FloatDistribution(0, 0.3),
    "dropout": FloatDistribution(0, 0.5, step=0.05),
    "batch_size": CategoricalDistribution([4, 8, 16, 32]),
    "epochs": IntDistribution(1, 5),
    "schedule": CategoricalDistribution(["constant", "linear", "cosine", "polynomial"]),
    "frozen_layers": IntDistribution(0, 24),
}


def loss(p):
    rate = (math.log10(p["learning_rate"]) + 3.3) ** 2
    return rate + 4 * (p["weight_decay"] - 0.1) ** 2 + 3 * (p["dropout"] - 0.1) ** 2 + 0.05 * (p["epochs"] - 3) ** 2
