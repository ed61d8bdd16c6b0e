#!/usr/bin/env python3
"""Times decree beside rsigma: the same rules, the same events, one core, and compares what they find.

Takes the rules and the events (one JSON object a line, not compressed). Each engine runs in turn, several
times; the time for one event is what loading the rules costs, and is taken off. Prints the medians, the
ratios, and each rule whose matches differ. Needs taskset, and rsigma on the PATH or by --rsigma:

    cargo install rsigma --locked
    go build -o decree ./cmd/decree
    tests/bench/compare.py --decree ./decree rules/ events.ndjson
"""
import argparse
import collections
import json
import statistics
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules")
    parser.add_argument("events")
    parser.add_argument("--decree", default="decree")
    parser.add_argument("--rsigma", default="rsigma")
    parser.add_argument("--model", default="windows", help="decree's data model of the events")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--core", default="0")
    parser.add_argument("--differences", type=int, default=20, help="so many rules with other matches are shown")
    args = parser.parse_args()

    rsigma = [args.rsigma, "engine", "eval", "--quiet", "-r", args.rules]
    route = ["-p", "sysmon", "--logsource-routing", "--event-logsource", "product=windows"]
    engines = {
        "decree": lambda events: [args.decree, "run", "--quiet", "--workers", "1", "--model", args.model, "--format", "json", "-r", args.rules, events],
        "rsigma": lambda events: rsigma + ["-p", "sysmon", "-e", "@" + events],
        "rsigma, log source routing": lambda events: rsigma + route + ["-e", "@" + events],
    }
    with open(args.events, encoding="utf-8") as f:
        first = f.readline()
        count = 1 + sum(1 for _ in f)
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as one:
        one.write(first)
        one.flush()
        times = collections.defaultdict(list)
        found = {}
        for _ in range(args.runs):
            for name, command in engines.items():
                load, _ = run(command(one.name), args.core)
                whole, output = run(command(args.events), args.core)
                times[name].append((load, whole - load))
                found[name] = matches(name, output)

    print(f"{count} events, {args.runs} runs in turn, one core; medians\n")
    print("| engine | load | events/s | decree is | matches |\n|---|---|---|---|---|")
    for name in engines:
        load = statistics.median(t[0] for t in times[name])
        speed = statistics.median(count / t[1] for t in times[name])
        ratio = statistics.median(t[1] / own[1] for t, own in zip(times[name], times["decree"]))
        print(f"| {name} | {load:.2f} s | {speed:,.0f} | {ratio:.1f} times as fast | {sum(found[name].values())} |")
    for name in engines:
        if name != "decree":
            differ(name, found["decree"], found[name], args.differences)


def run(command, core):
    """Gives the seconds and the output of a command on one core."""
    began = time.perf_counter()
    done = subprocess.run(["taskset", "-c", core] + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    return time.perf_counter() - began, done.stdout


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


if __name__ == "__main__":
    main()
