"""Writes crates/images/tests/resize.txt: digests of what Pillow makes of drawn pictures.

    python crates/images/tests/resize.py > crates/images/tests/resize.txt

Pillow 11.0, 11.3, 12.0 and 13.0 write the same file. Columns and rows are resized in two calls:
from 13.0 on, one call takes the rows first where that is quicker, which gives other roundings.

A line is: mode, filter, stored width and height, width and height wanted, and the first 16 digits
of the SHA-256 of the samples, little-endian. Pictures are drawn by `samples`, as in resize.rs.
"""

import hashlib
import random

import numpy as np
from PIL import Image

SIDES = [1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 32, 37, 64, 101, 224, 300]
MASK = 2**64 - 1


def samples(count, seed):
    """Words of xorshift64."""
    state, words = (seed * 0x9E3779B97F4A7C15 & MASK) | 1, []
    for _ in range(count):
        state ^= state << 13 & MASK
        state ^= state >> 7
        state ^= state << 17 & MASK
        words.append(state >> 32)
    return np.array(words, np.uint64)


def picture(mode, width, height, seed):
    words = samples(width * height * (3 if mode == "RGB" else 1), seed)
    if mode == "RGB":
        return Image.fromarray((words >> 24).astype(np.uint8).reshape(height, width, 3))
    words = words.reshape(height, width)
    match mode:
        case "L":
            return Image.fromarray((words >> 24).astype(np.uint8))
        case "I;16":
            return Image.fromarray((words >> 16).astype(np.uint16))
        case "F":
            return Image.fromarray((words.astype(np.float32) / np.float32(2**20)) - np.float32(1024))


def main():
    draw = random.Random(1)
    for mode in ["L", "RGB", "I;16", "F"]:
        # Where bicubic overshoots 65,535 Pillow wraps around, which nobody wants.
        for name in ["bilinear", "bicubic"] if mode != "I;16" else ["bilinear"]:
            sizes = [[draw.choice(SIDES) for _ in range(4)] for _ in range(70)]
            sizes += [[512, 640, 224, 224], [3, 700, 64, 9], [1000, 1, 7, 1]]
            for seed, (width, height, to_width, to_height) in enumerate(sizes, 1):
                image = picture(mode, width, height, seed)
                resampling = getattr(Image.Resampling, name.upper())
                done = image.resize((to_width, height), resampling)
                done = done.resize((to_width, to_height), resampling)
                digest = hashlib.sha256(np.asarray(done).tobytes()).hexdigest()[:16]
                print(mode, name, width, height, to_width, to_height, digest)


if __name__ == "__main__":
    main()
