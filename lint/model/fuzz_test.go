package model_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// exercise asks a model everything and checks what always holds.
func exercise(t *testing.T, c *model.Config) {
	t.Helper()
	for i, s := range c.Scopes {
		if s.Parent != nil && !s.Parent.Contains(s) || s.Parent == nil && i > 0 {
			t.Fatalf("level %q is out of place", s.Path())
		}
		for _, name := range []string{"proxy_pass", "proxy_read_timeout", "resolver", "set", ""} {
			v := s.Effective(name)
			v.Flag()
			v.Size()
			v.Msec()
			v.Has("x")
			if v.Set() && (v.Scope == nil || v.Node.Name != name || !v.Scope.Contains(s)) {
				t.Fatalf("%s at %q comes from elsewhere", name, s.Path())
			}
		}
		s.Array("proxy_set_header")
		s.Modifier()
	}
	for _, x := range c.Proxies {
		x.TLS()
		x.Headers()
		x.Endpoints()
		if !x.Target.Variable && !x.Target.Unknown && len(x.Candidates) != 1 {
			t.Fatalf("%q has %d candidates", x.Target.Raw, len(x.Candidates))
		}
		for _, cand := range x.Candidates {
			if cand.Origin == nil || cand.OriginArg < 0 {
				t.Fatalf("%q is written nowhere", cand.Raw)
			}
			if cand.Err != nil && (cand.NeedsDNS() || cand.Upstream != nil) {
				t.Fatalf("%q is refused and used", cand.Raw)
			}
		}
	}
	for _, u := range c.Upstreams {
		u.Single()
	}
	for _, s := range c.Servers {
		s.TLS()
	}
}

func FuzzBuild(f *testing.F) {
	for _, text := range []string{
		inHTTP(nested),
		inHTTP("map $a $b { default $c; ~(?<c>x) $1; } server { location / { set $d $b$c; proxy_pass http://$d$uri; } }"),
		inHTTP("upstream u { server a:1 weight=; server; } server { listen; location { proxy_pass; } location / { tunnel_pass; } }"),
		inHTTP("geo { } map { } split_clients $a { } server { set; set $x; location / { proxy_pass $; fastcgi_pass ${x; } }"),
		inHTTP("server { location / { access_by_lua_block { ngx.var.x = 1 } set $x 1; proxy_pass http://$x; } }"),
		inStream("upstream u { server a:1; } server { listen 1 udp; proxy_pass $u; }"),
		"location / { location / { if ($a) { proxy_pass http://unix:; } } }",
		"upstream \"\" { } upstream a { upstream b { } }",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := conf.Text("x.conf", []byte(text), conf.Options{Dir: "/", FS: empty{}, Infer: model.InferContext})
		if err != nil {
			t.Skip()
		}
		exercise(t, model.Build(tree, nginx.V(1, 22, 1)))
	})
}

// empty is a file system without files, so that a fuzzed include reads none.
type empty struct{ conf.Disk }

func (empty) ReadFile(path string) ([]byte, error) {
	return nil, &os.PathError{Op: "read", Path: path, Err: os.ErrNotExist}
}

func (empty) Stat(path string) (os.FileInfo, error) {
	return nil, &os.PathError{Op: "stat", Path: path, Err: os.ErrNotExist}
}

func (empty) ReadDir(path string) ([]os.DirEntry, error) {
	return nil, &os.PathError{Op: "read", Path: path, Err: os.ErrNotExist}
}

func (empty) Real(path string) (string, error) { return filepath.Clean(path), nil }

func TestAnyTree(t *testing.T) {
	block := func(name string, args ...string) *conf.Directive {
		d := &conf.Directive{Name: name, IsBlock: true}
		for _, a := range args {
			d.Args = append(d.Args, conf.Arg{Value: a})
		}
		return d
	}
	trees := []*conf.Tree{
		{},
		{Root: &conf.Node{}},
		{Root: &conf.Node{Children: []conf.Node{{}, {}}}},
		hand(t, "", block("")),
		hand(t, "http", block("server"), block("location"), block("proxy_pass")),
		hand(t, "http", block("server"), block("if"), block("if"), block("if")),
		hand(t, "http", block("upstream"), block("server", "")),
		hand(t, "http", block("http"), block("stream"), block("server")),
		hand(t, "stream", block("server"), block("proxy_pass", "$a")),
		hand(t, "http", block("server"), block("location", "/"), &conf.Directive{Name: "proxy_pass", Args: []conf.Arg{{Value: "$x"}}},
			block("set", "$x")),
		hand(t, "http", block("server"), block("access_by_lua_block"), block("proxy_pass", "$a")),
	}
	odd := hand(t, "http", block("map", "$a", "$b"), block("x"))
	server := conf.Node{Directive: block("server")}
	server.Children = []conf.Node{{}, {Directive: block("location", "/"), Children: []conf.Node{
		{Directive: &conf.Directive{Name: "proxy_pass", Args: []conf.Arg{{Value: "http://$b"}}}},
		{Directive: &conf.Directive{Name: "access_by_lua_block", IsBlock: true, File: &conf.File{}, Inside: &conf.Inside{Body: conf.Span{Start: 5, End: 90}}}},
	}}}
	odd.Root.Children[0].Children = append(odd.Root.Children[0].Children, server)
	for _, tree := range append(trees, odd) {
		exercise(t, model.Build(tree, nginx.Version{}))
	}
}
