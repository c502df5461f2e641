package errorlog

import "github.com/nginxlint/nginxlint/lint"

// tlsMessages are about TLS, to upstreams and to clients.
var tlsMessages = []*Message{
	{
		ID: "tls-no-name", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means:    `the upstream refused the TLS handshake with alert 40: as a rule it needs a server name (SNI), which nginx does not send unless told; it may also want a client certificate, or share no cipher`,
		Do:       `write "proxy_ssl_server_name on;", and "proxy_ssl_name" where the address is an IP or the name of a group`,
		Ask:      `openssl s_client -connect {addr} -servername {sni} </dev/null`,
		Settings: []string{"ssl_server_name", "ssl_name"},
		Rules:    []string{"proxy-ssl-server-name-missing", "proxy-ssl-name-mismatch"},
		match:    []string{"SSL_do_handshake() failed *alert handshake failure* while SSL handshaking to upstream"},
	},
	{
		ID: "tls-wrong-name", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means:    `the upstream knows no such server name (alert 112): nginx sent the name of the group, or another that is not the backend's`,
		Do:       `set "proxy_ssl_name" to the backend's host name`,
		Ask:      `openssl s_client -connect {addr} -servername {sni} </dev/null`,
		Settings: []string{"ssl_name", "ssl_server_name"},
		Rules:    []string{"proxy-ssl-name-mismatch"},
		match:    []string{"SSL_do_handshake() failed *unrecognized name* while SSL handshaking to upstream"},
	},
	{
		ID: "tls-version", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means:    `nginx and the upstream share no version of TLS; by default nginx speaks no TLSv1.3 to upstreams before 1.23.4, and no TLSv1 and TLSv1.1 from 1.27.3 on`,
		Do:       `write "proxy_ssl_protocols TLSv1.2 TLSv1.3;"`,
		Ask:      `openssl s_client -connect {addr} </dev/null`,
		Settings: []string{"ssl_protocols"},
		match: []string{
			"SSL_do_handshake() failed *alert protocol version* while SSL handshaking to upstream", "SSL_do_handshake() failed *unsupported protocol* while SSL handshaking to upstream",
			"SSL_do_handshake() failed *no protocols available* while SSL handshaking to upstream",
		},
	},
	{
		ID: "tls-plain-text", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means: `the upstream's port speaks no TLS`,
		Do:    `pass with http:// (or grpc://), or to the port for TLS`,
		Ask:   `openssl s_client -connect {addr} </dev/null`,
		match: []string{
			"SSL_do_handshake() failed *wrong version number* while SSL handshaking to upstream", "SSL_do_handshake() failed *unknown protocol* while SSL handshaking to upstream",
			"SSL_do_handshake() failed *packet length too long* while SSL handshaking to upstream", "SSL_do_handshake() failed *record layer failure* while SSL handshaking to upstream",
			"SSL_do_handshake() failed *http request* while SSL handshaking to upstream",
		},
	},
	{
		ID: "tls-client-certificate", Kind: Upstream, Severity: lint.Error, Effect: "502, or 400 from the upstream",
		Means:    `the upstream wants a client certificate that it trusts`,
		Do:       `set "proxy_ssl_certificate" and "proxy_ssl_certificate_key"`,
		Ask:      `openssl s_client -connect {addr} </dev/null`,
		Settings: []string{"ssl_certificate"},
		match: []string{
			"SSL_do_handshake() failed *alert certificate required* upstream", "SSL_read() failed *alert certificate required* upstream", "SSL_write() failed *alert certificate required* upstream",
			"SSL_do_handshake() failed *alert bad certificate* upstream", "SSL_read() failed *alert bad certificate* upstream", "SSL_do_handshake() failed *alert unknown ca* upstream", "SSL_read() failed *alert unknown ca* upstream",
		},
	},
	{
		ID: "tls-handshake", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means: `the TLS handshake with the upstream failed, for the reason in brackets`,
		Do:    `see the reason in brackets; versions, ciphers and server name must suit the upstream`,
		Ask:   `openssl s_client -connect {addr} -servername {sni} </dev/null`,
		Rules: []string{"proxy-ssl-server-name-missing", "proxy-ssl-name-mismatch"},
		match: []string{"SSL_do_handshake() failed * while SSL handshaking to upstream", "peer closed connection in SSL handshake * while SSL handshaking to upstream", "peer closed connection in SSL handshake while SSL handshaking to upstream"},
	},
	{
		ID: "tls-upstream", Kind: Upstream, Severity: lint.Error, Effect: "502, or an answer that ends too early",
		Means: `the TLS connection to the upstream broke, for the reason in brackets`,
		Do:    `see the reason in brackets, and the upstream's log`,
		match: []string{"SSL_read() failed * upstream", "SSL_write() failed * upstream", "SSL_set_tlsext_host_name(*) failed", "SSL_set_alpn_protos() failed"},
	},
	{
		ID: "tls-verify", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means:    `the upstream's certificate did not pass "ssl_verify": expired (10), of an authority that "ssl_trusted_certificate" does not hold (18, 19, 20), or with a chain longer than "ssl_verify_depth" (20, 22)`,
		Do:       `put the authority's certificate into "proxy_ssl_trusted_certificate"; raise "proxy_ssl_verify_depth" (1 by default) for chains of two intermediates or more`,
		Ask:      `openssl s_client -connect {addr} -showcerts </dev/null`,
		Settings: []string{"ssl_trusted_certificate", "ssl_verify_depth"},
		match:    []string{"upstream SSL certificate verify error"},
	},
	{
		ID: "tls-verify-name", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means:    `the upstream's certificate is for another name; nginx compares it with "proxy_ssl_name", by default the host of the pass (the name of the group, where it is one), and never with IP addresses in it`,
		Do:       `set "proxy_ssl_name" to a name in the certificate`,
		Ask:      `openssl s_client -connect {addr} </dev/null | openssl x509 -noout -text`,
		Settings: []string{"ssl_name"},
		Rules:    []string{"proxy-ssl-name-mismatch"},
		match:    []string{"upstream SSL certificate does not match"},
		about:    [2]string{`match "`, `"`},
	},
	{
		ID: "tls-no-certificate-sent", Kind: Upstream, Severity: lint.Error, Effect: "502, or the next server",
		Means: `the upstream sent no certificate to verify`,
		Do:    `check that the upstream's port is one for TLS with a certificate`,
		match: []string{"upstream sent no required SSL certificate"},
	},
	{
		ID: "client-handshake", Kind: Client, Severity: lint.Info, Effect: "no TLS connection",
		Means: `a client's TLS handshake failed, for the reason in brackets: old clients, scanners, plain text, a server name that no server has a certificate for`,
		Do:    `nothing, unless clients are missing`,
		match: []string{
			"SSL_do_handshake() failed * while SSL handshaking", "peer closed connection in SSL handshake", "SSL_read() failed (", "SSL_write() failed (", "SSL_shutdown() failed (",
			"SSL_sendfile() failed (", "SSL_read_early_data() failed (", "client sent plain HTTP request to HTTPS port", "SSL_get_error() failed",
		},
	},
	{
		ID: "no-certificate-for-client", Kind: Client, Severity: lint.Warning, Effect: "no TLS connection",
		Means: `the server that the client came to has no certificate`,
		Do:    `set "ssl_certificate" in the default server of that address`,
		Rules: []string{"ssl-certificate-missing"},
		match: []string{`no "ssl_certificate" is defined in server listening on SSL port`},
	},
	{
		ID: "client-certificate", Kind: Client, Severity: lint.Info, Effect: "400",
		Means: `a client's certificate is missing or did not pass "ssl_verify_client"`,
		Do:    `nothing, unless the client should get in`,
		match: []string{"client SSL certificate verify error", "client sent no required SSL certificate"},
	},
	{
		ID: "certificate-at-run-time", Kind: System, Severity: lint.Error, Effect: "no TLS connection",
		Means: `a certificate or key whose path has a variable in it cannot be read`,
		Do:    `give the file's path that the line has to the workers' user to read`,
		match: []string{"cannot load certificate *while SSL handshaking", "cannot load certificate key *while SSL handshaking", "cannot load certificate * upstream"},
		about: [2]string{`"`, `"`},
	},
}
