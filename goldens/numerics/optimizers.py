"""Twelve steps of each optimizer but AdamW (adamw.py), with a falling rate: torch.optim.SGD, lion-pytorch's Lion, Transformers'
Adafactor, torch.optim.Muon with torch.optim.AdamW beside it, and AdamW with moments in 8 bits by bitsandbytes' dynamic map. Two
departures: Muon's products are float32 instead of bfloat16, and moments go to the nearest entry of the map (bitsandbytes rounds
so on GPUs; its CPU function looks entries up by a coarse table, and puts 1e-8 where 0 is nearest to 1.6e-5).

usage: pip install --target DIR --no-deps bitsandbytes lion-pytorch; PYTHONPATH=DIR python optimizers.py > optimizers.json
"""
import inspect
import json

import bitsandbytes.functional as bnb
import lion_pytorch.lion_pytorch as lion
import torch
import torch.optim._muon as muon
from transformers.optimization import Adafactor

torch.set_num_threads(1)
RATE, DECAY, STEPS = 1e-2, 0.1, 12
ADAM = dict(beta1=0.9, beta2=0.95, epsilon=1e-8)
SMALL = [dict(name='wide', shape=[5, 7]), dict(name='tall', shape=[9, 4]), dict(name='bias', shape=[13])]
LARGE = [dict(name='large', shape=[80, 55]), dict(name='bias', shape=[13])]

source = inspect.getsource(muon._zeropower_via_newtonschulz)
exec(source.replace('torch.bfloat16', 'torch.float32'), muon.__dict__)


class AdamW8bit(torch.optim.Optimizer):
    """AdamW on moments that are quantised after each step in blocks of 256 and dequantised before the next (2110.02861)."""

    def __init__(self, params):
        super().__init__(params, dict(lr=0.0, weight_decay=0.0))
        self.maps = [bnb.create_dynamic_map(signed=True), bnb.create_dynamic_map(signed=False)]

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                state = self.state[p]
                if not state:
                    state['step'] = 0
                    state['moments'] = [self.quantise(torch.zeros_like(p), map) for map in self.maps]
                state['step'] += 1
                t, g = state['step'], p.grad
                m, v = [self.dequantise(*moment, map)[:p.numel()].view_as(p) for moment, map in zip(state['moments'], self.maps)]
                m = m + (1 - ADAM['beta1']) * (g - m)
                v = ADAM['beta2'] * v + (1 - ADAM['beta2']) * g * g
                root = v.sqrt() / (1 - ADAM['beta2'] ** t) ** 0.5 + ADAM['epsilon']
                p.mul_(1 - group['lr'] * group['weight_decay']).sub_(group['lr'] / (1 - ADAM['beta1'] ** t) * m / root)
                state['moments'] = [self.quantise(x, map) for x, map in zip((m, v), self.maps)]

    @staticmethod
    def quantise(x, map):
        if x.numel() < 4096:
            return x, None
        blocks = torch.nn.functional.pad(x.flatten(), (0, -x.numel() % 256)).view(-1, 256)
        scales = blocks.abs().amax(1, keepdim=True)
        middles = (map[1:] + map[:-1]) / 2
        return torch.bucketize(torch.nan_to_num(blocks / scales), middles), scales

    @staticmethod
    def dequantise(entries, scales, map):
        return entries.flatten() if scales is None else (map[entries] * scales).flatten()


def adamw(params):
    return torch.optim.AdamW(params, betas=(ADAM['beta1'], ADAM['beta2']), eps=ADAM['epsilon'], foreach=False)


CASES = {
    'sgd': (SMALL, dict(name='sgd', momentum=0), lambda m, v: [torch.optim.SGD(m + v)]),
    'sgd with momentum': (SMALL, dict(name='sgd'), lambda m, v: [torch.optim.SGD(m + v, momentum=0.9)]),
    "sgd with Nesterov's": (SMALL, dict(name='sgd', momentum=0.8, nesterov=True),
                            lambda m, v: [torch.optim.SGD(m + v, momentum=0.8, nesterov=True)]),
    'lion': (SMALL, dict(name='lion'), lambda m, v: [lion.Lion(m + v)]),
    'adafactor': (SMALL, dict(name='adafactor'), lambda m, v: [
        Adafactor(m + v, lr=RATE, relative_step=False, scale_parameter=False, warmup_init=False)]),
    'muon': (SMALL, dict(name='muon'), lambda m, v: [torch.optim.Muon(m, adjust_lr_fn='match_rms_adamw'), adamw(v)]),
    "muon without Nesterov's": (SMALL, dict(name='muon', momentum=0.8, nesterov=False), lambda m, v: [
        torch.optim.Muon(m, momentum=0.8, nesterov=False, adjust_lr_fn='match_rms_adamw'), adamw(v)]),
    'adamw-8bit': (LARGE, dict(name='adamw-8bit'), lambda m, v: [AdamW8bit(m + v)]),
}


def flat(t, digits=9):
    return [float(f'{v:.{digits}g}') for v in t.detach().flatten().tolist()]


def gradient(shape, step, index):
    """What the test computes too: of sizes that differ by element and step."""
    i = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
    wave = torch.sin(i * (1.3 + index) + step * 0.7) * torch.exp(3 * torch.cos(i * 0.37 + step * 0.11))
    return wave.to(torch.float32).reshape(shape)


def run(tensors, optimizer, make):
    """`optimizer` is the setting of ours."""
    parameters = {t['name']: torch.nn.Parameter(gradient(t['shape'], 100, 0)) for t in tensors}
    matrices = [p for p in parameters.values() if p.dim() == 2]
    vectors = [p for p in parameters.values() if p.dim() != 2]
    optimizers = make([dict(params=matrices, weight_decay=DECAY)], [dict(params=vectors, weight_decay=0.0)])
    for step in range(STEPS):
        for index, p in enumerate(parameters.values()):
            p.grad = gradient(p.shape, step, index)
        for each in optimizers:
            for group in each.param_groups:
                group['lr'] = RATE * (1 - step / 15)
            each.step()
    return dict(optimizer=optimizer, tensors=tensors, final={n: flat(p, 8) for n, p in parameters.items()})


cases = {name: run(*case) for name, case in CASES.items()}
maps = dict(signed=flat(bnb.create_dynamic_map(signed=True)), unsigned=flat(bnb.create_dynamic_map(signed=False)))
print(json.dumps(dict(rate=RATE, decay=DECAY, steps=STEPS, adam=ADAM, cases=cases, maps=maps)))
