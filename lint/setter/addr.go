package setter

import (
	"net/netip"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// ipv4 reads an IPv4 address as ngx_inet_addr does (src/core/ngx_inet.c).
func ipv4(s string) (netip.Addr, bool) {
	u, err := nginx.ParseURL(s, nginx.URLOptions{})
	return u.Addr, err == nil && u.Family == nginx.FamilyIPv4 && u.Host == s
}

// ipv6 reads an IPv6 address without brackets as ngx_inet6_addr does
// (src/core/ngx_inet.c).
func ipv6(s string) bool {
	u, err := nginx.ParseURL("["+s+"]", nginx.URLOptions{})
	return err == nil && u.Family == nginx.FamilyIPv6 && len(u.Host) == len(s)+2
}

// isCIDR reports whether nginx reads s as a network: an address, and maybe a
// number of bits (ngx_ptocidr, src/core/ngx_inet.c). Bits of the host that are
// set are only warned of.
func isCIDR(s string) bool {
	addr, bits, hasBits := strings.Cut(s, "/")
	most := int64(32)
	if _, ok := ipv4(addr); !ok {
		if !ipv6(addr) {
			return false
		}
		most = 128
	}
	if !hasBits {
		return true
	}
	n, ok := nginx.ParseNumber(bits)
	return ok && n <= most
}

// checkAccess is ngx_http_access_rule and ngx_stream_access_rule.
func checkAccess(d *Directive) *Refusal {
	if v := d.Args[0]; v != "all" && v != "unix:" && !isCIDR(v) {
		return invalidParameter(d, 0).with(`it takes an IP address, a network such as "10.0.0.0/8", "unix:" or "all"; host names are not looked up here`)
	}
	return nil
}

// checkRealIPFrom is ngx_http_realip_from and its twins: what is no network is
// taken for a host name, and no name holds the slash of a network.
func checkRealIPFrom(d *Directive) *Refusal {
	v := d.Args[0]
	if v == "unix:" || isCIDR(v) {
		return nil
	}
	if isNoHost(v) {
		return refuse(0, "host not found in set_real_ip_from %s", quote(v)).with(`it takes an IP address, a network such as "10.0.0.0/8", "unix:" or a host name; an IPv4 network has 0 to 32 bits, an IPv6 network 0 to 128`)
	}
	return nil
}

// isNoHost reports whether a word can be the name of no host, so that looking it
// up is bound to fail.
func isNoHost(s string) bool { return s == "" || strings.ContainsAny(s, "/$=~()[]{}<>|;,*!\\\"' \t") }

// resolverParameters are what resolver takes besides addresses.
var resolverParameters = []string{"valid", "ipv4", "ipv6", "status_zone"}

// resolver is ngx_resolver_create (src/core/ngx_resolver.c), to which every word
// that does not begin as a parameter does is a server. The servers of
// [nginx.ParseURL] that are names are left to the system's resolver.
func resolver(d *Directive) *Refusal {
	servers, on4, on6 := 0, true, true
	for i, v := range d.Args {
		key, value, isParameter := strings.Cut(v, "=")
		switch {
		case !isParameter:
		case key == "valid":
			if _, ok := nginx.ParseSec(value); !ok {
				return refuse(i, "invalid parameter: %s", v).with(`it takes a time such as "valid=30s"`)
			}
			continue
		case key == "ipv6", key == "ipv4" && !d.Version.Before(nginx.V(1, 23, 1)):
			on, ok := value == "on", value == "on" || value == "off"
			if !ok {
				return refuse(i, "invalid parameter: %s", v).with(`it takes "%s=on" or "%s=off"`, key, key)
			}
			if key == "ipv4" {
				on4 = on
			} else {
				on6 = on
			}
			continue
		case key == "status_zone": // the commercial build
			continue
		}
		servers++
		if r := nameServer(i, v); r != nil {
			return r
		}
	}
	switch {
	case servers == 0:
		return refuse(Whole, "no name servers defined").with("give the address of a name server")
	case !on4 && !on6:
		return refuse(Whole, `"ipv4" and "ipv6" cannot both be "off"`)
	}
	return nil
}

// nameServer is what nginx refuses of an address of resolver.
func nameServer(arg int, v string) *Refusal {
	u, err := nginx.ParseURL(v, nginx.URLOptions{DefaultPort: 53})
	if err != nil {
		return refuse(arg, "%s in resolver %s", err, quote(v)).with(`it takes the address of a name server, such as "10.0.0.2" or "[fd00::2]:53"`)
	}
	if !u.IsName() || !isNoHost(u.Host) {
		return nil
	}
	r := refuse(arg, "host not found in resolver %s", quote(v))
	key, _, isParameter := strings.Cut(v, "=")
	if !isParameter {
		return r.with("it takes the address of a name server; nginx knows no variables here")
	}
	if near, ok := nginx.Nearest(strings.ToLower(key), resolverParameters); ok {
		return r.with("did you mean %q? What is no parameter is taken for a name server", near+"=")
	}
	return r.with(`it takes "valid=", "ipv4=" and "ipv6="; anything else is taken for a name server`)
}
