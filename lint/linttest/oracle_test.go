package linttest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

const oracleSeed = `events {
    worker_connections 64;
}
http {
    upstream app {
        server 127.0.0.1:18080 weight=2;
        server 127.0.0.1:18081 backup;
    }
    server {
        listen 127.0.0.1:10080;
        server_name example.com;
        gzip on;
        location / {
            proxy_pass http://app;
            proxy_read_timeout 5s;
        }
        location ~ ^/a(b)?$ {
            return 301 /$1;
        }
    }
}
`

// testOracle returns an oracle with a judge on the first nginx at hand.
func testOracle(t *testing.T, judge Judge) *Oracle {
	t.Helper()
	ng := Nginxes(t)[0]
	dir, err := os.MkdirTemp("", "nginxlint-oracle")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	o, err := NewOracle(t.Context(), ng, dir, judge)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// saying is a judge that says that nginx refuses each text that holds a word.
func saying(word string) Judge {
	return func(text, _ string, _ nginx.Version) (Judgement, error) {
		if strings.Contains(text, word) {
			return Judgement{Errors: []string{"stub: line 1: holds " + word}}, nil
		}
		return Judgement{}, nil
	}
}

func trialOf(old, changed string) Trial {
	return Trial{Name: "seed", What: changed, Text: strings.Replace(oracleSeed, old, changed, 1)}
}

func oracleTrials() []Trial {
	return []Trial{
		trialOf("", ""),
		trialOf("gzip on", "gzip off"),
		trialOf("gzip on", "gzip maybe"),
		trialOf("gzip on", "gzip perhaps"),
		trialOf("5s", "5x"),
		trialOf("app;", "nowhere.invalid;"),
		trialOf("http {", "http { include missing.conf;"),
		trialOf("10080", "10080; listen 80"),
	}
}

func TestOracleReportsWhatIsMissed(t *testing.T) {
	tally, err := testOracle(t, saying("no such word")).Run(t.Context(), oracleTrials())
	if err != nil {
		t.Fatal(err)
	}
	if tally.Accepted != 2 || tally.Refused != 3 || tally.Foretold != 0 || tally.Share() != 0 || len(tally.Aside) != 2 || tally.Skipped != 1 {
		t.Errorf("%s, aside %v", tally, tally.Aside)
	}
	if len(tally.FalseAlarms) != 0 {
		t.Errorf("false alarms: %v", tally.FalseAlarms)
	}
	if len(tally.Missed) != 2 || tally.Missed[0].Count != 2 || tally.Missed[1].Verdict.Pattern != `"…" directive invalid value [proxy_read_timeout]` {
		t.Errorf("missed: %+v", tally.Missed)
	}
}

func TestOracleReportsFalseAlarms(t *testing.T) {
	o := testOracle(t, saying("gzip"))
	tally, err := o.Run(t.Context(), oracleTrials())
	if err != nil {
		t.Fatal(err)
	}
	if tally.Share() != 1 || len(tally.FalseAlarms) != 1 || tally.FalseAlarms[0].Count != 2 {
		t.Fatalf("%s, false alarms: %v", tally, tally.FalseAlarms)
	}
	if err := o.Reduce(t.Context(), tally.FalseAlarms); err != nil {
		t.Fatal(err)
	}
	want := "events { } http { server { listen 127.0.0.1:10080; gzip on; } }"
	if got := strings.Join(strings.Fields(tally.FalseAlarms[0].Text), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOracleAgrees(t *testing.T) {
	judge := func(text, _ string, _ nginx.Version) (Judgement, error) {
		return Judgement{UnknownDirective: strings.Contains(text, "foreign")}, nil
	}
	tally, err := testOracle(t, judge).Run(t.Context(), []Trial{trialOf("gzip on", "gzip off"), trialOf("gzip on", "foreign on")})
	if err != nil {
		t.Fatal(err)
	}
	if tally.Share() != 1 || tally.Refused != 1 || len(tally.FalseAlarms)+len(tally.Missed) != 0 {
		t.Error(tally)
	}
}

func TestOracleFailsWithItsJudge(t *testing.T) {
	broken := errors.New("broken")
	judge := func(string, string, nginx.Version) (Judgement, error) { return Judgement{}, broken }
	if _, err := testOracle(t, judge).Run(t.Context(), oracleTrials()[:1]); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestOracleRunsNothingAsRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs rights to take away")
	}
	o := testOracle(t, saying("no such word"))
	secret := filepath.Join(t.TempDir(), "secret.conf")
	if err := os.WriteFile(secret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tally, err := o.Run(t.Context(), []Trial{trialOf("http {", "include "+secret+"; http {")})
	if err != nil {
		t.Fatal(err)
	}
	if len(tally.Aside) != 1 {
		t.Errorf("nginx could read a file of root: %s", tally)
	}
}

func TestPrepareReplacesWhatIsMissing(t *testing.T) {
	o := testOracle(t, saying("no such word"))
	text, v, err := o.Prepare(t.Context(), `events {}
http {
    upstream app { server app.invalid:3000; server other.invalid; }
    server {
        listen 443 ssl;
        listen [::]:80 default_server;
        ssl_certificate /etc/ssl/missing.pem;
        ssl_certificate_key /etc/ssl/missing.key;
        auth_basic_user_file missing;
        location / { proxy_pass http://backend.invalid:8080/x; }
    }
    server { server_name app.invalid; }
}
`)
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind != Accepted {
		t.Errorf("%+v\n%s", v, text)
	}
	for _, want := range []string{
		"server 127.0.0.1:3000; server 127.0.0.1;", "listen 127.0.0.1:10443 ssl;", "listen [::1]:10080 default_server;",
		"ssl_certificate cert.crt;", "ssl_certificate_key cert.key;", "proxy_pass http://127.0.0.1:8080/x;", "server { listen 127.0.0.1:10080; server_name app.invalid; }",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from\n%s", want, text)
		}
	}
}

func TestMissedComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missed.txt")
	missed := []Disagreement{
		{Trial: Trial{Name: "a", What: "b\nc", Text: "1\tx;\n"}, Verdict: Verdict{Pattern: `"…" is bad`}, Count: 12},
		{Trial: Trial{Name: "a", Text: "y;\n"}, Verdict: Verdict{Pattern: "other"}, Count: 1},
	}
	if err := WriteMissed(path, "two\nlines", missed); err != nil {
		t.Fatal(err)
	}
	known, err := ReadMissed(path)
	if err != nil || len(known) != 2 || known[`"…" is bad`] != 12 || known["other"] != 1 {
		t.Errorf("got %v, %v", known, err)
	}
	if known, err := ReadMissed(path + ".gone"); err != nil || len(known) != 0 {
		t.Errorf("got %v, %v", known, err)
	}
}
