"""Our stored, modality and VOI values beside pydicom's, on its own test files.

    pip install pydicom==3.0.2 pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg pylibjpeg-rle numpy
    cargo build --release -p formats --example dicom_steps
    python checks/formats/pydicom_files.py target/release/examples/dicom_steps [FILE…]

Prints one line a file: the largest difference of each step, or who refuses it and why. Exits
with 1 where a file of a lossless syntax differs anywhere, or one of a lossy syntax by more than
5 levels (JPEG decoders differ in how they spread halved chroma: Pillow and pydicom do by 5).
More files: the package pydicom-data 1.0.0, folder data_store/data.
"""

import copy
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array

warnings.simplefilter("ignore")
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81",
         "1.2.840.10008.1.2.4.91"}


def ours(program, path, frame):
    run = subprocess.run([program, path, str(frame)], capture_output=True)
    if run.returncode:
        return None, run.stderr.decode().strip()
    head, _, body = run.stdout.partition(b"\n")
    frames, rows, columns, samples = map(int, head.split())
    parts = []
    for kind in ("<i8", "<f8", "<f8", "u1"):
        count = int.from_bytes(body[:8], "little")
        size = count * np.dtype(kind).itemsize
        parts.append(np.frombuffer(body[8:8 + size], kind))
        body = body[8 + size:]
    shape = (rows, columns, samples) if samples > 1 else (rows, columns)
    stored, modality, voi, rgb = parts
    return {
        "frames": frames,
        "stored": stored.reshape(shape),
        "modality": modality.reshape(rows, columns) if modality.size else None,
        "voi": voi.reshape(rows, columns) if voi.size else None,
        "rgb": rgb.reshape(rows, columns, 3) if rgb.size else None,
    }, None


def output_range(data):
    """The range that pydicom's window fills."""
    if "ModalityLUTSequence" in data:
        return 0, 2 ** data.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    bits = data.BitsStored
    low, high = (0, 2**bits - 1) if data.PixelRepresentation == 0 else (
        -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
    return low * slope + intercept, high * slope + intercept


def theirs(path):
    try:
        data = pydicom.dcmread(path, force=True)
        if "PixelData" not in data:
            return None, None, "no pixels"
        if "TransferSyntaxUID" not in data.file_meta:
            implicit, little = data.original_encoding
            data.file_meta.TransferSyntaxUID = (
                pydicom.uid.ImplicitVRLittleEndian if implicit else
                pydicom.uid.ExplicitVRLittleEndian if little else
                pydicom.uid.ExplicitVRBigEndian)
        return data, data.pixel_array, None
    except Exception as error:
        return None, None, " ".join(str(error).split())[:110] or type(error).__name__


def of_frame(data, number):
    """The data set with what functional groups say of a frame, which pydicom does not look for."""
    groups = [data[name][at] for name, at in (
        ("SharedFunctionalGroupsSequence", 0), ("PerFrameFunctionalGroupsSequence", number))
        if name in data]
    flat = copy.copy(data)
    for group in groups:
        for name in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
            for element in group[name][0] if name in group else []:
                flat[element.tag] = element
    return flat


def compare(program, path):
    data, array, refusal = theirs(path)
    mine, error = ours(program, path, 0)
    if refusal or error:
        both = "both refuse" if refusal and error else "pydicom refuses" if refusal else "we refuse"
        return both, error or refusal, True
    frames = mine["frames"]
    found = {}
    for number in sorted({0, frames // 2, frames - 1}):
        mine, error = ours(program, path, number)
        if error:
            return "we refuse", error, True
        frame = array[number] if frames > 1 else array
        differences(of_frame(data, number), frame, mine, found)
    lossy = str(data.file_meta.TransferSyntaxUID) in LOSSY
    good = all(found.get(name, 0) <= (5 if lossy else 0) for name in ("stored", "rgb"))
    good &= lossy or found.get("modality", 0) == 0 and found.get("voi", 0) <= 1e-9
    text = "  ".join(f"{name} {value:.3g}" for name, value in found.items())
    return "equal" if not any(found.values()) else "within" if good else "DIFFERENT", text, good


def differences(data, frame, mine, found):
    def note(name, ours, other):
        worst = np.abs(ours.astype(np.float64) - np.asarray(other, np.float64)).max()
        found[name] = max(found.get(name, 0), float(worst))

    if mine["rgb"] is not None:
        if data.PhotometricInterpretation == "PALETTE COLOR":
            note("stored", mine["stored"], frame)
            colours = pydicom.pixels.apply_color_lut(frame, data)
            # pydicom takes the entries of a big-endian palette for little-endian ones.
            if data.original_encoding[1]:
                note("rgb", mine["rgb"], colours >> 8 if colours.dtype == np.uint16 else colours)
        elif data.BitsAllocated == 8:
            note("rgb", mine["rgb"], frame)
        else:
            note("stored", mine["stored"], frame)
        return
    note("stored", mine["stored"], frame)
    modality = apply_modality_lut(frame, data)
    note("modality", mine["modality"], modality)
    if "VOILUTSequence" in data:
        top = 2 ** data.VOILUTSequence[0].LUTDescriptor[2] - 1
        note("voi", mine["voi"], apply_voi_lut(modality, data) / top)
    elif "WindowWidth" in data:
        low, high = output_range(data)
        note("voi", mine["voi"], (apply_voi_lut(modality, data) - low) / (high - low))


def main():
    program, *names = sys.argv[1:]
    if not names:
        folder = Path(pydicom.__file__).parent / "data" / "test_files"
        names = sorted(folder.glob("*.dcm"))
    good = True
    for name in names:
        try:
            verdict, text, fine = compare(program, name)
        except Exception as error:
            verdict, text, fine = "script fails", repr(error)[:100], False
        good &= fine
        print(f"{Path(name).name:42} {verdict:16} {text}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
