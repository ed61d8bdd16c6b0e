// Parses and binds KQL with Microsoft's own language service, and compiles the regular expressions in it with Rust's regex crate, whose syntax is Kusto's.
//
// In (stdin), a line a question: {"queries": [text], "tables": {name: {column: type}}, "now": datetime or "", "arrival": column}.
// Out (stdout), a line a question: [{"errors": [text], "strings": [decoded literals], "text": text}], one a query.
//
// FileProfile is declared as advanced hunting has it, _GetWatchlist as Sentinel gives the watchlist of reputation. The binder gives the arguments of `invoke`
// no row scope, so exactly one finding is exempt: KS142 inside the first argument of an invoke.
// With "now", text is the query rewritten from the syntax tree so that it can be run on a
// recording: ago(x) and now() count from now, ingestion_time() is the arrival column, count_distinct is
// dcount (which DuckDB counts exactly), the watchlist is the profiles' table, a list concatenated from lists is written out, * is every column of text, and that same first argument, which tells only which
// column to look up, becomes the column's name.
"use strict";
const { RRegex } = require("rregex");
require("@kusto/language-service-next/bridge.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.js");
const { Symbols, Syntax, KustoCode, GlobalState } = Kusto.Language;

// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-fileprofile-function
const PROFILE_PARAMETERS = "(T:(*), x:string, y:long = 100)";
const PROFILE_BODY = "{ T | extend FileSize=long(null), GlobalPrevalence=long(null), GlobalFirstSeen=datetime(null), " +
  "GlobalLastSeen=datetime(null), Signer='', Issuer='', SignerHash='', IsCertificateValid=bool(null), IsRootSignerMicrosoft=bool(null), " +
  "SignatureState='', IsExecutable=bool(null), ThreatName='', Publisher='', SoftwareName='', ProfileAvailability='' }";
// https://learn.microsoft.com/en-us/azure/sentinel/watchlists-queries: the list's own columns, all texts, and its search key
const WATCHLIST_BODY = "{ datatable(SearchKey:string, sha1:string, sha256:string, md5:string, domain:string, ProfileAvailability:string, GlobalPrevalence:string, " +
  "SignatureState:string, Signer:string, Issuer:string, IsCertificateValid:string, IsRootSignerMicrosoft:string, SoftwareName:string, ThreatName:string, GlobalFirstSeen:string)[] }";

function state(tables) {
  const symbols = Object.entries(tables).map(([name, columns]) => {
    const list = Object.entries(columns).map(([c, t]) => `['${c}']:${t}`).join(", ");
    return Symbols.TableSymbol.From(`(${list})`).WithName(name);
  });
  symbols.push(new Symbols.FunctionSymbol.$ctor16("FileProfile", PROFILE_PARAMETERS, PROFILE_BODY, ""));
  symbols.push(new Symbols.FunctionSymbol.$ctor16("_GetWatchlist", "(name:string)", WATCHLIST_BODY, ""));
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("hunting", symbols));
}

// nodes lists every element of the tree, in order.
function nodes(root) {
  const all = [];
  Syntax.SyntaxElement.WalkElements(root, (e) => { all.push(e); });
  return all;
}

// inner gives the elements of a list as text: a dynamic array's, or those of several lists concatenated.
function inner(e, lists) {
  const text = e.ToString().trim();
  if (text.startsWith("dynamic([")) return text.slice("dynamic([".length, text.lastIndexOf("]"));
  if (!(e instanceof Syntax.FunctionCallExpression) || e.Name.SimpleName !== "array_concat") return null;
  const parts = [];
  for (let i = 0; i < e.ArgumentList.Expressions.Count; i++) {
    const part = lists.get(e.ArgumentList.Expressions.getItem(i).Element.ToString().trim());
    if (part === undefined) return null;
    parts.push(part);
  }
  return parts.join(", ");
}

// expressions gives the literals that Kusto reads as regular expressions.
function expressions(elements) {
  const operands = elements.filter((e) => e instanceof Syntax.BinaryExpression && e.Operator.Text === "matches regex").map((e) => e.Right);
  const arguments_ = elements.filter((e) => e instanceof Syntax.FunctionCallExpression && /^extract(_all)?$/.test(e.Name.SimpleName)).map((e) => e.ArgumentList.Expressions.getItem(0).Element);
  return [...operands, ...arguments_].map((e) => e.LiteralValue);
}

// refused gives what Rust's regex crate has against an expression, "" if nothing. Queries share most of theirs, and each takes a millisecond to compile.
const refusals = new Map();
function refused(expression) {
  if (!refusals.has(expression)) {
    let why = "";
    try {
      new RRegex(expression);
    } catch (e) {
      why = `${expression.slice(0, 200)}: ${String(e).slice(-200)}`;
    }
    refusals.set(expression, why);
  }
  return refusals.get(expression);
}

function check(query, globals, tables, now, arrival) {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const elements = nodes(code.Syntax);
  const invoked = elements.filter((e) => e instanceof Syntax.InvokeOperator).map((e) => e.Function.ArgumentList.Expressions.getItem(0).Element);
  const inside = (start) => invoked.some((a) => start >= a.TextStart && start < a.End);
  const errors = [], found = code.GetDiagnostics();
  for (let i = 0; i < found.Count; i++) {
    const d = found.getItem(i);
    if (d.Severity === "Error" && !(d.Code === "KS142" && inside(d.Start))) errors.push(`${d.Code} at ${d.Start}: ${d.Message}`);
  }
  for (const expression of new Set(expressions(elements))) {
    const why = refused(expression);
    if (why) errors.push(why);
  }
  const strings = elements.filter((e) => e instanceof Syntax.LiteralExpression && typeof e.LiteralValue === "string").map((e) => e.LiteralValue);
  let text = query;
  const lists = new Map();
  if (now) {
    const edits = invoked.map((a) => [a.TextStart, a.End, `"${a.ToString().trim()}"`]);
    for (const e of elements) {
      if (!(e instanceof Syntax.FunctionCallExpression)) continue;
      const args = e.ArgumentList.Expressions;
      if (e.Name.SimpleName === "ingestion_time") edits.push([e.TextStart, e.End, arrival]);
      if (e.Name.SimpleName === "_GetWatchlist") edits.push([e.TextStart, e.End, "Profiles"]);
      if (e.Name.SimpleName === "count_distinct") edits.push([e.Name.TextStart, e.Name.End, "dcount"]);
      if (e.Name.SimpleName === "count_distinctif") edits.push([e.Name.TextStart, e.Name.End, "dcountif"]);
      if (e.Name.SimpleName === "now") edits.push([e.TextStart, e.End, `datetime(${now})`]);
      if (e.Name.SimpleName === "ago") edits.push([e.TextStart, e.End, `(datetime(${now}) - (${args.getItem(0).Element.ToString().trim()}))`]);
    }
    const texts = Object.keys(tables).filter((name) => query.includes(name)).map((name) => tables[name]).flatMap((t) => Object.keys(t).filter((c) => t[c] === "string"));
    for (const e of elements) {
      if (!(e instanceof Syntax.StarExpression) || !(e.Parent instanceof Syntax.BinaryExpression)) continue;
      const rest = query.slice(e.End, e.Parent.End);
      edits.push([e.TextStart, e.Parent.End, "(" + texts.map((c) => `['${c}']${rest}`).join(" or ") + ")"]);
    }
    for (const e of elements) {
      if (!(e instanceof Syntax.LetStatement)) continue;
      const body = inner(e.Expression, lists);
      if (body === null) continue;
      lists.set(e.Name.SimpleName, body);
      edits.push([e.Expression.TextStart, e.Expression.End, `dynamic([${body}])`]);
    }
    edits.sort((a, b) => b[0] - a[0]);
    for (const [start, end, by] of edits) text = text.slice(0, start) + by + text.slice(end);
  }
  return { errors, strings, text };
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const ask = JSON.parse(line);
  const globals = state(ask.tables);
  process.stdout.write(JSON.stringify(ask.queries.map((q) => check(q, globals, ask.tables, ask.now, ask.arrival))) + "\n");
});
