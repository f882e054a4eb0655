"""Forward and backward of every op of the graph, from PyTorch (CPU, float64 inside, printed as float32).

usage: python ops.py > ops.json
Each case: inputs (name -> shape, data), the output, the gradient fed into the output, and the gradient of each input.
"""
import json
import torch
import torch.nn.functional as F

torch.manual_seed(7)
cases = {}


def tensor(*shape, positive=False):
    x = torch.randn(*shape, dtype=torch.float64)
    return (x.abs() + 0.5 if positive else x).float().double()


def dump(t):
    return dict(shape=list(t.shape), data=[float(f'{v:.9g}') for v in t.detach().flatten().tolist()])


def case(name, f, **inputs):
    leaves = {k: v.clone().requires_grad_(v.is_floating_point()) for k, v in inputs.items()}
    out = f(**leaves)
    seed = torch.randn_like(out).float().double()
    out.backward(seed)
    cases[name] = dict(inputs={k: dump(v) for k, v in inputs.items()}, output=dump(out), seed=dump(seed),
                       gradients={k: dump(v.grad) for k, v in leaves.items() if v.grad is not None})


case('add', lambda a, b: a + b, a=tensor(3, 4), b=tensor(3, 4))
case('add broadcast', lambda a, b: a + b, a=tensor(2, 3, 4), b=tensor(3, 1))
case('sub broadcast', lambda a, b: a - b, a=tensor(4), b=tensor(2, 3, 4))
case('mul broadcast', lambda a, b: a * b, a=tensor(2, 3, 4), b=tensor(1, 4))
case('div broadcast', lambda a, b: a / b, a=tensor(2, 3, 4), b=tensor(3, 1, positive=True))
case('neg', lambda x: -x, x=tensor(5))
case('exp', torch.exp, **{'input': tensor(3, 3)})
case('log', torch.log, **{'input': tensor(3, 3, positive=True)})
case('sqrt', torch.sqrt, **{'input': tensor(3, 3, positive=True)})
case('reciprocal', torch.reciprocal, **{'input': tensor(3, 3, positive=True)})
case('sigmoid', torch.sigmoid, **{'input': tensor(3, 3)})
case('tanh', torch.tanh, **{'input': tensor(3, 3)})
case('erf', torch.erf, **{'input': tensor(3, 3)})
case('silu', lambda x: F.silu(x), x=tensor(4, 5) * 3)
case('where', lambda a, b: torch.where(torch.tensor([[True], [False], [True]]), a, b), a=tensor(3, 4), b=tensor(4))
case('reshape', lambda x: x.reshape(4, 6), x=tensor(2, 3, 4))
case('transpose', lambda x: x.permute(2, 0, 3, 1), x=tensor(2, 3, 4, 5))
case('concat', lambda a, b: torch.cat([a, b], 1), a=tensor(2, 3), b=tensor(2, 2))
case('slice', lambda x: x[:, 1:4], x=tensor(3, 5, 2))
case('expand', lambda x: x.expand(2, 3, 4), x=tensor(3, 1))
case('reduceSum', lambda x: x.sum((0, 2)), x=tensor(2, 3, 4))
case('reduceSum keep', lambda x: x.sum(-1, keepdim=True), x=tensor(2, 3, 4))
case('reduceMean keep', lambda x: x.mean(-1, keepdim=True), x=tensor(2, 3, 4))
case('softmax', lambda x: x.softmax(-1), x=tensor(2, 3, 5) * 2)
case('matmul', lambda a, b: a @ b, a=tensor(2, 3, 4, 5), b=tensor(2, 3, 5, 6))
case('matmul broadcast', lambda a, b: a @ b, a=tensor(2, 3, 4, 5), b=tensor(5, 6))
for ta in (False, True):
    for tb in (False, True):
        case(f'gemm {"t" if ta else "n"}{"t" if tb else "n"}', lambda a, b: (a.T if ta else a) @ (b.T if tb else b),
             a=tensor(*((4, 3) if ta else (3, 4))), b=tensor(*((5, 4) if tb else (4, 5))))
case('linear bias', lambda x, w, b: F.linear(x, w, b), x=tensor(3, 4), w=tensor(5, 4), b=tensor(5))


def rotary(x):  # [2, 3, 2 heads of 4], positions 0, 2, 5 and 1, 1, 4
    positions = torch.tensor([[0, 2, 5], [1, 1, 4]], dtype=torch.float64)
    angles = positions[..., None] * (10000 ** (-torch.arange(0, 4, 2, dtype=torch.float64) / 4))
    cos, sin = (t[:, :, None, :] for t in (angles.cos(), angles.sin()))
    a, b = x.reshape(2, 3, 2, 4).split(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).reshape(2, 3, 8)


case('rotary', rotary, x=tensor(2, 3, 8))
case('selectRows', lambda x: x[[1, 4, 3]], x=tensor(5, 3))
case('crossEntropy', lambda x: F.cross_entropy(x, torch.tensor([2, 0, 6, 2]), reduction='none'), x=tensor(4, 7) * 3)
case('relu', F.relu, input=tensor(4, 5))
case('gelu', F.gelu, input=tensor(4, 5) * 3)
case('tanhGelu', lambda x: F.gelu(x, approximate='tanh'), x=tensor(4, 5) * 3)
case('softcap', lambda x: 2 * torch.tanh(x / 2), x=tensor(3, 4) * 3)
case('rotary partial', lambda x: torch.cat([rotary(x.reshape(2, 3, 2, 6)[..., :4].reshape(2, 3, 8)).reshape(2, 3, 2, 4),
                                            x.reshape(2, 3, 2, 6)[..., 4:]], -1).reshape(2, 3, 12), x=tensor(2, 3, 12))
LABELS = torch.tensor([2, 0, 6, 2])


def smoothed(x):
    """The gradient of the smoothed loss with the value of the plain one."""
    loss = F.cross_entropy(x, LABELS, reduction='none', label_smoothing=0.1)
    return loss + (F.cross_entropy(x, LABELS, reduction='none') - loss).detach()


case('crossEntropy smoothed', smoothed, x=tensor(4, 7) * 3)
print(json.dumps(dict(torch=torch.__version__, cases=cases)))
