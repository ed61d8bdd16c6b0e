package models

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/rules/schema"
)

// ownModels are a model that tells its events itself, one that has the signs of the model that it extends, and one that
// replaces a shipped model.
const ownModels = `
-- tells.yml --
name: tells
extends: mde
recognise: [{fields: [Alpha]}]
-- silent.yml --
name: silent
extends: mde
-- mde.yml --
name: mde
extends: mde
-- broken.yml --
name: [
`

// projectOf is a project with models.
func projectOf(files ...string) *project.Project {
	p := &project.Project{}
	for _, file := range files {
		p.Models = append(p.Models, project.Model{Name: file, File: file})
	}
	return p
}

// choiceOf is the choice among the models of files, and the shipped ones.
func choiceOf(t *testing.T, files ...string) Choice {
	t.Helper()
	own, err := Own(projectOf(files...))
	require.NoError(t, err)
	return NewChoice(own...)
}

func names(signs []schema.Recognised) (out []string) {
	for _, s := range signs {
		out = append(out, s.Model)
	}
	return out
}

func TestOwn(t *testing.T) {
	clitest.Files(t, ownModels)
	own, err := Own(projectOf("tells.yml", "silent.yml"))
	require.NoError(t, err)
	require.Len(t, own, 2)
	assert.Equal(t, []string{"tells", "silent"}, []string{own[0].Name, own[1].Name})
	own, err = Own(projectOf())
	require.NoError(t, err)
	assert.Empty(t, own)
	for _, file := range []string{"broken.yml", "none.yml"} {
		_, err = Own(projectOf("tells.yml", file))
		assert.ErrorContains(t, err, file)
	}
}

func TestSigns(t *testing.T) {
	clitest.Files(t, ownModels)
	shipped := names(schema.Recognisable())
	var others []string // than mde
	for _, name := range shipped {
		if name != "mde" {
			others = append(others, name)
		}
	}
	for _, c := range []struct {
		why  string
		own  []string
		want []string
	}{
		{"the shipped ones alone", nil, shipped},
		{"own ones come first", []string{"tells.yml"}, append([]string{"tells"}, shipped...)},
		{"signs of the model that it extends do not tell its events", []string{"silent.yml"}, shipped},
		{"it replaces the shipped one of its name", []string{"mde.yml"}, append([]string{"mde"}, others...)},
		{"in the order in which they are given", []string{"mde.yml", "silent.yml", "tells.yml"}, append([]string{"mde", "tells"}, others...)},
	} {
		assert.Equal(t, c.want, names(choiceOf(t, c.own...).Signs()), c.why)
	}
	assert.Equal(t, []schema.Sign{{Fields: []string{"Alpha"}}}, choiceOf(t, "tells.yml").Signs()[0].Signs)
	assert.Empty(t, Choice{}.Signs())
}

func TestLoadAll(t *testing.T) {
	clitest.Files(t, ownModels)
	given := &schema.Model{Name: "given"}
	c := choiceOf(t, "tells.yml", "mde.yml")
	for _, k := range []struct {
		given *schema.Model
		names []string
		want  []string
	}{
		{nil, []string{"windows", "tells"}, []string{"windows", "tells"}},
		{nil, nil, []string{schema.Plain}},
		{given, []string{"windows", "tells"}, []string{"given"}},
		{given, nil, []string{"given"}},
	} {
		all, err := c.LoadAll(k.given, k.names)
		require.NoError(t, err)
		var got []string
		for _, m := range all {
			got = append(got, m.Name)
		}
		assert.Equal(t, k.want, got, k.names)
	}
	_, err := c.LoadAll(nil, []string{"windows", "unknown"})
	assert.ErrorContains(t, err, "unknown")
}

func TestAnOwnModelIsLoadedForAShippedOneOfItsName(t *testing.T) {
	clitest.Files(t, ownModels)
	own, err := Own(projectOf("mde.yml"))
	require.NoError(t, err)
	m, err := NewChoice(own...).Load("mde")
	require.NoError(t, err)
	assert.Same(t, own[0], m)
	m, err = Choice{}.Load("mde")
	require.NoError(t, err)
	assert.NotSame(t, own[0], m)
}
