#!/usr/bin/env python3
"""Makes rules and events to measure with: from those given, by a seed, so that nobody tunes to them.

    workload.py half RULES OUT --seed 7              a random half of the rules; --other is the rest
    workload.py generate RULES OUT --count 10000     rules of the shape of those given, with values of their own
    workload.py events EVENTS OUT --order shuffled   or interleaved (as from many hosts), or recorded
    workload.py events EVENTS OUT --form winlogbeat  or another of FORMS, as the products write the same events

Events are one flat JSON object a line, not compressed, as the windows model reads them. Needs PyYAML.
"""
import argparse
import collections
import copy
import itertools
import json
import pathlib
import random
import re
import uuid

import yaml


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("half", "generate", "events"):
        command = commands.add_parser(name)
        command.add_argument("source", type=pathlib.Path)
        command.add_argument("out", type=pathlib.Path)
        command.add_argument("--seed", type=int, default=1)
    commands.choices["half"].add_argument("--other", action="store_true")
    for name in ("half", "generate"):
        commands.choices[name].add_argument("--expressions", choices=("any", "with", "without"), default="any")
    commands.choices["generate"].add_argument("--count", type=int, default=2000)
    events = commands.choices["events"]
    events.add_argument("--order", choices=ORDERS, default="recorded")
    events.add_argument("--form", choices=FORMS, default="flat")
    events.add_argument("--limit", type=int, default=200_000)
    args = parser.parse_args()

    if args.command == "events":
        write_events(args.out, make_events(read_events(args.source, args.limit), args.order, args.form, args.seed))
        return
    rules = with_expressions(read_rules(args.source), args.expressions)
    if args.command == "half":
        rules = half(rules, args.seed, args.other)
    else:
        rules = generate(rules, args.count, args.seed)
    write_rules(args.out, rules)


# Rules


def read_rules(folder):
    """Gives the detection rules below a folder, in the order of their paths."""
    rules = []
    for path in sorted(folder.rglob("*.yml")):
        for rule in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            if isinstance(rule, dict) and "detection" in rule:
                rules.append(rule)
    return rules


def write_rules(folder, rules):
    """Writes each rule to a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, rule in enumerate(rules):
        text = yaml.dump(rule, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=10_000)
        (folder / file_name(number)).write_text(text, encoding="utf-8")


def file_name(number):
    return f"{number:06}.yml"


def has_expression(rule):
    return any("re" in key.split("|")[1:] for key, _ in tests(rule["detection"]))


def with_expressions(rules, which):
    if which == "any":
        return rules
    return [rule for rule in rules if has_expression(rule) == (which == "with")]


def half(rules, seed, other):
    """Gives a random half of the rules by the seed, or the other half."""
    order = list(range(len(rules)))
    random.Random(seed).shuffle(order)
    middle = len(order) // 2
    return [rules[i] for i in sorted(order[middle:] if other else order[:middle])]


def tests(node):
    """Gives each (field with modifiers, value) of a detection."""
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, (dict, list)) and not is_values(value):
                yield from tests(value)
            else:
                for one in value if isinstance(value, list) else [value]:
                    yield key, one
    elif isinstance(node, list):
        for item in node:
            yield from tests(item)


def is_values(value):
    return isinstance(value, list) and all(not isinstance(v, (dict, list)) for v in value)


WORD = re.compile(r"[A-Za-z]{3,}")
# What an expression must keep to stay an expression: escapes, classes, groups' flags, counts.
KEPT = re.compile(r"\\(?:x\{?[0-9A-Fa-f]+\}?|[pP]\{\w+\}|.)|\[(?:\\.|[^\]\\])*\]|\(\?[^):]*[:)]?|\{[0-9,]+\}")
# Words by which an event's kind is known; another word there, and the rule is asked of nothing.
FIXED = {"condition", "timeframe", "EventID", "Channel", "Provider_Name", "Hashes"}


class Words:
    """Draws words as a set of rules has them: half of them the rules' own, as often as they have them, half
    made letter by letter from pairs of letters that occur in them. The commonest (exe, Windows, System) stay."""

    COMMONEST = 60

    def __init__(self, rules, rng):
        self.rng = rng
        counts = collections.Counter(word for rule in rules for key, value in tests(rule["detection"]) if isinstance(value, str) and key not in FIXED
                                     for word in WORD.findall(value))
        self.own = list(counts.elements())
        self.stay = {word for word, _ in counts.most_common(self.COMMONEST)}
        self.next = collections.defaultdict(list)
        for word in self.own:
            for pair in itertools.pairwise(word.lower()):
                self.next[pair[0]].append(pair[1])

    def draw(self, like):
        if like in self.stay:
            return like
        if self.rng.random() < 0.5:
            return self.rng.choice(self.own)
        word = self.rng.choice(self.own)[0].lower()
        while len(word) < len(like):
            word += self.rng.choice(self.next.get(word[-1]) or ["e"])
        return word.title() if like[:1].isupper() else word

    def value(self, value, is_expression):
        """Gives a value of the same shape: its words are others, the rest stays."""
        if not isinstance(value, str):
            return value
        if not is_expression:
            return WORD.sub(lambda m: self.draw(m.group()), value)
        parts, at = [], 0
        for kept in KEPT.finditer(value):
            parts += [WORD.sub(lambda m: self.draw(m.group()), value[at:kept.start()]), kept.group()]
            at = kept.end()
        return "".join(parts) + WORD.sub(lambda m: self.draw(m.group()), value[at:])


def generate(rules, count, seed):
    """Makes rules of the shape of those given: log source, fields, modifiers, condition and the number and length
    of values are those of a rule drawn from them, the words of the values are drawn anew."""
    rng = random.Random(seed)
    words = Words(rules, rng)
    out = []
    for number in range(count):
        rule = copy.deepcopy(rng.choice(rules))
        rule["title"] = f"Generated {number}"
        rule["id"] = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        rule.pop("related", None)
        rule["detection"] = {name: part if name in FIXED else renamed(part, words) for name, part in rule["detection"].items()}
        out.append(rule)
    return out


def renamed(node, words, key=""):
    if isinstance(node, dict):
        return {k: v if k.split("|")[0] in FIXED else renamed(v, words, k) for k, v in node.items()}
    if isinstance(node, list):
        return [renamed(v, words, key) for v in node]
    modifiers = key.split("|")[1:]
    if {"cidr", "fieldref", "exists", "expand"} & set(modifiers):
        return node
    return words.value(node, "re" in modifiers)


# Events

ORDERS = ("recorded", "shuffled", "interleaved")
FORMS = ("flat", "winlogbeat", "hit", "splunk", "sentinel", "wazuh", "defender")
HOSTS = 200


def read_events(path, limit):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n") for line in itertools.islice(f, limit)]


def write_events(path, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in lines)


def make_events(lines, order, form, seed):
    """Gives the same events in another order and form. Defender has tables for some of them only."""
    rng = random.Random(seed)
    if order == "shuffled":
        lines = rng.sample(lines, len(lines))
    elif order == "interleaved":
        lines = interleaved(lines, rng)
    if form in ("flat", "evtx"):  # evtxlog.py makes a log of them
        return lines
    made = (AS[form](json.loads(line)) for line in lines)
    return [json.dumps(event, separators=(",", ":")) for event in made if event]


HOSTNAME = re.compile(r'"Hostname":"[^"]*"')


def interleaved(lines, rng):
    """Cuts the log into pieces, one a host, and gives the hosts' next events in random turns: each host's own
    are in order, neighbours are of different hosts."""
    size = -(-len(lines) // HOSTS)
    left = [lines[at:at + size][::-1] for at in range(0, len(lines), size)]
    turns = [host for host, own in enumerate(left) for _ in own]
    rng.shuffle(turns)
    return [HOSTNAME.sub(f'"Hostname":"WS{host:03}.example.org"', left[host].pop()) for host in turns]


SYSTEM = {"SourceName", "ProviderGuid", "Level", "Keywords", "Channel", "Hostname", "TimeCreated", "@timestamp", "EventID", "Task", "RecordNumber",
          "ExecutionProcessID", "ThreadID", "Version", "Opcode", "OpcodeValue", "Category", "Message"}


def own_values(event):
    return {name: str(value) for name, value in event.items() if name not in SYSTEM}


def winlogbeat(event):
    """Gives an event as Winlogbeat writes it: the system's fields below winlog, the event's own below winlog.event_data."""
    number, own = str(event.get("EventID", "")), own_values(event)
    log = {"channel": event.get("Channel", ""), "event_id": number, "provider_name": event.get("SourceName", ""), "computer_name": event.get("Hostname", ""),
           "record_id": event.get("RecordNumber", 0), "task": event.get("Category", ""), "event_data": own}
    return {"@timestamp": event.get("@timestamp"), "event": {"code": number, "provider": log["provider_name"], "kind": "event"},
            "host": {"name": log["computer_name"]}, "message": event.get("Message", ""), "winlog": log}


def hit(event):
    """Gives the same as Elasticsearch's search does."""
    return {"_index": "winlogbeat", "_id": "x", "_score": 1.0, "_source": winlogbeat(event)}


def splunk(event):
    """Gives an event as Splunk's search/jobs/export does, with the fields of its Windows add-on."""
    channel = event.get("Channel", "")
    own = own_values(event) | {"_time": event.get("@timestamp"), "source": "XmlWinEventLog:" + channel, "EventCode": str(event.get("EventID", "")), "Computer": event.get("Hostname", "")}
    return {"preview": False, "result": dict(sorted(own.items()))}


def sentinel(event):
    """Gives an event as a row of Sentinel's table WindowsEvent."""
    return {"TimeGenerated": event.get("@timestamp"), "Provider": event.get("SourceName", ""), "Channel": event.get("Channel", ""), "Computer": event.get("Hostname", ""),
            "EventID": event.get("EventID"), "EventData": own_values(event), "Type": "WindowsEvent"}


def wazuh(event):
    """Gives an event as an alert of Wazuh has it, with its backslashes twice."""
    own = {name[0].lower() + name[1:]: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in own_values(event).items()}
    system = {"providerName": event.get("SourceName", ""), "eventID": str(event.get("EventID", "")), "channel": event.get("Channel", ""), "computer": event.get("Hostname", "")}
    return {"timestamp": event.get("@timestamp"), "agent": {"id": "001"}, "decoder": {"name": "windows_eventchannel"}, "data": {"win": {"system": system, "eventdata": own}}}


def defender(event):
    """Gives an event as a row of Defender's table for it, or None. Columns by Microsoft's pages of the advanced hunting schema."""
    if event.get("Channel") != "Microsoft-Windows-Sysmon/Operational" or event.get("EventID") not in TABLES:
        return None
    table, action, columns = TABLES[event["EventID"]]
    row = {"Timestamp": event.get("@timestamp"), "Type": table, "DeviceName": event.get("Hostname", ""), "ActionType": action}
    for column, field in columns.items():
        row[column] = event.get(field, "")
    for prefix in ("", "InitiatingProcess"):
        if path := row.get(prefix + "FilePath"):
            row[prefix + "FilePath"], _, row[prefix + "FileName"] = path.rpartition("\\")
            row[prefix + "FolderPath"] = path
            del row[prefix + "FilePath"]
    return row


ACTOR = {"InitiatingProcessFilePath": "Image", "InitiatingProcessId": "ProcessId", "InitiatingProcessAccountName": "User"}
TABLES = {
    1: ("DeviceProcessEvents", "ProcessCreated", {"FilePath": "Image", "ProcessCommandLine": "CommandLine", "ProcessId": "ProcessId", "AccountName": "User",
        "ProcessIntegrityLevel": "IntegrityLevel", "ProcessVersionInfoOriginalFileName": "OriginalFileName", "ProcessVersionInfoProductName": "Product",
        "InitiatingProcessFilePath": "ParentImage", "InitiatingProcessCommandLine": "ParentCommandLine", "InitiatingProcessId": "ParentProcessId"}),
    3: ("DeviceNetworkEvents", "ConnectionSuccess", ACTOR | {"RemoteIP": "DestinationIp", "RemotePort": "DestinationPort", "RemoteUrl": "DestinationHostname",
        "LocalIP": "SourceIp", "LocalPort": "SourcePort", "Protocol": "Protocol"}),
    7: ("DeviceImageLoadEvents", "ImageLoaded", ACTOR | {"FilePath": "ImageLoaded"}),
    11: ("DeviceFileEvents", "FileCreated", ACTOR | {"FilePath": "TargetFilename"}),
    13: ("DeviceRegistryEvents", "RegistryValueSet", ACTOR | {"RegistryKey": "TargetObject", "RegistryValueData": "Details"}),
}
AS = {"winlogbeat": winlogbeat, "hit": hit, "splunk": splunk, "sentinel": sentinel, "wazuh": wazuh, "defender": defender}

if __name__ == "__main__":
    main()
