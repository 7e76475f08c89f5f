#!/usr/bin/env python3
"""The JSON schema of study.toml beside validators of others.

    python checks/schema.py BINARY              # python's jsonschema: pip install jsonschema
    python checks/schema.py BINARY --taplo      # also taplo, as editors have it: pip install taplo

Every configuration of the repository is valid; mistakes are refused, each at its key;
and what the schema refuses, the program refuses too."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[1]

LEAST = """
title = "x"
[data]
source = "phantom-fundus"
task = "ordinal"
size = 16
count = 60
[grid]
model = ["cbr-tiny"]
init = ["random"]
"""

# What is written at the end of its table, and the table where it is wrong.
MISTAKES = [
    ("[train]\nlrr = 1", "train"),
    ("[train]\nlr = 0", "train.lr"),
    ("[train]\nlr = \"fast\"", "train.lr"),
    ("[train]\nbatch_size = 1", "train.batch_size"),
    ("[train]\nbatch_size = 2.5", "train.batch_size"),
    ("[train]\noptimizer = \"adamm\"", "train.optimizer"),
    ("[train]\nstep_at = [0.5, 1.0]", "train.step_at.1"),
    ("[train]\nphases = [{ freeze = \"stem\" }]", "train.phases.0"),
    ("[train]\nl2_sp = { alpha = 0.1 }", "train.l2_sp"),
    ("[compare]\nmargin = 0.5", "compare.margin"),
    ("[compare]\noperating = \"yuden\"", "compare.operating"),
    ("[compare]\noperating = { sensitivity = 1.5 }", "compare.operating"),
    ("[probe]\nmethods = [\"linear\", \"nearest\"]", "probe.methods.1"),
    ("[analysis]\nmeasures = [\"mean-ccca\"]", "analysis.measures.0"),
    ("[analysis]\nmaps = [[\"a\"]]", "analysis.maps.0"),
    ("[reporting]\nauthor = \"x\"", "reporting"),
    ("[report]\npictures = \"no\"", "report.pictures"),
    ("[cluster]\nscheduler = \"slrum\"", "cluster.scheduler"),
    ("[cluster]\nvolume = { claim = \"x\" }", "cluster.volume"),
    ("[tune]\nlr = 0.1", "tune.lr"),
    ("[weights]\ncbr-tiny = { files = \"x\" }", "weights.cbr-tiny"),
    ("[data.test.b]\nsource = 1", "data.test.b.source"),
    ("[trian]\nlr = 1", ""),
]


def validator(binary, *options):
    printed = subprocess.run([binary, "schema", *options], check=True, capture_output=True, text=True).stdout
    schema = json.loads(printed)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(schema)
    return printed, jsonschema.Draft7Validator(schema)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--taplo", action="store_true", help="also ask taplo, which has to be on the PATH")
    options = parser.parse_args()
    printed, study = validator(options.binary)
    _, pretrain = validator(options.binary, "--pretrain")

    wrong, valid = [], []
    for path in sorted((ROOT / "configs").rglob("*.toml")):
        text = path.read_text()
        of_file = pretrain if path.parent.name == "pretrain" else study
        errors = list(of_file.iter_errors(tomllib.loads(text)))
        wrong += [f"{path}: {error.json_path}: {error.message[:200]}" for error in errors]
        valid.append((path, of_file is study))

    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "study.toml"
        for text, place in [("", None), *MISTAKES]:
            text = LEAST + text + "\n"
            errors = list(study.iter_errors(tomllib.loads(text)))
            places = {".".join(str(step) for step in error.absolute_path) for error in errors}
            expected = set() if place is None else {place}
            if places != expected:
                wrong.append(f"{text!r}: expected {expected}, found {places}")
            file.write_text(text)
            refused = subprocess.run([options.binary, "plan", file], capture_output=True).returncode
            if refused != (0 if place is None else 2):
                wrong.append(f"{text!r}: the program ends with {refused}")

        if options.taplo:
            (pathlib.Path(folder) / "schema.json").write_text(printed)
            lint = ["taplo", "lint", "--schema", f"file://{folder}/schema.json"]
            for path, is_study in valid:
                if is_study and subprocess.run([*lint, path], capture_output=True).returncode != 0:
                    wrong.append(f"taplo: {path}")
            for text, place in MISTAKES:
                file.write_text(LEAST + text + "\n")
                if subprocess.run([*lint, file], capture_output=True).returncode == 0:
                    wrong.append(f"taplo takes {text!r}")

    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{len(valid)} configurations are valid, {len(MISTAKES)} mistakes are refused: {len(wrong)} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
