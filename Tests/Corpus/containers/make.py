"""Writes the archives and HDF5 files beside it, with h5py and Python's zipfile.

    python3 Tests/Corpus/containers/make.py

Element k of every array of numbers is k / 2 - 3 (k - 6 where the type is whole), row-major.
"""

import io
import pathlib
import zipfile

import h5py
import ml_dtypes
import numpy

folder = pathlib.Path(__file__).parent


def numbers(shape, dtype):
    steps = numpy.arange(numpy.prod(shape, dtype=int))
    values = steps - 6 if numpy.issubdtype(dtype, numpy.integer) else steps / 2 - 3
    return values.reshape(shape).astype(dtype)


def write_arrays():
    with h5py.File(folder / "arrays.h5", "w") as file:
        group = file.create_group("types")
        for name in ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8", "<i1", "<i2", "<i4", "<i8", ">i4", ">i8"]:
            group[name] = numbers((3, 5), numpy.dtype(name))
        for name in ["<u1", "<u2", "<u4", "<u8"]:
            group[name] = numbers((2, 4), numpy.dtype(name)) + numpy.array(6, numpy.dtype(name))
        group["scalar"] = numpy.float32(-3)
        group["empty"] = numpy.zeros((0, 3), numpy.float32)
        brain = group.create_dataset("bfloat16", data=numbers((3, 5), ml_dtypes.bfloat16).view("V2"))
        brain.attrs["dtype"] = "bfloat16"
        group["complex"] = numpy.zeros(3, numpy.complex64)
        group["truth"] = numpy.array([True, False])
        group.create_dataset("never written", shape=(4,), dtype="<f4")
        chunks = file.create_group("chunks")
        shape = (7, 5, 3)
        for name, options in {
            "plain": {},
            "deflate": {"compression": "gzip"},
            "shuffle": {"compression": "gzip", "shuffle": True},
            "check": {"fletcher32": True},
            "all": {"compression": "gzip", "shuffle": True, "fletcher32": True},
        }.items():
            chunks.create_dataset(name, data=numbers(shape, "<f8"), chunks=(3, 2, 3), **options)
        chunks.create_dataset("many", data=numbers((2000,), "<f4"), chunks=(3,))
        chunks.create_dataset("lzf", data=numbers((40,), "<f4"), chunks=(8,), compression="lzf")
        sparse = chunks.create_dataset("sparse", shape=(8,), dtype="<f4", chunks=(4,))
        sparse[:4] = numbers((4,), "<f4")
        texts = file.create_group("texts")
        texts.attrs["one"] = "é → ∂"
        texts.attrs["bytes"] = numpy.bytes_(b"plain")
        texts.attrs["list"] = ["a", "", "dense/kernel:0"]
        texts.attrs["fixed"] = numpy.array([b"a", b"bcd"], "S5")
        texts.attrs["none"] = numpy.zeros(0)
        texts.attrs["parts0"] = numpy.array([b"a", b"b"])
        texts.attrs["parts1"] = numpy.array([b"c"])
        texts.attrs["number"] = 2.5
        nested = file.create_group("a/b/c")
        nested["x"] = numbers((2,), "<f4")
        many = file.create_group("many")
        for k in range(60):
            many.create_group(f"g{k:02d}")
        links = file.create_group("links")
        links["hard"] = nested["x"]
        links["soft"] = h5py.SoftLink("/a/b/c/x")
        links["external"] = h5py.ExternalLink("other.h5", "/x")
        inside = file.create_group("inside")
        inside["itself"] = inside
    with h5py.File(folder / "newest.h5", "w", libver="latest") as file:
        file["x"] = numbers((2,), "<f4")


def write_archives():
    def archive(name):
        return zipfile.ZipFile(folder / name, "w")

    text = b"0123456789" * 100
    with archive("stored.zip") as file:
        file.writestr("a", text)
        file.writestr("folder/b", b"")
        file.comment = b"a comment PK\x05\x06 that looks like an end"
    with archive("deflated.zip") as file:
        file.writestr("a", text, compress_type=zipfile.ZIP_DEFLATED)
        file.writestr("../../escape", b"hostile")
        file.writestr("lzma", text, compress_type=zipfile.ZIP_LZMA)
    stream = io.BytesIO()
    stream.seekable = lambda: False  # leads to data descriptors
    stream.tell = lambda: (_ for _ in ()).throw(AttributeError())
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("a", text, compress_type=zipfile.ZIP_DEFLATED)
        file.writestr("b", text)
    (folder / "descriptors.zip").write_bytes(stream.getvalue())
    with archive("twice.zip") as file:
        file.writestr("a", text)
        file.writestr("b", text)
        file.writestr("a", text)
    # The limits are lowered, so that the records for large archives are written.
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 10, 1
    with archive("zip64.zip") as file:
        file.writestr("a", text, compress_type=zipfile.ZIP_DEFLATED)
        file.writestr("b", text)


write_arrays()
write_archives()
