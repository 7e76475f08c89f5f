#!/bin/sh
# The unsafe code of crates/kernels under AddressSanitizer (every instruction set of
# this machine) and, where it is installed, Miri (the portable path).
#
#   checks/unsafe.sh [asan|miri]
set -eu
cd "$(dirname "$0")/.."
what=${1:-all}

if [ "$what" != miri ]; then
    # The sanitizer is an unstable flag of the compiler; its run-time library comes
    # with every toolchain for this target.
    host=$(rustc -vV | sed -n 's/^host: //p')
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address --cfg plain_memory" \
        PROPTEST_CASES=${PROPTEST_CASES:-32} \
        cargo test --release -p kernels --lib --tests \
        --target "$host" --target-dir target/asan
    echo "AddressSanitizer: no finding"
fi

if [ "$what" != asan ]; then
    if cargo +nightly miri --version >/dev/null 2>&1; then
        # Miri interprets: few and small cases. It has no vector instructions, so
        # the kernels take their portable path.
        MIRIFLAGS="-Zmiri-disable-isolation" PROPTEST_CASES=2 \
            cargo +nightly miri test -p kernels --lib --test conv --target-dir target/miri
        echo "Miri: no finding"
    else
        echo "Miri: not run, rustup +nightly component add miri installs it" >&2
        [ "$what" = all ]
    fi
fi
