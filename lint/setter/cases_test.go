package setter

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var update = flag.Bool("update", false, "write what nginx says into testdata/cases.txt")

const casesFile = "testdata/cases.txt"

// statement is a line of the file of cases: what stands in a level, and what
// nginx 1.22.1 says of it, "" where it takes it.
type statement struct {
	line    int
	section string
	text    string
	want    string
}

// sections are the levels, and the configuration around a statement.
var sections = map[string]struct {
	context nginx.Context
	around  string
}{
	"main":        {nginx.Main, "%s\nevents {}\n"},
	"events":      {nginx.Events, "events { %s }\n"},
	"http":        {nginx.HTTP, "events {}\nhttp { %s }\n"},
	"server":      {nginx.Server, "events {}\nhttp { server { listen unix:s; %s } }\n"},
	"location":    {nginx.Location, "events {}\nhttp {\nlimit_req_zone $uri zone=rz:1m rate=1r/s;\nlimit_conn_zone $uri zone=cz:1m;\nserver { listen unix:s; location / { %s } } }\n"},
	"location if": {nginx.LocationIf, "events {}\nhttp { server { listen unix:s; location / { if ($uri) { %s } } } }\n"},
	"stream":      {nginx.Stream, "STREAM events {}\nstream { %s }\n"},
	"stream server": {
		nginx.StreamServer,
		"STREAM events {}\nstream {\nlimit_conn_zone $remote_addr zone=cz:1m;\nserver { listen unix:s; proxy_pass 127.0.0.1:1; %s } }\n",
	},
	"mail":        {nginx.Mail, "MAIL events {}\nmail { %s }\n"},
	"mail server": {nginx.MailServer, "MAIL events {}\nmail { server_name x; auth_http 127.0.0.1:1; server { listen unix:s; protocol imap; %s } }\n"},
}

func readStatements(t *testing.T) []statement {
	t.Helper()
	text, err := os.ReadFile(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	var out []statement
	section, n := "", 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
			if _, ok := sections[section]; !ok {
				t.Fatalf("%s:%d: no section %q", casesFile, n, section)
			}
		default:
			words, want, _ := strings.Cut(line, " => ")
			out = append(out, statement{n, section, words, want})
		}
	}
	return out
}

// directive reads the statement.
func (s statement) directive(t *testing.T, v nginx.Version) *Directive {
	t.Helper()
	f, err := conf.Parse("x", []byte(s.text), nil)
	if err != nil || len(f.Directives) != 1 || len(f.Problems) > 0 {
		t.Errorf("%s:%d: %q is no statement: %v %v", casesFile, s.line, s.text, err, f.Problems)
	}
	written := f.Directives[0]
	d := &Directive{Name: written.Name, Args: written.Values(), Context: sections[s.section].context, Version: v}
	for _, in := range written.Block() {
		d.Parameters = append(d.Parameters, Parameter{Name: in.Name, Args: in.Values()})
	}
	if d.Facts = nginx.Find(d.Name, d.Context); d.Facts == nil {
		t.Errorf("%s:%d: no facts about %q in %s", casesFile, s.line, d.Name, s.section)
	}
	return d
}

// judge is what Check says, and whether the release has the directive in that form.
func (s statement) judge(t *testing.T, v nginx.Version) (string, bool) {
	t.Helper()
	d := s.directive(t, v)
	if !d.Facts.KnownIn(v) || !d.Facts.AcceptsArgs(len(d.Args), v) {
		return "", false
	}
	r := Check(d)
	if r == nil {
		return "", true
	}
	if r.Arg < Whole || r.Parameter == 0 && r.Arg >= len(d.Args) || r.Parameter > len(d.Parameters) {
		t.Errorf("%s:%d: argument %d of parameter %d does not exist", casesFile, s.line, r.Arg, r.Parameter)
	}
	if strings.HasSuffix(r.Help, ".") || strings.Contains(r.Help, "%!") || strings.Contains(r.Message, "%!") {
		t.Errorf("%s:%d: message %q, help %q", casesFile, s.line, r.Message, r.Help)
	}
	return r.Message, true
}

func TestCheckSaysWhatNginxSays(t *testing.T) {
	for _, s := range readStatements(t) {
		got, ok := s.judge(t, nginx.V(1, 22, 1))
		if !ok {
			t.Errorf("%s:%d: %s: not for 1.22.1", casesFile, s.line, s.text)
			continue
		}
		if !sameMessage(got, s.want) {
			t.Errorf("%s:%d: %s: %s\n got %q\nwant %q", casesFile, s.line, s.section, s.text, got, s.want)
		}
		if said, ok := s.judge(t, nginx.Version{}); ok && said != "" && s.want == "" {
			t.Errorf("%s:%d: %s: %s\nof any release it says %q, and 1.22.1 takes it", casesFile, s.line, s.section, s.text, said)
		}
	}
}

// sameMessage compares what two say. PCRE's reasons differ with its version.
func sameMessage(got, want string) bool {
	if strings.HasPrefix(got, "pcre") && strings.HasPrefix(want, "pcre") {
		return true
	}
	return got == want
}

var emerg = regexp.MustCompile(`\[emerg\] (?:\d+#\d+: )?(.*)`)

// foreign are complaints about what stands around a statement.
var foreign = regexp.MustCompile(`^no "ssl_certificate"|^unknown ".*" variable|^host not found in ("[^$]*"|auth_http|debug_connection|syslog|resolver "[a-z0-9.]*"|set_real_ip_from "[^$/]*")|No such file|is unsupported on this platform|^unknown mail protocol|^no "listen" is defined|are not enough for|^invalid event type "poll"|^bind\(\)|is duplicate|^unknown log format "|zero size shared memory|^no port for|getpwnam|invalid number of arguments in "set"|SSL_CTX|^(geoip|GeoIP)|^invalid user`)

// missingModule are complaints of a build without the module.
var missingModule = regexp.MustCompile(`^dlopen\(\)|^unknown directive|directive is not allowed here`)

// nginxSays runs nginx -t over the statement in its place.
func nginxSays(t *testing.T, program linttest.Nginx, modules, dir string, s statement) string {
	t.Helper()
	around := sections[s.section].around
	if strings.HasPrefix(s.text, "listen") || strings.HasPrefix(s.text, "protocol") {
		around = strings.NewReplacer("listen unix:s; ", "", "protocol imap; ", "").Replace(around)
	}
	if s.section == "stream server" && (strings.HasPrefix(s.text, "return") || strings.HasPrefix(s.text, "pass ")) {
		around = strings.ReplaceAll(around, "proxy_pass 127.0.0.1:1; ", "")
	}
	if strings.HasPrefix(s.text, "auth_http ") {
		around = strings.ReplaceAll(around, "auth_http 127.0.0.1:1; ", "")
	}
	text := fmt.Sprintf(around, s.text)
	for mark, module := range map[string]string{"STREAM ": "ngx_stream_module.so", "MAIL ": "ngx_mail_module.so"} {
		load := "load_module " + filepath.Join(modules, module) + ";\n"
		text = strings.ReplaceAll(text, mark, load)
	}
	if strings.HasPrefix(s.text, "image_filter") {
		text = "load_module " + filepath.Join(modules, "ngx_http_image_filter_module.so") + ";\n" + text
	}
	prelude := "pid p;\nerror_log stderr;\n"
	if s.section == "main" {
		prelude = "pid p;\n"
	}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(prelude+text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program.Path, "-t", "-p", dir, "-c", file).CombinedOutput()
	if err == nil {
		return ""
	}
	message := ""
	for _, m := range emerg.FindAllStringSubmatch(string(out), -1) {
		message = m[1]
	}
	if message == "" {
		return "refused without a word"
	}
	message, _, _ = strings.Cut(message, " in "+dir)
	return message
}

func TestNginxSaysWhatCheckSays(t *testing.T) {
	statements := readStatements(t)
	for _, program := range linttest.Nginxes(t) {
		t.Run(program.Name, func(t *testing.T) {
			v, err := nginx.ParseVersion(program.Version)
			if err != nil {
				t.Fatal(err)
			}
			modules := filepath.Join(filepath.Dir(program.Path), "modules")
			if _, err := os.Stat(modules); err != nil {
				modules = "/usr/lib/nginx/modules"
			}
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "logs"), 0o700); err != nil {
				t.Fatal(err)
			}
			for i := range statements {
				s := &statements[i]
				got, ok := s.judge(t, v)
				if !ok {
					continue
				}
				says := nginxSays(t, program, modules, dir, *s)
				if missingModule.MatchString(says) {
					continue
				}
				if foreign.MatchString(says) {
					says = ""
				}
				if (got == "") != (says == "") {
					t.Errorf("%s:%d: %s: %s\n  got %q\nnginx %q", casesFile, s.line, s.section, s.text, got, says)
				}
				if *update && program.Version == "1.22.1" {
					s.want = says
				}
			}
		})
	}
	if *update {
		writeStatements(t, statements)
	}
}

// writeStatements renews what nginx says in the file of cases.
func writeStatements(t *testing.T, statements []statement) {
	t.Helper()
	text, err := os.ReadFile(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, s := range statements {
		lines[s.line-1] = s.text
		if s.want != "" {
			lines[s.line-1] += " => " + s.want
		}
	}
	if err := os.WriteFile(casesFile, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}
