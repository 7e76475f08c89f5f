"""One turn of a reference: `numpy A B` or `svcca A B CHECKOUT`, files of `f32` in `.npy`.

Prints seconds, the most memory in MiB beyond what is mapped of the files, and the mean CCA.
"""

import sys
import time

import numpy as np


def status(*keys):
    """MiB of the sum of some lines of /proc/self/status."""
    with open("/proc/self/status") as lines:
        found = dict(line.split(":", 1) for line in lines)
    return sum(float(found[key].split()[0]) for key in keys) / 1024


def svcca(a, b, checkout):
    """As the tutorials call it; channels come first there."""
    sys.path.insert(0, checkout)
    import cca_core

    views = [np.load(path, mmap_mode="r").T for path in (a, b)]
    found = cca_core.get_cca_similarity(*views, epsilon=1e-10, verbose=False)
    return found["cca_coef1"].mean()


class Moments:
    """Second moments in `f64` of blocks that are read one at a time, shifted by a pilot mean."""

    def __init__(self, path):
        self.file = open(path, "rb")
        np.lib.format.read_magic(self.file)
        (self.datapoints, self.channels), *_ = np.lib.format.read_array_header_1_0(self.file)
        self.pilot = None
        self.sum = np.zeros(self.channels)
        self.second = np.zeros((self.channels, self.channels), order="F")

    def block(self, rows):
        """The next `rows`, shifted, `[channels, rows]`."""
        values = np.fromfile(self.file, np.float32, rows * self.channels)
        block = values.reshape(rows, self.channels).astype(np.float64)
        if self.pilot is None:
            self.pilot = block.mean(axis=0)
        block -= self.pilot
        return block.T

    def add(self, block):
        self.sum += block @ np.ones(block.shape[1])
        blas.dsyrk(1.0, block, beta=1.0, c=self.second, lower=1, overwrite_c=1)

    def factor(self):
        """The Cholesky factor of the scatter about the mean, in the memory of the moments."""
        mean = self.sum[:, None] / self.datapoints**0.5
        blas.dsyrk(-1.0, mean, beta=1.0, c=self.second, lower=1, overwrite_c=1)
        factor, info = lapack.dpotrf(self.second, lower=1, clean=0, overwrite_a=1)
        assert info == 0, "the covariance is singular"
        return factor


def streamed(a, b):
    """Blocks of 2,048 datapoints, BLAS in place, Cholesky factors, singular values alone."""
    a, b = Moments(a), Moments(b)
    cross = np.zeros((a.channels, b.channels), order="F")
    for start in range(0, a.datapoints, 2048):
        x, y = (side.block(min(2048, a.datapoints - start)) for side in (a, b))
        a.add(x)
        b.add(y)
        blas.dgemm(1.0, x, y, beta=1.0, c=cross, trans_b=1, overwrite_c=1)
    blas.dger(-1.0 / a.datapoints, a.sum, b.sum, a=cross, overwrite_a=1)
    cross = blas.dtrsm(1.0, a.factor(), cross, lower=1, overwrite_b=1)
    cross = blas.dtrsm(1.0, b.factor(), cross, side=1, lower=1, trans_a=1, overwrite_b=1)
    _, values, _, info = lapack.dgesdd(cross, compute_uv=0, overwrite_a=1)
    assert info == 0, "the singular values did not converge"
    return values.mean()


side, *arguments = sys.argv[1:]
if side == "numpy":
    from scipy.linalg import blas, lapack
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = status("VmRSS") - status("RssFile")
start = time.perf_counter()
value = {"svcca": svcca, "numpy": streamed}[side](*arguments)
seconds = time.perf_counter() - start
print(seconds, status("VmHWM") - status("RssFile") - before, value)
