"""The kernels of engine-cuda compiled by NVIDIA's own compiler for every architecture they are meant
for, on any x86-64 Linux; no GPU is needed.

    python3 checks/cuda/compile.py [--all] [sm_90...] [FOLDER_OF_LIBNVRTC...]

Installs NVRTC of CUDA 12 and of CUDA 13 from PyPI into target/cuda/ (150 MB, once; needs pip), unless
folders that hold a libnvrtc.so.* are named. Compiles the whole source to machine code for sm_75, 80,
86, 89, 90, 100 and 120, or those named, with maps of float, and from sm_80 with products of TF32 and
with maps of bfloat16.
Prints what the compiler warns of; and of every kernel the registers, stack frame and shared memory:
the largest over all architectures, and with --all each. Ends with 1 where something does not compile,
where a kernel spills more than a few registers, or takes more shared memory than the 48 KiB of every device. It takes
minutes; sm_90 alone a quarter of one.
"""

import ctypes
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CRATE = ROOT / "crates/engine-cuda/src"
ARCHITECTURES = [75, 80, 86, 89, 90, 100, 120]
TENSOR_CORES_FROM = 80
SHARED = 48 * 1024
# Bytes that one compiler or another puts aside around the call of a division, here and there: named,
# but no fault of a kernel.
FEW = 32
# What was found to be there and to work; any other of CUDA 12 and 13 should do.
WHEELS = {"12": "nvidia-cuda-nvrtc-cu12==12.9.86", "13": "nvidia-cuda-nvrtc==13.*"}


def source():
    """All kernels in the order of source.rs, each file under its own name, and files it leaves out."""
    names = re.findall(r'include_str!\("(source/[^"]+)"\)', (CRATE / "source.rs").read_text())
    left = {f"source/{path.name}" for path in (CRATE / "source").glob("*.cu")} - set(names)
    text = "".join(f'#line 1 "{name}"\n{(CRATE / name).read_text()}\n' for name in names)
    return text, sorted(left)


def installed(cuda, wheel):
    """The folder of libnvrtc of a CUDA."""
    target = ROOT / "target/cuda" / wheel.replace("=", "").replace("*", "x")
    if not list(target.rglob("libnvrtc.so.*")):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--no-deps"]
        command = [*pip, "--target", target, wheel]
        if subprocess.run(command, check=False).returncode != 0:
            print(f"NVRTC of CUDA {cuda} cannot be had: {wheel}")
            return None
    return next(target.rglob("libnvrtc.so.*")).parent


class Nvrtc:
    """One compiler."""

    def __init__(self, folder):
        # The compiler looks for its parts by name.
        for path in sorted(folder.glob("libnvrtc-builtins.so*")):
            ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
        files = [path for path in folder.glob("libnvrtc.so.*") if "alt" not in path.name]
        self.library = ctypes.CDLL(sorted(files)[-1])
        major, minor = ctypes.c_int(), ctypes.c_int()
        self.library.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
        self.version = f"{major.value}.{minor.value}"

    def text(self, program, what):
        size = ctypes.c_size_t()
        getattr(self.library, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(max(size.value, 1))
        getattr(self.library, f"nvrtcGet{what}")(program, buffer)
        return buffer.raw[: size.value]

    def compile(self, text, architecture, maps):
        """Whether it compiles to machine code, and the log."""
        program = ctypes.c_void_p()
        self.library.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"kernels.cu", 0, None, None)
        options = [
            f"-DBF16={int(maps == 'bf16')}",
            f"-DTF32={int(maps == 'tf32')}",
            f"--gpu-architecture=sm_{architecture}",
            "--std=c++17",
            "--prec-div=true",
            "--prec-sqrt=true",
            "--ptxas-options=-v",
        ]
        array = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        code = self.library.nvrtcCompileProgram(program, len(options), array)
        log = self.text(program, "ProgramLog").decode(errors="replace").rstrip("\0")
        is_machine_code = code == 0 and self.text(program, "CUBIN")[:4] == b"\x7fELF"
        self.library.nvrtcDestroyProgram(ctypes.byref(program))
        return is_machine_code, log


def kernels(log):
    """Registers, bytes of stack, of spills and of shared memory by kernel, from ptxas -v."""
    found, name, frame = {}, None, [0, 0, 0]
    for line in log.splitlines():
        if match := re.search(r"entry function '(\w+)'", line):
            name, frame = match[1], [0, 0, 0]
        if match := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+)", line):
            frame = [int(number) for number in match.groups()]
        if (match := re.search(r"Used (\d+) registers", line)) and name:
            shared = re.search(r"(\d+) bytes smem", line)
            found[name] = {
                "registers": int(match[1]),
                "stack": frame[0],
                "spills": frame[1] + frame[2],
                "shared": int(shared[1]) if shared else 0,
            }
            name = None
    return found


def warnings(log):
    """Lines of the log that are no information on a kernel, each with where it points to."""
    noise = re.compile(r"^ptxas +(info|\.) |^\s+\d+ bytes stack frame|^\s*$")
    return [line for line in log.splitlines() if not noise.search(line)]


def main():
    arguments = sys.argv[1:]
    every = "--all" in arguments
    named = [int(name[3:]) for name in arguments if re.fullmatch(r"sm_\d+", name)]
    folders = [Path(name) for name in arguments if not re.match(r"--|sm_\d+$", name)]
    if not folders:
        folders = [installed(cuda, wheel) for cuda, wheel in WHEELS.items()]
    bad = [f"no NVRTC of CUDA {cuda}" for cuda, folder in zip(WHEELS, folders) if folder is None]
    text, left = source()
    bad += [f"source.rs leaves {name} out" for name in left]
    # By kernel: of each number the largest, and where.
    largest = {}
    for folder in filter(None, folders):
        nvrtc = Nvrtc(folder)
        for maps in ("f32", "tf32", "bf16"):
            for architecture in named or ARCHITECTURES:
                if maps != "f32" and architecture < TENSOR_CORES_FROM:
                    continue
                where = f"{maps:4} sm_{architecture} NVRTC {nvrtc.version}"
                start = time.monotonic()
                is_fine, log = nvrtc.compile(text, architecture, maps)
                found = kernels(log)
                print(f"{where}: {len(found)} kernels, {time.monotonic() - start:.1f} s", flush=True)
                for line in warnings(log):
                    print(f"    {line}")
                if not is_fine or not found:
                    bad.append(f"{where}: does not compile")
                for name, numbers in found.items():
                    if every:
                        print(f"    {name}: {numbers}")
                    if numbers["spills"]:
                        told = f"{where}: {name} spills {numbers['spills']} bytes"
                        print(f"    {told}")
                        if numbers["spills"] > FEW:
                            bad.append(told)
                    if numbers["shared"] > SHARED:
                        bad.append(f"{where}: {name} takes {numbers['shared']} bytes of shared memory")
                    kept = largest.setdefault((name, maps), dict.fromkeys(numbers, 0))
                    for key, value in numbers.items():
                        kept[key] = max(kept[key], value)
    print(f"\n{'kernel':44} {'maps':4} {'registers':>9} {'stack':>6} {'spills':>6} {'shared':>6}")
    for (name, maps), numbers in sorted(largest.items()):
        cells = [numbers[key] for key in ("registers", "stack", "spills", "shared")]
        print("{:44} {:4} {:9} {:6} {:6} {:6}".format(name, maps, *cells))
    for line in bad:
        print(f"BAD {line}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
