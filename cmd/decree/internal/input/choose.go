package input

import (
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/engine/event"
	"decree/engine/recognise"
	"decree/rules/diag"
	"decree/rules/schema"
)

// shownFiles bounds how many files are shown one by one with their models. Of more files, each model shows their
// number.
const shownFiles = 5

// chosen is what the content of the files decides.
type chosen struct {
	files  []string
	models []string          // of the files, each once
	of     map[string]string // file -> model; "" for a file without events among its first lines
	open   map[string]*event.Reader
	unread map[string]bool // files that are not read
	late   map[string]bool // files, as messages name them, of whose first lines none is an event
	among  []schema.Recognised
	later  later // of the file that is read
}

// later is what some of the events are that come after the first ones of a file.
type later struct {
	model      string // of the file; "" before it is read
	events     int    // that were looked at
	not        int    // of them, that are not of the model
	lookLike   string // the model of the first of them that is of any
	ofLookLike int
}

// look looks at one of the later events.
func (c *chosen) look(raw event.Raw) {
	l := &c.later
	if l.model == "" || raw.Err != nil {
		return
	}
	fields, err := raw.Decode()
	if err != nil {
		return // it is rejected
	}
	l.events++
	all := recognise.Event(fields, c.among)
	if slices.ContainsFunc(all, func(at int) bool { return c.among[at].Model == l.model }) {
		return
	}
	of := ""
	if len(all) > 0 {
		of = c.among[all[0]].Model
	}
	l.not++
	if l.lookLike == "" {
		l.lookLike = of
	}
	if of != "" && of == l.lookLike {
		l.ofLookLike++
	}
}

// text says how many of them do not fit, if some do not.
func (l *later) text() string {
	if l.not == 0 {
		return ""
	}
	text := fmt.Sprintf("of %s further on that were looked at, %d are not of model %s, as which all are read", plural.Count(l.events, "event"), l.not, l.model)
	if l.lookLike != "" {
		text += fmt.Sprintf("; %d look like %s", l.ofLookLike, l.lookLike)
	}
	return text
}

// choose finds the model of each file by its first events, and shows it. A file whose events no model recognises is an
// error, and is not read. In a folder, a file that may not be a log is skipped then. It gives the models that occur.
func (in *Reader) choose(files event.Files, among []schema.Recognised) []string {
	c := &chosen{among: among, of: map[string]string{}, open: map[string]*event.Reader{}, unread: map[string]bool{}, late: map[string]bool{}}
	in.chosen = c
	choices := map[string]recognise.Choice{}
	for _, file := range files.Paths {
		if _, again := c.of[file]; again {
			continue
		}
		c.of[file] = ""
		choice, ok := in.sniff(file, among)
		switch {
		case files.Doubt[file] && choice.Model == "" && ok:
			c.unread[file] = true
			in.skipped = append(in.skipped, file)
		case !ok || choice.Events == 0:
			c.late[event.Named(file)] = true
		case choice.Model != "":
			c.files = append(c.files, file)
			c.of[file], choices[file] = choice.Model, choice
			if !slices.Contains(c.models, choice.Model) {
				c.models = append(c.models, choice.Model)
			}
		default:
			c.unread[file] = true
			in.blame("%s: no data model recognises its events, which have the fields %s: name theirs with --model, or describe them with --model-file%s", event.Named(file), strings.Join(choice.Columns, ", "), damageText(choice))
		}
	}
	for _, choice := range choices {
		in.Misread = in.Misread || choice.MessageOnly > 0 || slices.ContainsFunc(choice.Of, func(s recognise.Share) bool { return s.Model != choice.Model && s.Model != schema.Plain })
	}
	in.showModels(choices)
	in.Recognised = len(c.models) > 0
	return c.models
}

// sniff reads the beginning of a file. What can be read only once stays open. ok is false if the file cannot be opened,
// or breaks off before an event that a model recognises: read reports that.
func (in *Reader) sniff(file string, among []schema.Recognised) (choice recognise.Choice, ok bool) {
	r, err := event.Open(file, in.readerOptions())
	if err != nil {
		return choice, false
	}
	choice = recognise.File(r, among)
	ok = choice.Model != "" || r.Broken() == ""
	if _, again := event.Size(file); file == "-" || !again {
		in.chosen.open[file] = r
		return choice, ok
	}
	_ = r.Close() // errors are for read
	return choice, ok
}

// showModels names the model of each file, or how many files have each model.
func (in *Reader) showModels(choices map[string]recognise.Choice) {
	c := in.chosen
	if len(c.files) > shownFiles {
		for _, model := range c.models {
			of := slices.DeleteFunc(slices.Clone(c.files), func(file string) bool { return c.of[file] != model })
			fmt.Fprintf(in.streams.Err, "%s: %s\n", plural.Count(len(of), "file"), modelText(model))
		}
	}
	for _, file := range c.files {
		choice := choices[file]
		if len(c.files) > shownFiles && doubtText(choice)+messageText(choice) == "" {
			continue
		}
		fmt.Fprintf(in.streams.Err, "%s: %s%s%s\n", diag.Visible(event.Named(file)), modelText(choice.Model), doubtText(choice), messageText(choice))
	}
}

// messageText says how many of the first events are not asked by rules on their values, if some are.
func messageText(c recognise.Choice) string {
	if c.MessageOnly == 0 {
		return ""
	}
	return fmt.Sprintf("; events with only a message text and no fields: %d of the first %s (save the log as EVTX or XML)", c.MessageOnly, plural.Count(c.Events, "event"))
}

// damageText says how much of the beginning of a file cannot be read, if something cannot.
func damageText(c recognise.Choice) string {
	if c.Rejected == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of the first %s cannot be read (%v)", c.Rejected, plural.Count(c.Events+c.Rejected, "line"), c.Why)
}

// modelText names a model. Of events with plain field names no log source is known.
func modelText(model string) string {
	if model == schema.Plain {
		return "model sigma (rules are asked whatever their log source)"
	}
	return "model " + diag.Visible(model)
}

// doubtText says how many of the first events are of the model, if some are not.
func doubtText(c recognise.Choice) string {
	most := c.Of[0].Events
	if most == c.Events {
		return ""
	}
	text := fmt.Sprintf("; it has %d of the first %d events, and all are read as its", most, c.Events)
	for _, other := range c.Of[1:] {
		text += fmt.Sprintf("; %d look like %s", other.Events, diag.Visible(other.Model))
	}
	return text
}

// readerOptions are how files are opened.
func (in *Reader) readerOptions() event.Options {
	opt := event.Options{Stdin: in.streams.In, MaxLine: in.opt.MaxLine, OnReject: in.reject, Stop: in.opt.Stop}
	if in.chosen != nil {
		opt.Sample = in.chosen.look
	}
	return opt
}
