package model_test

import (
	"testing"

	"github.com/nginxlint/nginxlint/lint/model"
)

func TestGaps(t *testing.T) {
	for include, want := range map[string]model.Gap{
		"include mime.types;":                 0,
		"include /etc/nginx/fastcgi_params;":  0,
		"include /nowhere/proxy_params;":      model.GapHeaders,
		"include snippets/tls.conf;":          model.GapInclude,
		"include /nowhere/conf.d/*.conf;":     model.GapPattern,
		"{{ directive }} on;":                 model.GapTemplate,
		"include a.conf; include b.d/[!a]*;":  model.GapInclude | model.GapPattern,
		"server_tokens off; # include x.conf": 0,
	} {
		c := build(t, "http { "+include+"\n}")
		if got := c.HTTP.Gaps; got != want {
			t.Errorf("%s: gaps %b, want %b", include, got, want)
		}
	}
}
