package linttest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseProofFindsMistakes(t *testing.T) {
	const files = "-- a.conf --\nevents {}\n-- a.want --\n"
	tests := map[string]struct{ proof, want string }{
		"no case":               {"backend app http\n", "no case"},
		"no configuration":      {"-- a.want --\ntest\n", "a.want has no a.conf"},
		"nothing expected":      {files, "expects nothing"},
		"settings alone":        {files + "netns\n", "expects nothing"},
		"directive":             {"\nback app http\n" + files + "test\n", `p:2: unknown directive "back"`},
		"kind":                  {"backend app htp\n" + files + "test\n", `unknown kind "htp"`},
		"backend option":        {"backend app http stauts=1\n" + files + "test\n", `option "stauts=1"`},
		"backend twice":         {"backend a http\nbackend a http\n" + files + "test\n", "is there already"},
		"reserved name":         {"backend listen http\n" + files + "test\n", "cannot name a backend"},
		"port of nobody":        {"backend a http port=b\n" + files + "test\n", `no backend "b" before it`},
		"not on loopback":       {"backend a http on=192.0.2.1\n" + files + "test\n", "no loopback address"},
		"dns answer":            {"dns app.test gone\n" + files + "test\n", `answer "gone"`},
		"version":               {"nginx >= 1.x\n" + files + "test\n", "not made of numbers"},
		"version operator":      {"nginx => 1.2\n" + files + "test\n", "unknown comparison"},
		"file outside":          {"-- ../x --\n" + files + "test\n", "outside of the proof"},
		"cert outside":          {"cert ../x\n" + files + "test\n", "outside of the proof"},
		"open quote":            {files + "log \"x\nlog \"y\n", "p:4: a quote is not closed"},
		"step":                  {files + "test\nlogs x\n", `p:5: unknown step "logs x"`},
		"setting after a step":  {files + "test\nnetns\n", `p:5: unknown step "netns"`},
		"step's backend":        {files + "conns app = 1\n", `no backend "app"`},
		"set of a backend":      {"backend a http\n" + files + "backend a set x=1\n", `option "x=1"`},
		"no dns":                {files + "queries a = 1\n", "has no dns"},
		"no outcome":            {files + "GET / tls host=x\n", "no outcome"},
		"request option":        {files + "GET / hots=x 200\n", `option "hots=x"`},
		"plus without parallel": {files + "GET / 200+\n", "needs parallel"},
		"parallel sum":          {files + "GET / parallel=4 200 502*2\n", "3 outcomes are expected of 4"},
		"regexp":                {files + "log /(/\n", "missing closing )"},
		"log text":              {files + "log\n", "a text is missing"},
		"long sleep":            {files + "sleep 1h\n", "more than"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := parseProof("p", []byte(test.proof))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	tests := map[string][]string{
		"":                nil,
		"  # x":           nil,
		"a b\t c # d":     {"a", "b", "c"},
		`a="b c" d#e`:     {"a=b c", "d#e"},
		`"" x`:            {"", "x"},
		`"a \"b\" \\ \n"`: {`a "b" \ \n`},
	}
	for line, want := range tests {
		got, err := words(line)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("words(%q) = %q, %v, want %q", line, got, err, want)
		}
	}
}

func TestVersionRange(t *testing.T) {
	tests := []struct {
		rule, version string
		want          bool
	}{
		{">= 1.27.3", "1.27.3", true},
		{">= 1.27.3", "1.27.2", false},
		{">= 1.27.3", "1.30.0", true},
		{"< 1.29", "1.29.0", false},
		{"< 1.29", "1.9.15", true},
		{">= 1.19.4 < 1.29.7", "1.22.1", true},
		{">= 1.19.4 < 1.29.7", "1.18.0", false},
		{"= 1.22.1", "1.22.1", true},
		{"> 1.22.1", "1.22.1", false},
		{"<= 1.22.1", "1.22.1", true},
	}
	for _, test := range tests {
		r, err := parseVersionRange(strings.Fields(test.rule))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.holds(test.version); err != nil || got != test.want {
			t.Errorf("%s holds %s: %v, %v, want %v", test.rule, test.version, got, err, test.want)
		}
	}
}

func TestNginxPaths(t *testing.T) {
	found := func(name string) (string, error) {
		if name == "/usr/sbin/nginx" {
			return name, nil
		}
		return "", exec.ErrNotFound
	}
	nothing := func(string) (string, error) { return "", exec.ErrNotFound }
	tests := []struct {
		env  string
		look func(string) (string, error)
		want []namedPath
	}{
		{"", nothing, nil},
		{"", found, []namedPath{{"", "/usr/sbin/nginx"}}},
		{"/opt/nginx", found, []namedPath{{"", "/opt/nginx"}}},
		{"1.18=/a; 1.30=/b\n", found, []namedPath{{"1.18", "/a"}, {"1.30", "/b"}}},
	}
	for _, test := range tests {
		if got := nginxPaths(test.env, test.look); !slices.Equal(got, test.want) {
			t.Errorf("nginxPaths(%q) = %v, want %v", test.env, got, test.want)
		}
	}
}

func TestInspectNginxRefusesOtherPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nginx")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho apache/2\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if n, err := inspectNginx(t.Context(), "", path); err == nil {
		t.Errorf("took %+v for an nginx", n)
	}
	if _, err := inspectNginx(t.Context(), "", path+"x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v for a missing program", err)
	}
}

func TestFindStreamModule(t *testing.T) {
	dir := t.TempDir()
	modules := filepath.Join(dir, "lib")
	if err := os.Mkdir(modules, 0o755); err != nil {
		t.Fatal(err)
	}
	program, file := filepath.Join(dir, "nginx"), filepath.Join(modules, "ngx_stream_module.so")
	configure := "--modules-path=" + modules + " --with-stream=dynamic --with-stream_ssl_module"
	if found, _ := findStreamModule(program, configure); found {
		t.Error("found a module that is not there")
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if found, got := findStreamModule(program, configure); !found || got != file {
		t.Errorf("got %v %q, want %q", found, got, file)
	}
	if found, got := findStreamModule(program, "--with-stream --prefix=/"); !found || got != "" {
		t.Errorf("got %v %q for a module that is built in", found, got)
	}
}

func TestConfigStandsForTheExpanded(t *testing.T) {
	p, err := parseProof("p", []byte(`backend app http
backend sock http unix
-- a.conf --
events {}
http { server { listen ${listen}; listen 127.0.0.2:${port}; listen ${listen.b};
  proxy_pass http://${app}/${host}; fastcgi_pass ${sock}; root ${dir}; } }
-- a.want --
test
-- mime.types --
types {}
`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `events {}
http { server { listen 127.0.0.1:9003; listen 127.0.0.2:9003; listen 127.0.0.1:9004;
  proxy_pass http://127.0.0.1:9001/${host}; fastcgi_pass unix:/srv/proof/sock.sock; root /srv/proof; } }
`
	if got := string(p.Config(p.Cases[0])); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if text, ok := p.File("mime.types"); !ok || string(text) != "types {}\n" {
		t.Errorf("File = %q, %v", text, ok)
	}
}

func TestContainKeepsWhatIsSet(t *testing.T) {
	s := setup{dir: "/d"}
	config := "events {}\nhttp {\n    proxy_temp_path x;\n    access_log off;\n}\n"
	got := string(s.contain([]byte(config)))
	if strings.Count(got, "\n") != strings.Count(config, "\n") {
		t.Errorf("lines have moved:\n%s", got)
	}
	for text, want := range map[string]int{"proxy_temp_path": 1, "access_log": 1, "uwsgi_temp_path /d/tmp/uwsgi;": 1} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%q is there %d times:\n%s", text, n, got)
		}
	}
}
