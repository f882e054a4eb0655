"""Adapters merged into their layers by PEFT, for the tiny Llamas of ../llama.

usage: python merge.py > merge.json
"""
import json, pathlib
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import LlamaForCausalLM

out = {}
for case, rslora in (('tied', False), ('untied-bias', True)):
    folder = pathlib.Path(__file__).parent.parent / 'llama' / case
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    lora = get_peft_model(model, LoraConfig(r=3, lora_alpha=6, target_modules=['q_proj', 'v_proj', 'down_proj'], task_type='CAUSAL_LM', use_rslora=rslora))
    named = dict(lora.named_parameters())
    for name, value in load_file(folder / 'lora-start.safetensors').items():
        named['base_model.model.' + name.replace('.weight', '.default.weight')].data = value
    merged = lora.merge_and_unload().state_dict()
    keep = ('model.layers.1.self_attn.q_proj.weight', 'model.layers.2.mlp.down_proj.weight', 'model.layers.0.self_attn.k_proj.weight')
    out[case] = dict(rank=3, alpha=6, rank_stabilized=rslora, merged={k: [float(f'{v:.8g}') for v in merged[k].flatten().tolist()] for k in keep})
print(json.dumps(out))
