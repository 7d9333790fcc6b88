#!/usr/bin/env python3
"""Writes ONNX's own tests of operators to disk: write.py IN_SCOPE FOLDER

The onnx package makes most of them in memory. Each becomes a folder below FOLDER with the layout of those that the
package brings as files: model.onnx, test_data_set_0/{input,output}_N.pb and tolerance.json. FOLDER/list.tsv lists them:
kind, tier, name, folder, what derivatives concern (real or -). A stamp keeps what is there.
"""
import hashlib
import json
import os
import shutil
import sys

import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.loader import load_model_tests


def in_scope(path):
    with open(path) as lines:
        return [line.split() for line in lines if not line.startswith("#")]


def write_message(message, path):
    with open(path, "wb") as file:
        file.write(message.SerializeToString())


def write_tensors(values, ports, folder, prefix):
    for number, value in enumerate(values):
        tensor = value if isinstance(value, TensorProto) else numpy_helper.from_array(value, ports[number].name)
        write_message(tensor, f"{folder}/{prefix}_{number}.pb")


def write_case(case, folder):
    data = f"{folder}/test_data_set_0"
    if case.model is None:
        shutil.copytree(f"{case.model_dir}/test_data_set_0", data)
        shutil.copyfile(f"{case.model_dir}/model.onnx", f"{folder}/model.onnx")
    else:
        os.makedirs(data)
        inputs, outputs = case.data_sets[0]
        write_message(case.model, f"{folder}/model.onnx")
        write_tensors(inputs, case.model.graph.input, data, "input")
        write_tensors(outputs, case.model.graph.output, data, "output")
    with open(f"{folder}/tolerance.json", "w") as file:
        json.dump({"rtol": case.rtol, "atol": case.atol}, file)


def main(scope_path, target):
    digest = hashlib.sha256(onnx.__version__.encode())
    for path in (scope_path, __file__):
        with open(path, "rb") as file:
            digest.update(file.read())
    stamp = os.path.join(target, f"written-{digest.hexdigest()[:16]}")
    if os.path.exists(stamp):
        return
    shutil.rmtree(target, ignore_errors=True)
    wanted = in_scope(scope_path)
    cases = {
        (kind, case.name): case for kind in {entry[0] for entry in wanted} for case in load_model_tests(kind=kind)
    }
    lines = []
    for kind, tier, name, *real in wanted:
        folder = os.path.join(target, kind, name)
        if (kind, name) not in cases:
            sys.exit(f"onnx {onnx.__version__} has no test {kind}/{name}")
        write_case(cases[kind, name], folder)
        lines.append("\t".join([kind, tier, name, folder, real[0] if real else "-"]))
    with open(os.path.join(target, "list.tsv"), "w") as file:
        file.write("\n".join(lines) + "\n")
    open(stamp, "w").close()


if __name__ == "__main__":
    main(sys.argv[1], os.path.abspath(sys.argv[2]))
