#!/usr/bin/env python3
"""Kubernetes' manifests as `submit` writes them, held against the API's own schema: strictly, so that a
field that Kubernetes would not know is found. No cluster is needed, and none was met.

    checks/cluster/kubernetes.py [--program PROGRAM] [--version 1.33]

Installs kubernetes-validate from PyPI into target/. Ends with 1 where a manifest is not as it should be.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from study import study_text

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "scheduler": "kubernetes",
    "gpus": 1,
    "at_once": 2,
    "container": "registry.example/transfusion:0.1",
    "before": ["export A='it is'"],
    "options": ["securityContext: { runAsUser: 1000, fsGroup: 1000 }", "nodeSelector: { gpu: a100 }"],
}
VOLUME = 'volume = { claim = "studies", path = "/shared" }\n'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "target/release/transfusion"))
    parser.add_argument("--version", default="1.33")
    arguments = parser.parse_args()
    packages = ROOT / "target/kubernetes"
    if not packages.exists():
        install = [sys.executable, "-m", "pip", "install", "-q", "--target", packages, "kubernetes-validate"]
        subprocess.run(install, check=True)
    sys.path.insert(0, str(packages))
    import kubernetes_validate
    import yaml

    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study.toml"
        study.write_text(study_text(SETTINGS, title="What: 'is' \"this\" # ?") + VOLUME)
        submit = [Path(arguments.program).resolve(), "submit", study, "--out", Path(folder) / "out", "--write"]
        done = subprocess.run(submit, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode != 0:
            sys.exit(done.stderr)
        bad = 0
        files = sorted((Path(folder) / "out/cluster/1").glob("*.yaml"))
        for file in files:
            for manifest in yaml.safe_load_all(file.read_text()):
                try:
                    kubernetes_validate.validate(manifest, arguments.version, strict=True)
                    print(f"fine {file.name}: {manifest['kind']} {manifest['metadata']['generateName']}")
                except kubernetes_validate.ValidationError as error:
                    bad += 1
                    print(f"BAD {file.name}: {error}")
        if len(files) != 2:
            bad += 1
            print(f"BAD expected two manifests, found {files}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
