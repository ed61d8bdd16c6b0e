"""Holds an app to Splunk's own checks, and reads its .conf files by two parsers.

In (stdin): {"app": path of a .tgz}. Out (stdout): {"checks": number, "bad": [[result, check, message]], "conf": {file: {stanza: {key: value}}},
"other": the same by the second parser}. Results that are bad are failures, errors and warnings.

The first parser is AppInspect's own, which keeps values as they are. The second is that of Splunk's add-on factory. It keeps the backslashes at the ends of lines, drops blanks around lines, and
ends a value at a semicolon behind a blank, which Splunk does not.
"""
import io
import json
import subprocess
import sys
import tarfile
import tempfile

from addonfactory_splunk_conf_parser_lib import TABConfigParser
from splunk_appinspect import configuration_file, configuration_parser


def inspected(path):
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        run = [sys.executable, "-c", "from splunk_appinspect.main import execute; execute()", "inspect", path, "--mode", "precert", "--included-tags", "cloud", "--included-tags", "private_app",
               "--data-format", "json", "--output-file", report.name]
        done = subprocess.run(run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = report.read()
    if not text:
        raise SystemExit(done.stdout.decode())
    checks = [c for r in json.loads(text)["reports"] for g in r["groups"] for c in g["checks"]]
    bad = [[c["result"], c["name"], m["message"]] for c in checks for m in c["messages"] if c["result"] in ("failure", "error", "warning")]
    return len(checks), bad


def by_appinspect(text):
    conf = configuration_parser.parse(io.BytesIO(text), configuration_file.ConfigurationFile(), configuration_parser.configuration_lexer)
    if list(conf.errors):
        raise SystemExit(str(list(conf.errors)[:3]))
    return {s.name: {o.name: o.value for o in s.settings()} for s in conf.sections()}


def by_factory(text):
    parser = TABConfigParser()
    parser.read_string(text.decode())
    return parser.item_dict()


def main():
    path = json.load(sys.stdin)["app"]
    checks, bad = inspected(path)
    conf, other = {}, {}
    with tarfile.open(path) as app:
        for member in app.getmembers():
            if member.name.endswith((".conf", ".meta")):
                text = app.extractfile(member).read()
                conf[member.name] = by_appinspect(text)
                if member.name.endswith(".conf"):
                    other[member.name] = by_factory(text)
    json.dump({"checks": checks, "bad": bad, "conf": conf, "other": other}, sys.stdout)


main()
