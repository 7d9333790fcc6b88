"""Gathers what make.py wrote into folders as the files of Tests/Corpus/keras.

    python Tests/Keras/pack.py FROM... INTO

Cases are sorted by the names of their files; values.zip holds their numbers in that order.
"""

import pathlib
import shutil
import sys
import zipfile

import numpy as np


def entries(folder):
    values = np.fromfile(folder / "values.bin")
    place, lines = 0, []
    for line in (folder / "cases.txt").read_text().splitlines():
        lines.append(line)
        if line == "end":
            n, m = map(int, lines[0].split()[2:])
            count = n + m + n * m
            yield lines[0].split()[1], lines, values[place : place + count]
            place, lines = place + count, []


*sources, target = map(pathlib.Path, sys.argv[1:])
target.mkdir(parents=True, exist_ok=True)
cases = {}
for source in sources:
    for file, lines, values in entries(source):
        if (source / file).exists():
            shutil.copy(source / file, target / file)
            cases[file] = (lines, values)
(target / "cases.txt").write_text("".join("\n".join(cases[file][0]) + "\n" for file in sorted(cases)))
with zipfile.ZipFile(target / "values.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    numbers = np.concatenate([cases[file][1] for file in sorted(cases)]).astype("<f8")
    archive.writestr(zipfile.ZipInfo("values.bin", (1980, 1, 1, 0, 0, 0)), numbers.tobytes(), zipfile.ZIP_DEFLATED)
