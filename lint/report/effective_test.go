package report

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/effective"
)

const overviewText = `events {}
http {
    upstream app { server 10.0.0.1:8080; server app.example.org:8080 backup; }
    server {
        listen 80;
        server_name example.org;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://app;
        }
        location /gone { return 410; }
        location /lua/ { proxy_pass http://picked; }
    }
    server {
        server_name folder.example.org;
        location / { index index.html index.php; error_page 404 /gone; }
        location = /index.php { proxy_pass http://picked; error_page 500 502 504 @down; }
        location @down { return 503; }
    }
    upstream picked { server 0.0.0.1; balancer_by_lua_block { pick() } }
}
`

// overviewOf is the overview of a configuration, for an address or all of it.
func overviewOf(t *testing.T, location string) *Overview {
	t.Helper()
	tree, err := conf.Text("nginx.conf", []byte(overviewText), conf.Options{Grammar: lint.Grammar()})
	if err != nil {
		t.Fatal(err)
	}
	rule := &lint.Rule{ID: "told", Severity: lint.Info, Category: lint.Correctness, On: map[string]func(*lint.Pass, *conf.Node){
		"proxy_pass": func(p *lint.Pass, n *conf.Node) { p.Report(n, lint.Finding{Message: "seen"}) },
		"return":     func(p *lint.Pass, n *conf.Node) { p.Report(n, lint.Finding{Message: "none of its business"}) },
	}}
	v := &Overview{Location: location}
	v.Result = lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{Rules: []*lint.Rule{rule}})
	config := v.Result.Configs[0]
	if location != "" {
		u, err := effective.ParseLocation(location)
		if err != nil {
			t.Fatal(err)
		}
		v.Arrivals = effective.Reach(config, u)
	}
	viewer := effective.NewViewer(v.Result.Findings)
	for _, x := range config.Proxies {
		v.Views = append(v.Views, viewer.View(x))
	}
	return v
}

func TestEffectiveJSONFollowsItsSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	for name, text := range map[string]string{"schema.json": JSONSchema(), "effective.schema.json": EffectiveJSONSchema()} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(name, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("effective.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, location := range []string{"", "http://example.org/", "http://example.org/gone", "http://example.org/lua/", "http://folder.example.org/"} {
		var b strings.Builder
		if err := EffectiveJSON(&b, overviewOf(t, location), Options{}); err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%q: %v\n%s", location, err, b.String())
		}
	}
}

func TestEffectiveJSONSchemaDescribesEveryField(t *testing.T) {
	describesEveryField(t, EffectiveJSONSchema(), jsonEffective{}, map[string]any{
		"arrival": jsonArrival{}, "proxy": jsonProxy{}, "block": jsonBlock{}, "setting": jsonSetting{}, "target": jsonTarget{}, "chooser": jsonChooser{}, "step": jsonStep{},
	})
}

func TestEffectiveShowsTheFindingsOfAProxyOnly(t *testing.T) {
	v := overviewOf(t, "http://example.org/a")
	if len(v.Views) != 3 || len(v.Views[0].Findings) != 1 || v.Views[0].Findings[0].Message != "seen" {
		t.Errorf("got %+v", v.Views)
	}
	if len(v.Arrivals) != 1 || len(v.Arrivals[0].Proxies) != 1 || v.Arrivals[0].Proxies[0] != v.Views[0].Proxy {
		t.Errorf("got %+v", v.Arrivals)
	}
}

// The servers of a group count for nothing where code picks the addresses, and no
// targets without a reason look as if there were none.
func TestEffectiveSaysWhatPicksTheTargets(t *testing.T) {
	v := overviewOf(t, "")
	v.Views = v.Views[1:2]
	var text, object strings.Builder
	if err := Effective(&text, v, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := EffectiveJSON(&object, v, Options{}); err != nil {
		t.Fatal(err)
	}
	const want = "  passes to\n    group picked  balancer_by_lua_block picks the addresses  nginx.conf:20\n  sends\n"
	if !strings.Contains(text.String(), want) {
		t.Errorf("no %q in\n%s", want, text.String())
	}
	for _, want := range []string{`"targets": []`, `"targets_complete": false`, `"name": "balancer_by_lua_block"`, `"group": "picked"`} {
		if !strings.Contains(object.String(), want) {
			t.Errorf("no %s in\n%s", want, object.String())
		}
	}
}

// The text and the object tell the same of the ways of a request.
func TestEffectiveShowsAllWays(t *testing.T) {
	v := overviewOf(t, "http://folder.example.org/")
	v.Views = v.Views[2:]
	var text, object strings.Builder
	if err := Effective(&text, v, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := EffectiveJSON(&object, v, Options{}); err != nil {
		t.Fatal(err)
	}
	const want = `http://folder.example.org/
    server              folder.example.org          nginx.conf:14
    finding /index.php  index index.html index.php  nginx.conf:16
    location            = /index.php                nginx.conf:17
    passed on by        proxy_pass http://picked    nginx.conf:17
  finding /index.html
    sent on by     index index.html index.php  nginx.conf:16
    location       /                           nginx.conf:16
    not passed on
  on 500, 502, 504
    sent on by     error_page 500 502 504 @down  nginx.conf:17
    location       @down                         nginx.conf:18
    not passed on  return 503                    nginx.conf:18
`
	if got, _, _ := strings.Cut(text.String(), "\n\n"); got+"\n" != want {
		t.Errorf("got\n%s", got)
	}
	var doc jsonEffective
	if err := json.Unmarshal([]byte(object.String()), &doc); err != nil {
		t.Fatal(err)
	}
	main := doc.Arrivals[0]
	if by := main.Via[0]; by.Name != "index" || by.When != "file" || by.File != "/index.php" || !slices.Equal(main.Proxies, []int{0}) {
		t.Errorf("got %+v", main)
	}
	if len(main.Otherwise) != 2 || main.Otherwise[0].Via[0].File != "/index.html" || !slices.Equal(main.Otherwise[1].Via[0].Statuses, []int{500, 502, 504}) {
		t.Errorf("got %+v", main.Otherwise)
	}
}
