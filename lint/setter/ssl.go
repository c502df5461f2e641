package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// sslTable are the checks of the ssl modules of http, stream and mail, and of
// HTTP/2.
func sslTable() map[string]check {
	return map[string]check{
		"ssl_session_cache":           checkSessionCache,
		"ssl_ocsp_cache":              checkOCSPCache,
		"ssl_alpn":                    checkALPN,
		"proxy_ssl_alpn":              checkALPN,
		"ssl_certificate_cache":       checkCertificateCache,
		"ssl":                         checkSSLFlag,
		"starttls":                    checkStartTLS,
		"http2_recv_buffer_size":      checkHTTP2RecvBuffer,
		"http2_pool_size":             checkHTTP2Pool,
		"http2_body_preread_size":     checkHTTP2Preread,
		"http2_streams_index_size":    checkHTTP2Index,
		"http2_chunk_size":            checkHTTP2Chunk,
		"http2_push":                  checkHTTP2Push,
		"http2_push_preload":          checkHTTP2Retired("flag"),
		"http2_max_concurrent_pushes": checkHTTP2Retired("number"),
	}
}

// checkSSLFlag is ngx_http_ssl_enable, src/http/modules/ngx_http_ssl_module.c,
// and ngx_mail_ssl_enable: a flag whose place is noted.
func checkSSLFlag(d *Directive) *Refusal {
	if _, ok := nginx.ParseFlag(d.Args[0]); !ok {
		return refuse(0, `invalid value %q in %q directive, it must be "on" or "off"`, d.Args[0], d.Name)
	}
	return nil
}

// checkStartTLS is ngx_mail_ssl_starttls, src/mail/ngx_mail_ssl_module.c.
func checkStartTLS(d *Directive) *Refusal {
	words := []string{"off", "on", "only"}
	if !containsFold(words, d.Args[0]) {
		return suggest(refuse(0, "invalid value %q", d.Args[0]), d.Args[0], words)
	}
	return nil
}

// checkSessionCache is ngx_http_ssl_session_cache,
// src/http/modules/ngx_http_ssl_module.c, and its twins of stream and mail.
func checkSessionCache(d *Directive) *Refusal {
	for i, a := range d.Args {
		if a == "off" || a == "none" || a == "builtin" {
			continue
		}
		if size, ok := strings.CutPrefix(a, "builtin:"); ok {
			if _, ok := nginx.ParseNumber(size); ok {
				continue
			}
		}
		size, ok := sharedCacheSize(a)
		switch {
		case !ok:
			return refuse(i, "invalid session cache %q", a).with(`write off, none, builtin, builtin:1000 or shared:NAME:SIZE such as "shared:SSL:10m"`)
		case size < minZonePages*nginx.PageSize:
			return refuse(i, "session cache %q is too small", a).with("it needs at least %dk", minZonePages*nginx.PageSize>>10)
		}
	}
	return nil
}

// checkOCSPCache is ngx_http_ssl_ocsp_cache, src/http/modules/ngx_http_ssl_module.c.
func checkOCSPCache(d *Directive) *Refusal {
	a := d.Args[0]
	if a == "off" {
		return nil
	}
	size, ok := sharedCacheSize(a)
	switch {
	case !ok:
		return refuse(0, "invalid OCSP cache %q", a).with(`write off or shared:NAME:SIZE such as "shared:OCSP:10m"`)
	case size < minZonePages*nginx.PageSize:
		return refuse(0, "OCSP cache %q is too small", a).with("it needs at least %dk", minZonePages*nginx.PageSize>>10)
	}
	return nil
}

// sharedCacheSize is the size in "shared:NAME:SIZE".
func sharedCacheSize(a string) (int64, bool) {
	rest, ok := strings.CutPrefix(a, "shared:")
	if !ok {
		return 0, false
	}
	name, text, ok := strings.Cut(rest, ":")
	if !ok || name == "" {
		return 0, false
	}
	return nginx.ParseSize(text)
}

// checkALPN is ngx_stream_ssl_alpn, src/stream/ngx_stream_ssl_module.c.
func checkALPN(d *Directive) *Refusal {
	for i, a := range d.Args {
		if len(a) > 255 {
			return refuse(i, "%q directive protocol too long", d.Name)
		}
	}
	return nil
}

// checkCertificateCache is ngx_http_ssl_certificate_cache,
// src/http/modules/ngx_http_ssl_module.c (release 1.27.4), and its twins.
func checkCertificateCache(d *Directive) *Refusal {
	accepted := []string{"max=", "inactive=", "valid="}
	hasMax := false
	for i, a := range d.Args {
		if a == "off" {
			hasMax = true // which asks for no size
			continue
		}
		key, value, _ := strings.Cut(a, "=")
		ok := false
		switch key {
		case "max":
			var n int64
			n, ok = nginx.ParseNumber(value)
			ok, hasMax = ok && n > 0, true
		case "inactive", "valid":
			_, ok = nginx.ParseSec(value)
		}
		if !ok {
			return suggestParameter(d, i, accepted)
		}
	}
	if !hasMax {
		return refuse(Whole, `%q must have the "max" parameter`, d.Name)
	}
	return nil
}

// The limits of HTTP/2's settings (src/http/v2/ngx_http_v2.h, src/core/ngx_palloc.h).
const (
	http2StateBuffer = 16
	http2MaxWindow   = 1<<31 - 1
	minPool          = 112
	poolAlignment    = 16
)

// lastDoubleState is the newest release known to want a receive buffer for two
// of HTTP/2's states; newer ones want one.
var lastDoubleState = nginx.V(1, 22, 1)

// checkHTTP2RecvBuffer is ngx_http_v2_recv_buffer_size, src/http/v2/ngx_http_v2_module.c.
func checkHTTP2RecvBuffer(d *Directive) *Refusal {
	least := int64(http2StateBuffer)
	if !d.Version.IsZero() && d.Version.Compare(lastDoubleState) <= 0 {
		least *= 2
	}
	return checkSizeThat(d, func(n int64) string {
		if n <= least {
			return `"http2_recv_buffer_size" directive value is too small`
		}
		return ""
	})
}

// checkHTTP2Pool is ngx_http_v2_pool_size, src/http/v2/ngx_http_v2_module.c.
func checkHTTP2Pool(d *Directive) *Refusal {
	return checkSizeThat(d, func(n int64) string {
		switch {
		case n < minPool:
			return "the pool size must be no less than 112"
		case n%poolAlignment != 0:
			return "the pool size must be a multiple of 16"
		}
		return ""
	})
}

// checkHTTP2Preread is ngx_http_v2_preread_size, src/http/v2/ngx_http_v2_module.c.
func checkHTTP2Preread(d *Directive) *Refusal {
	return checkSizeThat(d, func(n int64) string {
		if n > http2MaxWindow {
			return "the maximum body preread buffer size is 2147483647"
		}
		return ""
	})
}

// checkHTTP2Chunk is ngx_http_v2_chunk_size, src/http/v2/ngx_http_v2_module.c.
func checkHTTP2Chunk(d *Directive) *Refusal {
	return checkSizeThat(d, func(n int64) string {
		if n == 0 {
			return "the http2 chunk size cannot be zero"
		}
		return ""
	})
}

// checkSizeThat checks a size and then what its module wants of it.
func checkSizeThat(d *Directive, refuses func(int64) string) *Refusal {
	n, ok := nginx.ParseSize(d.Args[0])
	if !ok {
		return invalidValue(d, 0)
	}
	if message := refuses(n); message != "" {
		return refuse(0, "%s", message)
	}
	return nil
}

// checkHTTP2Index is ngx_http_v2_streams_index_mask, src/http/v2/ngx_http_v2_module.c.
func checkHTTP2Index(d *Directive) *Refusal {
	n, ok := nginx.ParseNumber(d.Args[0])
	switch {
	case !ok:
		return refuse(0, "%q directive invalid number", d.Name)
	case n == 0 || n&(n-1) != 0:
		return refuse(0, "%q directive must be a power of two", d.Name)
	}
	return nil
}

// pushRetired is the release from which on nginx takes the directives of server
// push without reading their arguments (ngx_http_v2_obsolete).
var pushRetired = nginx.V(1, 25, 1)

// checkHTTP2Push is ngx_http_v2_push, src/http/v2/ngx_http_v2_module.c, release 1.25.0.
func checkHTTP2Push(d *Directive) *Refusal {
	if !d.Version.Before(pushRetired) {
		return nil
	}
	return checkScript(d, 0)
}

// checkHTTP2Retired checks a directive of server push in the releases that read it.
func checkHTTP2Retired(what string) check {
	return func(d *Directive) *Refusal {
		if !d.Version.Before(pushRetired) {
			return nil
		}
		if what == "flag" {
			return checkSSLFlag(d)
		}
		if _, ok := nginx.ParseNumber(d.Args[0]); !ok {
			return refuse(0, "%q directive invalid number", d.Name)
		}
		return nil
	}
}
