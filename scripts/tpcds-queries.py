"""The queries of TPC-DS that DuckDB's extension has, as JSON: the text of each by the name of its file."""

import json
import os

import duckdb
import duckdb_extension_tpcds

package = os.path.dirname(duckdb_extension_tpcds.__file__)
connection = duckdb.connect()
connection.load_extension(os.path.join(package, "extensions", f"v{duckdb.__version__}", "tpcds.duckdb_extension"))
queries = connection.sql("SELECT query_nr, query FROM tpcds_queries()").fetchall()
print(json.dumps({f"q{number:02}.sql": text for number, text in queries}))
