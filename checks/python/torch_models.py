"""The package on real models of torchvision and timm: every tensor's kind, moments, and loading back.

    pip install torch torchvision timm     # builds for the processor are enough
    python checks/python/torch_models.py

For each model a state dict with numbers unlike any draw is made, initialised by several policies, and
loaded back with `strict=True`; types, shapes and devices have to be those of the model, and moments
those of the source. `compare` is held against linear CKA computed with PyTorch.
"""

import sys

import torch
import torchvision
import transfusion

MODELS = ["resnet18", "resnet50", "densenet121", "mobilenet_v2", "efficientnet_b0", "convnext_tiny", "vit_b_16", "swin_t"]
TIMM = ["resnet50", "vit_small_patch16_224", "efficientnet_b0", "convnext_tiny"]


def unlike(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The model's state dict with a mean and spread of its own in every tensor."""
    torch.manual_seed(0)
    made = {}
    for place, (name, tensor) in enumerate(model.state_dict().items()):
        if tensor.is_floating_point():
            new = torch.randn(tensor.shape) * (0.02 + 0.001 * (place % 7)) + 0.01
            made[name] = new.abs() if name.endswith("running_var") else new
        else:
            made[name] = tensor.clone()
    return made


def check(name: str, model: torch.nn.Module, keep: list[str]) -> None:
    source = unlike(model)
    before = {key: value.clone() for key, value in source.items()}
    for policy in ("random", "mean-var", "knockoff", "load"):
        made = transfusion.initialise(source, policy, seed=0, keep=keep)
        model.load_state_dict(made, strict=True)
        told = transfusion.describe(source, policy, seed=0, keep=keep)
        for key, tensor in source.items():
            assert torch.equal(tensor, before[key]), key
            assert made[key].dtype == tensor.dtype and made[key].shape == tensor.shape
            n = tensor.numel()
            if policy == "mean-var" and told[key].startswith("drawn from N(") and n >= 1000:
                mean, std = tensor.mean(), tensor.std(unbiased=False)
                assert abs(made[key].mean() - mean) < 5 * std / n**0.5 + 1e-7, key
                assert abs(made[key].std() / std - 1) < 5 / (2 * n) ** 0.5 + 1e-4, key
            if policy == "load" and told[key] == "loaded":
                assert torch.equal(made[key], tensor), key
        if policy == "mean-var":
            drawn = sum(words.startswith("drawn from") for words in told.values())
            print(f"{name:28} {len(source):4} tensors, {drawn:3} drawn by their moments")


def unknown(model: torch.nn.Module) -> list[str]:
    """Tensors whose kind cannot be told, as the error lists them, a few at a time."""
    keep: list[str] = []
    while True:
        try:
            transfusion.describe(model.state_dict(), "load", keep=keep)
            return keep
        except ValueError as error:
            found = [word for word in str(error).split("`")[1::2] if word in model.state_dict()]
            if not found:
                raise
            keep += found


def linear_cka() -> None:
    torch.manual_seed(1)
    a, b = torch.randn(300, 40), torch.randn(300, 30)
    b[:, :20] += a[:, :20]
    centred = [x.double() - x.double().mean(0) for x in (a, b)]
    cross = (centred[0].T @ centred[1]).norm() ** 2
    own = [(x.T @ x).norm() for x in centred]
    expected = float(cross / (own[0] * own[1]))
    found = transfusion.compare(a, b.requires_grad_(), ["cka"], axes="nc", permutations=0)["cka"].value
    assert found is not None and abs(found - expected) < 1e-9, (found, expected)
    half = transfusion.compare(a.bfloat16(), b, ["cka"], axes="nc", permutations=0)["cka"].value
    assert half is not None and abs(half - expected) < 1e-2
    print(f"linear CKA {found:.9f}, by PyTorch {expected:.9f}")


def main() -> int:
    for name in MODELS:
        model = torchvision.models.get_model(name, weights=None)
        keep = unknown(model)
        if keep:
            print(f"{name}: kept as they are: {len(keep)}, such as {keep[0]}")
        check(name, model, keep)
    try:
        import timm
    except ImportError:
        print("timm is not installed: its models are left out")
    else:
        for name in TIMM:
            model = timm.create_model(name, pretrained=False)
            check(f"timm {name}", model, unknown(model))
    linear_cka()
    return 0


if __name__ == "__main__":
    sys.exit(main())
