package conformance

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
)

// tstatsForm is what a tstats of ours looks like, strings being S: options before the function, one dataset, and
// clauses in the order that the Search Reference gives.
var tstatsForm = regexp.MustCompile(`^tstats summariesonly=false fillnull_value=S count from datamodel=([A-Za-z_]+)\.([A-Za-z_]+)(?: where (.*?))? by _time, (.*) span=1s$`)

var (
	searchWord = regexp.MustCompile(`^(?:AND|OR|NOT|IN)$`)
	timeWord   = regexp.MustCompile(`^(?:earliest=-\d+[smh]|latest=now)$`)
	fieldTest  = regexp.MustCompile(`^([A-Za-z_]+)\.[a-z_]+(?:=S)?$`)
)

// checkTstats holds a tstats to its grammar: its where knows only fields of the dataset, compared with text, never
// eval.
func checkTstats(command string) error {
	parts := tstatsForm.FindStringSubmatch(strings.Join(strings.Fields(command), " "))
	if parts == nil {
		return fmt.Errorf("not a tstats as we write it: %s", command)
	}
	dataset, where, by := parts[2], parts[3], parts[4]
	for _, f := range strings.Split(by, ", ") {
		if !strings.HasPrefix(f, dataset+".") {
			return fmt.Errorf("tstats groups by %q, which is no field of %s", f, dataset)
		}
	}
	for _, word := range strings.Fields(strings.NewReplacer("(", " ", ")", " ", ",", " ").Replace(where)) {
		test := fieldTest.FindStringSubmatch(word)
		if word != "S" && !searchWord.MatchString(word) && !timeWord.MatchString(word) && (test == nil || test[1] != dataset) {
			return fmt.Errorf("tstats cannot say %q in its where", word)
		}
	}
	if strings.Contains(where, "IN(") || regexp.MustCompile(`[a-z]\(`).MatchString(where) {
		return errors.New("tstats has no functions in its where")
	}
	return nil
}

func TestTstatsCheckerFindsFaults(t *testing.T) {
	t.Parallel()
	const good = `| tstats summariesonly=false fillnull_value="unknown" count from datamodel=A.B where B.x="y" NOT B.z IN ("u", "v") earliest=-1h latest=now by _time, B.x, B.z span=1s`
	_, err := checkSPL(good + " | rename B.* AS *")
	require.NoError(t, err)
	for change, want := range map[string]string{
		`B.x="y"=>x="y"`:              "cannot say",
		`B.x="y"=>C.x="y"`:            "cannot say",
		`B.x="y"=>match(B.x, "y")`:    "cannot say",
		`B.x="y"=>B.x>3`:              "cannot say",
		`by _time, B.x=>by _time, x`:  "no field of B",
		` fillnull_value="unknown"=>`: "not a tstats as we write it",
		`datamodel=A.B=>datamodel=A`:  "not a tstats as we write it",
		`| tstats=>| from`:            "no base search",
	} {
		from, to, _ := strings.Cut(change, "=>")
		require.Contains(t, good, from)
		_, err := checkSPL(strings.Replace(good, from, to, 1))
		assert.ErrorContains(t, err, want, change)
	}
}

// TestPublicRulesOfDataModels compiles every public rule of a log source that Splunk's accelerated data models have:
// most can be said, every other is refused with a code and a hint, and all pass the checker.
func TestPublicRulesOfDataModels(t *testing.T) {
	t.Parallel()
	model, err := schema.Load("cim")
	require.NoError(t, err)
	compiled, all := 0, 0
	for _, r := range corpusRules(t) {
		of := r.Source.LogSource
		if len(model.Find(of.Category, of.Product, of.Service)) == 0 {
			continue
		}
		all++
		q, ds := spl.New().Compile(r, compilers.Options{Model: model})
		if q == nil {
			require.NotEmpty(t, ds, r.Source.Title)
			for _, d := range ds {
				assert.NotEmpty(t, d.Code, r.Source.Title)
				assert.NotEmpty(t, d.Hint, r.Source.Title)
			}
			continue
		}
		compiled++
		_, err = checkSPL(q.Text)
		assert.NoError(t, err, "%s\n%s", r.Source.Title, q.Text)
	}
	t.Logf("%d queries of %d rules", compiled, all)
	assert.Greater(t, 100*compiled, 85*all)
	assert.Greater(t, compiled, 700, "the corpus holds too few rules to prove anything")
}
