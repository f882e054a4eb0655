"""Tokenised examples, and which of them make up which step: the same file and the same order as the ONNX engine's."""

import hashlib
import json
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

# What random words are for; the numbers are those of the ONNX engine.
INITIALIZATION, ORDER, DROPOUT = 1, 2, 3


class DataError(Exception):
    """Examples that cannot be trained on."""


@dataclass
class Example:
    ids: np.ndarray  # int32 [length]
    supervised: np.ndarray  # bool [length]: the token counts for the loss; never the first
    supervised_bytes: int

    @property
    def targets(self):
        return int(self.supervised.sum())


def read_examples(file, indices=None):
    """Reads a file of tokenised examples (a line of JSON, int32 ids, uint8 marks); `indices` picks some, in that order."""
    try:
        with open(file, "rb") as stream:
            header, body = json.loads(stream.readline()), stream.read()
    except OSError as error:
        raise DataError(f"The examples in {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DataError(f"{file} is damaged. Delete it; it is made again from the data.") from error
    if header.get("format") != "goldilocks-examples-1" or hashlib.sha256(body).hexdigest() != header["hash"]:
        raise DataError(f"{file} is damaged. Delete it; it is made again from the data.")
    total = sum(header["lengths"])
    ids = np.frombuffer(body, "<i4", total)
    marks = np.frombuffer(body, np.uint8, total, 4 * total).astype(bool)
    ends = np.cumsum(header["lengths"])
    examples = [
        Example(ids[end - length : end], marks[end - length : end], count)
        for end, length, count in zip(ends, header["lengths"], header["supervisedBytes"], strict=True)
    ]
    return examples if indices is None else [examples[index] for index in indices]


def random_words(seed, purpose, counter, count, part=0):
    """The first words of a key: Philox-4x32-10 (Salmon et al., SC 2011) as a pure function of what is asked for."""
    low = np.uint64(0xFFFFFFFF)
    blocks = np.arange(-(-count // 4), dtype=np.uint64)
    c = [blocks] + [np.full_like(blocks, word) for word in (part, counter & 0xFFFFFFFF, counter >> 32)]
    k = [seed, purpose]
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        high_a, high_b = a >> np.uint64(32), b >> np.uint64(32)
        c = [high_b ^ c[1] ^ np.uint64(k[0]), b & low, high_a ^ c[3] ^ np.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, axis=1).reshape(-1)[:count]


@lru_cache(maxsize=2)
def permutation(count, seed, epoch):
    """An epoch's order of 0 … count − 1 (Fisher–Yates)."""
    words = iter(random_words(seed, ORDER, epoch, 2 * count + 64).tolist())
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        limit = 2**32 - 2**32 % (i + 1)
        word = next(word for word in words if word < limit)  # words that would favour some are passed over
        j = word % (i + 1)
        order[i], order[j] = order[j], order[i]
    return order


def steps_per_epoch(examples, batch_size):
    return math.ceil(examples / batch_size)


def total_steps(examples, batch_size, epochs):
    """Whole epochs, and of a last fraction its share of batches, rounded up; at least 1."""
    per_epoch = steps_per_epoch(examples, batch_size)
    return max(1, math.ceil(epochs * per_epoch - 1e-9 * per_epoch))


def step_examples(examples, seed, batch_size, step):
    """The examples of one optimizer step: every example once an epoch."""
    epoch, batch = divmod(step, steps_per_epoch(len(examples), batch_size))
    order = permutation(len(examples), seed, epoch)
    return [examples[index] for index in order[batch * batch_size : (batch + 1) * batch_size]]


def evaluation_steps(settings, examples, total, shares):
    """Numbers of finished steps after which validation is measured: evenly, at the shares, and after the last."""
    interval = steps_per_epoch(examples, settings["batchSize"]) / settings["evaluationsPerEpoch"]
    even = {max(1, math.floor(i * interval + 0.5)) for i in range(1, math.ceil(total / interval)) if i * interval < total}
    return even | {max(1, math.ceil(total * share)) for share in shares} | {total}


def micro_batches(examples, token_budget):
    """Positions of examples that go through the model together: of like length, padded to at most `token_budget` tokens."""
    batches, width = [], 0
    for position in sorted(range(len(examples)), key=lambda i: -len(examples[i].ids)):
        if batches and (len(batches[-1]) + 1) * width <= token_budget:
            batches[-1].append(position)
        else:
            batches.append([position])
            width = len(examples[position].ids) - 1
    return batches
