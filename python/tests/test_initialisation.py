"""Weights as a study makes them, on state dicts."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import transfusion
from transfusion import describe, initialise

Weights = dict[str, np.ndarray]


def norm(name: str, channels: int, draws: np.random.Generator) -> Weights:
    return {
        f"{name}.weight": draws.normal(1.0, 0.2, channels).astype(np.float32),
        f"{name}.bias": draws.normal(0.1, 0.2, channels).astype(np.float32),
        f"{name}.running_mean": draws.normal(0.0, 0.5, channels).astype(np.float32),
        f"{name}.running_var": draws.uniform(0.5, 2.0, channels).astype(np.float32),
        f"{name}.num_batches_tracked": np.array(1000, dtype=np.int64),
    }


def resnet50(classes: int = 10, width: int = 64) -> Weights:
    """Names, shapes and order of torchvision's ResNet-50, with numbers of our own."""
    draws = np.random.default_rng(0)

    def weight(*shape: int) -> np.ndarray:
        mean, std = draws.normal(0.0, 0.01), draws.uniform(0.01, 0.05)
        return draws.normal(mean, std, shape).astype(np.float32)

    made: Weights = {"conv1.weight": weight(width, 3, 7, 7), **norm("bn1", width, draws)}
    channels = width
    for stage, (blocks, inner) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            made[f"{name}.conv1.weight"] = weight(inner, channels, 1, 1)
            made.update(norm(f"{name}.bn1", inner, draws))
            made[f"{name}.conv2.weight"] = weight(inner, inner, 3, 3)
            made.update(norm(f"{name}.bn2", inner, draws))
            made[f"{name}.conv3.weight"] = weight(4 * inner, inner, 1, 1)
            made.update(norm(f"{name}.bn3", 4 * inner, draws))
            if block == 0:
                made[f"{name}.downsample.0.weight"] = weight(4 * inner, channels, 1, 1)
                made.update(norm(f"{name}.downsample.1", 4 * inner, draws))
            channels = 4 * inner
    made["fc.weight"] = weight(classes, channels)
    made["fc.bias"] = weight(classes)
    return made


@pytest.fixture(scope="module")
def weights() -> Weights:
    return resnet50()


def is_filter(name: str, tensor: np.ndarray) -> bool:
    return tensor.ndim == 4


@pytest.mark.parametrize("policy", ["mean-var", "knockoff", "bootstrap", "shuffle"])
@pytest.mark.parametrize("by_tensor", [False, True])
def test_every_tensor_keeps_its_moments(weights: Weights, policy: str, by_tensor: bool) -> None:
    before = {name: tensor.copy() for name, tensor in weights.items()}
    made = initialise(weights, policy, seed=3, by_tensor=by_tensor)
    assert list(made) == list(weights)
    for name, tensor in weights.items():
        new = made[name]
        assert (new.shape, new.dtype) == (tensor.shape, tensor.dtype)
        assert np.array_equal(tensor, before[name]), "the input is not changed"
        if is_filter(name, tensor):
            mean, std, n = tensor.mean(), tensor.std(), tensor.size
            # A knockoff's covariance is that of the source's filters: its rank is below their number.
            rank = min(tensor.shape[0] - 1, n // tensor.shape[0])
            free = tensor.shape[0] * rank if policy == "knockoff" else n
            assert abs(new.mean() - mean) < 5.0 * std / np.sqrt(n) + 1e-7, name
            assert abs(new.std() / std - 1.0) < 5.0 / np.sqrt(2.0 * free) + 1e-4, name
            assert not np.array_equal(new, tensor)
            is_same_set = np.array_equal(np.sort(new.ravel()), np.sort(tensor.ravel()))
            assert is_same_set == (policy == "shuffle"), name
        elif name.endswith(("running_var", "bn1.weight", "bn2.weight", "bn3.weight")):
            assert np.all(new == 1.0), name
        elif name.endswith("num_batches_tracked"):
            assert new == 0
        elif name.startswith("fc"):
            # Uniform within ±1/√fan-in, and no bias: the head of a seed, whatever the policy.
            assert np.abs(new).max() <= 1.0 / np.sqrt(2048.0), name


def test_the_zoo_and_names_alone_agree(weights: Weights) -> None:
    for policy in ("random", "mean-var-per-channel", "gabor", "knockoff"):
        known = initialise(weights, policy, seed=5)
        told = initialise(weights, policy, seed=5, by_tensor=True)
        for name in weights:
            assert np.array_equal(known[name], told[name]), (policy, name)


def test_seeds_and_policies_share_streams(weights: Weights) -> None:
    first = initialise(weights, "random", seed=1)
    again = initialise(weights, "load", seed=1)
    other = initialise(weights, "random", seed=2)
    assert np.array_equal(first["fc.weight"], again["fc.weight"])
    assert not np.array_equal(first["fc.weight"], other["fc.weight"])
    assert np.array_equal(again["layer4.2.bn3.running_var"], weights["layer4.2.bn3.running_var"])
    assert again["layer4.2.bn3.num_batches_tracked"] == 1000


@pytest.mark.parametrize(("up_to", "last"), [("block2", "layer2"), ("layer3.1", "layer3.1")])
def test_a_beginning_is_transfused(weights: Weights, up_to: str, last: str) -> None:
    told = describe(weights, "load", up_to=up_to, rest="mean-var")
    names = list(weights)
    end = max(place for place, name in enumerate(names) if name.startswith(last + "."))
    for place, name in enumerate(names):
        if name.endswith("num_batches_tracked") or name.startswith("fc."):
            continue
        assert (told[name] == "loaded") == (place <= end), name
    assert told["layer4.0.conv1.weight"].startswith("drawn from N(")


def test_gabor_filters_are_waves(weights: Weights) -> None:
    made = initialise(weights, "gabor", up_to="conv1", rest="mean-var")
    bank = made["conv1.weight"]
    assert np.allclose(bank[:, 0], bank[:, 1]), "grey"
    assert np.allclose(bank.mean(axis=(2, 3)), 0.0, atol=1e-6)
    assert bank.std() == pytest.approx(np.sqrt(2.0 / (64 * 49)), rel=1e-5)


def test_another_head_takes_another_source(weights: Weights) -> None:
    target = resnet50(classes=3)
    made = initialise(target, "load", source=weights)
    assert made["fc.weight"].shape == (3, 2048)
    assert np.array_equal(made["layer2.0.conv2.weight"], weights["layer2.0.conv2.weight"])


def test_types_come_back(weights: Weights) -> None:
    halves = {
        name: tensor.astype(np.float16) if tensor.dtype == np.float32 else tensor
        for name, tensor in weights.items()
    }
    made = initialise(halves, "mean-var", seed=3)
    assert {tensor.dtype for tensor in made.values()} == {np.dtype("f2"), np.dtype("i8")}


def test_foreign_networks_follow_rules() -> None:
    draws = np.random.default_rng(1)
    foreign: Weights = {
        "patch.weight": draws.normal(0.2, 0.1, (8, 3, 4, 4)).astype(np.float32),
        "patch.bias": draws.normal(0.5, 0.1, 8).astype(np.float32),
        "norm.weight": draws.normal(2.0, 0.1, 8).astype(np.float32),
        "norm.bias": draws.normal(1.0, 0.1, 8).astype(np.float32),
        "table": draws.normal(size=(5, 2)).astype(np.float32),
        "head.weight": draws.normal(size=(2, 8)).astype(np.float32),
        "head.bias": draws.normal(size=2).astype(np.float32),
    }
    with pytest.raises(ValueError, match="`table`"):
        initialise(foreign, "mean-var")
    told = describe(foreign, "mean-var", keep="table")
    assert told["table"] == "as it is"
    assert told["patch.bias"].startswith("drawn from N(0.")
    assert told["norm.weight"] == told["head.weight"] == "drawn"
    kept = initialise(foreign, "load", keep="table", head=())
    assert np.array_equal(kept["head.weight"], foreign["head.weight"])
    with pytest.raises(ValueError, match="begins with"):
        initialise(foreign, "load", keep="table", up_to="layer1")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"policy": "meanvar"}, "unknown policy `meanvar`"),
        ({"policy": "lsuv"}, "batch of images"),
        ({"network": "resnet18"}, "resnet18"),
        ({"policy": "load", "up_to": "block9"}, "block9"),
        ({"head": "fc"}, "classifier is known"),
    ],
)
def test_refusals_say_why(weights: Weights, asked: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        initialise(weights, **asked)


def read_safetensors(path: Path) -> Weights:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    made = {}
    for name, told in header.items():
        if name != "__metadata__":
            first, last = (8 + length + at for at in told["data_offsets"])
            made[name] = np.frombuffer(data[first:last], "<f4").reshape(told["shape"])
    return made


def test_a_study_begins_with_these_weights(directory: Path) -> None:
    """The first convolution that each run of a study began with, from the state dict alone."""
    study = transfusion.Study.load(directory)
    plan = {run["id"]: run for run in study.plan["runs"]}
    compared = 0
    for run, spec in plan.items():
        folder = directory / "runs" / run
        weights = read_safetensors(folder / "model.safetensors")
        began = read_safetensors(folder / "initial_filters.safetensors")
        if spec["init"]["name"] != "random":
            continue
        made = initialise(weights, "random", seed=spec["seed"])
        for name, filters in began.items():
            assert np.array_equal(made[name], filters), name
            compared += 1
    assert compared == 3
