#!/bin/bash
# What is measured on a machine with an NVIDIA GPU, and what is tried there.
#
#   bench/cuda/measure.sh build            programs into target/measure, for this machine or another one
#   bench/cuda/measure.sh check            kernels compiled, tests on the device, compute-sanitizer (170 s)
#   bench/cuda/measure.sh speed            steps beside PyTorch's, its memory, floors (300 s)
#   bench/cuda/measure.sh compiled         the same beside PyTorch's compiler, few works (100 s)
#   bench/cuda/measure.sh many             many trainings at once beside PyTorch's (130 s)
#   bench/cuda/measure.sh layers WORK TYPE every instruction alone (40 s)
#   bench/cuda/measure.sh dry              all of it on an emulated device, tiny works: says nothing
#                                          about speed
#
# Several parts in one call run one after the other, none beyond its limit (LIMIT=… for another). Needs
# no Cargo where target/measure was brought along. Results and logs are in the folder $OUT, by default
# target/measure/out; a part that lacks something says so and is skipped.
set -u
cd "$(dirname "$0")/../.." || exit
root=$PWD
programs=$root/target/measure
export OUT=${OUT:-$programs/out} PYTHONUNBUFFERED=1
export TRANSFUSION_KERNELS=${TRANSFUSION_KERNELS:-$programs/kernels}
export TORCHINDUCTOR_CACHE_DIR=${TORCHINDUCTOR_CACHE_DIR:-$programs/inductor}
python=${PYTHON:-python3}
step=$programs/cuda_step
tests=$programs/programs
# What PyTorch's compiler is tried on.
compiled="resnet50-224-b64 resnet50-64-b32 cbr-larget-224-b32 deit-small-224-b64 convnext-tiny-224-b64"
measure_options=""
mkdir -p "$OUT" "$programs/logs"
rm -f "$programs"/logs/*.log

say() { printf '%s\n' "== $*"; }

# When the part that runs ends, in seconds of this script.
end=1000000

# limited SECONDS NAME COMMAND…: into a log of its own; what went wrong is said.
limited() {
    local limit=$1 name=$2 start=$SECONDS code
    shift 2
    [ "$limit" -gt $((end - SECONDS)) ] && limit=$((end - SECONDS))
    [ "$limit" -ge 3 ] || { say "$name: no time left"; return 1; }
    timeout -k 5 "$limit" "$@" >"$programs/logs/$name.log" 2>&1
    code=$?
    case $code in
    0) say "$name: went through in $((SECONDS - start)) s" ;;
    124 | 137) say "$name: STOPPED at $limit s" ;;
    *) say "$name: FAILED with $code: $(grep -v '^$' "$programs/logs/$name.log" | tail -3 | cut -c1-300)" ;;
    esac
    return $code
}

# Logs of a part become one file: few files come back from a machine that is lent.
gather() {
    local part=$1 name
    shift
    for name in "$@"; do
        [ -f "$programs/logs/$name.log" ] && { echo "==== $name"; cat "$programs/logs/$name.log"; }
    done >>"$OUT/$part.log"
}

has() { "$python" -c "import $1" 2>/dev/null; }

# Where NVIDIA's wheels and containers have libraries.
find_libraries() {
    local wheels folder
    folder=/usr/local/nvidia/lib64
    [ -d "$folder" ] && export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
    [ -n "${TRANSFUSION_CUDA_LIBS:-}" ] && return
    wheels=$("$python" -c '
import glob, nvidia
print(":".join(f for p in nvidia.__path__ for f in sorted(glob.glob(p + "/*/lib"))))' 2>/dev/null)
    [ -n "$wheels" ] && export TRANSFUSION_CUDA_LIBS=$wheels
}

build() {
    local target=${CARGO_TARGET_DIR:-target} found
    nice cargo build --release --locked -p bench --bin cuda_step || exit
    found=$(nice cargo test --release --locked -p engine-cuda --test programs --no-run \
        --message-format=json | "$python" -c '
import json, sys
for line in sys.stdin:
    message = json.loads(line) if line.startswith("{") else {}
    if message.get("executable") and message["target"]["name"] == "programs":
        print(message["executable"])')
    [ -n "$found" ] || { say "the tests do not build"; exit 1; }
    cp "$target/release/cuda_step" "$step"
    cp "$found" "$tests"
    strip "$step" "$tests" 2>/dev/null
    # An emulated device may have left its own code under the name of a real one.
    rm -rf "$programs/kernels" "$programs/logs" "$programs/out" "$programs/dry"
    ls -l "$step" "$tests"
}

machine() {
    date -u
    if command -v nvidia-smi >/dev/null; then
        nvidia-smi --query-gpu=name,driver_version,memory.total,memory.used,clocks.sm,clocks.max.sm,power.limit \
            --format=csv,noheader
    else
        say "nvidia-smi is not here"
    fi
    limited 60 libraries "$step" libraries
    tail -60 "$programs/logs/libraries.log"
}

# Every kernel compiles for this device; registers and spills.
compile_kernels() {
    local architecture nvrtc
    architecture=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -1 | tr -d .)
    nvrtc=$(grep -o '"[^"]*libnvrtc[^"]*"' "$programs/logs/libraries.log" | head -1 | tr -d '"')
    if [ -z "$nvrtc" ] || [ -z "$architecture" ]; then
        say "cubins: NVRTC's file or the architecture is not known, skipped"
        return
    fi
    limited 100 cubins "$python" checks/cuda/compile.py "sm_$architecture" "$(dirname "$nvrtc")"
}

# sanitizer TOOL NAME SECONDS COMMAND…: what was found until the time was up counts.
sanitizer() {
    local tool=$1 name=$2 limit=$3 found
    shift 3
    [ "$limit" -gt $((end - SECONDS)) ] && limit=$((end - SECONDS))
    [ "$limit" -ge 10 ] || { say "$name: no time left"; return; }
    timeout -k 5 "$limit" compute-sanitizer --tool "$tool" --error-exitcode 9 --print-limit 20 "$@" \
        >"$programs/logs/$name.log" 2>&1
    local code=$?
    found=$(grep -cE '^========= (Invalid|Error|Race|Uninit|Barrier|Program hit|Target application)' \
        "$programs/logs/$name.log")
    say "$name: $found findings, ended with $code (124: time was up after $limit s)"
    [ "$found" = 0 ] || grep -E '^=========' "$programs/logs/$name.log" | head -12
}

# All of them at once: most of their time is the processor's.
sanitize() {
    if ! command -v compute-sanitizer >/dev/null; then
        say "compute-sanitizer is not here, skipped"
        return
    fi
    local tool
    for tool in memcheck racecheck; do
        sanitizer $tool "$tool-cbr" 60 "$step" check cbr-tiny-32-b2 f32 3 &
        sanitizer $tool "$tool-resnet" 60 "$step" check resnet18-32-b2 bf16 3 &
        sanitizer $tool "$tool-deit" 60 "$step" check deit-small-32-b2 bf16 3 &
        [ -x "$tests" ] && sanitizer $tool "$tool-steps" 60 "$tests" --test-threads 1 every_instruction_of_a_step &
    done
    wait
}

check() {
    local work type again background=()
    end=$((SECONDS + ${LIMIT:-170}))
    export TRANSFUSION_TEST_DEVICE=real
    machine
    # Compiled for the device once, before several ask for it at a time.
    for type in f32 tf32 bf16; do
        limited 90 "kernels-$type" "$step" check "${tiny:-cbr-tiny-32-b4}" $type 3 &
        background+=($!)
    done
    wait "${background[@]}"
    background=()
    if has torch && [ -z "${tiny:-}" ]; then
        # On processors that checks leave idle; serving finds it compiled.
        for work in $compiled; do
            limited 150 "warm-$work" "$python" bench/cuda/pytorch.py warm bf16+compile "$work" &
            background+=($!)
        done
    fi
    compile_kernels &
    background+=($!)
    if [ -x "$tests" ]; then
        # shellcheck disable=SC2086
        limited 60 programs "$tests" ${test_options:---skip no_order}
        grep -s '^test ' "$programs/logs/programs.log"
        for again in 1 2; do
            limited 30 digest-$again "$tests" --exact order::digest_of_steps --ignored --nocapture
        done
        same_digests
    else
        say "no tests in target/measure, skipped"
    fi
    if [ -z "${tiny:-}" ]; then
        sanitize &
        background+=($!)
    fi
    for work in ${check_works:-resnet50-64-b4 cbr-larget-224-b4 densenet121-64-b4 convnext-tiny-64-b4 deit-small-224-b4 inception-v3-299-b2 efficientnet-b0-64-b4}; do
        for type in ${check_types:-f32 bf16}; do
            limited 25 "check-$work-$type" "$step" check "$work" $type 3
            grep -s '^check' "$programs/logs/check-$work-$type.log" | cut -c1-200
        done
    done
    wait "${background[@]}"
    end=1000000
    (cd "$programs/logs" && ls -- *.log) | sed 's/\.log$//' | grep -vE '^(speed|compiled|many|layers)' |
        while read -r name; do gather check "$name"; done
}

same_digests() {
    local one two
    one=$(grep -so 'digest [0-9a-f]*' "$programs/logs/digest-1.log")
    two=$(grep -so 'digest [0-9a-f]*' "$programs/logs/digest-2.log")
    if [ -z "$one" ] || [ -z "$two" ]; then
        say "bytes of two processes were not compared"
    elif [ "$one" = "$two" ]; then
        say "two processes leave the same bytes: $one"
    else
        say "two processes leave OTHER BYTES: '$one' and '$two'"
    fi
}

# measured PART SECONDS WHAT OPTIONS…
measured() {
    local part=$1 limit=$2 what=$3
    shift 3
    # shellcheck disable=SC2086
    timeout -k 5 $((limit + 30)) "$python" bench/cuda/measure.py "$what" "$step" --limit "$limit" \
        --out "$OUT" $measure_options "$@" 2>&1 | tee -a "$OUT/$part.log"
}

run() {
    local start=$SECONDS
    say "$1"
    case $1 in
    build) build ;;
    check) check ;;
    # shellcheck disable=SC2086
    speed) measured speed "${LIMIT:-300}" speed ${speed_options:-} ;;
    # shellcheck disable=SC2086
    compiled) measured compiled "${LIMIT:-100}" speed --types bf16 --works $compiled \
        --modes bf16+compile+graph bf16+compile ;;
    # shellcheck disable=SC2086
    many) measured many "${LIMIT:-130}" many ${many_options:-} ;;
    layers) limited "${LIMIT:-40}" "layers-$2-$3" "$step" layers "$2" "$3" && gather layers "layers-$2-$3" &&
        head -40 "$programs/logs/layers-$2-$3.log" ;;
    dry) dry ;;
    *) sed -n '2,17s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    say "$1 took $((SECONDS - start)) s"
}

# Everything on the emulated device that tests have built; PyTorch, where there is one, on the processor.
dry() {
    local folder work type
    # The newest; those that look for races take several times as long.
    for folder in $(ls -dt "${CARGO_TARGET_DIR:-target}"/tmp/emulator/libraries-*[0-9a-f]); do
        [ -f "$folder/libcuda.so.1" ] && ! nm "$folder/kernels0.o" | grep -q __tsan_read && dry_libraries=$folder && break
    done
    export TRANSFUSION_CUDA_LIBS=${TRANSFUSION_CUDA_LIBS:-${dry_libraries:?run cargo test -p engine-cuda first}}
    OUT=$programs/dry
    rm -rf "$OUT" && mkdir -p "$OUT"
    export LIMIT=120 TRANSFUSION_KERNELS=$OUT/kernels
    tiny=cbr-tiny-16-b2 test_options="learning::" check_works=$tiny check_types=bf16
    measure_options="--cpu --works $tiny --seconds 0.01"
    speed_options="--types f32 --rounds 1" many_options="--types f32 --counts 1 2" compiled=$tiny
    for part in check speed many; do run $part; done
    run layers $tiny bf16
    ls -l "$OUT"
}

[ $# -gt 0 ] || set -- help
find_libraries
if [ "$1" != build ] && [ "$1" != help ] && [ ! -x "$step" ]; then
    say "no $step: run bench/cuda/measure.sh build where Cargo is"
    exit 1
fi
while [ $# -gt 0 ]; do
    case $1 in
    layers) run "$@" && shift 3 ;;
    *) run "$1" && shift ;;
    esac
done
