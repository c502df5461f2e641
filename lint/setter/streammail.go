package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// streamMailTable are directives of stream and mail that http does not have.
func streamMailTable() map[string]check {
	return map[string]check{
		"pass":      streamPass,
		"protocol":  mailProtocol,
		"auth_http": authHTTP,
	}
}

// streamPass is ngx_stream_pass (src/stream/ngx_stream_pass_module.c).
func streamPass(d *Directive) *Refusal {
	v := d.Args[0]
	if hasVariables(v) {
		return checkScript(d, 0)
	}
	u, err := nginx.ParseURL(v, nginx.URLOptions{})
	switch {
	case err != nil:
		return refuse(0, "%s in %s of the \"pass\" directive", err, quote(v))
	case u.Family != nginx.FamilyUnix && !u.HasPort:
		return refuse(0, "no port in %s of the \"pass\" directive", quote(v))
	}
	return nil
}

// mailProtocol is ngx_mail_core_protocol.
func mailProtocol(d *Directive) *Refusal {
	protocols := []string{"imap", "pop3", "smtp"}
	if !slices.Contains(protocols, d.Args[0]) {
		return suggest(refuse(0, "unknown protocol %s", quote(d.Args[0])), d.Args[0], protocols)
	}
	return nil
}

// authHTTP is ngx_mail_auth_http (src/mail/ngx_mail_auth_http_module.c).
func authHTTP(d *Directive) *Refusal {
	address := strings.TrimPrefix(d.Args[0], "http://")
	if _, err := nginx.ParseURL(address, nginx.URLOptions{DefaultPort: 80, URIPart: true}); err != nil {
		return refuse(0, "%s in auth_http %s", err, quote(address)).with("it takes the address of a server that speaks HTTP, and a path")
	}
	return nil
}
