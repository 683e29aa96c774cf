"""The Python side of `npm run bench -- udf`: milliseconds by name, as JSON.

    python udf.py <folder with lines.parquet> <runs>
"""

import json
import statistics
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
from datafusion import SessionConfig, SessionContext, udf

folder, runs = sys.argv[1], int(sys.argv[2])
ctx = SessionContext(SessionConfig().with_target_partitions(2))
ctx.register_parquet("files", f"{folder}/lines.parquet")
batches = ctx.sql("SELECT * FROM files").collect()
half = len(batches) // 2
ctx.register_record_batches("lines", [batches[:half], batches[half:]])


def price_rows(price, discount):
    return pa.array([p.as_py() * (1 - d.as_py()) for p, d in zip(price, discount)], pa.float64())


def price_arrays(price, discount):
    return pc.multiply(price, pc.subtract(1.0, discount))


def shout_rows(text):
    return pa.array([t.as_py().upper() for t in text], pa.string())


double = pa.float64()
ctx.register_udf(udf(price_rows, [double, double], double, "immutable", "price_rows"))
ctx.register_udf(udf(price_arrays, [double, double], double, "immutable", "price_arrays"))
ctx.register_udf(udf(shout_rows, [pa.string()], pa.string(), "immutable", "shout_rows"))


def measure(query, runs):
    ctx.sql(query).collect()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        ctx.sql(query).collect()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


few = max(1, runs // 3)
print(
    json.dumps(
        {
            "native": measure("SELECT sum(price * (1 - discount)) FROM lines", runs),
            "rows": measure("SELECT sum(price_rows(price, discount)) FROM lines", few),
            "arrays": measure("SELECT sum(price_arrays(price, discount)) FROM lines", runs),
            "text": measure("SELECT max(shout_rows(mode)) FROM lines", few),
            "files": measure("SELECT sum(price_arrays(price, discount)) FROM files", runs),
        }
    )
)
