#!/usr/bin/env bash
# The program with nothing beside it, for any Linux of this architecture and for images without a base:
# linked statically, then tried where there is no other file.
#
#   packaging/static.sh            # target/static/<architecture>-unknown-linux-gnu/release/transfusion
#   packaging/static.sh --try      # only tries what was built before
#
# Needs the static C library (Debian: libc6-dev has it; Fedora: glibc-static). It loads no libraries, so no GPU.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(uname -m)-unknown-linux-gnu
program=target/static/$target/release/transfusion

if [ "${1:-}" != --try ]; then
    # With a target named, the flags are for the program and not for what builds it. Random numbers are
    # asked of the kernel: where nothing else is, there is no /dev/urandom.
    RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static --cfg getrandom_backend=\"linux_getrandom\"" \
        cargo build --release --locked --bin transfusion -p transfusion --target "$target" --target-dir target/static
fi

# `ldd` ends with 1 for what is linked with nothing.
linked=$(ldd "$program" 2>&1 || true)
case $linked in
*"statically linked"* | *"not a dynamic executable"*) ;;
*) echo "not static: $linked" >&2; exit 1 ;;
esac

empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
cp "$program" "$empty/transfusion"
cp checks/cluster/study.toml "$empty"
if [ "$(id -u)" = 0 ]; then
    inside() { chroot "$empty" /transfusion "$@"; }
else
    # Root of a user namespace of its own.
    inside() { unshare --user --map-root-user chroot "$empty" /transfusion "$@"; }
fi
inside --version --verbose
inside plan /study.toml >/dev/null
inside run /study.toml --set report.pictures=true --out /out >/dev/null 2>"$empty/said" || { cat "$empty/said" >&2; exit 1; }
inside verify /out
inside devices
for file in report.html results.json; do
    [ -s "$empty/out/$file" ] || { echo "no $file" >&2; exit 1; }
done
echo "static and alone: $(($(stat -c %s "$program") >> 20)) MiB, $program"
