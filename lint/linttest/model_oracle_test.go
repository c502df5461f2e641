package linttest

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The model oracle: what the model says of requests, and what nginx does with them.
//
//	go test ./lint/linttest -run TestModelOracle                               200 configurations
//	NGINXLINT_MODEL_ORACLE=2000 go test ./lint/linttest -run TestModelOracle   2,000
//	NGINXLINT_MODEL_ORACLE_SEED=7 …                                            others
//	.ci/nginx-matrix run -run TestModelOracle ./lint/linttest                  on every nginx
const (
	envModelOracle     = "NGINXLINT_MODEL_ORACLE"
	envModelOracleSeed = "NGINXLINT_MODEL_ORACLE_SEED"
	modelQuick         = 200
	// How many differences are cut down and shown.
	maxModelDifferences = 10
)

func TestModelOracle(t *testing.T) {
	n, err := strconv.ParseUint(cmp.Or(os.Getenv(envModelOracle), strconv.Itoa(modelQuick)), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv(envModelOracleSeed), "1"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, ng := range Nginxes(t) {
		t.Run(ng.Name, func(t *testing.T) { modelOracle(t, ng, n, seed) })
	}
}

func modelOracle(t *testing.T, ng Nginx, n, seed uint64) {
	t.Logf("%s is %d", envModelOracleSeed, seed)
	o, err := NewModelOracle(ng, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	tally, err := o.Generate(t.Context(), seed, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("nginx %s: %s", ng.Version, tally)
	for _, why := range tally.Common(8) {
		t.Log("not foretold: " + why)
	}
	if len(tally.Differences) > maxModelDifferences {
		tally.Differences = tally.Differences[:maxModelDifferences]
	}
	if err := o.Reduce(t.Context(), tally.Differences); err != nil {
		t.Error(err)
	}
	for _, d := range tally.Differences {
		t.Errorf("case %d: %s\n%s", d.Number, d.What, d.Case)
	}
	if tally.Ran < n*95/100 {
		t.Errorf("only %d of %d configurations start", tally.Ran, n)
	}
	if n >= modelQuick && tally.Paged == 0 {
		t.Error("no error_page is in use")
	}
	for _, b := range modelBackends {
		if n >= modelQuick && b.kind != "closed" && tally.Backends[b.name] == 0 {
			t.Errorf("no request is foretold to reach %s", b.name)
		}
	}
	t.Logf("received: %v", tally.Backends)
	for _, why := range tally.Refusals {
		t.Log("refused: " + why)
	}
}

// TestModelCases runs the cases that are kept: what the model was once wrong about, and what the
// generator seldom makes.
func TestModelCases(t *testing.T) {
	files, err := filepath.Glob("testdata/model/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, ng := range Nginxes(t) {
		t.Run(ng.Name, func(t *testing.T) {
			o, err := NewModelOracle(ng, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			for _, file := range files {
				d, err := o.Check(t.Context(), modelCase(t, file))
				if err != nil || d != "" {
					t.Errorf("%s: %s %v", file, d, err)
				}
			}
		})
	}
}

func modelCase(t *testing.T, file string) ModelCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseModelCase(text)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return c
}

// TestModelOracleNotices gives the oracle a model of another configuration than nginx runs.
func TestModelOracleNotices(t *testing.T) {
	base := modelCase(t, "testdata/model/notices.txtar")
	o, err := NewModelOracle(Nginxes(t)[0], t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	b := o.benches[0]
	for _, test := range []struct{ from, to, want string }{
		{"", "", ""},
		{"X-One inner", "X-One other", "X-One"},
		{"proxy_set_header X-One inner;", "", "X-One"},
		{"server @http2@;", "server @http3@;", "backend 1"},
		{"group/base/", "group/other/", "URI"},
		{"proxy_http_version 1.1;", "proxy_http_version 1.0;", "protocol"},
		{"proxy_method PUT;", "proxy_method GET;", "method"},
		{"proxy_ssl_name sni.test;", "", "server name"},
		{"proxy_next_upstream error http_503;", "proxy_next_upstream off;", "status"},
		{"proxy_read_timeout 20s;", "proxy_read_timeout 100ms;", "status"},
		{"location /a/b {", "location ^~ /a/b {", "method"},
		{"fastcgi_param NAME value;", "fastcgi_param NAME value; fastcgi_param MORE x;", "MORE"},
		{"set $to @http1@;", "set $to @http2@;", "backend 1"},
		{"default_server", "", "backends"},
	} {
		t.Run(test.from, func(t *testing.T) {
			other := ModelCase{map[string]string{"nginx.conf": strings.ReplaceAll(base.Files["nginx.conf"], test.from, test.to)}, base.Requests}
			if test.from == "" {
				other = base
			}
			said, _, err := b.load(other)
			if err != nil {
				t.Fatal(err)
			}
			_, s, err := b.load(base)
			if err != nil {
				t.Fatal(err)
			}
			outcomes, err := b.run(t.Context(), s, base.Requests)
			if err != nil {
				t.Fatal(err)
			}
			got := b.judge(said, base.Requests, outcomes).difference
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
