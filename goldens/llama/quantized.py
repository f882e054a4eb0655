"""LoRA and DoRA over frozen matrices in fewer bits (QLoRA) on the tiny random Llama `tied`: PEFT over a model whose matrices were rounded so.

usage: python quantized.py OUT_DIRECTORY     (reads tied/ of that directory, writes tied/quantized.json)
Needs torch, transformers, peft, safetensors. The rounding is written anew from the papers: NF4 with a factor for each 64 numbers (2305.14314), integers
up to 127 times a factor for each 64 numbers, bfloat16.
"""
import json, pathlib, sys, warnings
warnings.filterwarnings('ignore')
import peft, torch, transformers
from safetensors.torch import load_file
from scipy.stats import norm
from transformers import LlamaForCausalLM

folder = pathlib.Path(sys.argv[1]) / 'tied'
golden = json.loads((folder / 'golden.json').read_text())
BLOCK = 64


def normal_floats():
    """Quantiles of the normal distribution with an exact zero, as the paper's appendix gives them."""
    offset = 0.9677083
    positive = norm.ppf(torch.linspace(offset, 0.5, 9)[:-1]).tolist()
    negative = (-norm.ppf(torch.linspace(offset, 0.5, 8)[:-1])).tolist()
    values = torch.tensor(sorted(positive + [0.0] + negative), dtype=torch.float64)
    return (values / values.max()).float()


LEVELS = normal_floats()


def rounded(weight, precision):
    if precision == 'bf16': return weight.bfloat16().float()
    blocks = weight.reshape(-1, BLOCK)
    largest = blocks.abs().amax(1, keepdim=True)
    if precision == '8bit': return (torch.round(blocks / (largest / 127)) * (largest / 127)).reshape(weight.shape)
    nearest = (blocks / largest).unsqueeze(-1).sub(LEVELS).abs().argmin(-1)
    return (LEVELS[nearest] * largest).reshape(weight.shape)


EXAMPLES = [(e['ids'], e['start']) for e in golden['examples']]
n = max(len(ids) for ids, _ in EXAMPLES)
IDS = torch.tensor([ids + [0] * (n - len(ids)) for ids, _ in EXAMPLES])
MASK = torch.tensor([[1] * len(ids) + [0] * (n - len(ids)) for ids, _ in EXAMPLES])
LABELS = torch.tensor([[-100] * start + ids[start:] + [-100] * (n - len(ids)) for ids, start in EXAMPLES])


MERGED = ('model.layers.1.self_attn.q_proj.weight', 'model.layers.2.mlp.down_proj.weight', 'model.layers.0.mlp.up_proj.weight')
rename = lambda k: k.removeprefix('base_model.model.').replace('.default', '').replace('vector.weight', 'vector')
numbers = lambda t: [float(f'{v:.8g}') for v in t.detach().double().flatten().tolist()]


def steps(precision, dora=False, lr=1e-2, weight_decay=0.1, clip=1.0, count=10):
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').train()
    for name, weight in model.named_parameters():
        if 'proj' in name: weight.data = rounded(weight.data, precision)
    lora = golden['lora']
    model = peft.get_peft_model(model, peft.LoraConfig(r=lora['rank'], lora_alpha=lora['alpha'], target_modules=lora['targets'], task_type='CAUSAL_LM', use_dora=dora))
    start = load_file(folder / 'lora-start.safetensors')
    named = [(k, p) for k, p in model.named_parameters() if p.requires_grad]
    for k, p in named:
        if 'magnitude' not in k: p.data.copy_(start[rename(k)])
    magnitudes = {rename(k): numbers(p) for k, p in named if 'magnitude' in k}
    optimizer = torch.optim.AdamW([dict(params=[p for _, p in named if p.dim() > 1]), dict(params=[p for _, p in named if p.dim() == 1], weight_decay=0)], lr=lr, weight_decay=weight_decay, betas=(0.9, 0.999), eps=1e-8)
    losses, norms = [], []
    for _ in range(count):
        loss = model(input_ids=IDS, attention_mask=MASK, labels=LABELS).loss
        optimizer.zero_grad(); loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_([p for _, p in named], clip).item())
        optimizer.step(); losses.append(loss.item())
    result = dict(lr=lr, weight_decay=weight_decay, clip=clip, losses=losses, gradient_norms=norms, final={rename(k): numbers(p) for k, p in named})
    merged = model.merge_and_unload().state_dict()
    return dict(result, merged={k: numbers(merged[k]) for k in MERGED}, **(dict(magnitudes=magnitudes) if dora else {}))


result = {precision: steps(precision) for precision in ('bf16', '8bit', '4bit')}
result['dora'] = steps('4bit', dora=True)
versions = dict(torch=torch.__version__, transformers=transformers.__version__, peft=peft.__version__)
(folder / 'quantized.json').write_text(json.dumps({**versions, 'levels': LEVELS.tolist(), **result}))
