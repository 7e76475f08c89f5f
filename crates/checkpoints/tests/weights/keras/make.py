"""Writes the files beside itself: one small model in every form. Keras 3.15.1 on PyTorch 2.15, h5py 3.16.0.

    KERAS_BACKEND=torch python make.py
"""

import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers

HERE = Path(__file__).parent

inner = keras.Sequential(
    [keras.Input((4, 4, 3)), layers.BatchNormalization(name="inner_bn", scale=False), layers.Conv2D(2, 1, name="inner_conv")],
    name="inner",
)
image = keras.Input((4, 4, 2))
x = layers.Conv2D(3, (1, 2), padding="same", use_bias=False, name="conv1_conv")(image)
x = layers.BatchNormalization(name="conv1_bn", center=False)(x)
x = layers.GlobalAveragePooling2D()(inner(x))
model = keras.Model(image, layers.Dense(2, name="predictions")(x), name="net")

# Values that say where they are: hundreds the tensor, ones the element.
for number, variable in enumerate(model.variables):
    variable.assign(np.arange(np.prod(variable.shape), dtype="f4").reshape(variable.shape) + 100 * number)
    print(100 * number, variable.path, tuple(variable.shape))

model.save(HERE / "model.keras")
model.save(HERE / "model.h5")
model.save_weights(HERE / "model.weights.h5")

# In older versions of Keras 3 groups do not have the names of their layers.
with zipfile.ZipFile(HERE / "model.keras") as archive:
    config = archive.read("config.json")
    (HERE / "model.weights.tmp").write_bytes(archive.read("model.weights.h5"))
with h5py.File(HERE / "model.weights.tmp", "a") as file:
    file.visititems(lambda name, item: item.attrs.pop("name", None) if name.endswith("vars") else None)
with zipfile.ZipFile(HERE / "nameless.keras", "w") as archive:
    archive.writestr("metadata.json", "{}")
    archive.writestr("config.json", config)
    archive.write(HERE / "model.weights.tmp", "model.weights.h5")
(HERE / "model.weights.tmp").unlink()

# What Keras 2 and Keras 1 wrote, by hand: names with `:0`, or with the layer inside the variable, and
# names of layers over several attributes.
with h5py.File(HERE / "old.h5", "w") as file:
    file.attrs["keras_version"] = b"2.2.4"
    file.attrs["layer_names0"] = [b"input_1", b"conv1/conv"]
    file.attrs["layer_names1"] = [b"bn_conv1"]
    file.create_group("input_1").attrs["weight_names"] = np.array([], "S1")
    group = file.create_group("conv1/conv")
    group.attrs["weight_names"] = [b"conv1/conv/kernel:0"]
    group["conv1/conv/kernel:0"] = np.arange(6, dtype="f4").reshape(1, 1, 2, 3)
    group = file.create_group("bn_conv1")
    group.attrs["weight_names"] = [b"bn_conv1_gamma:0", b"bn_conv1_running_std_1:0"]
    group["bn_conv1_gamma:0"] = np.array([1, 2, 3], "f4")
    group["bn_conv1_running_std_1:0"] = np.array([4, 5, 6], "f4")
