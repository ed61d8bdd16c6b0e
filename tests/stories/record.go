package stories

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// Record is one event in a product's own shape.
type Record map[string]any

// Defender records the story as rows of DeviceProcessEvents.
func (s *Story) Defender() []Record {
	return s.record(func(p *Process) Record {
		grand := ""
		if p.Parent.Parent != nil && !p.Orphan {
			grand = p.Parent.Parent.Name()
		}
		r := Record{
			"ReportId": p.ID, "Timestamp": p.At.Format("2006-01-02T15:04:05.000Z"), "DeviceId": p.Host + "-id", "DeviceName": p.Host,
			"ActionType": "ProcessCreated", "FileName": p.Name(), "FolderPath": p.Image, "SHA1": p.SHA1, "ProcessCommandLine": p.Command,
			"ProcessId": p.PID, "ProcessCreationTime": p.At.Format("2006-01-02T15:04:05.000Z"), "AccountName": p.User,
			"InitiatingProcessFileName": p.Parent.Name(), "InitiatingProcessFolderPath": p.Parent.Image,
			"InitiatingProcessCommandLine": p.Parent.Command, "InitiatingProcessId": p.Parent.PID,
			"InitiatingProcessCreationTime": p.Parent.At.Format("2006-01-02T15:04:05.000Z"), "InitiatingProcessParentFileName": grand,
		}
		if p.Parent.Parent != nil && !p.Orphan {
			r["InitiatingProcessParentId"] = p.Parent.Parent.PID
			r["InitiatingProcessParentCreationTime"] = p.Parent.Parent.At.Format("2006-01-02T15:04:05.000Z")
		}
		return r
	})
}

// Sysmon records the story as winlogbeat-style flat Sysmon 1 events.
func (s *Story) Sysmon() []Record {
	return s.record(func(p *Process) Record {
		hashes := "MD5=00000000000000000000000000000000"
		if p.SHA1 != "" {
			hashes = "SHA1=" + p.SHA1 + "," + hashes
		}
		return Record{
			"EventRecordID": p.ID, "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Computer": p.Host,
			"UtcTime": p.At.Format("2006-01-02 15:04:05.000"), "ProcessGuid": "{" + p.Key() + "}", "ProcessId": p.PID, "Image": p.Image,
			"CommandLine": p.Command, "Hashes": hashes, "User": p.User, "ParentProcessGuid": "{" + p.Parent.Key() + "}",
			"ParentProcessId": p.Parent.PID, "ParentImage": p.Parent.Image, "ParentCommandLine": p.Parent.Command,
		}
	})
}

// ECS records the story as Elastic Defend process events with the fields that the shipped ingest
// pipeline adds: the vendor's verdict, and the local count and rank among the population.
func (s *Story) ECS() []Record {
	verdicts := map[string]Verdict{}
	for _, v := range s.Verdicts {
		verdicts[v.SHA1] = v
	}
	hosts, ranks := s.population()
	return s.record(func(p *Process) Record {
		process := Record{
			"entity_id": p.Key(), "pid": p.PID, "executable": p.Image, "name": p.Name(), "command_line": p.Command,
			"parent": Record{"entity_id": p.Parent.Key(), "pid": p.Parent.PID, "executable": p.Parent.Image, "name": p.Parent.Name(), "command_line": p.Parent.Command},
		}
		r := Record{
			"@timestamp": p.At.Format(time.RFC3339Nano), "event": Record{"id": fmt.Sprint(p.ID), "category": []string{"process"}, "type": []string{"start"}},
			"host": Record{"id": p.Host + "-id", "name": p.Host, "os": Record{"type": "windows"}}, "user": Record{"name": p.User}, "process": process,
		}
		if p.SHA1 == "" {
			return r
		}
		process["hash"] = Record{"sha1": p.SHA1}
		key := strings.ToLower(p.SHA1)
		enriched := verdicts[key].enrichment()
		local := Record{}
		if hosts[key] > 0 {
			local["count"] = Record{"hosts": hosts[key]}
		}
		if ranks[key] > 0 {
			local["rank"] = Record{"rank": ranks[key]}
		}
		if len(local) > 0 {
			enriched["local"] = Record{"sql_server_suspicious_grandchild_rare_unsigned": local}
		}
		if len(enriched) > 0 {
			r["decree"] = enriched
		}
		return r
	})
}

// enrichment is what the pipeline adds of a verdict; the empty verdict adds nothing.
func (v Verdict) enrichment() Record {
	r := Record{}
	if v.Prevalence != "" {
		r["GlobalPrevalence"] = number(v.Prevalence)
	}
	if v.Signature != "" {
		r["SignatureState"] = v.Signature
	}
	if v.Availability != "" {
		r["ProfileAvailability"] = v.Availability
	}
	return r
}

// Reputation is the table of verdicts, for products whose events do not carry them.
func (s *Story) Reputation() []Record {
	rows := make([]Record, len(s.Verdicts))
	for i, v := range s.Verdicts {
		rows[i] = Record{"sha1": v.SHA1, "GlobalPrevalence": v.Prevalence, "SignatureState": v.Signature, "ProfileAvailability": v.Availability}
	}
	return rows
}

func number(text string) int {
	n := 0
	for _, c := range text {
		n = n*10 + int(c-'0')
	}
	return n
}

func (s *Story) record(one func(*Process) Record) []Record {
	rows := make([]Record, len(s.Processes))
	for i, p := range s.Processes {
		rows[i] = one(p)
	}
	return rows
}

// population counts the hosts of each hash among the grandchildren in the lookback, and ranks
// the 1000 rarest from 1, ties by value.
func (s *Story) population() (hosts, ranks map[string]int) {
	seen := map[string]map[string]bool{}
	for _, p := range s.Processes {
		up := p.Parent
		if p.SHA1 == "" || p.Orphan || up.Parent == nil || up.Parent.Name() != "sqlservr.exe" ||
			!strings.HasPrefix(strings.ToLower(up.Command), `"cmd.exe" /c`) || p.At.Before(Now.Add(-2*time.Hour)) {
			continue
		}
		key := strings.ToLower(p.SHA1)
		if seen[key] == nil {
			seen[key] = map[string]bool{}
		}
		seen[key][p.Host] = true
	}
	hosts, ranks = map[string]int{}, map[string]int{}
	var keys []string
	for key, on := range seen {
		hosts[key] = len(on)
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool {
		if hosts[keys[i]] != hosts[keys[j]] {
			return hosts[keys[i]] < hosts[keys[j]]
		}
		return keys[i] < keys[j]
	})
	for i, key := range keys {
		if i < 1000 {
			ranks[key] = i + 1
		}
	}
	return hosts, ranks
}
