"""Writes small made pictures of every format and what Pillow reads from them.

    pip install pillow==13.0.0 tifffile imagecodecs numpy
    python checks/formats/pillow_files.py crates/formats/tests/golden

Each `NAME` gets a `NAME.expected`: a line of height, width, channels, sample type and the largest
difference allowed (0, but for lossy pictures, of which decoders differ), then little-endian
samples. Where Pillow cannot read a file at its depth, the array that was written is expected.
"""

import io
import struct
import sys
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

HEIGHT, WIDTH = 17, 22
OUT = Path(sys.argv[1])
SHORT = {"uint8": "u8", "uint16": "u16", "float32": "f32"}


def picture(channels, top=255, kind=np.uint8, seed=1):
    """A gradient, a disc and a little noise."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    noise = np.random.default_rng(seed).random((HEIGHT, WIDTH))
    planes = []
    for channel in range(channels):
        level = ((x * (channel + 1) + 2 * y) % 40) / 60 + 0.2 * noise
        level = level + 0.25 * ((x - 12) ** 2 + (y - 9) ** 2 < 30 + 20 * channel)
        planes.append(np.clip(level, 0, 1) * top)
    array = np.stack(planes, -1) if channels > 1 else planes[0]
    return array.astype(kind)


def expect(name, array, allowed=0):
    array = np.ascontiguousarray(array)
    height, width, *rest = array.shape
    kind = SHORT[str(array.dtype)]
    head = f"{height} {width} {rest[0] if rest else 1} {kind} {allowed}\n"
    (OUT / f"{name}.expected").write_bytes(
        head.encode() + array.astype(array.dtype.newbyteorder("<")).tobytes())


def read(path):
    """What Pillow reads, upright, without alpha, grey or RGB."""
    image = Image.open(path)
    from PIL import ImageOps
    image = ImageOps.exif_transpose(image)
    if image.mode in ("1", "LA"):
        image = image.convert("L")
    elif image.mode in ("P", "RGBA", "CMYK", "PA", "YCbCr"):
        image = image.convert("RGB")
    array = np.array(image)
    return array.astype(np.uint16) if array.dtype == np.int32 else array


def save(name, image, expected=None, allowed=0, **options):
    path = OUT / name
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    image.save(path, **options)
    expect(name, read(path) if expected is None else expected, allowed)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def png_chunks(name, depth, colour, rows, expected, extra=b""):
    """A PNG as bytes, for depths that Pillow does not write."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, 0)
    (OUT / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(
        b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))
    expect(name, expected)


def pngs():
    grey, rgb = Image.fromarray(picture(1)), Image.fromarray(picture(3))
    save("grey1.png", grey.convert("1"))
    save("grey8.png", grey)
    save("grey_alpha.png", Image.merge("LA", [grey, grey.rotate(180)]))
    save("palette.png", rgb.quantize(40))
    save("palette_transparent.png", rgb.quantize(40), transparency=3)
    save("rgb8.png", rgb)
    save("rgba.png", Image.merge("RGBA", [*rgb.split(), grey]))
    sixteen = picture(1, 65535, np.uint16)
    save("grey16.png", sixteen, expected=sixteen)
    twelve = picture(1, 4095, np.uint16)
    save("grey12_in_16.png", twelve, expected=twelve)
    deep = picture(3, 65535, np.uint16)
    png_chunks("rgb16.png", 16, 2, [row.astype(">u2").tobytes() for row in deep], deep)
    for orientation in range(1, 9):
        save(f"turned{orientation}.png", grey, exif=exif(orientation))


def jpegs():
    grey, rgb = Image.fromarray(picture(1)), Image.fromarray(picture(3))
    save("grey.jpg", grey, allowed=1, quality=90)
    save("full_chroma.jpg", rgb, allowed=2, quality=90, subsampling=0)
    # Where chroma is halved and the width is no multiple of 16, libjpeg repeats the last column
    # of chroma and zune-jpeg interpolates towards the padding: only the last column differs.
    even = rgb.resize((32, 16))
    save("half_chroma.jpg", even, allowed=2, quality=85, subsampling=1)
    save("quarter_chroma.jpg", even, allowed=3, quality=75, subsampling=2)
    save("progressive.jpg", even, allowed=3, quality=80, progressive=True)
    save("odd_chroma.jpg", rgb, allowed=24, quality=75, subsampling=2)
    save("no_transform.jpg", rgb, allowed=1, quality=90, keep_rgb=True)
    save("inks.jpg", rgb.convert("CMYK"), allowed=2, quality=95, subsampling=0)
    inks = np.array(even.convert("CMYK"))
    ycck = imagecodecs.jpeg8_encode(
        inks, level=95, colorspace="CMYK", outcolorspace="YCCK", subsampling="444")
    (OUT / "ycck.jpg").write_bytes(ycck)
    expect("ycck.jpg", read(OUT / "ycck.jpg"), allowed=2)
    save("turned6.jpg", grey, allowed=1, quality=90, exif=exif(6))


def tiffs():
    grey, rgb = picture(1), picture(3)
    image = Image.fromarray(grey)
    save("grey1.tif", image.convert("1"))
    save("grey1_fax_free.tif", image.convert("1"), compression="packbits")
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        save(f"grey8_{compression}.tif", image, compression=compression)
        save(f"rgb8_{compression}.tif", Image.fromarray(rgb), compression=compression)
    save("rgba.tif", Image.merge("RGBA", [*Image.fromarray(rgb).split(), image]))
    save("palette.tif", Image.fromarray(rgb).quantize(40))
    save("inks.tif", Image.fromarray(rgb).convert("CMYK"), allowed=1)
    save("grey_jpeg.tif", image, compression="jpeg", quality=95, allowed=1)
    save("rgb_jpeg.tif", Image.fromarray(rgb), compression="jpeg", quality=95, allowed=3)
    save("turned6.tif", image, expected=np.rot90(grey, -1), tiffinfo={274: 6})
    float32 = picture(1, 3.5, np.float32) - 1
    save("float.tif", float32, expected=float32)
    sixteen = picture(1, 65535, np.uint16)

    def made(name, array, expected, **options):
        tifffile.imwrite(OUT / name, array, **options)
        expect(name, expected)
    made("grey16.tif", sixteen, sixteen)
    made("grey16_big_endian.tif", sixteen, sixteen, byteorder=">")
    made("grey16_lzw_predictor.tif", sixteen, sixteen, compression="lzw", predictor=True)
    made("float_predictor.tif", float32, float32, compression="zlib", predictor=True)
    made("big.tif", sixteen, sixteen, bigtiff=True)
    made("white_is_zero8.tif", grey, 255 - grey, photometric="miniswhite")
    made("white_is_zero16.tif", sixteen, 65535 - sixteen, photometric="miniswhite")
    made("white_is_zero_float.tif", float32, float32, photometric="miniswhite")
    made("white_is_zero_big.tif", grey, 255 - grey, photometric="miniswhite", byteorder=">",
         bigtiff=True)
    made("tiles.tif", rgb, rgb, tile=(16, 16), photometric="rgb")
    made("planes.tif", np.moveaxis(rgb, -1, 0), rgb, photometric="rgb", planarconfig="separate")
    deep = picture(3, 65535, np.uint16)
    made("rgb16.tif", deep, deep, photometric="rgb", compression="zlib")
    signed = (picture(1, 4000, np.float32) - 1000).astype(np.int16)
    made("signed.tif", signed, signed.astype(np.float32))
    wide = picture(1, 1 << 20, np.float64).astype(np.uint32)
    made("wide.tif", wide, wide.astype(np.float32))
    half = float32.astype(np.float16)
    made("half.tif", half, half.astype(np.float32))
    made("double.tif", float32.astype(np.float64), float32)
    pages = np.stack([picture(1, seed=seed) for seed in range(5)])
    made("pages.tif", pages, pages[2], photometric="minisblack")
    bands = np.stack([picture(1, seed=seed) for seed in range(5)], -1)
    made("bands.tif", bands, bands, photometric="minisblack", planarconfig="contig")


def others():
    grey, rgb = Image.fromarray(picture(1)), Image.fromarray(picture(3))
    rgba = Image.merge("RGBA", [*rgb.split(), grey])
    save("lossless.webp", rgb, lossless=True)
    save("lossless_alpha.webp", rgba, lossless=True, exact=True)
    save("lossy.webp", rgb, quality=80, allowed=0)
    save("turned8.webp", rgb, lossless=True, exif=exif(8))
    save("animated.webp", rgb, lossless=True, save_all=True,
         append_images=[rgb.rotate(180), rgb.rotate(90)], duration=50)
    save("bits1.bmp", grey.convert("1"), expected=colour(grey.convert("1")))
    save("grey8.bmp", grey, expected=colour(grey))
    save("palette.bmp", rgb.quantize(40))
    save("rgb.bmp", rgb)
    save("rgba.bmp", rgba)
    save("palette.gif", rgb.quantize(40))
    save("transparent.gif", rgb.quantize(40), transparency=3)
    save("animated.gif", rgb.quantize(40), save_all=True,
         append_images=[rgb.rotate(180).quantize(40)], duration=50)
    save("grey.jp2", grey)
    save("rgb.jp2", rgb, irreversible=False)
    save("rgba.jp2", rgba)
    save("grey.j2k", grey)
    save("lossy.jp2", rgb, irreversible=True, quality_layers=[8], allowed=1)
    sixteen = picture(1, 65535, np.uint16)
    save("grey16.jp2", Image.fromarray(sixteen), expected=sixteen)


def colour(image):
    return np.array(image.convert("RGB"))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    pngs()
    jpegs()
    tiffs()
    others()
    print(sum(path.stat().st_size for path in OUT.iterdir()), "bytes")


main()
