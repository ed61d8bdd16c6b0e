// Asks Rust's regex crate, whose syntax is Kusto's, whether expressions are found in texts.
//
// In (stdin): [[expression, text]]. Out (stdout): [true, false or what is wrong with the expression].
"use strict";
const { RRegex } = require("rregex");

const compiled = new Map();
function found([expression, text]) {
  try {
    if (!compiled.has(expression)) compiled.set(expression, new RRegex(expression));
    return compiled.get(expression).isMatch(text);
  } catch (e) {
    return String(e);
  }
}

process.stdout.write(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).map(found)));
