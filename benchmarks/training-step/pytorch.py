"""The peer: the same step in PyTorch eager with stock settings (Transformers' Llama, torch.optim.AdamW, float32)."""
import json, resource, sys, time
started = time.perf_counter()
import torch
from transformers import AutoModelForCausalLM

ROWS, LENGTH, SETTLED = 4, 128, 6
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.01)
vocabulary = model.config.vocab_size
ids = torch.tensor([[(row * 7919 + i * 104729) % vocabulary for i in range(LENGTH)] for row in range(ROWS)])
labels = torch.tensor([[(row * 7919 + (i + 1) * 104729) % vocabulary for i in range(LENGTH)] for row in range(ROWS)])
seconds, first = [], None
for step in range(SETTLED + 3):
    t = time.perf_counter()
    logits = model(input_ids=ids, use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, vocabulary), labels.reshape(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    loss.item()
    if first is None: first = time.perf_counter() - started
    if step >= 3: seconds.append(time.perf_counter() - t)
print(json.dumps(dict(version=f'PyTorch {torch.__version__}', tokens=ROWS * LENGTH, firstStepSeconds=first, stepSeconds=seconds,
                      peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)))
