"""Reads a GGUF file with gguf-py and compares every tensor with the merged Hugging Face directory of the same model.

usage: python check_gguf.py MODEL.gguf MERGED_FOLDER. Prints one JSON object; exits with 1 where anything differs. Needs gguf, safetensors.
"""
import json, pathlib, sys
import numpy as np
from gguf import GGUFReader, MODEL_ARCH, get_tensor_name_map
from gguf.quants import dequantize
from safetensors.numpy import load_file

reader, folder = GGUFReader(sys.argv[1]), pathlib.Path(sys.argv[2])
config, weights = json.loads((folder / 'config.json').read_text()), load_file(folder / 'model.safetensors')
tensors = {t.name: dequantize(t.data, t.tensor_type).reshape([int(x) for x in reversed(t.shape)]) for t in reader.tensors}
quantised = any(t.tensor_type.name == 'Q8_0' for t in reader.tensors)
names, heads, kv, worst, problems = get_tensor_name_map(MODEL_ARCH.LLAMA, config['num_hidden_layers']), config['num_attention_heads'], config['num_key_value_heads'], 0.0, []
for name, w in weights.items():
    their = names.get_name(name, try_suffixes=('.weight', '.bias'))
    found = tensors.pop(their, None)
    if found is None: problems.append(f'{name} is missing'); continue
    if 'q_proj' in name or 'k_proj' in name:  # rotary halves interleaved
        n = heads if 'q_proj' in name else kv
        w = w.reshape(n, 2, w.shape[0] // n // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)
    worst = max(worst, float(np.abs(found - w).max() / np.abs(w).max()))
problems += [f'{name} is too much' for name in tensors]
if config['model_type'] != str(reader.fields['general.architecture'].contents()): problems.append('architecture')
tokenizer = json.loads((folder / 'tokenizer.json').read_text())['model']
if len(reader.fields['tokenizer.ggml.tokens'].contents()) != config['vocab_size']: problems.append('tokens')
if len(reader.fields['tokenizer.ggml.merges'].contents()) != len(tokenizer['merges']): problems.append('merges')
tolerance = 0.005 if quantised else 0.0005
passed = not problems and worst <= tolerance
print(json.dumps(dict(passed=passed, largest_difference=worst, tolerance=tolerance, problems=problems)))
sys.exit(0 if passed else 1)
