"""The learning rate of a step: linear warm-up, then the schedule's shape. Formulas and defaults are transformers.get_scheduler's."""

import math


def warmup_steps(schedule, total):
    return min(math.ceil(schedule["warmup"] * total), max(0, total - 1))


def learning_rate(schedule, step, total, peak):
    """The rate of step `step` (0 is the first) of `total`."""
    warmup = warmup_steps(schedule, total)
    if step < warmup:
        return peak * step / warmup
    x = min(1, (step - warmup) / max(1, total - warmup))
    return peak * SHAPES[schedule["name"]](x, step, total, warmup, schedule)


def _above(schedule, share):
    floor = schedule.get("floor") or 0
    return floor + (1 - floor) * share


def _restarts(x, step, total, warmup, schedule):
    wave = (schedule.get("cycles") or 1) * x % 1
    return _above(schedule, 0 if x == 1 else (1 + math.cos(math.pi * wave)) / 2)


def _inverse_sqrt(x, step, total, warmup, schedule):
    timescale = warmup or 10_000
    return math.sqrt(timescale / (timescale + step - warmup))


def _stable_decay(x, step, total, warmup, schedule):
    length = min(math.ceil((schedule.get("decay") or 0.2) * total), total - warmup)
    into = step - (total - length)
    return 1 if into <= 0 else _above(schedule, max(0, 1 - into / length))


SHAPES = {
    "constant": lambda x, *_: 1,
    "linear": lambda x, *rest: _above(rest[-1], 1 - x),
    "cosine": lambda x, *rest: _above(rest[-1], (1 + math.cos(math.pi * x)) / 2),
    "cosine-restarts": _restarts,
    "polynomial": lambda x, *rest: _above(rest[-1], (1 - x) ** (rest[-1].get("power") or 1)),
    "inverse-sqrt": _inverse_sqrt,
    "warmup-stable-decay": _stable_decay,
}
