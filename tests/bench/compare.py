#!/usr/bin/env python3
"""Times decree beside rsigma: the same rules, the same events, one core, and compares what they find.

Takes a folder of rules and a file of Windows events (flat JSON, one a line, not compressed), makes the rows
that workload.py can make of them by a seed, and prints a table. Each engine runs in turn, several times. Time is
what the processor was busy for; what loading the rules and the first event costs is taken off. A ratio is the
median of the runs' ratios. Needs taskset, GNU time, PyYAML, Go for what only parses (fastjson), evtx of PyPI (Rust) for what
only reads Windows' logs into JSON, and rsigma:

    cargo install rsigma --ignore-rust-version
    go build -o decree ./cmd/decree
    tests/bench/compare.py --decree ./decree --seed 7 RULES EVENTS
    tests/bench/compare.py --decree ./decree --rows 'generated*' --runs 1 RULES EVENTS
"""
import argparse
import collections
import contextlib
import dataclasses
import fnmatch
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import evtxlog
import workload

ROOT = pathlib.Path(__file__).parents[2]


@dataclasses.dataclass
class Row:
    """One line of the table: which rules are asked of which events."""
    name: str
    rules: object  # makes the rules of those given and the seed
    order: str = "recorded"
    form: str = "flat"
    model: str = "windows"
    pipeline: str = "sysmon"  # rsigma's; "" where it has none for the form


def every(rules, _):
    return rules


ROWS = [
    Row("all", every), Row("all, shuffled", every, "shuffled"), Row("all, interleaved", every, "interleaved"),
    Row("half, shuffled", lambda rules, seed: workload.half(rules, seed, False), "shuffled"),
    Row("other half, shuffled", lambda rules, seed: workload.half(rules, seed, True), "shuffled"),
    Row("with expressions, shuffled", lambda rules, _: workload.with_expressions(rules, "with"), "shuffled"),
    Row("without expressions, shuffled", lambda rules, _: workload.with_expressions(rules, "without"), "shuffled"),
    *[Row(f"generated {n:,}, shuffled", lambda rules, seed, n=n: workload.generate(rules, n, seed), "shuffled") for n in (500, 2_000, 10_000, 50_000)],
    Row("all, as Winlogbeat's", every, "shuffled", "winlogbeat", "windows", ""), Row("all, as Winlogbeat's, by ecs", every, "shuffled", "winlogbeat", "ecs", ""),
    Row("all, as search hits", every, "shuffled", "hit", "windows", ""), Row("all, as Splunk's", every, "shuffled", "splunk", "splunk-windows", ""),
    Row("all, as Sentinel's", every, "shuffled", "sentinel", "sentinel", ""), Row("all, as Wazuh's", every, "shuffled", "wazuh", "windows", ""),
    Row("all, as Defender's", every, "shuffled", "defender", "mde", ""),
    Row("all, as EVTX", every, "recorded", "evtx", "windows", ""), Row("all, as EVTX, shuffled", every, "shuffled", "evtx", "windows", ""),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", type=pathlib.Path)
    parser.add_argument("events", type=pathlib.Path)
    parser.add_argument("--decree", default="decree")
    parser.add_argument("--rsigma", default="rsigma")
    parser.add_argument("--rows", default="*", help="the rows whose names fit this pattern: " + "; ".join(row.name for row in ROWS))
    parser.add_argument("--seed", type=int, default=1, help="of halves, orders and generated rules")
    parser.add_argument("--limit", type=int, default=200_000, help="so many events are read")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--core", default="0")
    parser.add_argument("--exhaustive", type=int, default=0, help="hold the matches on so many events to those of every rule asked of every event")
    parser.add_argument("--differences", type=int, default=0, help="so many rules with other matches than rsigma's are shown")
    args = parser.parse_args()

    rules, events = workload.read_rules(args.rules), workload.read_events(args.events, args.limit)
    print(f"{len(rules)} rules, {len(events)} events, seed {args.seed}, {args.runs} runs in turn, one core; medians\n")
    print("| rules and events | rules | events | load | memory | events/s | parsing only | rsigma | with routing |\n|---|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(row for row in ROWS if fnmatch.fnmatch(row.name, args.rows)):
            measure(args, row, rules, events, pathlib.Path(folder) / str(number))


def measure(args, row, rules, events, folder):
    """Makes a row's rules and events, times the engines on them, and prints the line of the table."""
    rules = row.rules(rules, args.seed)
    events = workload.make_events(events, row.order, row.form, args.seed)
    workload.write_rules(folder / "rules", rules)
    every_event, one = ("all.evtx", "one.evtx") if row.form == "evtx" else ("all.ndjson", "one.ndjson")
    write(folder / one, events[:1], row.form)
    written = write(folder / every_event, events, row.form)
    if row.name.startswith("generated"):
        workload.write_events(folder / "some.ndjson", events[:SAMPLE])
        take_out_loud(args, row, folder, rules)
    engines = {"decree": functools.partial(decree, args, row, folder)}
    if row.pipeline:
        engines["rsigma"] = functools.partial(rsigma, args, row, folder, [])
        engines["routing"] = functools.partial(rsigma, args, row, folder, ["--logsource-routing", "--event-logsource", "product=windows"])

    times, found, memory = collections.defaultdict(list), {}, []
    for _ in range(args.runs):
        for name, command in engines.items():
            load, _, _ = run(command(one), args.core)
            whole, megabytes, found[name] = run(command(every_event), args.core)
            times[name].append((load, whole - load))
            if name == "decree":
                memory.append(megabytes)
    parse = written / read_only(args, folder / every_event) if row.form == "evtx" else parse_only(args, folder / every_event)

    own = times["decree"]
    speed = statistics.median(written / t for _, t in own)
    cells = [row.name, f"{len(rules):,}", f"{written:,}", f"{statistics.median(load for load, _ in own):.2f} s",
             f"{statistics.median(memory):,.0f} MB", f"{speed:,.0f}", f"{parse / speed:.1f}"]
    for name in ("rsigma", "routing"):
        cells.append(f"{statistics.median(t / o for (_, t), (_, o) in zip(times[name], own)):.1f}" if name in times else "")
    print("| " + " | ".join(cells) + " |", flush=True)
    if args.exhaustive:
        exhaustively(args, row, folder, every_event)
    if args.differences and row.pipeline:
        counts = {name: matches(name, output) for name, output in found.items()}
        for name in ("rsigma", "routing"):
            differ(name, counts["decree"], counts[name], args.differences)


def write(path, events, form):
    """Writes the events and gives how many there are: a log has no room for the longest."""
    if form == "evtx":
        return evtxlog.write(path, map(json.loads, events))
    workload.write_events(path, events)
    return len(events)


SAMPLE = 10_000


def take_out_loud(args, row, folder, rules):
    """Takes the generated rules out that match more than one in a thousand events. Nobody would deploy such a rule, and
    what it costs is writing its matches."""
    _, _, output = run(decree(args, row, folder, "some.ndjson"), args.core)
    counts = matches("decree", output)
    for number, rule in reversed(list(enumerate(rules))):
        if counts[rule["title"]] > SAMPLE / 1000:
            (folder / "rules" / workload.file_name(number)).unlink()
            del rules[number]


def decree(args, row, folder, events):
    return [args.decree, "run", "--quiet", "--workers", "1", "--model", row.model, "--format", "json", "-r", folder / "rules", folder / events]


def rsigma(args, row, folder, route, events):
    return [args.rsigma, "engine", "eval", "--quiet", "-r", folder / "rules", "-p", row.pipeline, *route, "-e", f"@{folder / events}"]


def run(command, core):
    """Gives the seconds of processor time, the megabytes at most, and the output of a command on one core.

    GNU time measures the memory: a process that is started from here counts the events that are held here as its own.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, tempfile.NamedTemporaryFile("r") as kilobytes:
        process = subprocess.Popen(["time", "-q", "-f", "%M", "-o", kilobytes.name, "taskset", "-c", core, *map(str, command)], stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        said = errors.read().decode()
        # decree ends with 1 where no rule is for the one event that loading is measured with.
        if process.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{said[-2000:]}")
        return usage.ru_utime + usage.ru_stime, int(kilobytes.read()) / 1000, output.read()


def parse_only(args, events):
    """Gives the events a second that fastjson parses, by the benchmark that reads the file."""
    output = go(["-bench", "ParseOnly", "-run", "^$", "-cpu", "1", "./tests/bench"], args, DECREE_BENCH_EVENTS=events)
    return max(float(line.split()[line.split().index("events/s") - 1]) for line in output.splitlines() if "events/s" in line)


def read_only(args, events):
    """Gives the seconds in which evtx of PyPI reads a log into JSON: what its start takes is taken off."""
    script = "import sys, evtx\nfor path in sys.argv[1:]:\n    for record in evtx.PyEvtxParser(path, number_of_threads=1).records_json(): pass"
    command = [sys.executable, "-c", script]
    return statistics.median(run([*command, events], args.core)[0] - run(command, args.core)[0] for _ in range(args.runs))


def exhaustively(args, row, folder, events):
    """Ends with an error where asking every rule of every event finds something else. A log is asked as a whole."""
    go(["-count", "1", "-run", "TestTheIndexLosesNothing", "./engine"], args, DECREE_BENCH_EVENTS=folder / events, DECREE_BENCH_RULES=folder / "rules",
       DECREE_BENCH_MODEL=row.model, DECREE_BENCH_LIMIT=args.exhaustive)


def go(arguments, args, **environment):
    command = ["taskset", "-c", args.core, "go", "test", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {name: str(value) for name, value in environment.items()}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    return done.stdout


def matches(name, output):
    """Counts matches by the rule's title."""
    if name == "decree":
        return collections.Counter(m["rule"] for m in json.loads(output))
    return collections.Counter(json.loads(line)["rule_title"] for line in output.splitlines() if line.strip())


def differ(name, ours, theirs, most):
    rules = sorted((r for r in ours.keys() | theirs.keys() if ours[r] != theirs[r]), key=lambda r: (-abs(ours[r] - theirs[r]), r))
    print(f"\n{len(rules)} rules find more or less in {name}; decree's matches, then the other's:\n")
    for r in rules[:most]:
        print(f"    {ours[r]:8} {theirs[r]:8}  {r}")
    print()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
