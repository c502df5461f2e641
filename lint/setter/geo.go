package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// geo is ngx_http_geo_block and ngx_http_geo
// (src/http/modules/ngx_http_geo_module.c) with their twins of stream.
func geo(d *Directive) *Refusal {
	if len(d.Args) == 2 {
		if r := usedVariable(d, 0); r != nil {
			return r
		}
	}
	if r := newVariable(d, len(d.Args)-1); r != nil {
		return r
	}
	g := geoReader{stream: strings.HasPrefix(d.Facts.Module, "ngx_stream")}
	for i := range d.Parameters {
		p := &d.Parameters[i]
		if p.Unknown {
			return nil // it may say that ranges follow
		}
		if r := g.line(d, p); r != nil {
			return r.in(i)
		}
	}
	return nil
}

// geoReader reads the lines of a geo block.
type geoReader struct {
	stream bool
	// ranges says that the lines are ranges, entries that there was a network.
	ranges, entries bool
}

func (g *geoReader) line(d *Directive, p *Parameter) *Refusal {
	if len(p.Args) == 0 {
		switch {
		case p.Name == "ranges":
			if g.entries && !g.ranges {
				return refuse(Whole, `the "ranges" directive must be the first directive inside "geo" block`)
			}
			g.ranges = true
			return nil
		case p.Name == "proxy_recursive" && !g.stream:
			return nil
		case p.Name == "volatile" && !d.Version.Before(geoVolatileSince):
			return nil
		}
	}
	if len(p.Args) != 1 {
		return refuse(Whole, "invalid number of the geo parameters").with("a line is a network and a value; blanks in the value need quotes")
	}
	switch {
	case p.Name == "include":
		return nil
	case p.Name == "proxy" && !g.stream:
		return geoNetwork(0, p.Args[0])
	}
	if p.Name == "default" {
		g.entries = g.entries || !g.ranges
		return nil
	}
	at, net := Whole, p.Name
	if p.Name == "delete" {
		at, net = 0, p.Args[0]
	}
	if g.ranges {
		return geoRange(at, net)
	}
	g.entries = true
	return geoNetwork(at, net)
}

// geoNetwork is ngx_http_geo_cidr_value.
func geoNetwork(at int, net string) *Refusal {
	if net == "255.255.255.255" || isCIDR(net) {
		return nil
	}
	return refuse(at, "invalid network %s", quote(net)).with(`it takes an address or a network such as "10.0.0.0/8"; for "10.0.0.0-10.0.0.255", write "ranges;" first`)
}

// geoRange checks a range of ngx_http_geo_range.
func geoRange(at int, net string) *Refusal {
	first, last, ok := strings.Cut(net, "-")
	if ok {
		from, ok1 := ipv4(first)
		to, ok2 := ipv4(last)
		if ok1 && ok2 && from.Compare(to) <= 0 {
			return nil
		}
	}
	return refuse(at, "invalid range %s", quote(net)).with(`after "ranges" it takes IPv4 addresses such as "10.0.0.0-10.0.0.255"`)
}

// geoVolatileSince is the first release whose geo knows "volatile".
var geoVolatileSince = nginx.V(1, 29, 3)
