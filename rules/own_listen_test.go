package rules

import (
	"testing"

	"github.com/nginxlint/nginxlint/lint/model"
)

// TestServerNames expects what proxy-to-own-listen-loop/proof.txtar shows of a
// real nginx, in its case "names".
func TestServerNames(t *testing.T) {
	s := &ownSocket{}
	for _, names := range [][]string{
		{"first.test"},
		{},
		{"*.a.test"},
		{"*.b.a.test"},
		{".c.test"},
		{"www.*"},
		{"www.d.*"},
		{"exact.a.test"},
		{"exact.a.test"},
	} {
		s.servers = append(s.servers, &model.Server{Names: names})
	}
	n := newServerNames(s)
	n.standard = s.servers[1]
	for host, want := range map[string]int{
		"first.test":    0,
		"none.test":     1,
		"a.test":        1,
		"x.a.test":      2,
		"x.y.a.test":    2,
		"x.b.a.test":    3,
		"c.test":        4,
		"x.c.test":      4,
		"www.z.test":    5,
		"www.d.test":    6,
		"www.a.test":    2,
		"EXACT.a.test.": 7,
	} {
		if n.find(host) != s.servers[want] {
			t.Errorf("%q does not select server %d", host, want)
		}
	}
	n.add(`~^r\d`, s.servers[0])
	if n.find("none.test") != nil {
		t.Error("a host is given to the default server though a regular expression may match it")
	}
	n.add("$hostname", s.servers[0])
	if n.find("first.test") != nil {
		t.Error("a host is given to a server though a name is not known")
	}
}
