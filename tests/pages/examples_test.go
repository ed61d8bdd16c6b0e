package pages

import (
	"decree/tests/fixture"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write into the pages what their commands print")

var root = filepath.Join("..", "..")

// pages are the documents for people, whose examples are run.
var pages = []string{"README.md", "CONTRIBUTING.md", "rules/README.md", "engine/README.md", "compilers/README.md", "tests/README.md"}

// shell lists the commands of `sh` blocks. No test can run them: they run the tests, or change the machine.
var shell = []string{"go install ./cmd/decree", "go test ./...", ".ci/run", ".ci/fuzz 20000"}

// block is a fenced block of a page.
type block struct {
	line  int    // of its first line, from 1
	kind  string // the word behind the fence
	lines []string
}

var fence = regexp.MustCompile("^(```+)([a-z]*)$")

// blocks gives the fenced blocks of a page. A block ends with a line of as many backquotes as it begins with: SPL's
// comments have three.
func blocks(t *testing.T, page, text string) []block {
	var out []block
	var open string // the fence of the block that is read
	for i, line := range strings.Split(text, "\n") {
		switch at := fence.FindStringSubmatch(line); {
		case open != "" && line == open:
			open = ""
		case open != "":
			b := &out[len(out)-1]
			b.lines = append(b.lines, line)
		case at != nil:
			open = at[1]
			out = append(out, block{line: i + 2, kind: at[2]})
		default:
			assert.False(t, strings.HasPrefix(line, "```"), "%s:%d: a block begins with backquotes and a word", page, i+1)
		}
	}
	require.Empty(t, open, "%s: a block is not closed", page)
	return out
}

// TestPages runs each command of a `console` block on files of this repository and compares what it prints; a line
// `...` stands for any lines. A `yaml` block that begins with `# PATH` is a part of that file.
func TestPages(t *testing.T) {
	bin := binary(t)
	for _, page := range pages {
		t.Run(page, func(t *testing.T) {
			file := filepath.Join(root, filepath.FromSlash(page))
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			text := strings.ReplaceAll(string(data), "\r\n", "\n")
			for _, b := range blocks(t, page, text) {
				switch b.kind {
				case "console":
					printed := console(t, bin, page, b)
					if *update {
						text = strings.Replace(text, strings.Join(b.lines, "\n"), strings.Join(printed, "\n"), 1)
					}
				case "yaml":
					quoted(t, page, b)
				case "sh":
					for _, line := range b.lines {
						command, _, _ := strings.Cut(line, " #")
						assert.Contains(t, shell, strings.TrimSpace(command), "%s:%d", page, b.line)
					}
				default:
					assert.NotContains(t, "\n"+strings.Join(b.lines, "\n"), "\ndecree ", "%s:%d: a command belongs into a `console` block", page, b.line)
				}
			}
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			}
		})
	}
}

// quoted holds a part of a file to that file.
func quoted(t *testing.T, page string, b block) {
	path, named := strings.CutPrefix(b.lines[0], "# ")
	if !assert.True(t, named, "%s:%d: the first line names the file that this is a part of", page, b.line) {
		return
	}
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if assert.NoError(t, err, "%s:%d", page, b.line) {
		rest := strings.ReplaceAll(string(data), "\r\n", "\n")
		for _, part := range strings.Split(strings.Join(b.lines[1:], "\n")+"\n", "...\n") {
			_, after, ok := strings.Cut(rest, part)
			assert.True(t, ok, "%s:%d: %s does not have, in this order:\n%s", page, b.line, path, part)
			rest = after
		}
	}
}

// console runs the commands of a block and gives it with what they print.
func console(t *testing.T, bin, page string, b block) []string {
	dir := workspace(t)
	var out []string
	for i := 0; i < len(b.lines); {
		first := i
		require.True(t, strings.HasPrefix(b.lines[i], "$ "), "%s:%d: a command begins with `$ `", page, b.line+i)
		for strings.HasSuffix(b.lines[i], `\`) && i+1 < len(b.lines) {
			i++
		}
		i++
		command := strings.TrimPrefix(strings.Join(b.lines[first:i], "\n"), "$ ")
		out = append(out, b.lines[first:i]...)
		begin := i
		for i < len(b.lines) && !strings.HasPrefix(b.lines[i], "$ ") {
			i++
		}
		want := b.lines[begin:i]
		got := run(t, bin, dir, command)
		switch {
		case *update && !slices.Contains(want, "..."):
			out = append(out, got...)
		default:
			out = append(out, want...)
			assert.True(t, like(got, want), "%s:%d: `%s` prints\n%s\nand not\n%s", page, b.line+first, command, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	return out
}

// like compares lines; `...` stands for any number of them.
func like(got, want []string) bool {
	at := slices.Index(want, "...")
	if at < 0 {
		return slices.Equal(got, want)
	}
	if len(got) < at || !slices.Equal(got[:at], want[:at]) {
		return false
	}
	for i := at; i <= len(got); i++ {
		if like(got[i:], want[at+1:]) {
			return true
		}
	}
	return false
}

func TestLike(t *testing.T) {
	lines := func(s string) []string { return strings.Fields(s) }
	assert.True(t, like(lines("a b c"), lines("a ... c")))
	assert.True(t, like(lines("a c"), lines("a ... c")))
	assert.True(t, like(lines("a b c d"), lines("... b ... d")))
	assert.False(t, like(lines("a b"), lines("a ... c")))
	assert.False(t, like(lines("a b c"), lines("a ... b")))
	assert.False(t, like(lines("a b"), lines("a")))
}

// workspace gives a folder with the files that examples read, and none of what else the repository has.
func workspace(t *testing.T) string {
	dir := t.TempDir()
	for _, part := range []string{"rules/library", "tests/examples", "tests/stories/testdata"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, filepath.FromSlash(part)), os.DirFS(filepath.Join(root, filepath.FromSlash(part)))))
	}
	return dir
}

// run runs a command line as a reader would, with the decree of this tree.
func run(t *testing.T, bin, dir, command string) []string {
	cmd := exec.Command("sh", "-c", strings.ReplaceAll(command, "go run ./cmd/decree", "decree"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if exited := (*exec.ExitError)(nil); err != nil {
		require.ErrorAs(t, err, &exited, command)
		require.NotEqual(t, 127, exited.ExitCode(), "%s: %s", command, out)
	}
	text := strings.TrimSuffix(string(out), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// binary builds the command and gives its folder.
func binary(t *testing.T) string {
	fixture.Tool(t, "sh")
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "decree"), filepath.Join(root, "cmd", "decree")).CombinedOutput()
	require.NoError(t, err, string(out))
	return dir
}
