#!/bin/sh
# The kernels' tests compiled for AArch64 and run on NEON under qemu. Optional, and
# only for a machine that is not AArch64 itself; it installs nothing and needs
# - the standard library for the target: rustup target add aarch64-unknown-linux-gnu,
#   or Debian's rustc-web and libstd-rust-web-dev:arm64 and RUSTC=/usr/bin/rustc;
# - a linker and a C library: Debian's gcc-aarch64-linux-gnu;
# - qemu-aarch64: Debian's qemu-user.
#
#   checks/aarch64.sh
set -eu
cd "$(dirname "$0")/.."
target=aarch64-unknown-linux-gnu
library=$("${RUSTC:-rustc}" --print target-libdir --target $target)
linker=${CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER:-aarch64-linux-gnu-gcc}

missing() {
    echo "$1 is missing; the head of $0 says how to get it" >&2
    exit 2
}
[ -d "$library" ] || missing "the standard library for $target"
command -v "$linker" >/dev/null || missing "$linker"
command -v qemu-aarch64 >/dev/null || missing qemu-aarch64

# The prefix of qemu is the folder of the other machine's C library.
QEMU_LD_PREFIX=${QEMU_LD_PREFIX:-/usr/aarch64-linux-gnu} \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=$linker \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=qemu-aarch64 \
    cargo test --release -p kernels --lib --tests --target $target
echo "AArch64: passed under qemu"
