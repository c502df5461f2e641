package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "fastcgi-script-filename-missing",
	Severity: lint.Warning,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "PHP that is not told which script to run",
		Why:     `PHP-FPM runs the file that the parameter SCRIPT_FILENAME names. nginx sends no parameters by itself, and of the two files that come with it, fastcgi_params lacks this one; fastcgi.conf has it. PHP-FPM answers every request without it with 404 ("File not found."), and one without any parameters with 200 and an empty page. It never is a 502.`,
		Bad: `events {}
http {
    server {
        listen 8080;
        root /srv/www;
        location ~ \.php$ {
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_pass unix:/run/php/php-fpm.sock;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        root /srv/www;
        location ~ \.php$ {
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_pass unix:/run/php/php-fpm.sock;
        }
    }
}
`,
		Silent: `Where nothing shows that the FastCGI server is PHP (the name of the socket, host, image or location, fastcgi_index): other applications need no script. PATH_TRANSLATED, which PHP-FPM takes instead. Its own pages for status and ping. A fastcgi.conf or fastcgi_params that is not in view, except for the fastcgi_params of nginx's package where that is what stands there. Where the parameter is lost to a level's own: see inherited-headers-lost.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_param",
			"https://www.php.net/manual/en/install.fpm.php",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var scriptless byKey[*conf.Directive, scriptlessPass]
		for _, x := range c.Proxies {
			if s, found := scriptlessOf(p, x); found {
				scriptless.add(x.Pass.Directive, s)
			}
		}
		for _, same := range scriptless.all() {
			reportScriptless(p, same[0])
		}
	},
})

// scriptlessPass is a fastcgi_pass without SCRIPT_FILENAME.
type scriptlessPass struct {
	pass *model.Proxy
	// at is the level that supplies the parameters, nil for none.
	at *model.Scope
	// unread says that a fastcgi_params is among them that is not in view.
	unread bool
}

// scriptlessOf judges a pass.
func scriptlessOf(p *lint.Pass, x *model.Proxy) (s scriptlessPass, found bool) {
	s.pass = x
	if x.Kind != model.FastCGI || returnsFirst(x) || !runsPHP(p, x) {
		return s, false
	}
	for at := x.Scope; at != nil && s.at == nil; at = at.Parent {
		for file, read := range paramFiles(at) {
			if !read && file != "fastcgi_params" && file != "/etc/nginx/fastcgi_params" {
				return s, false // none of those that come with nginx
			}
			s.unread = s.unread || !read
		}
		if s.unread || at.Own("fastcgi_param") != nil {
			s.at = at
		}
	}
	if !arrayKnown(p, x.Scope, model.Value{Scope: s.at}) || s.at == nil && drops(x, "SCRIPT_FILENAME") {
		return s, false
	}
	if s.at == nil {
		return s, true
	}
	for n := range s.at.All("fastcgi_param") {
		switch {
		case n.NameUnknown || len(n.Args) == 0 || n.Args[0].Unknown:
			return s, false
		case n.Arg(0) == "SCRIPT_FILENAME", n.Arg(0) == "PATH_TRANSLATED":
			return s, false
		}
	}
	if s.unread && !besideStock(p.Deploy) {
		return s, false // what is out of view may have it
	}
	return s, !drops(x, "SCRIPT_FILENAME")
}

// runsPHP reports whether something shows that PHP answers a pass, and not its
// own pages for status and ping, whose names a pool sets itself.
func runsPHP(p *lint.Pass, x *model.Proxy) bool {
	php := false
	for at := x.Scope.Location(); at != nil && at.Context == nginx.Location; at = at.Parent {
		pattern := strings.ToLower(at.Pattern())
		if containsAny(pattern, "status", "ping", "fpm") || at.Node.Unknown() {
			return false
		}
		php = php || strings.Contains(pattern, "php")
	}
	if php || strings.Contains(x.Effective("index").Arg(0), ".php") {
		return true
	}
	for address := range addressTexts(x) {
		if address = strings.ToLower(address); strings.Contains(address, "php") || strings.Contains(address, "fpm") {
			return true
		}
	}
	for _, e := range x.Endpoints() {
		for _, c := range p.Deploy.Containers {
			if service := c.Find(e.URL.Host); service != nil && strings.Contains(service.Image, "php") {
				return true
			}
		}
	}
	return false
}

func reportScriptless(p *lint.Pass, s scriptlessPass) {
	f := lint.Finding{
		Place:   lint.AtArg(s.pass.Pass, 0),
		Message: "PHP is not told which script to run: without the parameter SCRIPT_FILENAME it answers 404 (File not found)",
		Help:    `write "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;"`,
	}
	method := s.unread
	if s.at != nil {
		for n := range s.at.All("fastcgi_param") {
			method = method || n.Arg(0) == "REQUEST_METHOD"
		}
	}
	if !method {
		f.Message = "PHP is told neither which script to run nor the method of the request: without SCRIPT_FILENAME and REQUEST_METHOD it answers a blank 200"
		f.Help = `write "include fastcgi_params;" and "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;"`
	}
	if s.at != nil && s.at != s.pass.Scope {
		f.Help += fmt.Sprintf(" in the %s that has the other parameters, since a level with its own inherits none", s.at.Name())
	}
	p.Report(s.pass.Pass, f)
}
