package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/rules/diag"
	"decree/rules/parse"
)

type newParams struct {
	file                       string
	title                      string
	product, category, service string
}

func newNew(s *stdio.Streams) *cobra.Command {
	var p newParams
	cmd := &cobra.Command{
		Use:   "new FILE",
		Short: "Begin a rule and its test file",
		Long: "Write a rule with all that a reader asks of one, and x.test.yml beside it with an event that matches and\n" +
			"one that does not. Both are valid and pass at once: change the condition, then the events. A file that\n" +
			"exists is never written over.",
		Example: "  decree new my_rules/whoami.yml\n  decree new --title 'A key in the cloud is made' --product aws --service cloudtrail cloud/key.yml",
		Args:    usage.Arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			p.file = args[0]
			return scaffold(s, p)
		},
	}
	f := cmd.Flags()
	f.StringVar(&p.title, "title", "", "title of the rule; without it the file's name")
	f.StringVar(&p.product, "product", "", "product of the log source, such as windows, linux, aws")
	f.StringVar(&p.category, "category", "", "category of the log source, such as process_creation")
	f.StringVar(&p.service, "service", "", "service of the log source, such as security, cloudtrail")
	return cmd
}

// fileName is what a rule's file may be called, since its name is made of it.
var fileName = regexp.MustCompile(`^[a-z0-9_]+\.ya?ml$`)

func scaffold(s *stdio.Streams, p newParams) error {
	base := filepath.Base(p.file)
	if !fileName.MatchString(base) {
		return fmt.Errorf("%s: name the file in small letters, digits and underscores, such as suspicious_child.yml", base)
	}
	if p.product+p.category+p.service == "" {
		p.product, p.category = "windows", "process_creation"
	}
	rule := draft{Name: strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml"), Title: p.title, Date: time.Now().Format(time.DateOnly)}
	if rule.Title == "" {
		words := strings.ReplaceAll(rule.Name, "_", " ")
		rule.Title = strings.ToUpper(words[:1]) + words[1:]
	}
	rule.ID = newUUID()
	for _, part := range [][2]string{{"category", p.category}, {"product", p.product}, {"service", p.service}} {
		if part[1] != "" {
			rule.LogSource = append(rule.LogSource, fmt.Sprintf("%s: %q", part[0], part[1]))
		}
	}
	rule.Field, rule.Hit, rule.Miss = exampleFor(p)
	test := strings.TrimSuffix(strings.TrimSuffix(p.file, ".yaml"), ".yml") + ".test.yml"
	texts := map[string][]byte{}
	for name, t := range map[string]*template.Template{p.file: ruleDraft, test: testDraft} {
		var out bytes.Buffer
		if err := t.Execute(&out, rule); err != nil {
			return err
		}
		texts[name] = out.Bytes()
	}
	if _, found := parse.Rules(p.file, texts[p.file], nil); found.HasErrors() { // a title or log source that is none
		return found[0]
	}
	if err := os.MkdirAll(filepath.Dir(p.file), 0o755); err != nil {
		return err
	}
	for _, name := range []string{p.file, test} { // nothing is written if one of them is there
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s exists; choose another name", name)
		}
	}
	for _, name := range []string{p.file, test} {
		if err := output.Write(name, texts[name], false); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "wrote %s\n", diag.Visible(name))
	}
	fmt.Fprintf(s.Out, "next: decree test %s\n", diag.Visible(p.file))
	return nil
}

// newUUID is a random UUID, version 4 of RFC 9562.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// exampleFor is a field that Sigma's taxonomy gives the log source, with a value that matches and one
// that does not; no field where it gives none: then it is a word. https://sigmahq.io/docs/basics/log-sources.html
func exampleFor(p newParams) (field, hit, miss string) {
	switch p.category {
	case "process_creation", "image_load", "process_access", "driver_load":
		return "Image|endswith", `\example.exe`, `\example.exe.txt`
	case "file_event", "file_delete", "file_rename", "file_access", "file_change":
		return "TargetFilename|endswith", `\example.exe`, `\example.exe.txt`
	case "registry_event", "registry_set", "registry_add", "registry_delete":
		return "TargetObject|endswith", `\Example`, `\Example\Other`
	case "dns_query", "dns":
		return "QueryName|endswith", ".example.com", ".example.com.example.org"
	case "network_connection", "firewall":
		return "DestinationHostname|endswith", ".example.com", ".example.com.example.org"
	case "ps_script", "ps_module":
		return "ScriptBlockText|contains", "Invoke-Example", "Invoke-Exam"
	case "proxy", "webserver":
		return "c-uri|contains", "/example", "/exam"
	}
	switch {
	case p.product == "windows":
		return "EventID", "4688", "4689"
	case p.product == "aws":
		return "eventName", "ExampleEvent", "AnotherEvent"
	}
	return "", "an example message", "another message"
}
