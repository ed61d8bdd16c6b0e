// Package site writes a catalogue as HTML. In: a catalogue. Out: the files of a static site, which needs no server and
// no network: it opens from a folder.
//
// What must stay true: a text of a rule is a text in the page, whatever it holds. A page loads nothing: its content
// security policy allows only the style and the script that it brings, by their hashes. It can be read without
// JavaScript, and by keyboard. All links are relative.
package site

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"decree/compilers/pages"
	"decree/rules/diag"
)

//go:embed page.html
var pageText string

//go:embed style.css
var style string

//go:embed script.js
var script string

// File is a file of the site. Path is relative to it, with slashes.
type File struct{ Path, Text string }

// hash is how a content security policy names a text that it allows.
// https://www.w3.org/TR/CSP3/#grammardef-hash-source
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

var policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(style), hash(script))

var tmpl = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"kind": kind, "slug": class, "breaks": breaks}).Parse(pageText))
})

// view is what every page has.
type view struct {
	Policy string
	Style  template.CSS
	Script template.JS
	Site   string // the catalogue's title
	Title  string // the page's
	Up     string // the way to the top: "" or ../
	At     string // the page's path
	Menu   []entry
	Links  []pages.Link
	Body   any
}

// entry is one of the catalogue's own links.
type entry struct {
	Text, Href string
	Here       bool
}

// Files writes all pages. Each page is written by itself, on all cores.
func Files(c *pages.Catalogue) ([]File, error) {
	w := writer{c, c.Overviews()}
	all := append(c.Pages(), w.overviews...)
	out := make([]File, len(all)+1)
	errs := make([]error, len(all)+1)
	each(len(out), func(i int) {
		if i == len(all) {
			out[i], errs[i] = w.index()
			return
		}
		out[i], errs[i] = w.page(all[i])
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// each calls do with all numbers below n, on all cores.
func each(n int, do func(int)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	done.Wait()
}

type writer struct {
	of        *pages.Catalogue
	overviews []pages.Page
}

// view begins a page.
func (w writer) view(path, title string) view {
	v := view{Policy: policy, Style: template.CSS(style), Script: template.JS(script), Site: diag.Visible(w.of.Title), Title: diag.Visible(title), At: path}
	for _, l := range w.of.Links {
		v.Links = append(v.Links, pages.Link{Text: diag.Visible(l.Text), URL: l.URL})
	}
	v.Up = strings.Repeat("../", strings.Count(path, "/"))
	v.Menu = append(v.Menu, entry{"Detections", v.Up + "index.html", path == "index"})
	for _, p := range w.overviews {
		v.Menu = append(v.Menu, entry{p.Title, v.Up + p.Path + ".html", path == p.Path})
	}
	return v
}

func (w writer) page(p pages.Page) (File, error) {
	v := w.view(p.Path, p.Title)
	v.Body = struct {
		pages.Page
		Parts []part
		Lead  []span
	}{p, parts(p.Sections, v.Up), spans(p.Lead, v.Up)}
	return write(p.Path, "page", v)
}

func write(path, name string, v view) (File, error) {
	var b bytes.Buffer
	if err := tmpl().ExecuteTemplate(&b, name, v); err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	return File{Path: path + ".html", Text: b.String()}, nil
}
