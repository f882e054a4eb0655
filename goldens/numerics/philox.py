"""Philox-4x32-10 written from the paper with Python's integers, checked against Random123's known answers, and normals from it.

usage: python philox.py > philox.json
"""
import json
import math
import random

MASK = 0xFFFFFFFF


def philox(counter, key, rounds=10):
    c, k = list(counter), list(key)
    for _ in range(rounds):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & MASK, (p0 >> 32) ^ c[3] ^ k[1], p0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


# Random123, tests/kat_vectors, philox4x32 with 10 rounds.
KNOWN = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([MASK] * 4, [MASK] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
     [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
]
for counter, key, expected in KNOWN:
    assert philox(counter, key) == expected, (counter, key)

rng = random.Random(1)
cases = [dict(counter=c, key=k, words=w) for c, k, w in KNOWN]
for _ in range(200):
    c, k = [rng.getrandbits(32) for _ in range(4)], [rng.getrandbits(32) for _ in range(2)]
    cases.append(dict(counter=c, key=k, words=philox(c, k)))

# Box-Muller over the words of key (7, 1), part 0, counter 3: block b has counter words (b, 0, 3, 0).
words = [w for b in range(25) for w in philox([b, 0, 3, 0], [7, 1])]
normals = []
for u, v in zip(words[::2], words[1::2]):
    radius, angle = math.sqrt(-2 * math.log((u + 0.5) / 2**32)), 2 * math.pi * v / 2**32
    normals += [radius * math.cos(angle), radius * math.sin(angle)]
print(json.dumps(dict(blocks=cases, normals=normals)))
