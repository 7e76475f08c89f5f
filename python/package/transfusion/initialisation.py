"""Weights made as a study makes them, for anyone's own training loop."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

import numpy as np

from . import _native
from .arrays import Array, lent

__all__ = ["describe", "initialise", "policies"]

_COUNTER = "num_batches_tracked"


def policies() -> list[str]:
    """The words of all policies; docs/interventions.md says what each does.

    >>> [word for word in policies() if word.startswith("mean-var")]
    ['mean-var', 'mean-var-per-channel', 'mean-var-norms']
    """
    return _native.policies()


def initialise(
    state_dict: Mapping[str, Any],
    policy: str = "mean-var",
    seed: int = 0,
    *,
    source: Mapping[str, Any] | None = None,
    up_to: str | None = None,
    rest: str = "random",
    network: str | None = None,
    head: str | Sequence[str] | None = None,
    keep: str | Sequence[str] = (),
    by_tensor: bool = False,
) -> dict[str, Any]:
    """A new state dict whose tensors are made by ``policy``; the given one is not changed.

    ``state_dict``: tensors by name, of PyTorch or arrays of NumPy, in the order in which the
    network registers them (``model.state_dict()``). The same kinds come back, with the same
    shapes, types and devices.

    ``policy``: a word of ``policies()``: ``random``, ``mean-var`` (each tensor from N(mean,
    variance) of the pretrained one), ``knockoff`` (filters with the covariance that the layer's
    pretrained filters have between taps), ``bootstrap`` and ``shuffle`` (the pretrained entries in
    other places), ``gabor`` (a bank of Gabor filters as the first convolution), ``load``, and
    others. ``source``: the state dict whose values the policies read; ``state_dict`` itself where
    it is left out, for example where that is pretrained.

    ``up_to``: the last block or the beginning of names to which ``policy`` goes, ``rest`` the
    policy of what comes after: ``policy="load", up_to="layer2"`` transfuses the beginning of a
    network.

    A network of the zoo is recognised by its names and shapes, in the names of torchvision and
    timm, or named with ``network``. It is then made exactly as a study with this ``seed`` makes
    it, and blocks have the study's names. The tensors of any other network, or with
    ``by_tensor=True``, are told by name and shape: a ``weight`` of three to five axes is a
    convolution, of two a linear layer, of one the scale of a norm; random weights are He's in
    convolutions, as in torchvision's ResNets.

    In both cases norms start afresh (scale 1, shift 0, mean 0, variance 1) unless they are
    loaded or the policy is about them, and the classifier is drawn at random: ``head`` names it
    in networks outside the zoo, else it is the last linear layer. ``keep``: beginnings of names
    that stay as they are.

    >>> import numpy as np
    >>> filters = np.random.default_rng(0).normal(0.1, 0.2, (32, 3, 5, 5)).astype(np.float32)
    >>> weights = {"conv.weight": filters, "fc.weight": np.zeros((2, 32), np.float32)}
    >>> made = initialise(weights, "mean-var", seed=1)
    >>> bool(abs(made["conv.weight"].mean() - filters.mean()) < 0.02)
    True
    """
    made = _make(state_dict, policy, seed, source, up_to, rest, network, head, keep, by_tensor)
    return {name: value for name, value, _ in made}


def describe(
    state_dict: Mapping[str, Any],
    policy: str = "mean-var",
    seed: int = 0,
    *,
    source: Mapping[str, Any] | None = None,
    up_to: str | None = None,
    rest: str = "random",
    network: str | None = None,
    head: str | Sequence[str] | None = None,
    keep: str | Sequence[str] = (),
    by_tensor: bool = False,
) -> dict[str, str]:
    """What ``initialise`` does to every tensor, in words.

    >>> import numpy as np
    >>> describe({"conv.weight": np.ones((2, 1, 3, 3), np.float32)}, "shuffle")
    {'conv.weight': 'shuffled'}
    """
    made = _make(state_dict, policy, seed, source, up_to, rest, network, head, keep, by_tensor)
    return {name: words for name, _, words in made}


def _make(
    state_dict: Mapping[str, Any],
    policy: str,
    seed: int,
    source: Mapping[str, Any] | None,
    up_to: str | None,
    rest: str,
    network: str | None,
    head: str | Sequence[str] | None,
    keep: str | Sequence[str],
    by_tensor: bool,
) -> Iterator[tuple[str, Any, str]]:
    kept = _list(keep)
    _, made = _native.initialise(
        _floats(state_dict),
        None if source is None else _floats(source),
        {
            "policy": policy,
            "up_to": up_to,
            "rest": rest,
            "seed": seed,
            "network": network,
            "head": None if head is None else _list(head),
            "keep": kept,
            "by_tensor": by_tensor,
        },
    )
    found = {name: (values, words) for name, values, words in made}
    for name, tensor in state_dict.items():
        stays = any(name == prefix or name.startswith(prefix + ".") for prefix in kept)
        if name in found and not stays:
            values, words = found[name]
            yield name, _like(tensor, values), words
            continue
        layer, _, last = name.rpartition(".")
        mean = found.get(f"{layer}.running_mean")
        is_fresh = last == _COUNTER and not stays and mean is not None and mean[1] != "loaded"
        yield name, _copy(tensor, is_fresh), "0" if is_fresh else "as it is"


def _list(names: Optional[str | Sequence[str]]) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


def _floats(state_dict: Mapping[str, Any]) -> list[tuple[str, Array]]:
    """The tensors of real numbers, in single precision and rows."""
    floats = []
    for name, tensor in state_dict.items():
        array = lent(tensor)
        if array.dtype.kind == "c":
            raise TypeError(f"{name}: expected real numbers, found {array.dtype}")
        if array.dtype.kind == "f":
            # It would make an axis of a single number.
            rows = np.ascontiguousarray(array, dtype=np.float32).reshape(array.shape)
            floats.append((name, rows))
    return floats


def _like(tensor: Any, values: Array) -> Any:
    """The values as a tensor of the same package, shape, type and device."""
    if isinstance(tensor, np.ndarray):
        return values.reshape(tensor.shape).astype(tensor.dtype, copy=False)
    torch: Any = importlib.import_module("torch")
    made = torch.from_numpy(values).reshape(tuple(tensor.shape))
    return made.to(device=tensor.device, dtype=tensor.dtype)


def _copy(tensor: Any, is_zero: bool) -> Any:
    if isinstance(tensor, np.ndarray):
        return np.zeros_like(tensor) if is_zero else tensor.copy()
    return tensor.detach().clone().zero_() if is_zero else tensor.detach().clone()
