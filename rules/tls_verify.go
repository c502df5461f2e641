package rules

import (
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

// checkedTLS is a pass whose upstream must show a certificate that nginx checks.
type checkedTLS struct {
	tlsName
	// verify is *_ssl_verify.
	verify model.Value
	// authorities is *_ssl_trusted_certificate.
	authorities model.Value
}

// checkedTLSKey is the key of [checkedPasses] among what rules share.
type checkedTLSKey struct{}

// checkedPasses are the passes with TLS for which *_ssl_verify is certainly on,
// once for all rules. Those without authorities, with which nginx does not start,
// are left out.
func checkedPasses(p *lint.Pass) []checkedTLS {
	return p.Shared(checkedTLSKey{}, func() any {
		var all []checkedTLS
		if !p.Config.UsesSetting("ssl_verify") {
			return all
		}
		for _, x := range p.Config.Proxies {
			verify := x.Effective("ssl_verify")
			if on, ok := verify.Flag(); !on || !ok || returnsFirst(x) || !scalarKnown(p, x.Scope, verify) {
				continue
			}
			if on, known := x.TLS(); !on || !known {
				continue
			}
			c := checkedTLS{verify: verify, authorities: x.Effective("ssl_trusted_certificate")}
			missing := !c.authorities.Set() && nothingElse(p, x.Scope, nil, false)
			if missing || c.authorities.Set() && !c.authorities.Template() && c.authorities.Arg(0) == "" {
				continue
			}
			c.tlsName = tlsName{proxy: x, flag: x.Effective("ssl_server_name"), name: x.Effective("ssl_name")}
			c.on, _ = c.flag.Flag()
			all = append(all, c)
		}
		return all
	}).([]checkedTLS)
}

// checkedByGroupName yields the passes whose upstream's certificate must be for
// the name of a group, under that group.
func checkedByGroupName(p *lint.Pass) *byKey[*model.Upstream, checkedTLS] {
	groups := &byKey[*model.Upstream, checkedTLS]{}
	for _, c := range checkedPasses(p) {
		if c.written() {
			continue
		}
		for group := range c.proxy.Upstreams() {
			if !namedAsServer(group) {
				groups.add(group, c)
			}
		}
	}
	return groups
}

// publicAuthorities reports whether a file is the list of authorities that a
// system comes with.
func publicAuthorities(path string) bool {
	return slices.Contains([]string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Alpine
		"/etc/ssl/certs/ca-bundle.crt",                      // Fedora, RHEL
		"/etc/pki/tls/certs/ca-bundle.crt",                  // the same
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // the same
		"/etc/pki/tls/cert.pem",                             // the same
		"/etc/ssl/ca-bundle.pem",                            // SUSE
		"/etc/ssl/cert.pem",                                 // Alpine, BSD
		"/usr/local/share/certs/ca-root-nss.crt",            // FreeBSD
	}, path)
}
