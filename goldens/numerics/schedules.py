"""Learning rates of transformers' schedulers, for each of the project's schedules, with and without warm-up.

usage: python schedules.py > schedules.json
"""
import json
import math
import torch
from transformers import get_scheduler, get_wsd_schedule
from transformers.optimization import get_polynomial_decay_schedule_with_warmup

PEAK = 2e-3
cases = []


def rates(make, total):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    scheduler = make(optimizer)
    out = []
    for _ in range(total + 1):  # beyond the end transformers lets the cosine rise again; ours stays
        out.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return out


def add(schedule, total, make):
    warmup = math.ceil(schedule['warmup'] * total)
    cases.append(dict(schedule=schedule, totalSteps=total, peak=PEAK, rates=rates(lambda o: make(o, warmup), total)))


for total in [20, 37]:
    for share in [0.0, 0.1]:
        def named(name, **kwargs):
            return lambda o, w: get_scheduler(name, o, num_warmup_steps=w, num_training_steps=total,
                                              scheduler_specific_kwargs=kwargs)

        add(dict(name='constant', warmup=share), total, named('constant_with_warmup'))
        add(dict(name='linear', warmup=share), total, named('linear'))
        add(dict(name='cosine', warmup=share), total, named('cosine'))
        add(dict(name='cosine', warmup=share, floor=0.1), total, named('cosine_with_min_lr', min_lr_rate=0.1))
        add(dict(name='cosine-restarts', warmup=share, cycles=3), total, named('cosine_with_restarts', num_cycles=3))
        add(dict(name='inverse-sqrt', warmup=share), total, named('inverse_sqrt'))
        for power, floor in [(1, 0.0), (2, 0.05), (0.5, 0.2)]:
            add(dict(name='polynomial', warmup=share, power=power, floor=floor), total,
                lambda o, w: get_polynomial_decay_schedule_with_warmup(o, w, total, lr_end=PEAK * floor, power=power))
        # Transformers' warm-up starts at the floor, ours at 0: with a floor only the case without warm-up compares.
        for floor in [0.0] if share else [0.0, 0.1]:
            add(dict(name='warmup-stable-decay', warmup=share, decay=0.3, floor=floor), total,
                lambda o, w: get_wsd_schedule(o, num_warmup_steps=w, num_decay_steps=math.ceil(0.3 * total),
                                              num_training_steps=total, decay_type='linear', min_lr_ratio=floor))
print(json.dumps(cases))
