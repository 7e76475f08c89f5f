#!/usr/bin/env bash
# An image, tried without a daemon: unpacked by skopeo and umoci, run by runc as user 1000 on a file system that
# is not written to, without a network: a study, its claims and its caches in /work and /cache, and a
# task as Kubernetes starts it, stopped by a signal and begun again.
#
#   packaging/try-image.sh [IMAGE]      # as skopeo names it: oci-archive:target/transfusion.oci.tar without
#
# Needs root, and Debian's skopeo, umoci and runc.
set -euo pipefail
cd "$(dirname "$0")/.."
image=${1:-oci-archive:target/transfusion.oci.tar}
for tool in skopeo umoci runc python3; do
    command -v $tool >/dev/null || { echo "no $tool: apt-get install --no-install-recommends skopeo umoci runc" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'runc delete --force "try-$$" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
skopeo copy --quiet "$image" "oci:$work/layout:image"
umoci unpack --image "$work/layout:image" "$work/bundle" >/dev/null 2>&1
mkdir -m 1777 "$work/study" "$work/cache"
# Long enough to be interrupted.
sed 's/^max_steps = .*/max_steps = 300/; s/^eval_every = .*/eval_every = 100/; s/^pictures = .*/pictures = true/' \
    checks/cluster/study.toml >"$work/study/study.toml"
cp "$work/bundle/config.json" "$work/config.json"

# The bundle's command, from words; its folders, from here; nothing else to be written.
told() {
    python3 - "$work" "$@" <<'PYTHON'
import json, sys
work, *words = sys.argv[1:]
config = json.load(open(f"{work}/config.json"))
config["process"]["terminal"] = False
if words[0] == "--shell":
    config["process"]["args"] = ["/bin/sh", "-c", *words[1:]]
else:
    config["process"]["args"] = ["/usr/local/bin/transfusion", *words]
config["root"]["readonly"] = True
for name, folder in (("/work", "study"), ("/cache", "cache")):
    mount = {"destination": name, "source": f"{work}/{folder}", "type": "bind", "options": ["bind", "rw"]}
    config["mounts"].append(mount)
user = config["process"]["user"]
assert user["uid"] == 1000, f"expected the user 1000, found {user}"
json.dump(config, open(f"{work}/bundle/config.json", "w"))
PYTHON
}
inside() { told "$@"; runc run --bundle "$work/bundle" "try-$$"; }

inside --version
inside plan study.toml >/dev/null
inside --shell 'test "$(id -u)" = 1000 && ! touch /bin/x 2>/dev/null && touch /cache/x'
# As a pod: a signal reaches the program, which keeps a checkpoint and ends with 75; another goes on.
told --shell 'exec transfusion run study.toml --out /work/out'
runc run --bundle "$work/bundle" "try-$$" >/dev/null 2>"$work/said" &
runs=$!
for _ in $(seq 200); do grep -qs validation "$work"/study/out/runs/*/metrics.jsonl && break; sleep 0.1; done
runc kill "try-$$" TERM
code=0; wait $runs || code=$?
[ "$code" = 75 ] || { cat "$work/said" >&2; echo "expected 75 after a signal, found $code" >&2; exit 1; }
inside run study.toml --out /work/out >/dev/null 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
inside verify /work/out
[ -s "$work/study/out/report.html" ] || { echo "no report" >&2; exit 1; }
[ "$(stat -c %u "$work/study/out/report.html")" = 1000 ] || { echo "the report is not the user's" >&2; exit 1; }
echo "the image runs: user 1000, read-only, interrupted and gone on"
