"""GGUF by gguf-py: what its decoder makes of blocks of every quantisation, and two tiny models with what Transformers makes of them.

usage: python gguf_files.py    (writes quantisations.json, byte-level.gguf, sentence-piece.gguf and models.json beside itself)
Needs torch, transformers, gguf.
"""
import base64, json, pathlib, warnings
warnings.filterwarnings('ignore')
import numpy as np, torch
from gguf import GGMLQuantizationType as Q, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize, quantize
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

here = pathlib.Path(__file__).parent
io = here.parent / 'io'
text = lambda a: base64.b64encode(a.tobytes()).decode()

# Bytes at random, with sound half-precision numbers where a block has its scales: [place of each].
HALVES = {Q.Q4_0: [0], Q.Q4_1: [0, 2], Q.Q5_0: [0], Q.Q5_1: [0, 2], Q.Q8_0: [0], Q.Q2_K: [80, 82], Q.Q3_K: [108], Q.Q4_K: [0, 2], Q.Q5_K: [0, 2], Q.Q6_K: [208]}

def quantisations():
    rng, out = np.random.default_rng(0), {}
    for q in (Q.F32, Q.F16, Q.BF16, *HALVES):
        block, size = GGML_QUANT_SIZES[q]
        blocks = 3 if block > 1 else 32
        if q in HALVES:
            raw = rng.integers(0, 256, (blocks, size), dtype=np.uint8)
            for at in HALVES[q]:
                raw[:, at:at + 2] = rng.normal(0, 0.1, (blocks, 1)).astype(np.float16).view(np.uint8)
        else:
            raw = quantize(rng.normal(0, 1, (1, blocks)).astype(np.float32), q).view(np.uint8)
        values = dequantize(raw.reshape(1, -1), q).astype(np.float32).reshape(-1)
        out[q.name] = dict(id=int(q), block=block, bytes=text(raw), values=text(values))
    values = rng.normal(0, 1, (1, 96)).astype(np.float32)
    values[0, :32] = 0
    return dict(decoded=out, encoded=dict(values=text(values), Q8_0=text(quantize(values, Q.Q8_0)), F16=text(quantize(values, Q.F16))))

def to_gguf(w, heads):  # rows of a rotation side by side
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)

LAYER = {'self_attn.q_proj': 'attn_q', 'self_attn.k_proj': 'attn_k', 'self_attn.v_proj': 'attn_v', 'self_attn.o_proj': 'attn_output',
         'self_attn.q_norm': 'attn_q_norm', 'self_attn.k_norm': 'attn_k_norm',
         'mlp.gate_proj': 'ffn_gate', 'mlp.up_proj': 'ffn_up', 'mlp.down_proj': 'ffn_down', 'input_layernorm': 'attn_norm', 'post_attention_layernorm': 'ffn_norm'}
def name_of(k):
    p = k.split('.')
    if p[1] == 'layers': return f'blk.{p[2]}.{LAYER[".".join(p[3:-1])]}.{p[-1]}'
    return {'model.embed_tokens': 'token_embd', 'model.norm': 'output_norm', 'lm_head': 'output'}['.'.join(p[:-1])] + '.' + p[-1]

# A different type for every kind of matrix, so that one file shows them all.
TYPES = dict(token_embd=Q.Q8_0, output=Q.Q4_1, attn_q=Q.F16, attn_k=Q.BF16, attn_v=Q.F32, attn_output=Q.Q4_0, ffn_gate=Q.Q5_0, ffn_up=Q.Q5_1, ffn_down=Q.Q8_0)

def write(name, arch, model, tokenizer):
    c, path = model.config, here / f'{name}.gguf'
    w = GGUFWriter(path, arch)
    w.add_name(name); w.add_license('apache-2.0'); w.add_block_count(c.num_hidden_layers); w.add_context_length(c.max_position_embeddings)
    w.add_embedding_length(c.hidden_size); w.add_feed_forward_length(c.intermediate_size)
    w.add_head_count(c.num_attention_heads); w.add_head_count_kv(c.num_key_value_heads)
    w.add_key_length(c.head_dim); w.add_value_length(c.head_dim); w.add_rope_dimension_count(c.head_dim)
    w.add_layer_norm_rms_eps(c.rms_norm_eps); w.add_rope_freq_base(c.rope_parameters['rope_theta']); w.add_vocab_size(c.vocab_size)
    tokenizer(w)
    for k, t in model.state_dict().items():
        if k == 'lm_head.weight' and c.tie_word_embeddings: continue
        a, g = t.numpy(), name_of(k)
        if arch == 'llama' and ('q_proj' in k or 'k_proj' in k): a = to_gguf(a, c.num_attention_heads if 'q_proj' in k else c.num_key_value_heads)
        q = TYPES[g.split('.')[-2]] if a.ndim == 2 else Q.F32
        w.add_tensor(g, quantize(np.ascontiguousarray(a), q), raw_dtype=q)
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
    return path

def byte_level(w):
    t = json.loads((io / 'byte-level/tokenizer.json').read_text())
    tokens = sorted(t['model']['vocab'], key=t['model']['vocab'].get)
    control = {a['content'] for a in t['added_tokens']}
    w.add_tokenizer_model('gpt2'); w.add_tokenizer_pre('smollm'); w.add_token_list(tokens)
    w.add_token_types([3 if x in control else 1 for x in tokens]); w.add_token_merges([' '.join(m) for m in t['model']['merges']])
    w.add_bos_token_id(1); w.add_eos_token_id(2); w.add_pad_token_id(0); w.add_add_bos_token(False)
    w.add_chat_template((io / 'byte-level/chat_template.jinja').read_text())

def sentence_piece(w):
    t = json.loads((io / 'metaspace/tokenizer.json').read_text())
    tokens = sorted(t['model']['vocab'], key=t['model']['vocab'].get)
    rank = {a + b: i for i, (a, b) in reversed(list(enumerate(t['model']['merges'])))}
    w.add_tokenizer_model('llama'); w.add_tokenizer_pre('default'); w.add_token_list(tokens)
    w.add_token_scores([-float(rank.get(x, 1000)) for x in tokens])
    w.add_token_types([2 if x == '<unk>' else 3 if x in ('<s>', '</s>') else 6 if x.startswith('<0x') else 1 for x in tokens])
    w.add_bos_token_id(1); w.add_eos_token_id(2); w.add_unk_token_id(0); w.add_add_bos_token(True)

SHAPE = dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=128,
             rms_norm_eps=1e-5, initializer_range=0.2, bos_token_id=1, eos_token_id=2)
TEXTS = [x['text'] for x in json.loads((io / 'text.json').read_text())['byte-level']['texts']] + ['why was my card declined', 'the transfer  account']
IDS = [3, 40, 99, 7, 201, 64, 5]

def models():
    torch.manual_seed(0)
    rows = len(json.loads((io / 'metaspace/tokenizer.json').read_text())['model']['vocab'])
    rope = dict(rope_type='default', rope_theta=10000.0)
    made = [('byte-level', 'llama', LlamaForCausalLM(LlamaConfig(vocab_size=340, head_dim=16, tie_word_embeddings=True, rope_parameters=rope, **SHAPE)), byte_level),
            ('sentence-piece', 'llama', LlamaForCausalLM(LlamaConfig(vocab_size=rows, head_dim=16, tie_word_embeddings=False, rope_parameters=rope, **SHAPE)), sentence_piece)]
    out = {}
    for name, arch, model, tokenizer in made:
        for k, p in model.named_parameters():
            if 'norm' in k: torch.nn.init.uniform_(p, 0.5, 1.5)
        path = write(name, arch, model, tokenizer)
        loaded = AutoModelForCausalLM.from_pretrained(here, gguf_file=path.name, dtype=torch.float32).eval()
        with torch.no_grad(): logits = loaded(input_ids=torch.tensor([IDS])).logits[0, -1]
        out[name] = dict(ids=IDS, logits=[round(x, 6) for x in logits.tolist()],
                         norms={k: p.double().norm().item() for k, p in loaded.named_parameters()})
    # Ids from the tokenizer.json that each file's tokenizer was made from. Transformers reads the SentencePiece one from the file as well;
    # there it adds no space in front of a text that begins with one, unlike SentencePiece, llama.cpp and Llama's own tokenizer.json.
    for name, folder in (('byte-level', 'byte-level'), ('sentence-piece', 'metaspace')):
        own = AutoTokenizer.from_pretrained(io / folder)
        out[name]['texts'] = [dict(text=x, ids=own(x).input_ids, decoded=own.decode(own(x).input_ids, skip_special_tokens=True)) for x in TEXTS]
    fast = AutoTokenizer.from_pretrained(here, gguf_file='sentence-piece.gguf')
    assert all(fast(x['text']).input_ids == x['ids'] for x in out['sentence-piece']['texts'] if x['text'][:1] != ' ')
    return out

(here / 'quantisations.json').write_text(json.dumps(quantisations(), indent=1))
(here / 'models.json').write_text(json.dumps(models(), ensure_ascii=False, indent=1))
