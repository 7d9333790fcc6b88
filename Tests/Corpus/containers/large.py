"""Writes large.keras and large.h5 beside it: small files with large weights, all of them zero.

    python3 Tests/Corpus/large.py

A network of Keras of 64 inputs, two layers of 3000 and 32 outputs. What the second layer holds takes 36 MB while it is
unpacked and 72 MB as numbers in double precision.
"""

import io
import json
import pathlib
import zipfile

import h5py
import numpy

folder = pathlib.Path(__file__).parent
SIZES = [64, 3000, 3000, 32]
NAMES = ["first", "second", "third"]


def architecture():
    layers = [
        {
            "module": "keras.layers",
            "class_name": "InputLayer",
            "config": {"batch_shape": [None, SIZES[0]], "dtype": "float32", "name": "x"},
            "registered_name": None,
        }
    ]
    for name, units in zip(NAMES, SIZES[1:]):
        config = {"name": name, "trainable": True, "dtype": "float32", "units": units, "activation": "tanh"}
        config["use_bias"] = True
        layers.append(
            {"module": "keras.layers", "class_name": "Dense", "config": config, "registered_name": None}
        )
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "large", "trainable": True, "dtype": "float32", "layers": layers},
        "registered_name": None,
    }


def weights(place):
    return [numpy.zeros(SIZES[place : place + 2], "f4"), numpy.zeros(SIZES[place + 1], "f4")]


def write_archive():
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        for place in range(3):
            group = file.create_group("layers/dense" + (f"_{place}" if place else "")).create_group("vars")
            for number, array in enumerate(weights(place)):
                group[str(number)] = array
    with zipfile.ZipFile(folder / "large.keras", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in [
            ("metadata.json", json.dumps({"keras_version": "3.15.1"})),
            ("config.json", json.dumps(architecture())),
            ("model.weights.h5", memory.getvalue()),
        ]:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def write_whole():
    with h5py.File(folder / "large.h5", "w", libver="earliest") as file:
        file.attrs["keras_version"] = "3.15.1"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(architecture())
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = numpy.array(["x"] + NAMES, "S")
        group.create_group("x").attrs["weight_names"] = numpy.array([], "f8")
        for place, name in enumerate(NAMES):
            layer = group.create_group(name)
            layer.attrs["weight_names"] = numpy.array([f"{name}/kernel", f"{name}/bias"], "S")
            for kind, array in zip(["kernel", "bias"], weights(place)):
                chunks = tuple(min(length, 1500) for length in array.shape)
                layer.create_dataset(
                    f"{name}/{kind}", data=array, chunks=chunks, compression="gzip", compression_opts=9, shuffle=True
                )


write_archive()
write_whole()
