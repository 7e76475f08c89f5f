#!/usr/bin/env python3
"""An OCI image of the static program and a shell, written without a base image, a registry, a daemon or
root. The same program gives the same image, byte for byte.

    packaging/static.sh
    packaging/image.py [--program PROGRAM] [--shell BUSYBOX] [--tag NAME] [--to FILE]

    docker load -i target/transfusion.oci.tar              # Docker 25 or newer
    podman load -i target/transfusion.oci.tar
    skopeo copy oci-archive:target/transfusion.oci.tar docker://registry.example/transfusion:0.1
    apptainer build transfusion.sif oci-archive:target/transfusion.oci.tar

Kubernetes' tasks are lines of shell: the image has a busybox that is linked statically (Debian and
Ubuntu: busybox-static) as /bin/sh. `--shell ''` leaves it out.
"""

import argparse
import gzip
import hashlib
import io
import json
import platform
import re
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MACHINE = platform.machine()
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(MACHINE, MACHINE)
LABELS = "org.opencontainers.image."


def entry(tar, name, mode, data=None):
    """A file, or a folder without data: owned by root and from 1970, so that only contents matter."""
    info = tarfile.TarInfo(name)
    info.mode = mode
    if data is None:
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
    else:
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))


def packed(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, mode, data in entries:
            entry(tar, name, mode, data)
    return out.getvalue()


def is_static(program):
    """Whether an ELF file names no loader of libraries."""
    return program[:4] == b"\x7fELF" and not re.search(rb"/lib[^\0]{0,40}/ld-[^\0]{1,40}\.so", program[:4096])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    target = ROOT / f"target/static/{MACHINE}-unknown-linux-gnu/release/transfusion"
    parser.add_argument("--program", type=Path, default=target)
    parser.add_argument("--shell", default="/bin/busybox")
    parser.add_argument("--tag", default="transfusion:latest")
    parser.add_argument("--to", type=Path, default=ROOT / "target/transfusion.oci.tar")
    arguments = parser.parse_args()
    files = {"usr/local/bin/transfusion": arguments.program}
    if arguments.shell:
        files["bin/sh"] = Path(arguments.shell)
    contents = {}
    for name, path in files.items():
        if not path.exists():
            sys.exit(f"no {path}: build it with packaging/static.sh, or for the shell apt-get install busybox-static")
        contents[name] = path.read_bytes()
        if not is_static(contents[name]):
            sys.exit(f"{path} is not linked statically: it would not start in an image without libraries")
    texts = ["LICENSE-APACHE", "LICENSE-MIT"]
    folders = [("bin", 0o755), ("cache", 0o1777), ("tmp", 0o1777), ("usr", 0o755), ("usr/local", 0o755)]
    folders += [("usr/local/bin", 0o755), ("usr/share", 0o755), ("work", 0o1777)]
    entries = [(name, mode, None) for name, mode in folders]
    entries += [(name, 0o755, data) for name, data in contents.items()]
    entries += [(f"usr/share/{name}", 0o644, (ROOT / name).read_bytes()) for name in texts]
    plain = packed(sorted(entries))
    layer = gzip.compress(plain, 6, mtime=0)

    version = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
    labels = {f"{LABELS}title": "transfusion", f"{LABELS}version": version, f"{LABELS}licenses": "MIT OR Apache-2.0"}
    config = {
        "architecture": ARCHITECTURE,
        "os": "linux",
        "config": {
            "User": "1000:1000",
            "WorkingDir": "/work",
            "Entrypoint": ["/usr/local/bin/transfusion"],
            "Env": [
                "PATH=/usr/local/bin:/bin",
                "HOME=/cache",
                "TRANSFUSION_DATA=/cache/data",
                "TRANSFUSION_WEIGHTS=/cache/weights",
            ],
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(plain).hexdigest()}"]},
    }
    blobs = {}

    def described(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(data)}

    def json_bytes(value):
        return json.dumps(value, sort_keys=True).encode()

    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": described(json_bytes(config), "config.v1+json"),
        "layers": [described(layer, "layer.v1.tar+gzip")],
    }
    image = described(json_bytes(manifest), "manifest.v1+json")
    name = arguments.tag if "/" in arguments.tag else f"docker.io/library/{arguments.tag}"
    image["annotations"] = {"org.opencontainers.image.ref.name": arguments.tag, "io.containerd.image.name": name}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [image]}
    layout = [("blobs", 0o755, None), ("blobs/sha256", 0o755, None)]
    layout += [(f"blobs/sha256/{digest}", 0o644, data) for digest, data in sorted(blobs.items())]
    layout += [("index.json", 0o644, json_bytes(index))]
    layout += [("oci-layout", 0o644, json_bytes({"imageLayoutVersion": "1.0.0"}))]
    arguments.to.parent.mkdir(parents=True, exist_ok=True)
    arguments.to.write_bytes(packed(layout))
    print(f"{arguments.to}: {arguments.tag}, {arguments.to.stat().st_size / 2**20:.1f} MiB, {image['digest']}")


if __name__ == "__main__":
    main()
