package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// limitTable are the directives of limit_req and limit_conn, http and stream.
func limitTable() map[string]check {
	return map[string]check{
		"limit_req_zone":    limitReqZone,
		"limit_req":         limitReq,
		"limit_req_status":  bounds(400, 599),
		"limit_conn_zone":   limitConnZone,
		"limit_conn":        limitConn,
		"limit_conn_status": bounds(400, 599),
	}
}

// leastZone is the smallest zone: eight pages of memory, of 4 KB on most
// machines and never less.
const leastZone = 8 * 4096

// zoneSize checks "zone=name:size" of the limit modules.
func zoneSize(i int, v string) *Refusal {
	name, size, ok := strings.Cut(strings.TrimPrefix(v, "zone="), ":")
	n, isSize := nginx.ParseSize(size)
	switch {
	case !ok || !isSize:
		return refuse(i, "invalid zone size %s", quote(v)).with(`it takes "zone=%s:10m"`, name)
	case n < leastZone:
		return refuse(i, "zone %s is too small", quote(v)).with("a zone has at least 32k")
	}
	return nil
}

// limitReqZone is ngx_http_limit_req_zone
// (src/http/modules/ngx_http_limit_req_module.c).
func limitReqZone(d *Directive) *Refusal {
	if r := checkScript(d, 0); r != nil {
		return r
	}
	named := false
	for i := 1; i < len(d.Args); i++ {
		v := d.Args[i]
		if strings.HasPrefix(v, "zone=") {
			if r := zoneSize(i, v); r != nil {
				return r
			}
			named = !strings.HasPrefix(v, "zone=:")
			continue
		}
		rate, ok := valueOf(v, "rate")
		if !ok {
			return invalidParameter(d, i).with("it takes zone=name:size and rate=")
		}
		rate, _ = strings.CutSuffix(rate, "r/s")
		rate, _ = strings.CutSuffix(rate, "r/m")
		if n, ok := nginx.ParseNumber(rate); !ok || n == 0 {
			return refuse(i, "invalid rate %s", quote(v)).with(`it takes requests per second or minute, such as "10r/s" or "30r/m"`)
		}
	}
	if !named {
		return refuse(Whole, `"limit_req_zone" must have "zone" parameter`)
	}
	return nil
}

// limitReq is ngx_http_limit_req. Whether the zone exists is for a rule.
func limitReq(d *Directive) *Refusal {
	zone := false
	for i, v := range d.Args {
		key, value, hasValue := strings.Cut(v, "=")
		switch {
		case key == "zone" && hasValue:
			zone = true
		case (key == "burst" || key == "delay") && hasValue:
			if n, ok := nginx.ParseNumber(value); !ok || n == 0 {
				return refuse(i, "invalid %s value %s", key, quote(v)).with(`it takes a number of requests, such as "%s=20"`, key)
			}
		case v == "nodelay":
		default:
			return invalidParameter(d, i).with("it takes zone=, burst=, delay= and nodelay")
		}
	}
	if !zone {
		return refuse(Whole, `"limit_req" must have "zone" parameter`)
	}
	return nil
}

// limitConnZone is ngx_http_limit_conn_zone and its twin of stream.
func limitConnZone(d *Directive) *Refusal {
	if r := checkScript(d, 0); r != nil {
		return r
	}
	v := d.Args[1]
	if !strings.HasPrefix(v, "zone=") {
		return invalidParameter(d, 1).with("it takes zone=name:size")
	}
	if r := zoneSize(1, v); r != nil {
		return r
	}
	if strings.HasPrefix(v, "zone=:") {
		return refuse(1, `"limit_conn_zone" must have "zone" parameter`)
	}
	return nil
}

// limitConn is ngx_http_limit_conn and its twin of stream.
func limitConn(d *Directive) *Refusal {
	n, ok := nginx.ParseNumber(d.Args[1])
	switch {
	case !ok || n == 0:
		return refuse(1, "invalid number of connections %s", quote(d.Args[1])).with("it takes the name of a zone, and then a number")
	case n > 65535:
		return refuse(1, "connection limit must be less 65536")
	}
	return nil
}
