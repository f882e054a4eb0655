"""Tiny random Llamas end to end, from Transformers and PEFT (CPU, float32): logits, every gradient, AdamW steps.

usage: python llama.py OUT_DIRECTORY     (writes <case>/config.json, <case>/model.safetensors, <case>/golden.json)
Needs torch, transformers, peft, safetensors.
"""
import json, pathlib, sys, warnings
warnings.filterwarnings('ignore')
import peft, torch, transformers
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

OUT = pathlib.Path(sys.argv[1])
BASE = dict(vocab_size=48, hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
            max_position_embeddings=64, rms_norm_eps=1e-5, initializer_range=0.3, eos_token_id=2, bos_token_id=1, pad_token_id=0)
CASES = {
    'tied': dict(tie_word_embeddings=True, rope_parameters=dict(rope_type='default', rope_theta=10000.0)),
    'untied-bias': dict(tie_word_embeddings=False, attention_bias=True, mlp_bias=True, head_dim=8,
                        rope_parameters=dict(rope_type='linear', factor=4.0, rope_theta=500.0)),
    'llama3-rope': dict(tie_word_embeddings=True, num_key_value_heads=1,
                        rope_parameters=dict(rope_type='llama3', rope_theta=10000.0, factor=8.0, low_freq_factor=1.0,
                                             high_freq_factor=4.0, original_max_position_embeddings=16)),
}
torch.manual_seed(11)
# Four examples of unequal length, completion-only: (ids, first supervised position). Right-padded with 0.
EXAMPLES = [([5, 9, 11, 30, 7, 2], 4), ([6, 8, 8, 41, 3, 12, 19, 22, 2], 5), ([17, 4, 2], 1), ([33, 21, 20, 10, 14, 13, 2], 3)]
n = max(len(ids) for ids, _ in EXAMPLES)
IDS = torch.tensor([ids + [0] * (n - len(ids)) for ids, _ in EXAMPLES])
MASK = torch.tensor([[1] * len(ids) + [0] * (n - len(ids)) for ids, _ in EXAMPLES])
LABELS = torch.tensor([[-100] * start + ids[start:] + [-100] * (n - len(ids)) for ids, start in EXAMPLES])


def numbers(t):
    return [float(f'{v:.8g}') for v in t.detach().double().flatten().tolist()]


def loss_of(model):
    return model(input_ids=IDS, attention_mask=MASK, labels=LABELS).loss


def steps(model, lr, weight_decay, count=10, clip=1.0):
    named = [(k, p) for k, p in model.named_parameters() if p.requires_grad]
    groups = [dict(params=[p for _, p in named if p.dim() > 1], weight_decay=weight_decay),
              dict(params=[p for _, p in named if p.dim() <= 1], weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.999), eps=1e-8)
    losses, norms = [], []
    for _ in range(count):
        loss = loss_of(model)
        optimizer.zero_grad(); loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_([p for _, p in named], clip).item())
        optimizer.step(); losses.append(loss.item())
    return dict(lr=lr, weight_decay=weight_decay, clip=clip, losses=losses, gradient_norms=norms,
                final={k: numbers(p) for k, p in named})


for name, changes in CASES.items():
    torch.manual_seed(11)
    config = LlamaConfig(**{**BASE, **changes}, attn_implementation='eager')
    model = LlamaForCausalLM(config).eval()
    for p in model.parameters():  # norms and biases start constant; make them tell apart
        if p.dim() == 1: p.data += 0.1 * torch.randn_like(p)
    folder = OUT / name; folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    start = {k: v.clone() for k, v in model.state_dict().items()}
    fresh = lambda: (lambda m: (m.load_state_dict(start), m.train())[1])(LlamaForCausalLM(config))
    golden = dict(torch=torch.__version__, transformers=transformers.__version__, peft=peft.__version__,
                  examples=[dict(ids=ids, start=s) for ids, s in EXAMPLES])
    with torch.no_grad(): golden['logits'] = numbers(model(input_ids=torch.tensor([EXAMPLES[1][0]])).logits)
    with torch.no_grad(): golden['greedy'] = model.generate(torch.tensor([EXAMPLES[0][0][:4]]), max_new_tokens=8, do_sample=False, eos_token_id=None)[0, 4:].tolist()
    m = fresh(); loss = loss_of(m); loss.backward()
    golden['loss'] = loss.item()
    golden['gradients'] = {k: numbers(p.grad) for k, p in m.named_parameters()}
    golden['full'] = steps(fresh(), lr=3e-3, weight_decay=0.1)
    m = fresh()
    for k, p in m.named_parameters(): p.requires_grad = 'layers.2.' in k or k == 'model.norm.weight' or (k == 'lm_head.weight')
    golden['top-layer'] = steps(m, lr=3e-3, weight_decay=0.1)
    lora = peft.get_peft_model(fresh(), peft.LoraConfig(r=3, lora_alpha=6, target_modules=['q_proj', 'v_proj', 'down_proj'], task_type='CAUSAL_LM',
                               use_rslora=name == 'untied-bias'))
    torch.manual_seed(12)
    for k, p in lora.named_parameters():  # B starts at zero; a random start checks more
        if 'lora_B' in k: p.data = 0.05 * torch.randn_like(p)
    rename = lambda k: k.removeprefix('base_model.model.').replace('.default', '')
    adapter = {rename(k): p.detach().clone() for k, p in lora.named_parameters() if p.requires_grad}
    save_file(adapter, folder / 'lora-start.safetensors')
    result = steps(lora, lr=1e-2, weight_decay=0.1)
    result['final'] = {rename(k): v for k, v in result['final'].items()}
    golden['lora'] = {**result, 'rank': 3, 'alpha': 6, 'targets': ['q_proj', 'v_proj', 'down_proj'], 'rank_stabilized': name == 'untied-bias'}
    if name != 'llama3-rope':
        dora = peft.get_peft_model(fresh(), peft.LoraConfig(r=3, lora_alpha=6, target_modules=['q_proj', 'v_proj', 'down_proj'], use_dora=True,
                                   task_type='CAUSAL_LM', use_rslora=name == 'untied-bias'))
        plain = lambda k: rename(k).replace('lora_magnitude_vector.weight', 'lora_magnitude_vector')
        named = {plain(k): p for k, p in dora.named_parameters()}
        for k, value in adapter.items(): named[k].data = value.clone()
        magnitudes = {k: numbers(p) for k, p in named.items() if 'magnitude' in k}
        result = steps(dora, lr=1e-2, weight_decay=0.1)
        result['final'] = {plain(k): v for k, v in result['final'].items()}
        merged = dora.merge_and_unload().state_dict()
        keep = ('model.layers.1.self_attn.q_proj.weight', 'model.layers.2.mlp.down_proj.weight')
        golden['dora'] = {**result, 'magnitudes': magnitudes, 'merged': {k: numbers(merged[k]) for k in keep}}
    (folder / 'golden.json').write_text(json.dumps(golden))
