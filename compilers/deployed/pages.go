package deployed

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
)

// pages count the answers of an API that come in pages. All pages of a list may be in one export.
type pages struct {
	goOn, last    int // of Microsoft's answers, those that name a next page, and the others
	total, found  int // of Kibana's rules, by its word, and those that are there
	counted, read int // of the rules in lines of Kibana's, by their last lines, and those that are there
}

// microsoft counts an answer of Microsoft's APIs: a page names the next one.
func (p *pages) microsoft(of map[string]any) {
	if text(of["nextLink"]) != "" || text(of["@odata.nextLink"]) != "" {
		p.goOn++
	} else {
		p.last++
	}
}

// kibana counts an answer of Kibana's _find, which says how many rules there are.
func (p *pages) kibana(of map[string]any) {
	if total, err := strconv.Atoi(text(of["total"])); err == nil {
		p.total = max(p.total, total)
	}
	p.found += len(list(of["data"]))
}

// summary counts the rules that the last line of a Kibana export counts. Before version 7.16 it counts nothing else.
func (p *pages) summary(of map[string]any) {
	if n, err := strconv.Atoi(cmp.Or(text(of["exported_rules_count"]), text(of["exported_count"]))); err == nil {
		p.counted += n
	}
}

// missing is an error if the export goes on in pages that are not there, or is cut: nothing could be said about the
// rules in the rest.
func (p *pages) missing() error {
	switch {
	case p.goOn > 0 && p.last == 0:
		return errors.New("the export goes on: it names a next page (nextLink), which is not in it. Put all pages into one folder, and name that")
	case p.found < p.total:
		return fmt.Errorf("the export goes on: Kibana has %d rules, and %d are in it. Ask for more per page (per_page), or export the rules", p.total, p.found)
	case p.read < p.counted:
		return fmt.Errorf("the export is cut: it counts %d rules, and %d are in it. Export all rules again", p.counted, p.read)
	}
	return nil
}
