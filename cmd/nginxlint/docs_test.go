package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const repository = "../.."

// docsFolder holds the pages that are not about one rule.
const docsFolder = repository + "/cmd/nginxlint/docs"

// TestDocs runs what the documentation shows: every block of code is checked by
// its language, commands are run and compared with what the page says they
// write, links lead somewhere.
func TestDocs(t *testing.T) {
	for _, path := range docPaths(t) {
		t.Run(strings.TrimPrefix(filepath.ToSlash(path), repository+"/"), func(t *testing.T) {
			page, err := readDoc(path)
			if err != nil {
				t.Fatal(err)
			}
			d := &docCheck{page: page, folder: newDocFolder(t), generated: strings.Contains(page.path, "/rules/")}
			renewed, complaints := d.check()
			if *update && string(renewed) != string(page.source) {
				if err := os.WriteFile(path, renewed, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, complaint := range complaints {
				t.Error(complaint)
			}
		})
	}
}

// TestDocsAreFound checks that the README leads to every page.
func TestDocsAreFound(t *testing.T) {
	readme, err := readDoc(repository + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{}
	for _, link := range readme.links {
		linked[filepath.Join(repository, link)] = true
	}
	pages, err := filepath.Glob(docsFolder + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, repository+"/rules/README.md") {
		if !linked[filepath.Clean(page)] {
			t.Errorf("the README has no link to %s", page)
		}
	}
}

// TestPackagesAreDocumented checks that the page about the code names each package.
func TestPackagesAreDocumented(t *testing.T) {
	page, err := os.ReadFile(docsFolder + "/how-it-is-built.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(repository + "/lint/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("packages: %v, %v", files, err)
	}
	for _, path := range files {
		if name := filepath.Base(filepath.Dir(path)); !strings.Contains(string(page), "`lint/"+name+"`") {
			t.Errorf("lint/%s is not named", name)
		}
	}
}

// docPaths lists all pages.
func docPaths(t *testing.T) []string {
	t.Helper()
	paths := []string{repository + "/README.md"}
	for _, pattern := range []string{docsFolder + "/*.md", repository + "/rules/*.md", repository + "/rules/doc/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no pages %s: %v", pattern, err)
		}
		paths = append(paths, found...)
	}
	return paths
}

// newDocFolder makes the folder that a page's commands run in.
func newDocFolder(t *testing.T) *docFolder {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	repo, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	return &docFolder{dir: dir, repo: repo}
}

// TestDocsCanFail shows that what is wrong on a page is noticed.
func TestDocsCanFail(t *testing.T) {
	const example = "<!-- file: a.conf -->\n```nginx\nevents {}\n```\n\n"
	tests := []struct{ name, page, want string }{
		{"nothing wrong", example + "```console\n$ nginxlint a.conf\nNo problems in 1 file.\n```\n", ""},
		{"another output", example + "```console\n$ nginxlint a.conf\nNo problems in 2 files.\n```\n", "not what the command says"},
		{"no output", example + "```console\n$ nginxlint a.conf\n```\n", "not what the command says"},
		{"a file that is not there", "```console\n$ nginxlint a.conf\nNo problems in 1 file.\n```\n", "not what the command says"},
		{"a console without a command", "```console\nnginxlint a.conf\n```\n", `begins with "$ "`},
		{"another command in a console", "```console\n$ uname\n```\n", `"uname" is not run here`},
		{"another exit code", example + "```console\n$ nginxlint b.conf 2>&-; echo $?\n0\n```\n", "not what the command says"},
		{"nginx that does not parse", "```nginx\nevents {\n```\n", "syntax: "},
		{"a file that does not parse", "<!-- file: a.conf -->\n```nginx\nevents {\n```\n", "syntax: "},
		{"nginx with a fault", "```nginx\nevents {}\nhttp { upstream a { server 192.0.2.1 down; } server { location / { proxy_pass http://a; } } }\n```\n", "upstream-all-servers-unavailable"},
		{"empty nginx", "```nginx\n\n```\n", "is empty"},
		{"YAML with a tab", "```yaml\na:\n\t- b\n```\n", "yaml:"},
		{"YAML with a key twice", "```yaml\na: 1\na: 2\n```\n", "already defined"},
		{"no YAML", "```yaml\n```\n", "is empty"},
		{"a configuration file with an unknown key", "<!-- file: .nginxlint.yaml -->\n```yaml\nfial-on: error\n```\n", `unknown key "fial-on"`},
		{"a configuration file with an unknown rule", "<!-- file: .nginxlint.yaml -->\n```yaml\nignore: [nope]\n```\n", "unknown rule"},
		{"a configuration file", "<!-- file: .nginxlint.yaml -->\n```yaml\nfail-on: error\n```\n", ""},
		{"an unknown flag in a pipeline", "```yaml\nsteps:\n  - run: nginxlint --nope .\n```\n", "unknown flag"},
		{"an unknown flag in a list of commands", "```yaml\njob:\n  script:\n    - git pull\n    - nginxlint --nope .\n```\n", "unknown flag"},
		{"an unknown hook", "```yaml\nrepos:\n  - repo: https://github.com/nginxlint/nginxlint\n    rev: v1\n    hooks: [{id: nope}]\n```\n", `no hook "nope"`},
		{"an unknown flag of a hook", "```yaml\nrepos:\n  - repo: https://github.com/nginxlint/nginxlint\n    rev: v1\n    hooks: [{id: nginxlint, args: [--nope]}]\n```\n", "unknown flag"},
		{"a hook of others", "```yaml\nrepos:\n  - repo: https://example.org/\n    hooks: [{id: nope}]\n```\n", ""},
		{"an unknown input of the action", "```yaml\nsteps:\n  - uses: nginxlint/nginxlint@v1\n    with: {nope: 1}\n```\n", `no input "nope"`},
		{"an unknown flag in a Jenkinsfile", "```groovy\nsteps { sh 'nginxlint --nope .' }\n```\n", "unknown flag"},
		{"no command in a Jenkinsfile", "```groovy\npipeline {}\n```\n", "no step"},
		{"no JSON", "```json\n{\n```\n", "is no JSON"},
		{"no Go", "```go\nfunc (\n```\n", "expected"},
		{"an unknown flag", "```sh\nnginxlint --colour never /etc/nginx\n```\n", "unknown flag"},
		{"an unknown flag in a pipe", "```sh\nnginx -T | nginxlint --fortmat json -\n```\n", "unknown flag"},
		{"an unknown flag behind and", "```sh\ngit pull && nginxlint --nope\n```\n", "unknown flag"},
		{"a wrong value", "```sh\nnginxlint --nginx-version new /etc/nginx\n```\n", "--nginx-version"},
		{"an unknown rule", "```sh\nnginxlint --explain no-such-rule\n```\n", "no-such-rule"},
		{"an unknown flag of go run", "```sh\ngo run ./cmd/nginxlint --nope\n```\n", "unknown flag"},
		{"an unknown command", "```sh\nrm -rf /\n```\n", "none of the commands"},
		{"a script that is not there", "```sh\n.ci/walk\n```\n", "no such file"},
		{"a package that is not there", "```sh\ngo test ./nowhere\n```\n", "there is no package"},
		{"a test that is not there", "```sh\ngo test ./rules -run TestNothing\n```\n", "no test there is called"},
		{"no shell", "```sh\nnginxlint 'a\n```\n", "without closing quote"},
		{"an unknown language", "```klingon\nQapla'\n```\n", `language "klingon"`},
		{"no language", "```\nnginxlint\n```\n", `language ""`},
		{"an indented block", "Run\n\n    nginxlint\n", `language ""`},
		{"text from nowhere", "```text\nfoo\n```\n", "nothing checks a block of text"},
		{"another file", "<!-- from: LICENSE -->\n```text\nfoo\n```\n", "not what LICENSE holds"},
		{"no file", "<!-- from: NOTHING -->\n```text\nfoo\n```\n", "NOTHING"},
		{"a link to no file", "[x](nowhere.md)\n", "no such file"},
		{"a link to no heading", "# Here\n\n[x](#there)\n", "no such heading"},
		{"a link to a heading", "# Here\n\n[x](#here)\n", ""},
		{"an unknown flag in a sentence", "Say `--nope`.\n", "no such flag"},
		{"an unknown file in a sentence", "See `lint/nowhere.go`.\n", "no such file"},
		{"files in a sentence", "See `lint/*.go` and `.ci/run`.\n", ""},
		{"an unknown environment variable", "Set `NGINXLINT_NOPE=1`.\n", "environment variable NGINXLINT_NOPE"},
		{"an environment variable", "Set `NGINXLINT_PROOF=required`.\n", ""},
		{"a flag in a sentence", "Say `--format sarif`.\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "page.md")
			if err := os.WriteFile(path, []byte(tt.page), 0o644); err != nil {
				t.Fatal(err)
			}
			page, err := readDoc(path)
			if err != nil {
				t.Fatal(err)
			}
			_, complaints := (&docCheck{page: page, folder: newDocFolder(t)}).check()
			got := strings.Join(complaints, "\n")
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("it complains %q, want %q", got, tt.want)
			}
		})
	}
}

// TestDocsAreRenewed shows that the renewed page has what the commands say and is
// otherwise the same.
func TestDocsAreRenewed(t *testing.T) {
	const page = "# A\n<!-- file: a.conf -->\n```nginx\nevents {}\n```\n```console\n$ nginxlint a.conf\nold\nolder\n$ nginxlint -q a.conf; echo $?\n```\nmore\n```console\n$ nginxlint a.conf\n```\nend\n"
	const want = "# A\n<!-- file: a.conf -->\n```nginx\nevents {}\n```\n```console\n$ nginxlint a.conf\nNo problems in 1 file.\n$ nginxlint -q a.conf; echo $?\n0\n```\nmore\n```console\n$ nginxlint a.conf\nNo problems in 1 file.\n```\nend\n"
	d := &docCheck{page: parseDoc("page.md", []byte(page)), folder: newDocFolder(t)}
	renewed, complaints := d.check()
	if string(renewed) != want || len(complaints) != 2 {
		t.Errorf("%d complaints, renewed to\n%s", len(complaints), renewed)
	}
	d = &docCheck{page: parseDoc("page.md", renewed), folder: newDocFolder(t)}
	if again, complaints := d.check(); string(again) != want || len(complaints) > 0 {
		t.Errorf("renewed twice: %q, %s", complaints, again)
	}
}
