#!/usr/bin/env python3
"""What Benchmarks/store.c does, as one would write it with Python's sqlite3. Usage: store.py FOLDER; environment: ROWS."""
import hashlib
import os
import sqlite3
import struct
import sys
import time

N, M, BATCH = 12, 8, 10000


def main():
    rows = int(os.environ.get("ROWS", 100000))
    path = os.path.join(sys.argv[1], "store-python.db")
    if os.path.exists(path):
        os.unlink(path)
    state = 1

    def fraction():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (state >> 11) * 2.0**-53

    x = [[fraction() for _ in range(N)] for _ in range(rows)]
    y = [[fraction() for _ in range(M)] for _ in range(rows)]
    columns = [f"x{k}" for k in range(N)] + [f"y{k}" for k in range(M)]
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("CREATE TABLE foot (sample INTEGER PRIMARY KEY, " + ", ".join(f"{c} REAL" for c in columns)
                     + ", key BLOB NOT NULL UNIQUE)")
    form = struct.Struct(f"<{N}d")

    def key(point):
        return hashlib.sha256(form.pack(*point)).digest()[:16]

    def measure(task, work):
        processor, wall = time.process_time(), time.perf_counter()
        work()
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        for name, seconds in ((task, processor), (task + "_wall", wall)):
            us = 1e6 * seconds / rows
            print(f"python\tsqlite\t{name}\tf64\t1\t{us:.4f}\t{us:.4f}\t-\t-\t-\t-\t-", flush=True)

    def insert():
        marks = ", ".join("?" * (N + M + 1))
        for first in range(0, rows, BATCH):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(f"INSERT INTO foot ({', '.join(columns)}, key) VALUES ({marks})",
                                 ((*a, *b, key(a)) for a, b in zip(x[first:first + BATCH], y[first:first + BATCH])))
            database.execute("COMMIT")

    def find():
        wanted = ", ".join(columns[N:])
        for a, b in zip(x, y):
            found = database.execute(f"SELECT {wanted} FROM foot WHERE key = ?", (key(a),)).fetchone()
            assert found == tuple(b)

    def read():
        found = database.execute(f"SELECT {', '.join(columns)} FROM foot").fetchall()
        assert len(found) == rows and found[-1] == (*x[-1], *y[-1])

    measure("insert", insert)
    measure("find", find)
    measure("read", read)
    database.close()
    os.unlink(path)


main()
