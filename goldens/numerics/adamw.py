"""Twelve AdamW steps of torch.optim.AdamW with clipping, accumulation, decay groups, a scaled rate, embedding rows and a
parameter that joins at step 4.

usage: python adamw.py > adamw.json
"""
import json
import torch

torch.manual_seed(3)
torch.set_num_threads(1)
SETTINGS = dict(beta1=0.9, beta2=0.95, epsilon=1e-8, weightDecay=0.1)
GROUPS = [
    dict(name='weight', shape=[5, 7], decay=True, rateScale=1.0, joins=0),
    dict(name='bias', shape=[13], decay=False, rateScale=1.0, joins=0),
    dict(name='embedding', shape=[11, 4], decay=True, rateScale=0.5, joins=0),
    dict(name='late', shape=[9], decay=True, rateScale=0.25, joins=4),
]
WEIGHTS = [0.75, 0.25]


def flat(t):
    return [float(f'{v:.9g}') for v in t.detach().flatten().tolist()]


parameters, optimizer = {}, None
steps = []
initial = {g['name']: torch.randn(g['shape']) for g in GROUPS}
for step in range(12):
    for g in GROUPS:
        if g['joins'] != step:
            continue
        p = torch.nn.Parameter(initial[g['name']].clone())
        parameters[g['name']] = p
        group = dict(params=[p], weight_decay=SETTINGS['weightDecay'] if g['decay'] else 0.0)
        if optimizer is None:
            optimizer = torch.optim.AdamW([group], lr=1e-2, betas=(SETTINGS['beta1'], SETTINGS['beta2']),
                                          eps=SETTINGS['epsilon'], foreach=False, fused=False)
        else:
            optimizer.add_param_group(group)
    rate = 1e-2 * (1 - step / 15)
    limit = [1.0, 0.0, 100.0][step % 3]
    micro = []
    optimizer.zero_grad()
    for weight in WEIGHTS:
        gradients = {}
        for name, p in parameters.items():
            gradient = torch.randn(p.shape) * (0.3 + step)
            gradients[name] = flat(gradient)
            p.grad = gradient * weight if p.grad is None else p.grad + gradient * weight
        ids = torch.randint(0, 11, [6])
        rows = torch.randn(6, 4)
        for i in range(6):
            parameters['embedding'].grad[ids[i]] += weight * rows[i]
        micro.append(dict(weight=weight, gradients=gradients, ids=ids.tolist(), rows=flat(rows)))
    norm = torch.nn.utils.clip_grad_norm_(parameters.values(), limit if limit > 0 else float('inf'))
    for group, name in zip(optimizer.param_groups, parameters):
        group['lr'] = rate * next(g['rateScale'] for g in GROUPS if g['name'] == name)
    optimizer.step()
    steps.append(dict(learningRate=rate, maxGradientNorm=limit, micro=micro, norm=float(norm),
                      parameters={n: flat(p) for n, p in parameters.items()}))
moments = {n: dict(first=flat(optimizer.state[p]['exp_avg']), second=flat(optimizer.state[p]['exp_avg_sq']))
           for n, p in parameters.items()}
print(json.dumps(dict(settings=SETTINGS, groups=GROUPS, initial={n: flat(t) for n, t in initial.items()},
                      steps=steps, moments=moments)))
