package deploy

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// look runs Find over one neighbouring file and everything that reads what it
// returns.
func look(t *testing.T, name string, data []byte) {
	const dir = "/nonexistent/fuzz"
	fsys := conf.Overlay{Base: conf.Disk{}, Files: map[string][]byte{
		dir + "/nginx.conf": nil, dir + "/" + name: data,
	}}
	path := dir + "/nginx.conf"
	e := Find(fsys, path, []string{path})
	e.Alone()
	e.NginxVersion()
	e.KnowsHost("api")
	for _, c := range e.Containers {
		c.Find("api")
		if c.Source.Path != filepath.Join(dir, name) || c.Source.Line < 1 || c.Source.Column < 1 {
			t.Errorf("source = %+v", c.Source)
		}
		if c.Source.Line > 2+strings.Count(string(data), "\n")+strings.Count(string(data), "\r")+strings.Count(string(data), "\u0085")+strings.Count(string(data), "\u2028")+strings.Count(string(data), "\u2029") {
			t.Errorf("line %d is beyond the end", c.Source.Line)
		}
		if !strings.HasPrefix(c.Path, "/") {
			t.Errorf("path = %q, want an absolute one", c.Path)
		}
	}
}

// TestHostileFilesEnd: none takes the program down, or the time that a test has.
func TestHostileFilesEnd(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	const carrying = "  s%d: {image: nginx, volumes: ['./nginx.conf:/etc/nginx/nginx.conf']}\n"
	for _, test := range []struct{ name, file, text string }{
		{"merge keys without end", "compose.yaml", bomb},
		{"nesting", "compose.yaml", strings.Repeat("[", maxFile)},
		{"services that carry it", "compose.yaml", "services:\n" + many(5000, carrying)},
		{"mounts", "compose.yaml", "services: {a: {volumes: [" + strings.Repeat("'./a:/b',", 1e5) + "]}}"},
		{"nested defaults", "compose.yaml", "services: {a: {image: '" + strings.Repeat("${A:-", 2e5) + "'}}"},
		{"open braces", "Dockerfile", "FROM " + strings.Repeat("${", 4e5)},
		{"doubling arguments", "Dockerfile", "ARG A=xx\n" + strings.Repeat("ARG A=$A$A\n", 64) + "FROM $A\n"},
		{"stages of stages", "Dockerfile", strings.Repeat("FROM nginx\nCOPY --from=0 / /a\n", 3e4)},
		{"a stage of itself", "Dockerfile", "FROM nginx AS a\nCOPY . /etc/nginx\nCOPY --from=a / /\n"},
		{"copies", "Dockerfile", "FROM nginx\n" + strings.Repeat("COPY . /etc/nginx\n", 5e4)},
		{"here-documents", "Dockerfile", "FROM nginx\n" + strings.Repeat("RUN <<A\n", 1e5)},
		{"continued lines", "Dockerfile", "FROM nginx\nCOPY " + strings.Repeat("\\\n", 5e5)},
	} {
		t.Run(test.name, func(t *testing.T) { look(t, test.file, []byte(test.text)) })
	}
}

func FuzzCompose(f *testing.F) {
	for _, seed := range []string{
		"", proxyService, "services: &s {a: *s}\n", "services: {a: {<<: *b}}\n", "a: &a {<<: *a}\nservices: *a\n",
		proxyService + "    build: {context: ., dockerfile_inline: 'FROM nginx'}\n    command: sh -c 'nginx & x'\n",
		proxyService + "    networks: {a: {aliases: [b]}}\n    ports: ['1:2', {target: 3}]\n    extra_hosts: {a: b}\n    configs: [c]\nconfigs: {c: {file: nginx.conf}}\n",
		"services:\n  a: {extends: {service: b}}\n  b: {extends: a}\ninclude: [compose.yaml, {path: [x], project_directory: ..}]\n",
		"\ufeffservices:\r\n  a: !reset {}\r\n", "services: {a: {volumes: ['${A:-${B', '$', ':', '::']}}\n", "? [a]\n: b\n--- x\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { look(t, "compose.yaml", data) })
}

func FuzzDockerfile(f *testing.F) {
	for _, seed := range []string{
		"", "FROM nginx\nCOPY . /etc/nginx\n", "# escape=`\nFROM nginx AS a\nCOPY a `\n b /x/\nFROM a\nCOPY --from=a / /\n",
		"FROM nginx\nRUN <<A <<-'B' cat\nx\nA\n\ty\n\tB\nCOPY nginx.conf /etc/nginx/\n", "FROM a\nFROM 0\nCOPY --from=0 [\"a\",\"b\"]\n",
		"ARG A=${A}\nFROM ${A:-nginx:1.25}\nENV A b\nENV C=$A\nWORKDIR $X\nCOPY [ /etc/nginx\nEXPOSE $A 1-2/udp\nENTRYPOINT\nCMD [\n",
		"ARG A=xx\nARG A=$A$A\nARG A=$A$A\nFROM $A\n",
		strings.Repeat("FROM nginx\nCOPY . /etc/nginx\nCOPY --from=0 / /etc/nginx/a\nCOPY --from=0 / /b\n", 8),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { look(t, "Dockerfile", data) })
}

// FuzzProject reads a compose file that may include and extend another one, with
// the Dockerfile that they may build from, all beside the configuration. The
// containers found do not depend on what else was read before.
func FuzzProject(f *testing.F) {
	f.Add("include: [b/compose.yaml]\n", proxyService, "FROM nginx\n")
	f.Add("services: {a: {extends: {file: b/compose.yaml, service: proxy}}}\n", proxyService, "")
	f.Add("include: [{path: [b/compose.yaml, compose.yaml], project_directory: b}]\nservices: {a: {build: .}}\n", "include: [../compose.yaml]\n", "FROM nginx AS a\nCOPY . /etc/nginx\nCOPY --from=a / /\n")
	f.Add("services: {a: {build: {context: ., dockerfile: Dockerfile, target: x}, env_file: .env}}\n", "services: {a: {extends: {file: ../compose.yaml, service: a}}}\n", "ARG A\nFROM nginx:$A AS x\nCOPY nginx.conf /etc/nginx/\n")
	f.Fuzz(func(t *testing.T, compose, below, dockerfile string) {
		const dir = "/nonexistent/fuzz"
		fsys := conf.Overlay{Base: conf.Disk{}, Files: map[string][]byte{
			dir + "/nginx.conf": nil, dir + "/compose.yaml": []byte(compose), dir + "/b/compose.yaml": []byte(below),
			dir + "/Dockerfile": []byte(dockerfile), dir + "/.env": []byte(dockerfile),
		}}
		path := dir + "/nginx.conf"
		finder := NewFinder(fsys)
		first := told(t, finder.Find(path, []string{path}))
		if again := told(t, finder.Find(path, []string{path})); again != first {
			t.Errorf("first\n%s\nand then\n%s", first, again)
		}
		finder = NewFinder(fsys)
		finder.Find(dir+"/b/nginx.conf", []string{dir + "/b/nginx.conf"})
		if after := told(t, finder.Find(path, []string{path})); after != first {
			t.Errorf("alone\n%s\nafter another one\n%s", first, after)
		}
	})
}

// told lists what evidence is about, and asks it all there is to ask.
func told(t *testing.T, e *Evidence) string {
	var b strings.Builder
	fmt.Fprintln(&b, e.NginxVersion(), e.Alone(), e.KnowsHost("api"))
	for _, c := range e.Containers {
		c.Find("api")
		if !strings.HasPrefix(c.Source.Path, "/") || c.Source.Line < 1 || c.Source.Column < 1 || !strings.HasPrefix(c.Path, "/") {
			t.Errorf("source %+v, path %q", c.Source, c.Path)
		}
		fmt.Fprintln(&b, c.Source, c.Path)
	}
	for _, broken := range e.Broken {
		if broken.Err == nil || !strings.HasPrefix(broken.Path, "/") {
			t.Errorf("broken: %+v", broken)
		}
	}
	return b.String()
}
