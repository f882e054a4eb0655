"""Stored numbers and files by PyTorch and safetensors, rotary frequencies by Transformers.

usage: python weights.py > weights.json
"""
import base64, json, pathlib, struct, tempfile
import torch
from safetensors.torch import save_file
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

torch.manual_seed(0)
bits = lambda x: [b & 0xffffffff for b in x.view(torch.int32).tolist()]
short = lambda x: [b & 0xffff for b in x.view(torch.int16).tolist()]

# Every exponent with a few fractions, ties of both formats, the ends of their ranges, and what is not finite.
special = [0x0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0x00000001, 0x807fffff, 0x7f7fffff, 0x477fefff, 0x477ff000,
           0x477fe000, 0x38800000, 0x387fffff, 0x387ff000, 0x33000000, 0x33000001, 0x32ffffff, 0x33800000, 0x33c00000, 0x3f801000, 0x3f803000,
           0x3f808000, 0x3f818000, 0x3f808001, 0x3f807fff, 0x7f7f8000, 0x7f7f7fff]
swept = [(e << 23) | f | s for e in range(0, 255, 6) for f in (0, 0x1000, 0x3000, 0x8000, 0x18000, 0x2aaaaa, 0x7fffff) for s in (0, 1 << 31)]
source = torch.tensor([struct.unpack('<i', struct.pack('<I', b))[0] for b in special + swept], dtype=torch.int32).view(torch.float32)
halves = dict(float32=bits(source), bfloat16=short(source.bfloat16()), float16=short(source.half()))

with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / 'x.safetensors'
    x = torch.randn(2, 3)
    tensors = dict(f32=x, f16=x.half(), bf16=x.bfloat16(), f64=x.double() / 3, scalar=torch.tensor(2.5), empty=torch.zeros(0, 4), ids=torch.arange(3))
    save_file(tensors, path, metadata={'format': 'pt'})
    file = dict(base64=base64.b64encode(path.read_bytes()).decode(),
                tensors={k: dict(shape=list(v.shape), values=v.float().flatten().tolist()) for k, v in tensors.items() if k != 'ids'})

def rope(**config):
    c = LlamaConfig(hidden_size=256, num_attention_heads=4, max_position_embeddings=config.pop('max_position_embeddings', 4096), **config)
    return LlamaRotaryEmbedding(c).inv_freq.tolist()

llama3 = dict(rope_type='llama3', factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=256)
cases = [dict(rope_theta=10000.0),
         dict(rope_parameters=dict(rope_type='default', rope_theta=100000.0)),
         dict(rope_theta=500000.0, rope_scaling=None),
         dict(rope_theta=10000.0, rope_scaling=dict(type='linear', factor=4.0)),
         dict(rope_parameters=dict(rope_type='linear', factor=2.0, rope_theta=20000.0)),
         dict(rope_theta=500000.0, rope_scaling=llama3),
         dict(rope_parameters=dict(llama3, rope_theta=250000.0, factor=32.0)),
         dict(head_dim=32, rope_theta=1000.0)]
ropes = [dict(config=c, inverse_frequencies=rope(**json.loads(json.dumps(c)))) for c in cases]
print(json.dumps(dict(torch=torch.__version__, halves=halves, safetensors=file, rope=ropes)))
