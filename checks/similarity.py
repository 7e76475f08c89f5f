"""What a study's `[analysis]` measured, from PyTorch's activations of its saved networks.

    python checks/similarity.py STUDY DATA.npz

STUDY is a finished study of a CBR network at the pictures' own size, on the whole test partition,
without a limit of datapoints that bites (`datapoints = 1000000`), headline "grade >= 2", with
blocks by nearest neighbours. Prints the largest difference of every measure. Needs numpy,
PyTorch, safetensors and scikit-learn.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from sklearn.metrics import roc_auc_score

study, data = Path(sys.argv[1]), np.load(sys.argv[2])
plan = json.loads((study / "plan.json").read_text())
runs = [run["id"] for run in plan["runs"]]
normalisation = plan["models"][0]["normalisation"]
mean, std = np.float32(normalisation["mean"]), np.float32(normalisation["std"])
blocks = ["stem", "block1", "block2", "block3"]


def pictures(partition):
    scaled = (data[f"{partition}_images"].astype(np.float32) / 255 - mean) / std
    return torch.from_numpy(scaled.transpose(0, 3, 1, 2).copy())


def activations(run, x):
    """`[n, c, h, w]` behind every block, and the probabilities `[n, classes]`."""
    w = load_file(study / "runs" / runs[run] / "model.safetensors")
    behind = []
    for block in blocks:
        x = F.conv2d(x, w[f"{block}.conv.weight"], w.get(f"{block}.conv.bias"), padding="same")
        norm = [w[f"{block}.bn.{name}"] for name in ("running_mean", "running_var", "weight", "bias")]
        x = F.max_pool2d(F.relu(F.batch_norm(x, *norm, False, 0, 1e-5)), 3, 2, 1)
        behind.append(x.numpy().astype(np.float64))
    logits = (x.mean((2, 3)) @ w["fc.weight"].T + w["fc.bias"]).double()
    return behind, torch.softmax(logits, 1).numpy()


def mean_cca(a, b):
    def white(a):
        u, s, _ = np.linalg.svd(a - a.mean(0), full_matrices=False)
        return u[:, s**2 > 1e-10 * s[0] ** 2]

    return np.linalg.svd(white(a).T @ white(b), compute_uv=False).clip(0, 1).mean()


def debiased_cka(a, b):
    a, b = a - a.mean(0), b - b.mean(0)
    n = len(a)

    def hsic(a, b):
        r, q = (a**2).sum(1), (b**2).sum(1)
        cross = np.linalg.norm(a.T @ b) ** 2
        return cross - n / (n - 2) * (r @ q) + r.sum() * q.sum() / ((n - 1) * (n - 2))

    return hsic(a, b) / np.sqrt(hsic(a, a) * hsic(b, b))


def angle(a, b):
    a, b = a - a.mean(0), b - b.mean(0)
    nuclear = np.linalg.svd(a.T @ b, compute_uv=False).sum()
    return np.arccos(min(1, nuclear / np.linalg.norm(a) / np.linalg.norm(b)))


def neighbours(test, train, positive):
    """AUC scores of 200 nearest neighbours, weights exp(cosine / 0.1)."""
    unit = lambda t: (lambda f: f / np.linalg.norm(f, axis=1, keepdims=True))(t.mean((2, 3)))
    cosine = unit(test) @ unit(train).T
    nearest = np.argsort(-cosine, 1, kind="stable")[:, :200]
    weight = np.exp(np.take_along_axis(cosine, nearest, 1) / 0.1)
    return (weight * positive[nearest]).sum(1) / weight.sum(1)


measures = {"mean-cca": mean_cca, "debiased-cka": debiased_cka, "angular-procrustes": angle}
worst = {}


def differ(name, ours, theirs):
    worst[name] = max(worst.get(name, 0.0), abs(ours - theirs))


test, train = pictures("test"), pictures("train")
test_labels, train_labels = data["test_labels"].ravel(), data["train_labels"].ravel()
seen = {}


def network(run):
    if run not in seen:
        seen[run] = activations(run, test)
    return seen[run]


flat = lambda t: t.transpose(0, 2, 3, 1).reshape(-1, t.shape[1])
for pair in plan["analysis"]["pairs"]:
    record = json.loads((study / f"analysis/{pair['id']}.json").read_text())
    for k, block in enumerate(record["blocks"]):
        a, b = flat(network(pair["a"])[0][k]), flat(network(pair["b"])[0][k])
        for value in block["trained"]:
            if value["measure"] in measures:
                theirs = measures[value["measure"]](a, b)
                differ(value["measure"], value["value"]["Ok"], theirs)
for layer_map in plan["analysis"]["maps"]:
    record = json.loads((study / f"analysis/{layer_map['id']}.json").read_text())
    for i, row in enumerate(record["measured"]):
        for j, cell in enumerate(row):
            a = network(layer_map["a"])[0][i].mean((2, 3))
            b = network(layer_map["b"])[0][j].mean((2, 3))
            differ("layer map", cell["value"]["Ok"], debiased_cka(a, b))
for change in plan["analysis"]["runs"]:
    number = change["run"]
    part = study / f"analysis/{change['id']}.json"
    if not part.exists():
        continue
    record = json.loads(part.read_text())
    behind, probability = network(number)
    differ("AUC", record["intact_auc"], roc_auc_score(test_labels >= 2, probability[:, 2:].sum(1)))
    shown = activations(number, train)[0]
    for k, block in enumerate(record["blocks"]):
        scores = neighbours(behind[k], shown[k], train_labels >= 2)
        differ("k-NN AUC", block["neighbours_after"], roc_auc_score(test_labels >= 2, scores))
for name, difference in worst.items():
    print(f"{name:20} {difference:.1e}")
