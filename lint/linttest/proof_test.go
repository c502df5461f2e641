package linttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each example shows what the harness can do, and proves that it does.
func TestProofExamples(t *testing.T) {
	paths, err := filepath.Glob("testdata/proof/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples (%v)", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			Prove(t, path)
		})
	}
}

// wrongServer answers 200, has one backend that answers, and logs nothing.
const wrongServer = `backend app http
-- bad.conf --
events {}
http { server { listen ${listen}; location / { proxy_pass http://${app}; } } }
-- bad.want --
`

func TestProofThatIsWrongFails(t *testing.T) {
	n := Nginxes(t)[0]
	tests := map[string]struct{ proof, want string }{
		"status":           {wrongServer + "GET / 502\n", "got 200 where 502 is expected"},
		"later status":     {wrongServer + "GET / 200 200 404\n", "bad.txtar:6: GET / 200 200 404: got 200 where 404"},
		"reset":            {wrongServer + "GET / reset\n", "got 200 where reset is expected"},
		"HTTP/1.1 only":    {wrongServer + "GET / h2 200\n", "got http1 where 200 is expected"},
		"parallel":         {wrongServer + "GET / parallel=3 200 502*2\n", "got map[200:3]"},
		"parallel surplus": {wrongServer + "GET / parallel=3 502+\n", "got map[200:3]"},
		"body":             {wrongServer + "GET / has=nothing 200\n", `no "nothing" in the body`},
		"answer":           {wrongServer + "GET / answer=\"X: y\" 200\n", "status 200, X is []"},
		"too fast":         {wrongServer + "GET / over=1s 200\n", "the answer took only"},
		"too slow":         {wrongServer + "backend app set delay=200ms\nGET / under=100ms 200\n", "the answer took"},
		"no log":           {wrongServer + "GET / 200\nlog nonsense\n", "it is not logged"},
		"log count":        {wrongServer + "GET / 200\nlog count=2 start worker processes\n", "it is logged 1 times"},
		"surplus log":      {wrongServer + "GET / 200\nnolog start worker processes\n", "it is logged"},
		"access":           {wrongServer + "GET / 200\naccess nonsense\n", "it is not logged"},
		"conns":            {wrongServer + "GET / 200 200\nconns app <= 1\n", "got 2"},
		"requests":         {wrongServer + "GET / 200\nrequests app > 1\n", "got 1"},
		"header":           {wrongServer + "GET / 200\nheader app Connection keep-alive\n", `has seen ["close"]`},
		"header not none":  {wrongServer + "GET / 200\nheader app Host none\n", "has seen"},
		"sni":              {wrongServer + "GET / 200\nsni app app.test\n", "has not seen it"},
		"never reached":    {wrongServer + "start ok\nsni app none\n", "has seen no connection"},
		"test":             {wrongServer + "test fail anything\n", "nginx accepts it"},
		"start":            {wrongServer + "start fail anything\n", "nginx accepts it"},
		"reload":           {wrongServer + "start\nreload fail anything\n", "nginx accepts it"},
		"tcp":              {wrongServer + "TCP send=\"GET / HTTP/1.0\\r\\n\\r\\n\" closed\n", "the connection is closed, got"},
		"tcp after text":   {wrongServer + "TCP send=\"GET / HTTP/1.0\\r\\n\\r\\n\" ok open\n", "the connection is closed, got"},
		"other reason":     {"-- a.conf --\nnonsense;\n-- a.want --\nstart fail something else\n", "nginx gives another reason"},
		"unwanted refusal": {"-- a.conf --\nnonsense;\n-- a.want --\nstart ok\n", "nginx did not start"},
		"unwanted reason":  {"-- a.conf --\nnonsense;\n-- a.want --\ntest ok\n", `unknown directive "nonsense"`},
		"not listening":    {"-- a.conf --\nevents {}\n-- a.want --\nGET / 200\n", "uses no ${listen}"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := parseProof("bad.txtar", []byte(test.proof))
			if err != nil {
				t.Fatal(err)
			}
			err = runCase(t.Context(), n, p, p.Cases[0], t.Name())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v\nwant one with %q", err, test.want)
			}
		})
	}
}

func TestProofCleansUp(t *testing.T) {
	n := Nginxes(t)[0]
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	p, err := parseProof("p", []byte(wrongServer+"GET / 200\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := runCase(t.Context(), n, p, p.Cases[0], t.Name()); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestNginxCheck(t *testing.T) {
	n := Nginxes(t)[0]
	for config, want := range map[string]string{
		"events {}\nhttp {\n}\n":          "",
		"events {}\nhttp {\n nope on;\n}": `unknown directive "nope"`,
	} {
		got, err := n.Check(t.Context(), []byte(config))
		if err != nil || want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("Check(%q) = %q, %v, want %q", config, got, err, want)
		}
	}
}
