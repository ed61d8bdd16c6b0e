"""Runs KQL on recorded events with DuckDB.

In (stdin), a line a question: {"queries": [text], "tables": {name: {column: Kusto type}}, "events": {table: NDJSON path},
"profiles": CSV path or null, "id": column}. Out (stdout), a line a question: [[id]], one list a query, in order.
FileProfile looks a lower-case hash up in the profiles' table, and fails for none that is not there.
Networks, which duckdb-kql lacks too, are held against addresses by Python's ipaddress.
replace_strings, which it lacks as well, replaces one after the other: that is the same where no replacement makes another text to be replaced, or it is last.
row_cumsum, prev and next, which duckdb-kql lacks, are DuckDB's window functions over the order of the sort before them.
mv-apply, which it lacks, is written by our queries in one form alone, to count the elements of an array that satisfy a condition: it becomes a function with a lambda.
Kusto's strings are never null, so a field that an event lacks becomes "". DuckDB's expressions are RE2's, whose \\b is of ASCII and has no flag to say so.
"""
import gc
import ipaddress
import json
import os
import re
import sys

import duckdb_kql
from duckdb_kql import engine, ir, translate

TYPES = {"string": "VARCHAR", "long": "BIGINT", "int": "INTEGER", "datetime": "TIMESTAMP", "bool": "BOOLEAN", "real": "DOUBLE", "dynamic": "JSON"}

# What columns of FileProfile that are not texts are read by.
READ = {"GlobalPrevalence": "tolong", "IsCertificateValid": "tobool", "IsRootSignerMicrosoft": "tobool", "GlobalFirstSeen": "todatetime"}


class Sorted:
    """The functions that read the rows before and after: https://learn.microsoft.com/en-us/kusto/query/window-functions"""

    def __init__(self):
        self.keys = ()
        self.render = translate.render_operator
        translate.render_operator = self.operator
        translate._SPECIAL_FORMS["row_cumsum"] = self.row_cumsum
        translate._SPECIAL_FORMS["row_window_session"] = self.row_window_session
        translate._SPECIAL_FORMS["prev"] = lambda call: self.neighbour("lag", call)
        translate._SPECIAL_FORMS["next"] = lambda call: self.neighbour("lead", call)

    def operator(self, op, prev, cols=None):
        if isinstance(op, ir.Sort):
            self.keys = op.keys
        elif not isinstance(op, (ir.Extend, ir.Where, ir.Project)):
            self.keys = ()
        return self.render(op, prev, cols)

    def order(self):
        if not self.keys:
            raise ValueError("a function of neighbours needs sorted rows")
        return "ORDER BY " + translate.render_sort_keys(self.keys)

    def neighbour(self, name, call):
        return f"{name}({translate.render_expr(call.args[0])}) OVER ({self.order()})"

    def changed(self, restart):
        """The columns of `a != prev(a) or b != prev(b)`."""
        if isinstance(restart, ir.BinaryOp) and restart.op == "or":
            return self.changed(restart.left) + self.changed(restart.right)
        if not isinstance(restart, ir.BinaryOp) or restart.op != "!=" or restart.right != ir.FunctionCall("prev", (restart.left,)):
            raise ValueError(f"a sum that restarts otherwise than where columns change: {restart}")
        return [translate.render_expr(restart.left)]

    def row_cumsum(self, call):
        by = self.changed(call.args[1]) if len(call.args) > 1 else []
        if by != [translate.render_expr(k.expr) for k in self.keys[:len(by)]]:
            raise ValueError("a sum restarts at columns by which the rows are not sorted first")
        parts = "PARTITION BY " + ", ".join(by) + " " if by else ""
        return f"sum({translate.render_expr(call.args[0])}) OVER ({parts}{self.order()} ROWS UNBOUNDED PRECEDING)"

    def row_window_session(self, call):
        """https://learn.microsoft.com/en-us/kusto/query/row-window-session-function

        A session begins where a row is further from the first of the session than the longest time: the distance of neighbours must be the same.
        """
        at, longest, neighbours = (translate.render_expr(a) for a in call.args[:3])
        if longest != neighbours:
            raise ValueError("a session whose neighbours may be less far apart than its ends")
        by = self.changed(call.args[3]) if len(call.args) > 3 else []
        if by != [translate.render_expr(k.expr) for k in self.keys[:len(by)]]:
            raise ValueError("a session restarts at columns by which the rows are not sorted first")
        parts = "PARTITION BY " + ", ".join(by) + " " if by else ""
        before = f"list({at}) OVER ({parts}{self.order()} ROWS UNBOUNDED PRECEDING)"
        return f"list_reduce({before}, lambda began, row: CASE WHEN row - began > {longest} THEN row ELSE began END)"


def address_of(text, family):
    """An address of a family; those of IPv4 are some of IPv6: https://learn.microsoft.com/en-us/kusto/query/ipv6-compare-function"""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if family == 4:
        return address if address.version == 4 else None
    return address if address.version == 6 else ipaddress.IPv6Address("::ffff:" + text)


def in_range(family, text, ranges):
    """Whether an address is in one of some networks; nothing for what is not an address.

    https://learn.microsoft.com/en-us/kusto/query/ipv4-is-in-range-function, -any-range-function and those of IPv6
    """
    address = address_of(text, family)
    if address is None:
        return None
    return any(address in ipaddress.ip_network(r, strict=False) for r in ranges)


def replaced(call):
    """https://learn.microsoft.com/en-us/kusto/query/replace-strings-function"""
    text = translate.render_expr(call.args[0])
    for old, new in zip(*(json.loads(a.value) for a in call.args[1:]), strict=True):
        text = f"replace({text}, {literal(old)}, {literal(new)})"
    return text


def in_microseconds(query):
    """DuckDB's times are whole microseconds. Between these, a time that ends a tick short of a second is the same as one that ends a microsecond short."""
    return re.sub(r"(time\([\d.:]+\.999999)9\)", r"\1)", query)


def outside(text, at=0):
    """The positions of a query that are not in a string."""
    while at < len(text):
        if text[at] in "\"'" :
            verbatim, quote, at = at > 0 and text[at - 1] == "@", text[at], at + 1
            while text[at] != quote:
                at += 2 if text[at] == "\\" and not verbatim else 1
        else:
            yield at
        at += 1


def closing(text, at):
    """Where the parenthesis that is open before a position is closed."""
    depth = 1
    for i in outside(text, at):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise ValueError("a parenthesis is not closed: " + text)


def stages(text):
    """The stages of a subquery."""
    depth, start, found = 0, 0, []
    for i in outside(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[i], 0)
        if text[i] == "|" and depth == 0:
            found.append(text[start:i].strip())
            start = i + 1
    return found + [text[start:].strip()]


APPLY = re.compile(r"mv-apply (decree_element_(\d+)) = iff\(decree_length_\2 > 0, decree_array_\2, dynamic\(\[null\]\)\) to typeof\(dynamic\) on \(")


def counting(stage):
    """The name, the element and the condition of a stage that counts elements; what it extends before is put where it is used."""
    m = APPLY.match(stage)
    *before, last = stages(stage[m.end():closing(stage, m.end())])
    condition = re.fullmatch(r"summarize (\w+) = countif\((.*)\)", last, re.S)
    values = {}
    for inner in before:
        if inner.startswith("mv-apply"):
            count, element, of = counting(inner)
            values[count] = f"decree_countif({values['decree_array_' + element.rsplit('_', 1)[1]]}, {element}, {of})"
        else:
            name, value = re.fullmatch(r"extend (\w+) = (.*)", inner, re.S).groups()
            values[name] = re.sub(r"\bdecree_array_\d+\b", lambda v: values.get(v.group(), v.group()), value)
    used = re.sub(r"\bdecree_(?:array|length|count)_\d+\b", lambda v: values.get(v.group(), v.group()), condition.group(2))
    return condition.group(1), m.group(1), used


def applied(query):
    """A query with mv-apply as a function."""
    while m := APPLY.search(query):
        end = closing(query, m.end()) + 1
        count, element, condition = counting(query[m.start():end])
        query = f"{query[:m.start()]}extend {count} = decree_countif(decree_array_{m.group(2)}, {element}, {condition}){query[end:]}"
    return query


def countif(call):
    array, element, condition = (translate.render_expr(a) for a in call.args)
    return f"CASE WHEN json_type(to_json({array})) = 'ARRAY' THEN len(list_filter(CAST(to_json({array}) AS JSON[]), lambda {element}: {condition})) ELSE 0 END"


def kind_of(call):
    """https://learn.microsoft.com/en-us/kusto/query/gettype-function, of what is a list, an object or neither."""
    return f"CASE json_type(to_json({translate.render_expr(call.args[0])})) WHEN 'ARRAY' THEN 'array' WHEN 'OBJECT' THEN 'dictionary' ELSE 'string' END"


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def networks(known):
    """DuckDB has no addresses: each of those that the tables hold, however it is cut to, is held against the networks here."""
    def call_of(family):
        def render(call):
            ranges = [a.value for a in call.args[1:]]
            asked = {text: in_range(family, text, ranges) for text in known}
            of = translate.render_expr(call.args[0])
            lists = {held: ", ".join(literal(t) for t in sorted(asked) if asked[t] is held) or "NULL" for held in (True, False)}
            return f"CASE WHEN {of} IN ({lists[True]}) THEN true WHEN {of} IN ({lists[False]}) THEN false END"
        return render

    for family in (4, 6):
        for name in (f"ipv{family}_is_in_range", f"ipv{family}_is_in_any_range"):
            translate._SPECIAL_FORMS[name] = call_of(family)


def addresses(con, table, columns):
    """The texts of a table that are addresses, and what is left of them without the prefix of IPv4 in IPv6 and without a zone."""
    known = set()
    for column, kind in columns.items():
        if kind == "string":
            for (text,) in con.execute(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE regexp_matches("{column}", \'^[0-9A-Fa-f:.]+(%.*)?$\')').fetchall():
                bare = text.split("%")[0]
                known |= {text, bare, re.sub("(?i)^::ffff:", "", text), re.sub("(?i)^::ffff:", "", bare)}
    return known


def profiled(query, names):
    """A query with FileProfile as a join with the profiles' table. A text that is not there is empty."""
    texts = ", ".join(f'{n} = coalesce({n}, "")' for n in names if n not in READ)
    read = ", ".join(f"{n} = {READ[n]}({n})" if n in READ else n for n in names)
    return re.sub(r'invoke FileProfile\("(\w+)", *\d+\)', lambda m: f"join kind=leftouter (Profiles | project {m[1]} = sha1, {read}) on {m[1]}\n| project-away {m[1]}1\n| extend {texts}", query)


def rows(columns):
    """What reads a recording as the types of its columns, and fails where a value has another."""
    return "read_json(?, format='newline_delimited', columns={" + ", ".join(f"{literal(c)}: '{TYPES[t]}'" for c, t in columns.items()) + "})"


def load(con, table, columns, path):
    kinds = {c: TYPES[t] for c, t in columns.items()}
    con.execute(f'CREATE TABLE "{table}" (' + ", ".join(f'"{c}" {k}' for c, k in kinds.items()) + ")")
    picked = ", ".join(f'''coalesce("{c}", '') AS "{c}"''' if k == "VARCHAR" else f'"{c}"' for c, k in kinds.items())
    con.execute(f'INSERT INTO "{table}" BY NAME SELECT {picked} FROM {rows(columns)}', [path])


CHECKED = set()


def check(con, columns, path):
    """Reads every column of a recording, once: a value that does not fit its table is a fault, whether or not a query names it."""
    file = os.stat(path)
    key = (path, file.st_mtime_ns, file.st_size, tuple(columns.items()))
    if key not in CHECKED:
        con.execute(f"SELECT count(COLUMNS(*)) FROM {rows(columns)}", [path]).fetchall()
        CHECKED.add(key)


# A string or a comment of a query.
ASIDE = re.compile(r"""@"(?:[^"]|"")*"|@'(?:[^']|'')*'|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|//[^\n]*""")

# What finds other rows if columns that it does not name are not there. arg_max(…, *) only hands them on.
UNNAMED = re.compile(r"\b(?:search|find|pack_all|getschema)\b|\bdistinct\s*\*|\*\s*(?:[=!][=~]|!?has|!?contains|!?startswith|!?endswith|matches)")


def needed(columns, queries, key):
    """The columns of a table that some queries need.

    A table may have hundreds, with which every step of a query is planned. What a query does not name cannot change which
    ids it finds; a join names a column that both sides have once more, with a 1 behind it. A name that stands in brackets
    since it is not a word may be written with escapes.
    """
    text = "\n".join(queries)
    if UNNAMED.search(ASIDE.sub("", text)):
        return columns
    named = set(re.findall(r"\w+", text)) | {key}
    return {c: kind for c, kind in columns.items() if c in named or c + "1" in named or not re.fullmatch(r"\w+", c)} or columns


def answer(ask):
    """The ids that each query finds, in a database of its own for the question."""
    con = duckdb_kql.connect()
    con.execute("SET threads = 1")  # there is a process for each processor, and little to read
    known = set()
    for table, path in ask["events"].items():
        check(con, ask["tables"][table], path)
        columns = needed(ask["tables"][table], ask["queries"], ask["id"])
        load(con, table, columns, path)
        if any("_is_in_" in query for query in ask["queries"]):
            known |= addresses(con, table, columns)
    networks(known)
    names = []
    if ask["profiles"]:
        con.execute("CREATE TABLE Profiles AS SELECT coalesce(COLUMNS(*), '') FROM read_csv(?, all_varchar=true)", [ask["profiles"]])
        names = [c for c, *_ in con.execute("DESCRIBE Profiles").fetchall() if c != "sha1"]
    schema = engine.schema(con)
    out = []
    for query in ask["queries"]:
        text = in_microseconds(re.sub(r"\(\?-u:(\\+[bB])\)", r"\1", applied(profiled(query, names))))
        found = con.execute(str(duckdb_kql.to_sql(text, schema=schema)))
        at = [column[0] for column in found.description].index(ask["id"])
        out.append(sorted((str(row[at]) for row in found.fetchall()), key=lambda v: (len(v), v)))
    con.close()
    return out


def main():
    Sorted()
    translate._SPECIAL_FORMS["replace_strings"] = replaced
    translate._SPECIAL_FORMS["decree_countif"] = countif
    translate._SPECIAL_FORMS["gettype"] = kind_of
    gc.disable()  # parsing makes many objects: they are collected between questions
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
        gc.collect()


main()
