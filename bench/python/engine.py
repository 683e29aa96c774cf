"""DataFusion from PyPI for `npm run bench`: single-node, two partitions.

Reads requests from standard input and writes answers to standard output, as one JSON object a line. bench/stock/src/engine.rs
describes them.
"""

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from datafusion import SessionConfig, SessionContext

ctx = SessionContext(SessionConfig().with_target_partitions(2))


def collect(sql):
    return ctx.sql(sql).to_arrow_table().num_rows


def first(sql):
    return next(ctx.sql(sql).execute_stream()).to_pyarrow().num_rows


def answer(request):
    if "tables" in request:
        for name, folder in request["tables"].items():
            ctx.register_parquet(name, folder)
        return {}
    run = first if request.get("how") == "first" else collect
    copies = request.get("copies", 1)
    started = time.perf_counter()
    if copies == 1:
        rows = run(request["sql"])
    else:
        with ThreadPoolExecutor(copies) as threads:
            rows = list(threads.map(run, [request["sql"]] * copies))[0]
    took = time.perf_counter() - started
    return {"ms": took * 1000, "rows": rows, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except Exception as error:
        result = {"error": str(error)}
    print(json.dumps(result), flush=True)
