package main

import (
	"cmp"
	"errors"

	"decree/cmd/decree/internal/alerts"
	"decree/cmd/decree/internal/htmlreport"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/warnings"
	"decree/engine"
	"decree/rules/schema"
)

// matchOutput is where the matches of run go.
type matchOutput struct {
	stream  *output.Stream     // of --out, or the command's own
	alerts  *alerts.Output     // to the stream; nil in a backtest, which writes there itself
	page    *htmlreport.Report // nil without --html
	matches int
	windows bool // an event looks like one of Windows, and rules ask for plain names
}

// openOutput opens the files of --out and --html. Without --backtest, what the engines find goes there.
func (r *ruleRun) openOutput() (err error) {
	p, o := &r.p, &r.to
	if err := output.Distinct(map[string]string{"out": p.shown.Out, "html": p.shown.HTML, "rejects": p.rejects}); err != nil {
		return err
	}
	if o.stream, err = output.Redirect(r.s, p.shown.Out, p.force); err != nil || p.backtest.On {
		return err
	}
	var others []alerts.Sink
	if p.shown.HTML != "" {
		if o.page, err = htmlreport.Create(p.shown.HTML, p.force); err != nil {
			return err
		}
		others = append(others, o.page)
	}
	r.opt.OnResult = func(found engine.Result) { r.gate.Pass(func() { r.show(found) }) }
	o.alerts, err = alerts.NewOutput(o.stream.Streams, p.shown, cmp.Or(r.opt.Now, r.times.began), int(p.maxMemory)/2, others...)
	return err
}

// show adds a match to the output.
func (r *ruleRun) show(found engine.Result) {
	o := &r.to
	o.windows = o.windows || (r.p.Model == schema.Plain && found.Event != nil && warnings.LooksLikeWindows(found.Event.Raw))
	if r.p.shown.AtOnce() {
		r.in.ClearBar()
	}
	o.alerts.Add(found)
	o.matches = o.alerts.Shown
}

// interrupted ends the output, and its files, so that they can be read. The file of --out is kept if it has something
// to show.
func (o *matchOutput) interrupted(hasOutput bool) error {
	if o.page != nil {
		o.page.Interrupted()
	}
	if o.alerts != nil {
		if err := o.alerts.Close(nil, nil); err != nil {
			return err
		}
	}
	if hasOutput {
		if err := o.stream.Commit(); err != nil {
			return err
		}
	}
	output.RemovePending()
	return nil
}

// discard removes the files that are not complete.
func (o *matchOutput) discard() error {
	var errs []error
	if o.page != nil {
		errs = append(errs, o.page.Discard())
	}
	if o.stream != nil {
		errs = append(errs, o.stream.Discard())
	}
	return errors.Join(errs...)
}
