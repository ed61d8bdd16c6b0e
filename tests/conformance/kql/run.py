"""Runs KQL on recorded events with DuckDB.

In (stdin): {"queries": [text], "tables": {name: {column: Kusto type}}, "events": {table: NDJSON path},
"profiles": CSV path or null, "id": column}. Out (stdout): [[id]], one list a query, in order.
FileProfile looks a lower-case hash up in the profiles' table, and fails for none that is not there.
Kusto's strings are never null, so a field that an event lacks becomes "". DuckDB's expressions are RE2's, whose \\b is of ASCII and has no flag to say so.
"""
import json
import re
import sys

import duckdb_kql

TYPES = {"string": "VARCHAR", "long": "BIGINT", "int": "INTEGER", "datetime": "TIMESTAMP", "bool": "BOOLEAN", "real": "DOUBLE", "dynamic": "JSON"}

PROFILE = """let FileProfile = (T:(*), x:string, n:long) {
  T | join kind=leftouter (Profiles | project SHA1 = sha1, GlobalPrevalence = tolong(GlobalPrevalence), SignatureState, ProfileAvailability) on SHA1
  | project-away SHA11 };
"""


def load(con, table, columns, path):
    kinds = {c: TYPES[t] for c, t in columns.items()}
    con.execute(f'CREATE TABLE "{table}" (' + ", ".join(f'"{c}" {k}' for c, k in kinds.items()) + ")")
    spec = ", ".join(f"'{c}': '{k}'" for c, k in kinds.items())
    picked = ", ".join(f'''coalesce("{c}", '') AS "{c}"''' if k == "VARCHAR" else f'"{c}"' for c, k in kinds.items())
    con.execute(f"INSERT INTO \"{table}\" BY NAME SELECT {picked} FROM read_json(?, format='newline_delimited', columns={{{spec}}})", [path])


def main():
    ask = json.load(sys.stdin)
    con = duckdb_kql.connect()
    for table, path in ask["events"].items():
        load(con, table, ask["tables"][table], path)
    prelude = ""
    if ask["profiles"]:
        con.execute("CREATE TABLE Profiles AS SELECT * FROM read_csv(?, all_varchar=true)", [ask["profiles"]])
        prelude = PROFILE
    out = []
    for query in ask["queries"]:
        found = duckdb_kql.query(con, (prelude if "FileProfile" in query else "") + re.sub(r"\(\?-u:(\\+[bB])\)", r"\1", query))
        at = found.columns.index(ask["id"])
        out.append(sorted((str(row[at]) for row in found.fetchall()), key=lambda v: (len(v), v)))
    json.dump(out, sys.stdout)


main()
