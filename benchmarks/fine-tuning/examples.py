"""Tokens that both sides are given, as Hugging Face's Trainer takes them."""

import torch

IGNORED = -100


def labelled(example):
    marked = zip(example["ids"], example["supervised"])
    return dict(input_ids=example["ids"], labels=[token if counts else IGNORED for token, counts in marked])


def collate(examples):
    """Padded to the longest of the batch, as the usual collators do."""
    width = max(len(example["input_ids"]) for example in examples)

    def padded(key, filler):
        return torch.tensor([example[key] + [filler] * (width - len(example[key])) for example in examples])

    mask = [[1] * len(e["input_ids"]) + [0] * (width - len(e["input_ids"])) for e in examples]
    return dict(input_ids=padded("input_ids", 0), labels=padded("labels", IGNORED), attention_mask=torch.tensor(mask))
