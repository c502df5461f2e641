package linttest

import (
	"encoding/binary"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// client is the address that all requests come from.
var client = netip.MustParseAddr("127.0.0.1")

// tabled is the value of a variable that a geo or a split_clients makes.
func (v *visit) tabled(name string) (value string, ok, made bool) {
	for n := range v.cfg.HTTP.All("geo") {
		if strings.EqualFold(n.Arg(len(n.Args)-1), "$"+name) {
			return geoValue(n), true, true
		}
	}
	for n := range v.cfg.HTTP.All("split_clients") {
		if strings.EqualFold(n.Arg(1), "$"+name) {
			text, ok := v.eval(n.Arg(0))
			return splitValue(n, text), ok, true
		}
	}
	return "", false, false
}

// geoValue is that of the smallest network that the client is in, else the default
// (src/http/modules/ngx_http_geo_module.c). Generated tables have one network.
func geoValue(block *conf.Node) string {
	value := ""
	for i := range block.Children {
		n := &block.Children[i]
		if n.Name == "default" {
			value = n.Arg(0)
		}
	}
	for i := range block.Children {
		n := &block.Children[i]
		network, err := netip.ParsePrefix(n.Name)
		if addr, e := netip.ParseAddr(n.Name); e == nil {
			network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err == nil && network.Contains(client) {
			value = n.Arg(0)
		}
	}
	return value
}

// splitValue is that of the first share of all hashes, one after the other, that the text's hash is
// below, or of "*" (src/http/modules/ngx_http_split_clients_module.c).
func splitValue(block *conf.Node, text string) string {
	hash, last := uint64(murmur2([]byte(text))), uint64(0)
	for i := range block.Children {
		n := &block.Children[i]
		if n.Name == "*" {
			return n.Arg(0)
		}
		percent, _ := strconv.ParseFloat(strings.TrimSuffix(n.Name, "%"), 64)
		last += uint64(math.Round(percent*100)) * math.MaxUint32 / 10_000
		if hash < last {
			return n.Arg(0)
		}
	}
	return ""
}

// murmur2 is MurmurHash2 with a seed of 0 (src/core/ngx_murmurhash.c; public domain by Austin
// Appleby).
func murmur2(data []byte) uint32 {
	const m = 0x5bd1e995
	h := uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		k := binary.LittleEndian.Uint32(data) * m
		h = h*m ^ (k^k>>24)*m
	}
	for i := len(data) - 1; i >= 0; i-- {
		h ^= uint32(data[i]) << (8 * i)
	}
	if len(data) > 0 {
		h *= m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}
