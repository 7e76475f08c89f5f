"""Writes earliest.h5, v110.h5 and latest.h5 beside itself. h5py 3.16.0 (HDF5 2.0.0), numpy 2.4.6.

    python make.py
"""

from pathlib import Path

import h5py
import numpy as np

HERE = Path(__file__).parent
ROW = np.arange(30, dtype="f4").reshape(5, 6) - 2.5


def common(file):
    file["f32"] = ROW
    file["big"] = ROW.astype(">f4")
    file["f16"] = ROW.astype("f2")
    file["f64"] = ROW.astype("f8") / 3
    file["big64"] = ROW.astype(">f8") / 3
    file["scalar"] = np.float32(7)
    file["none"] = np.zeros((0, 3), "f4")
    file["whole numbers"] = np.arange(3)
    file["group/inner/f32"] = ROW[0]
    file.create_dataset("chunks", data=ROW, chunks=(2, 4))
    file.create_dataset("packed", data=ROW, chunks=(2, 4), compression="gzip", shuffle=True)
    file.create_dataset("checked", data=ROW, chunks=(5, 6), shuffle=True, compression="gzip", fletcher32=True)
    file.create_dataset("cube", data=np.arange(60, dtype="f4").reshape(3, 4, 5), chunks=(2, 3, 2))
    file.create_dataset("lzf", data=ROW, compression="lzf")
    file.create_dataset("unwritten", shape=(3, 11), dtype="f4", fillvalue=1.5)
    partly = file.create_dataset("partly", shape=(4, 4), chunks=(2, 2), dtype="f4", fillvalue=-1)
    partly[2:, :2] = 9
    # As Keras writes bfloat16: two bytes of a type that HDF5 has no name for.
    brain = (ROW[0] * 256).view("u4") >> 16
    pair = h5py.h5t.create(h5py.h5t.OPAQUE, 2)
    pair.set_tag(b"bfloat16")
    space = h5py.h5s.create_simple((6,))
    made = h5py.h5d.create(file.id, b"brain", pair, space)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, brain.astype("u2").view("V2"), pair)
    file["brain"].attrs["dtype"] = "bfloat16"
    space = file["group"]
    space.attrs["names"] = [b"conv1", b"bn_conv1", b""]
    space.attrs["text"] = "of any length ä"
    space.attrs["texts"] = ["one", "", "three"]
    space.attrs["bytes"] = np.bytes_("fixed")
    space.attrs["empty"] = []
    space.attrs["number"] = 3
    file["again"] = file["f32"]
    file["group/root"] = file
    file["soft"] = h5py.SoftLink("/f32")
    # The group of an external link is of the newer form.
    file["links/elsewhere"] = h5py.ExternalLink("other.h5", "/f32")
    file["links/f32"] = file["f32"]


with h5py.File(HERE / "earliest.h5", "w") as file:
    common(file)
    for number in range(40):
        file[f"many/{number:02}"] = np.float32(number)



def newer(name, libver):
    with h5py.File(HERE / name, "w", libver=libver) as file:
        file["f32"] = ROW
        file["group/inner/f32"] = ROW[0]
        file.create_dataset("alone", data=ROW, chunks=(5, 6), compression="gzip", shuffle=True)
        file.create_dataset("table", data=ROW, chunks=(2, 4), compression="gzip")
        file.create_dataset("plain table", data=ROW, chunks=(2, 4))
        file.create_dataset("growing", data=ROW, chunks=(2, 4), maxshape=(None, 6))
        file["group"].attrs["names"] = [b"conv1", b"bn_conv1", b""]
        file["group"].attrs["text"] = "of any length ä"
        # More than eight members are listed in another form.
        for number in range(9):
            file[f"many/{number}"] = np.float32(number)


newer("v110.h5", ("v110", "v110"))
newer("latest.h5", "latest")
