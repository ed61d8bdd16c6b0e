"""Parses EQL with Elastic's syntax and runs it with Elastic's matching rules.

In (stdin), a line a question: {"queries": [text], "schema": {category: {field: type}} or null, "mapping": {field:
Elasticsearch's type} or null, "events": path or null}.
Out (stdout), a line a question: [{"error": text or null, "ids": [event ids], "strings": [decoded literals]}], one a query.
The parser is the public eql library's. Its engine ignores case in `==` and knows no `~`, so the
evaluation here is written from Elasticsearch's documentation: `==` and `in` are exact; `:`,
`like~` and `in~` ignore ASCII case; a test on a missing field is false; a sequence keeps one
pending match for each key, which the first matching event consumes.
"""
import functools
import gc
import gzip
import ipaddress
import json
import re
import sys

import eql
import eql.parser
from eql import ast

import restrictions


class Elastic(eql.parser.LarkToEQL):
    """Keeps what the library's tree forgets: which spelling of an operator, and which fields with `?`."""

    optional = set()

    def field(self, node):
        info = super().field(node)
        if node.children[-1].startswith("?"):
            self.optional.add(restrictions.name(info.node))
        return info

    def join_values(self, node):
        keys = super().join_values(node)
        self.optional.update(restrictions.name(k.node) for k in keys)  # a join key must be mapped
        return keys

    def string_predicate(self, node):
        info = super().string_predicate(node)
        info.node.name = str(node["STRING_PREDICATE"])
        return info

    def in_set(self, node):
        info = super().in_set(node)
        if str(node.get("IN")) == "in~":
            info.node = ast.FunctionCall("in~", [info.node.expression] + list(info.node.container))
        return info

    def function_call(self, node, prev_node=None, prev_arg=None):
        info = super().function_call(node, prev_node, prev_arg)
        if self.name(node.children[0]).endswith("~"):
            info.node.name += "~"
        return info


eql.parser.LarkToEQL = Elastic

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def unescape(text):
    """Decodes a literal; the library's own takes two \\u{..} in one literal for a single escape."""
    return re.sub(r"\\(?:u\{([0-9A-Fa-f]{2,8})\}|(.))",
                  lambda m: chr(int(m.group(1), 16)) if m.group(1) else ESCAPES[m.group(2)], text)


ast.String.unescape = staticmethod(unescape)


def literals(values):
    """The values of an `in`; the library's own takes those that differ in case for one, which Elastic's `in` does not.

    https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-comparison-operators
    """
    return {(type(v), v.value): v for v in values.container if isinstance(v, ast.Literal)}


ast.InSet.get_literals = literals


LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


def fold(text):
    return text.translate(LOWER)


@functools.lru_cache(maxsize=None)
def wildcard_expression(pattern):
    parts = [".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern]
    return re.compile("".join(parts), re.S)


def wildcard(pattern, value):
    return wildcard_expression(pattern).fullmatch(value) is not None


@functools.lru_cache(maxsize=None)
def parts(path):
    return path.split(".")


def lookup(event, path):
    if path in event:
        return event[path]
    value = event
    for part in parts(path):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def field_name(node):
    return ".".join([node.base.strip("`")] + [str(p).strip("`") for p in node.path])


def in_network(address, networks):
    """Elasticsearch stores addresses of IPv4 as those of IPv6 that they are mapped to."""
    try:
        return any(mapped(address) in mapped_network(n) for n in networks)
    except ValueError:
        return False


def mapped(address):
    parsed = ipaddress.ip_address(address)
    return parsed if parsed.version == 6 else ipaddress.IPv6Address("::ffff:%s" % parsed)


def mapped_network(network):
    parsed = ipaddress.ip_network(network)
    return parsed if parsed.version == 6 else ipaddress.IPv6Network("::ffff:%s/%d" % (parsed.network_address, 96 + parsed.prefixlen))


TEXT = {
    ":": lambda v, p: wildcard(fold(p), fold(v)),
    "like~": lambda v, p: wildcard(fold(p), fold(v)),
    "like": lambda v, p: wildcard(p, v),
    "regex": lambda v, p: re.fullmatch(p, v, re.S) is not None,
    "regex~": lambda v, p: re.fullmatch(p, v, re.S | re.I) is not None,
    "in~": lambda v, p: fold(v) == fold(p),
    "startsWith": lambda v, p: v.startswith(p),
    "startsWith~": lambda v, p: v.lower().startswith(p.lower()),
    "endsWith": lambda v, p: v.endswith(p),
    "endsWith~": lambda v, p: v.lower().endswith(p.lower()),
    "stringContains": lambda v, p: p in v,
    "stringContains~": lambda v, p: p.lower() in v.lower(),
}
ORDER = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


NAMES = {}  # id of a field's node -> its name; the nodes live as long as their query


def divided(a, b):
    """Whole numbers are divided as Java divides them: what is left of the point, whichever the sign."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


# https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-arithmetic-operators
ARITHMETIC = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": divided, "%": lambda a, b: a - b * divided(a, b)}


def values(node, event):
    if isinstance(node, ast.Literal):
        return [node.value]
    if isinstance(node, ast.MathOperation):
        return [ARITHMETIC[node.operator](a, b) for a in values(node.left, event) for b in values(node.right, event)]
    name = NAMES.get(id(node))
    if name is None:
        name = NAMES[id(node)] = field_name(node)
    found = lookup(event, name)
    return found if isinstance(found, list) else [] if found is None else [found]


def truth(node, event):
    kind = type(node)
    if kind is ast.And:
        return all(truth(t, event) for t in node.terms)
    if kind is ast.Or:
        return any(truth(t, event) for t in node.terms)
    if kind is ast.Not:
        term = node.term
        # Elasticsearch turns `not a < b` round, and either way a missing field is not matched
        if isinstance(term, ast.Comparison) and (term.comparator in ORDER or isinstance(term.left, ast.MathOperation)) and not values(term.left, event):
            return False
        return not truth(term, event)
    if kind is ast.Boolean:
        return node.value
    if kind is ast.IsNull:
        return not values(node.expr, event)
    if kind is ast.IsNotNull:
        return bool(values(node.expr, event))
    if kind is ast.Comparison:
        found, want = values(node.left, event), node.right.value
        if node.comparator == "==":
            return any(type(v) is type(want) and v == want or isinstance(v, (int, float)) and v == want for v in found)
        if node.comparator == "!=":
            return all(v != want for v in found)
        return any(ORDER[node.comparator](v, want) for v in found)
    if kind is ast.InSet:
        return any(v == c.value for v in values(node.expression, event) for c in node.container)
    if kind is ast.FunctionCall:
        found, wants = values(node.arguments[0], event), [a.value for a in node.arguments[1:]]
        if node.name == "cidrMatch":
            return any(in_network(v, wants) for v in found)
        return any(TEXT[node.name](v, p) for v in found if isinstance(v, str) for p in wants)
    raise ValueError("cannot evaluate %s" % kind.__name__)


def category(event):
    found = lookup(event, "event.category")
    return found if isinstance(found, list) else [found]


def matches(query, event):
    return (query.event_type == "any" or query.event_type in category(event)) and truth(query.query, event)


def when(event):
    from datetime import datetime
    stamp = lookup(event, "@timestamp").replace("Z", "+00:00")
    stamp = re.sub(r"(\.\d{6})\d+", r"\1", stamp)
    return datetime.fromisoformat(stamp)


def run_sequence(sequence, events):
    pending, last = {}, len(sequence.queries) - 1
    for event in sorted(events, key=when):
        for i in range(last, -1, -1):
            step = sequence.queries[i]
            if not matches(step.query, event):
                continue
            key = tuple(lookup(event, field_name(f)) for f in step.join_values)
            if any(k is None for k in key):
                continue
            if i == 0:
                pending[key, 1] = when(event)
                continue
            started = pending.pop((key, i), None)
            if started is None or (sequence.max_span is not None and (when(event) - started).total_seconds() * 1000 > sequence.max_span.as_milliseconds()):
                continue
            if i == last:
                yield event
            else:
                pending[key, i + 1] = started


def execute(query, events):
    NAMES.clear()
    first = query.first
    if isinstance(first, ast.Sequence):
        found = list(run_sequence(first, events))
    else:
        found = [e for e in events if matches(first, e)]
    ids = [str(lookup(e, "event.id") or lookup(e, "_id") or lookup(e, "id")) for e in found]
    return ids


# A part of a field's name may have a slash, as the annotations of Kubernetes have: a query quotes it.
eql.schema.IDENT_RE = re.compile(r"^[_a-zA-Z][\w/]*$")


def parse(text, schema):
    if schema is None:
        with eql.parser.elasticsearch_syntax, eql.parser.ignore_missing_functions:
            return eql.parse_query(text)
    with eql.parser.elasticsearch_validate_optional_fields, eql.parser.ignore_missing_functions, schema:
        return eql.parse_query(text)


def check(text, schema, mapping, events):
    result = {"error": None, "ids": [], "strings": []}
    Elastic.optional = set()
    try:
        query = parse(text, schema)
    except eql.EqlParseError as e:
        result["error"] = str(e)
        return result
    if mapping is not None:
        found = list(restrictions.problems(query, mapping, Elastic.optional))
        result["error"] = "; ".join(found) or None
    result["strings"] = [n.value for n in query if isinstance(n, ast.String)]
    if events is not None:
        result["ids"] = execute(query, events)
    return result


def answer(ask):
    events = None
    if ask.get("events"):
        opener = gzip.open if ask["events"].endswith(".gz") else open
        with opener(ask["events"], "rt", encoding="utf-8") as f:
            events = [json.loads(line) for line in f if line.strip()]
    schema = None
    if ask.get("schema") is not None:
        schema = eql.Schema(ask["schema"], allow_any=True, allow_missing=False)
    return [check(q, schema, ask.get("mapping"), events) for q in ask["queries"]]


def main():
    gc.disable()  # parsing makes many objects: they are collected between questions
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
        gc.collect()


if __name__ == "__main__":
    main()
