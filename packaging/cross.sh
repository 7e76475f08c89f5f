#!/usr/bin/env bash
# Builds the program for Windows or macOS, on Linux.
#
#   packaging/cross.sh windows|macos          writes target/<target>/dist/transfusion[.exe]
#   packaging/cross.sh windows|macos --check  only checks that it compiles
#
# Needs Rust and python3; the linker and C compiler (zig) come as Python packages, into target/wheel-venv.
# What was tried of the result is in docs/install.md.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
windows) target=x86_64-pc-windows-gnu ;;
macos) target=aarch64-apple-darwin ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
root=${CARGO_TARGET_DIR:-target}
venv=${WHEEL_VENV:-$root/wheel-venv}
if [ ! -x "$venv/bin/cargo-zigbuild" ]; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet 'cargo-zigbuild>=0.20' ziglang
fi
PATH=$(cd "$venv/bin" && pwd):$PATH
export PATH
command -v rustup >/dev/null && rustup target add "$target"
# zig takes dates in C sources for an error, as builds would differ by them.
export CFLAGS_x86_64_pc_windows_gnu="-Wno-date-time ${CFLAGS_x86_64_pc_windows_gnu:-}"

if [ "${2:-}" = --check ]; then
    cargo-zigbuild check --locked --workspace --bin transfusion --target "$target"
    echo "compiles for $target"
else
    cargo-zigbuild zigbuild --profile dist --locked --workspace --bin transfusion --target "$target"
    ls -l "$root/$target"/dist/transfusion*
fi
