"""Golden values of the Gabor banks, from the formula alone.

    python checks/gabor.py

Prints the table of `crates/initialisation/src/gabor.rs`: filters, rows and columns, then the
sum of |g|, the sum of g cos(index), and three values. Needs numpy.
"""

import numpy as np

FREQUENCIES = np.array([0.08, 0.16, 0.25, 0.32])


def waves(filters):
    """Frequency, angle and phase of every filter."""
    i = np.arange(filters)
    angles = 16
    if filters <= 64:
        index = i * 64 // filters
    elif filters <= 128:
        index = np.concatenate([np.arange(64), 64 + np.arange(filters - 64) * 64 // (filters - 64)])
    else:
        angles = -(-filters // 8)
        index = i * 8 * angles // filters
    phase, within = np.divmod(index, 4 * angles)
    return FREQUENCIES[within // angles], np.pi * (within % angles) / angles, phase * np.pi / 2


def bank(filters, rows, columns, sigma=2.0):
    """`[filters, rows, columns]`."""
    x = (np.arange(columns) - (columns - 1) / 2) / max(1, columns / 7)
    y = (np.arange(rows) - (rows - 1) / 2) / max(1, rows / 7)
    x, y = np.meshgrid(x, y)
    f, theta, phi = (v[:, None, None] for v in waves(filters))
    along = x * np.cos(theta) + y * np.sin(theta)
    across = -x * np.sin(theta) + y * np.cos(theta)
    envelope = np.exp(-(along**2 + across**2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)
    return envelope * np.cos(2 * np.pi * f * along + phi)


for filters, rows, columns in [
    (64, 7, 7), (32, 5, 5), (24, 3, 3), (33, 4, 4), (96, 4, 4), (100, 7, 7), (128, 3, 5), (384, 16, 16),
]:
    g = bank(filters, rows, columns)
    flat = g.ravel()
    pixels = rows * columns
    values = [
        np.abs(flat).sum(),
        (flat * np.cos(np.arange(flat.size))).sum(),
        flat[0],
        flat[filters // 2 * pixels + 1],
        flat[(filters - 1) * pixels + pixels // 2 + 1],
    ]
    print(f"({filters}, [{rows}, {columns}], [{', '.join(f'{v:.9f}' for v in values)}]),")
