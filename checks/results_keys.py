"""In which keys two results.json differ: what was added, removed or changed.

    python checks/results_keys.py BEFORE/results.json AFTER/results.json

Values are compared exactly, the order of keys is not; positions in lists are shown as N.
Exit code 1 where a value differs, other than the hash of the plan.
"""

import json
import re
import sys
from collections import Counter

EXPECTED = {"/reproduction/plan_sha256"}


def differences(before, after, path=""):
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            below = f"{path}/{key}"
            if key not in before:
                yield "added", below
            elif key not in after:
                yield "removed", below
            else:
                yield from differences(before[key], after[key], below)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield "length", path
        for place, pair in enumerate(zip(before, after)):
            yield from differences(*pair, f"{path}/{place}")
    elif before != after:
        yield "differs", path


def main():
    before, after = (json.load(open(path)) for path in sys.argv[1:3])
    found = Counter((how, re.sub(r"/\d+", "/N", path)) for how, path in differences(before, after))
    for (how, path), count in sorted(found.items()):
        print(f"{count:6} {how:8} {path}")
    changed = [path for how, path in found if how in ("differs", "length") and path not in EXPECTED]
    sys.exit(1 if changed else 0)


if __name__ == "__main__":
    main()
