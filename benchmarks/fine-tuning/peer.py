"""The peer's side of one row: PyTorch eager, Hugging Face Trainer and PEFT, in float32, on the same tokens in the same order.

usage: python peer.py JOB FOLDER. Prints losses, seconds and peak memory as one line of JSON.
"""

import json
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy
from torch.utils.data import SequentialSampler
from examples import IGNORED, collate, labelled
from transformers import AutoModelForCausalLM, Trainer, TrainerCallback, TrainingArguments

job = json.load(open(sys.argv[1]))
row, settings = job["row"], job["settings"]


def load():
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
    frozen = settings["freezing"]["layers"]
    if settings["method"] == "lora":
        model = with_adapters(model, settings["lora"])
    elif frozen > 0:
        model.model.embed_tokens.requires_grad_(False)
        for layer in model.model.layers[:frozen]:
            layer.requires_grad_(False)
    return model


def with_adapters(model, lora):
    config = LoraConfig(r=lora["rank"], lora_alpha=lora["alpha"], target_modules=lora["targets"], task_type="CAUSAL_LM")
    model = get_peft_model(model, config)
    named = dict(model.named_parameters())
    for name, values in load_file(job["adapters"]).items():
        name = f"base_model.model.{name.replace('.weight', '.default.weight')}"
        named[name].data.copy_(values)
    return model


def step():
    """Settled steps of a plain loop, all logits."""
    model = load().train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=settings["learningRate"], weight_decay=settings["weightDecay"])
    ids = torch.tensor([example["ids"] for example in job["train"]])
    losses, seconds = [], []
    for number in range(row["warmup"] + row["settled"]):
        started = time.perf_counter()
        logits = model(input_ids=ids[:, :-1], use_cache=False).logits
        loss = cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, settings["maxGradientNorm"])
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        del logits, loss
        if number >= row["warmup"]:
            seconds.append(time.perf_counter() - started)
    return dict(losses=losses, seconds=seconds, work=row["rows"] * row["tokens"])


class InOrder(Trainer):
    def _get_train_sampler(self, *_):
        return SequentialSampler(self.train_dataset)


class Losses(TrainerCallback):
    def __init__(self):
        self.losses, self.validation = [], []

    def on_log(self, arguments, state, control, logs=None, **_):
        if "loss" in logs:
            self.losses.append(float(logs["loss"]))
        if "eval_loss" in logs:
            self.validation.append(float(logs["eval_loss"]))


def arguments_of(**more):
    return TrainingArguments(
        output_dir=sys.argv[2],
        per_device_train_batch_size=settings["batchSize"],
        per_device_eval_batch_size=settings["batchSize"],
        use_cpu=True,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        remove_unused_columns=False,
        **more,
    )


def train():
    """All epochs as one pass over the examples in the order in which ours meets them."""
    model = load()
    examples = [labelled(job["train"][number]) for batch in job["order"] for number in batch]
    seen = Losses()
    arguments = arguments_of(
        num_train_epochs=1,
        learning_rate=settings["learningRate"],
        weight_decay=settings["weightDecay"],
        max_grad_norm=settings["maxGradientNorm"],
        lr_scheduler_type="constant",
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=len(job["order"]) // settings["epochs"],
    )
    validation = [labelled(example) for example in job["validation"]]
    trainer = InOrder(
        model=model, args=arguments, train_dataset=examples, eval_dataset=validation, data_collator=collate, callbacks=[seen]
    )
    started = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - started
    return dict(losses=seen.losses, validationLosses=seen.validation, seconds=[seconds], work=len(examples))


def labels():
    """Each label as an example of its own; the loss of each is taken by a metric, which needs Trainer to keep all logits."""
    model = load()
    pairs = [
        dict(input_ids=(prompt := example["ids"][: example["supervised"].index(1)]) + label, labels=[IGNORED] * len(prompt) + label)
        for example in job["validation"]
        for label in job["labels"]
    ]

    def likelihoods(logits, targets):
        logs = torch.log_softmax(logits[:, :-1], -1)
        targets = targets[:, 1:]
        picked = logs.gather(-1, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
        return (picked * (targets != IGNORED)).sum(-1)

    trainer = Trainer(model=model, args=arguments_of(), data_collator=collate, preprocess_logits_for_metrics=likelihoods)
    started = time.perf_counter()
    sums = torch.tensor(trainer.predict(pairs).predictions).reshape(-1, len(job["labels"]))
    seconds = time.perf_counter() - started
    probabilities = torch.softmax(sums.double(), -1)
    predicted = probabilities.argmax(-1).tolist()
    return dict(losses=probabilities[:, 0].tolist(), predicted=predicted, seconds=[seconds], work=len(job["validation"]))


result = dict(step=step, train=train, labels=labels)[row["kind"]]()
print(json.dumps(dict(result, peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)))
