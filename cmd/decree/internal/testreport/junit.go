package testreport

import (
	"encoding/xml"
	"fmt"
	"io"

	"decree/rules/diag"
)

// This is the part of JUnit's report that CI servers read. https://github.com/testmoapp/junitxml
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Failure *junitFailure `xml:"failure"`
		Error   *junitFailure `xml:"error"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (t *Report) junit(w io.Writer, top string) error {
	errors := t.errors()
	report := junitReport{Tests: t.Passed + t.Failed + len(errors), Failures: t.Failed, Errors: len(errors)}
	for _, r := range t.Rules {
		suite := junitSuite{Name: r.Rule, Tests: len(r.Cases)}
		for _, o := range r.Cases {
			c := junitCase{Name: diag.Visible(o.Case), Class: r.Rule, File: diag.Visible(diag.Below(top, o.At.File)), Line: o.At.Start.Line}
			if !o.Passed() {
				suite.Failures++
				c.Failure = &junitFailure{diag.Visible(o.Failures[0].Message), failureText(o)}
			}
			suite.Cases = append(suite.Cases, c)
		}
		report.Suites = append(report.Suites, suite)
	}
	for _, e := range errors {
		file := diag.Visible(diag.Below(top, e.Range.File))
		if n := len(report.Suites); n == 0 || report.Suites[n-1].Name != file {
			report.Suites = append(report.Suites, junitSuite{Name: file})
		}
		suite := &report.Suites[len(report.Suites)-1]
		suite.Tests, suite.Errors = suite.Tests+1, suite.Errors+1
		suite.Cases = append(suite.Cases, junitCase{Name: diag.FirstVisible(e.Error()), Class: file, File: file, Line: e.Range.Start.Line, Error: &junitFailure{diag.Visible(e.Message), findingText(e)}})
	}
	text, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}
