#!/usr/bin/env python3
"""What the program is built of, as CycloneDX 1.5 JSON on stdout.

    python checks/sbom.py > transfusion.cdx.json
    python checks/sbom.py --check      # instead: every licence is one that deny.toml allows, every checksum is there

From `cargo metadata` and `Cargo.lock`, and the JavaScript that reports hold: what the binary of crates/transfusion is built of on the
platform that is given (--target, this one if not), without what only tests need. The same tree gives the same bytes."""

import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = "transfusion"


# What the binary holds that Cargo does not know of: name, version, licence, file.
EMBEDDED = [("inter", "3.19", "OFL-1.1", "crates/figures/src/assets/Inter-Regular-subset.otf")]


def host():
    told = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return re.search(r"^host: (.+)$", told, re.M)[1]


def metadata(target):
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    if target != "all":
        command += ["--filter-platform", target]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)


def built(data):
    """Packages of the binary and what each is built on: dependencies for building, too, not those of tests."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    root = next(p["id"] for p in data["packages"] if p["name"] == PROGRAM and p["source"] is None)
    edges, waiting = {}, [root]
    while waiting:
        package = waiting.pop()
        if package not in edges:
            needed = [dep["pkg"] for dep in nodes[package]["deps"] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])]
            edges[package] = sorted(needed)
            waiting += needed
    return root, edges


def normal(licence):
    """Cargo's old `MIT/Apache-2.0` is an OR."""
    return re.sub(r"\s*/\s*", " OR ", licence) if licence else None


def is_allowed(licence, allowed):
    """Whether the expression can be met with allowed licences alone."""
    words = re.findall(r"\(|\)|OR|AND|[\w.+-]+(?: WITH [\w.+-]+)?", licence)
    tokens = [{"OR": "or", "AND": "and", "(": "(", ")": ")"}.get(word, str(word in allowed)) for word in words]
    return eval(" ".join(tokens), {"__builtins__": {}})  # "True", "False", "or", "and" and brackets only


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def document(data):
    root, edges = built(data)
    packages = {p["id"]: p for p in data["packages"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}

    def component(package):
        found = {"type": "application" if package["id"] == root else "library", "bom-ref": reference(package),
                 "name": package["name"], "version": package["version"], "purl": reference(package)}
        if package["license"]:
            found["licenses"] = [{"expression": normal(package["license"])}]
        checksum = checksums.get((package["name"], package["version"]))
        if checksum:
            found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        if package["repository"]:
            found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return found

    def embedded(name, version, licence, path):
        purl = f"pkg:npm/{name}@{version}"
        return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "licenses": [{"expression": licence}],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256((ROOT / path).read_bytes()).hexdigest()}]}

    by_reference = sorted(edges, key=lambda id: reference(packages[id]))
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": component(packages[root])},
        "components": [component(packages[id]) for id in by_reference if id != root] + [embedded(*each) for each in EMBEDDED],
        "dependencies": [{"ref": reference(packages[id]), "dependsOn": sorted({reference(packages[d]) for d in edges[id]})} for id in by_reference],
    }


def check(data):
    """Of every package of the lock file, on all platforms and for tests too."""
    allowed = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    wrong = [f"{p['name']} {p['version']}: licence {p['license']} is not in deny.toml" for p in data["packages"]
             if not p["license"] or not is_allowed(normal(p["license"]), allowed)]
    wrong += [f"{p['name']} {p['version']}: source {p['source']} is not crates.io" for p in data["packages"]
              if p["source"] not in (None, "registry+https://github.com/rust-lang/crates.io-index")]
    wrong += [f"{p['name']} {p['version']}: no checksum in Cargo.lock" for p in lock["package"] if "source" in p and "checksum" not in p]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{len(data['packages'])} packages, {len(wrong)} findings")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--target")
    options = parser.parse_args()
    if options.check:
        return check(metadata("all"))
    json.dump(document(metadata(options.target or host())), sys.stdout, indent=1, sort_keys=True)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
