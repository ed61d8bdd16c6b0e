package sentinel

import (
	"encoding/csv"
	"regexp"
	"strings"

	"decree/compilers"
	"decree/compilers/packages"
)

// watchlist is a table of the workspace that a query reads.
// https://learn.microsoft.com/en-us/azure/sentinel/watchlists-create
type watchlist struct {
	Alias, SearchKey, Description, Content string
}

// watchlistProperties are the properties that the REST API has for a watchlist: Watchlists.json of the same version.
type watchlistProperties struct {
	Name        string `json:"displayName"`
	Description string `json:"description"`
	Provider    string `json:"provider"`
	Source      string `json:"source"`
	Alias       string `json:"watchlistAlias"`
	SearchKey   string `json:"itemsSearchKey"`
	ContentType string `json:"contentType"`
	SkipLines   int    `json:"numberOfLinesToSkip"`
	Content     string `json:"rawContent"`
}

// longestUpload is how much one request may carry: the API takes 3.8 MB.
// https://learn.microsoft.com/en-us/azure/sentinel/watchlists#limitations-of-watchlists
const longestUpload = 3_800_000

var aliasForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// addWatchlists makes a watchlist of each table beside the query. Its first column is the search key.
func (a *analyticsRule) addWatchlists() {
	for _, asset := range a.in.Query.Assets {
		alias, isTable := strings.CutSuffix(asset.Name, ".csv")
		if !isTable || !aliasForm.MatchString(alias) {
			panic("sentinel: the query needs something that is not a watchlist: " + asset.Name)
		}
		if len(asset.Content) > longestUpload {
			a.found.Errorf("package-watchlist", a.in.Rule.Range, "upload it by way of a storage account, and compile the rule with `decree compile`",
				"the watchlist %s has %d bytes, and a template can carry %d", alias, len(asset.Content), longestUpload)
			continue
		}
		rows := rowsOf(asset)
		if len(rows) == 1 { // only its head: a deployment would empty it
			a.found = append(a.found, packages.Told("package-watchlist-filled", a.in.Rule.Range, "create it from "+asset.Name+", with rows",
				"the query reads the watchlist %s, which somebody else fills: the template does not create it", alias))
			a.filled = append(a.filled, asset)
			continue
		}
		a.watchlists = append(a.watchlists, watchlist{Alias: alias, SearchKey: rows[0][0], Description: asset.Purpose, Content: asset.Content})
	}
}

// rowsOf reads a table. The first row is its head.
func rowsOf(asset compilers.Asset) [][]string {
	rows, err := csv.NewReader(strings.NewReader(asset.Content)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic("sentinel: not a table: " + asset.Name)
	}
	return rows
}

func (w watchlist) resource() resource {
	return resource{Type: providers + "Watchlists", APIVersion: apiVersion, Name: below(w.Alias), Properties: watchlistProperties{
		Name: w.Alias, Description: literal(w.Description), Provider: "decree", Source: w.Alias + ".csv", Alias: w.Alias, SearchKey: w.SearchKey,
		ContentType: "text/csv", Content: literal(w.Content)}}
}
