package conf_test

import (
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// TestDoubt names files as a hook does that goes by names: some are other
// programs'.
func TestDoubt(t *testing.T) {
	files := map[string]string{
		"nginx.conf":                    whole,
		"conf.d/a.conf":                 "proxy_sett_header x y;\nfoo {}\n", // included: it must be nginx's
		"conf.d/supervisor.txt":         "",
		"vhosts/site.conf":              server,
		"vhosts/broken.conf":            "server {\n    listen 80\n",
		"vhosts/port.conf":              "location / { proxy_pas http://a; }\n",
		"snippets/headers.conf":         "proxy_set_header Host $host;\nproxy_sett_header A b;\nproxy_http_version 1.1;\n",
		"snippets/includes.conf":        "include \"/etc/bind/named.conf.options\";\n",
		"php/snippets/www.conf":         "[www]\nuser = www-data\nlisten = 127.0.0.1:9000\n",
		"supervisor/vhosts/app.conf":    "[program:app]\ncommand=/bin/app\n",
		"sites-available/000-apache":    "<VirtualHost *:80>\n    ServerName a\n    <Location />\n    </Location>\n</VirtualHost>\n",
		"raddb/sites-available/default": "server default {\n    listen {\n        type = auth\n    }\n}\n",
		"etc/conf.d/named.conf":         "options {\n    directory \"/var\";\n};\nzone \"a\" { type master; };\nserver 10.0.0.1 { bogus yes; };\n",
		"etc/conf.d/rotate.conf":        "/var/log/*.log {\n    daily\n}\n",
		"empty/vhosts/empty.conf":       "",
	}
	paths := slices.Sorted(func(yield func(string) bool) {
		for name := range files {
			if !yield(name) {
				return
			}
		}
	})
	dir := write(t, files)
	set, err := conf.Load(paths, conf.Options{Dir: dir, Grammar: lint.Grammar(), Infer: infer, Doubt: true})
	must(t, err)
	want := []string{
		"conf.d/supervisor.txt", "empty/vhosts/empty.conf", "etc/conf.d/named.conf", "etc/conf.d/rotate.conf", "php/snippets/www.conf",
		"raddb/sites-available/default", "sites-available/000-apache", "snippets/includes.conf", "supervisor/vhosts/app.conf",
	}
	if !slices.Equal(set.Others, want) {
		t.Errorf("left aside %q\nwant       %q", set.Others, want)
	}

	// Without a doubt, all are what they are called.
	set, err = conf.Load(paths, conf.Options{Dir: dir, Grammar: lint.Grammar(), Infer: infer})
	must(t, err)
	if len(set.Others) > 0 {
		t.Errorf("left aside %q", set.Others)
	}
}
