"""The Python part of `npm run bench -- udf`. Prints milliseconds by name, as JSON.

    python udf.py <folder with lines.parquet> <runs>
"""

import json
import statistics
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
from datafusion import Accumulator, SessionConfig, SessionContext, udaf, udf

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


class Mean(Accumulator):
    def __init__(self):
        self.total, self.n = 0.0, 0

    def update(self, values):
        self.total += pc.sum(values).as_py() or 0.0
        self.n += len(values) - values.null_count

    def merge(self, states):
        self.total += pc.sum(states[0]).as_py() or 0.0
        self.n += pc.sum(states[1]).as_py() or 0

    def state(self):
        return [pa.scalar(self.total, pa.float64()), pa.scalar(self.n, pa.int64())]

    def evaluate(self):
        return pa.scalar(self.total / self.n if self.n else None, pa.float64())


class MeanByRow(Mean):
    def update(self, values):
        for value in values:
            self.total += value.as_py()
            self.n += 1


double = pa.float64()
for name, accumulator in [("mean", Mean), ("mean_by_row", MeanByRow)]:
    ctx.register_udaf(udaf(accumulator, [double], double, [double, pa.int64()], "immutable", name))
ctx.register_udf(udf(price_rows, [double, double], double, "immutable", "price_rows"))
ctx.register_udf(udf(price_arrays, [double, double], double, "immutable", "price_arrays"))
ctx.register_udf(udf(shout_rows, [pa.string()], pa.string(), "immutable", "shout_rows"))


def measure(query, runs, warm=True):
    if warm:
        ctx.sql(query).collect()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        ctx.sql(query).collect()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def grouped(function, groups, runs, rows="lines", warm=True):
    call = f"SELECT {function}(price) AS a FROM {rows} GROUP BY CAST(price AS BIGINT) % {groups}"
    return measure(f"SELECT max(a) FROM ({call})", runs, warm)


few = max(1, runs // 3)
print(
    json.dumps(
        {
            "rows": measure("SELECT sum(price_rows(price, discount)) FROM lines", few),
            "arrays": measure("SELECT sum(price_arrays(price, discount)) FROM lines", runs),
            "text": measure("SELECT max(shout_rows(mode)) FROM lines", few),
            "files": measure("SELECT sum(price_arrays(price, discount)) FROM files", runs),
            "few": grouped("mean", 4, runs),
            "few_rows": grouped("mean_by_row", 4, few),
            # A tenth of the rows: with all rows, it had not finished after nine minutes.
            "many": grouped("mean", 100_000, 1, "(SELECT * FROM lines LIMIT 600000)", warm=False),
        }
    )
)
