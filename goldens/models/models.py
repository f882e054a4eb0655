"""Tiny random models of every family, from Transformers and PEFT (CPU, float32): logits, every gradient, AdamW steps, LoRA, greedy text.

usage: python models.py OUT_DIRECTORY [CASE...]
Writes <case>/config.json, model.safetensors, golden.json, and as tensors: gradients.safetensors, after-5-steps.safetensors,
lora-start.safetensors, lora-after-5-steps.safetensors. Needs torch, transformers, peft, safetensors.
"""
import json, pathlib, sys, warnings
warnings.filterwarnings('ignore')
import peft, torch, transformers
from safetensors.torch import save_file

OUT = pathlib.Path(sys.argv[1])
torch.set_num_threads(1)
SIZES = dict(vocab_size=64, hidden_size=24, intermediate_size=32, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64, initializer_range=0.3, bos_token_id=1, eos_token_id=2, pad_token_id=0)
ROPE = dict(rope_type='default', rope_theta=10000.0)
LLAMA_LORA = ['q_proj', 'o_proj', 'down_proj']
# Windows are shorter than the texts, and kinds of layers alternate, so that each matters.
CASES = {
    'mistral': ('Mistral', dict(sliding_window=4, rope_parameters=ROPE), LLAMA_LORA),
    'qwen2': ('Qwen2', dict(use_sliding_window=True, sliding_window=4, max_window_layers=1, tie_word_embeddings=True, rope_parameters=ROPE),
              LLAMA_LORA),
    'qwen3': ('Qwen3', dict(head_dim=8, rope_parameters=dict(rope_type='default', rope_theta=1e6)), LLAMA_LORA),
    'gemma2': ('Gemma2', dict(head_dim=8, query_pre_attn_scalar=20, sliding_window=4, attn_logit_softcapping=2.0,
                              final_logit_softcapping=5.0, rope_parameters=ROPE), LLAMA_LORA),
    'gemma3': ('Gemma3', dict(head_dim=8, query_pre_attn_scalar=20, sliding_window=4,
                              layer_types=['sliding_attention', 'full_attention', 'sliding_attention'],
                              rope_parameters=dict(full_attention=dict(rope_type='linear', factor=8.0, rope_theta=1e6),
                                                   sliding_attention=dict(rope_type='default', rope_theta=1e3))), LLAMA_LORA),
    # Texts longer than the original reach: the long factors count.
    'phi3-long': ('Phi3', dict(hidden_size=32, original_max_position_embeddings=8,
                               rope_parameters=dict(rope_type='longrope', rope_theta=10000.0, partial_rotary_factor=0.5,
                                                    short_factor=[1.0, 1.5], long_factor=[2.0, 7.0])),
                  ['qkv_proj', 'o_proj', 'down_proj']),
    'phi3-short': ('Phi3', dict(num_hidden_layers=2, original_max_position_embeddings=256, max_position_embeddings=1024, sliding_window=5,
                                rope_parameters=dict(rope_type='longrope', rope_theta=10000.0, short_factor=[1.0, 1.2, 1.5],
                                                     long_factor=[2.0, 7.0, 9.0])), ['qkv_proj', 'o_proj', 'down_proj']),
    'smollm3': ('SmolLM3', dict(no_rope_layers=[1, 0, 1], rope_parameters=ROPE), LLAMA_LORA),
    'olmo2': ('Olmo2', dict(rope_parameters=ROPE), LLAMA_LORA),
    'gpt2': ('GPT2', dict(n_inner=32, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, scale_attn_by_inverse_layer_idx=True),
             ['c_attn', 'attn.c_proj', 'mlp.c_proj']),
    'gpt-neox': ('GPTNeoX', dict(hidden_size=32, rope_parameters=dict(**ROPE, partial_rotary_factor=0.25)),
                 ['query_key_value', 'attention.dense', 'dense_4h_to_h']),
    'gpt-neox-serial': ('GPTNeoX', dict(hidden_size=32, num_hidden_layers=2, use_parallel_residual=False, attention_bias=False,
                                        tie_word_embeddings=True, rope_parameters=dict(**ROPE, partial_rotary_factor=1.0)),
                        ['query_key_value', 'attention.dense', 'dense_4h_to_h']),
}
# Encoders, with a class head: windows of two tokens to either side.
ENCODERS = {
    'bert': ('Bert', dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), ['query', 'attention.output.dense', 'output.dense']),
    'distilbert': ('DistilBert', dict(dim=24, hidden_dim=32, n_layers=2, n_heads=4, dropout=0.0, attention_dropout=0.0,
                                      seq_classif_dropout=0.0), ['q_lin', 'out_lin', 'lin2']),
    'modernbert': ('ModernBert', dict(num_hidden_layers=4, local_attention=4, bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2,
                                      rope_parameters=dict(full_attention=dict(rope_type='default', rope_theta=1e5),
                                                           sliding_attention=dict(rope_type='default', rope_theta=1e3))),
                   ['Wqkv', 'attn.Wo', 'mlp.Wo']),
}
ENCODER_HEADS = {'bert': ['pooler.dense', 'classifier'], 'distilbert': ['pre_classifier', 'classifier'],
                 'modernbert': ['final_norm', 'head.dense', 'head.norm', 'classifier']}
CLASSES = ['billing', 'delivery', 'praise']
# Texts of unequal length, right-padded with 0: (ids, first supervised position).
EXAMPLES = [([5, 9, 11, 30, 7, 52, 18, 44, 23, 9, 2], 9), ([6, 8, 8, 41, 3, 12, 19, 22, 60, 31, 4, 15, 2], 7), ([17, 4, 2], 1),
            ([33, 21, 20, 10, 14, 13, 2], 3)]
n = max(len(ids) for ids, _ in EXAMPLES)
IDS = torch.tensor([ids + [0] * (n - len(ids)) for ids, _ in EXAMPLES])
MASK = torch.tensor([[1] * len(ids) + [0] * (n - len(ids)) for ids, _ in EXAMPLES])
LABELS = torch.tensor([[-100] * start + ids[start:] + [-100] * (n - len(ids)) for ids, start in EXAMPLES])
LORA = dict(r=3, lora_alpha=6)


def numbers(t):
    return [float(f'{v:.8g}') for v in t.detach().double().flatten().tolist()]


def save(tensors, path, disk=lambda k: k):
    save_file({disk(k): v.detach().clone().contiguous() for k, v in tensors.items()}, path)


def loss_of(model):
    if model.config.num_labels == len(CLASSES):
        return model(input_ids=IDS, attention_mask=MASK, labels=torch.tensor([i % len(CLASSES) for i in range(len(EXAMPLES))])).loss
    return model(input_ids=IDS, attention_mask=MASK, labels=LABELS).loss


# GPT-2's key biases have no gradient but rounding's: with the usual ε of 1e-8 Adam would take whole steps along it.
def steps(model, path, rename, lr=3e-3, weight_decay=0.1, clip=1.0, epsilon=1e-4):
    named = [(k, p) for k, p in model.named_parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([dict(params=[p for _, p in named if p.dim() > 1], weight_decay=weight_decay),
                                   dict(params=[p for _, p in named if p.dim() <= 1], weight_decay=0.0)], lr=lr, eps=epsilon)
    losses, norms = [], []
    for _ in range(5):
        loss = loss_of(model)
        optimizer.zero_grad(); loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_([p for _, p in named], clip).item())
        optimizer.step(); losses.append(loss.item())
    save(dict(named), path, rename)
    return dict(lr=lr, weight_decay=weight_decay, clip=clip, epsilon=epsilon, losses=losses, gradient_norms=norms)


def make(name):
    encoder = name in ENCODERS
    prefix, changes, targets = (ENCODERS if encoder else CASES)[name]
    if encoder: changes = dict(**changes, id2label=dict(enumerate(CLASSES)), label2id={label: i for i, label in enumerate(CLASSES)})
    kind = 'Gemma3Text' if prefix == 'Gemma3' else prefix
    head = f'{prefix}ForSequenceClassification' if encoder else 'GPT2LMHeadModel' if prefix == 'GPT2' else f'{prefix}ForCausalLM'
    torch.manual_seed(11)
    config = getattr(transformers, f'{kind}Config')(**{**({k: v for k, v in SIZES.items() if k != 'num_key_value_heads'} if encoder else SIZES), **changes}, attn_implementation='eager')
    model = getattr(transformers, head)(config).eval()
    for p in model.parameters():  # norms and biases start constant; make them tell apart
        if p.dim() == 1: p.data += 0.1 * torch.randn_like(p)
    folder = OUT / name; folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    # What Transformers calls lm_head in memory is embed_out on disk.
    disk = lambda k: 'embed_out.weight' if prefix == 'GPTNeoX' and k == 'lm_head.weight' else k
    start = {k: v.clone() for k, v in model.state_dict().items()}
    fresh = lambda: (lambda m: (m.load_state_dict(start), m.train())[1])(getattr(transformers, head)(config))
    golden = dict(torch=torch.__version__, transformers=transformers.__version__, peft=peft.__version__,
                  examples=[dict(ids=ids, start=s) for ids, s in EXAMPLES])
    with torch.no_grad():
        golden['logits'] = numbers(model(input_ids=torch.tensor([EXAMPLES[1][0]])).logits)
        if not encoder: golden['greedy'] = model.generate(torch.tensor([EXAMPLES[0][0][:10]]), max_new_tokens=8, do_sample=False, eos_token_id=None)[0, 10:].tolist()
    m = fresh(); loss = loss_of(m); loss.backward()
    golden['loss'] = loss.item()
    save({k: p.grad for k, p in m.named_parameters()}, folder / 'gradients.safetensors', disk)
    golden['full'] = steps(fresh(), folder / 'after-5-steps.safetensors', disk)
    torch.manual_seed(12)
    lora = peft.get_peft_model(fresh(), peft.LoraConfig(**LORA, target_modules=targets,
                               task_type='SEQ_CLS' if encoder else 'CAUSAL_LM', modules_to_save=ENCODER_HEADS.get(name),
                               fan_in_fan_out=prefix == 'GPT2'))
    rename = lambda k: k.removeprefix('base_model.model.').replace('.modules_to_save.default', '').replace('.default', '')
    for k, p in lora.named_parameters():  # B starts at zero; a random start checks more
        if 'lora_B' in k: p.data = 0.05 * torch.randn_like(p)
    save({k: p for k, p in lora.named_parameters() if p.requires_grad}, folder / 'lora-start.safetensors', rename)
    golden['lora'] = {**steps(lora, folder / 'lora-after-5-steps.safetensors', rename, lr=1e-2), 'rank': LORA['r'], 'alpha': LORA['lora_alpha'],
                      'targets': ['q_proj', 'o_proj', 'down_proj']}
    (folder / 'golden.json').write_text(json.dumps(golden))


for name in sys.argv[2:] or [*CASES, *ENCODERS]:
    make(name)
