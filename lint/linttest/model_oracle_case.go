package linttest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// String is the case as an archive in the form of txtar: the files, and "requests" with one request
// a line: port, method, target, host and header fields, parted by tabs.
func (c ModelCase) String() string {
	a := &txtar.Archive{}
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(c.Files[name])})
	}
	var requests strings.Builder
	for _, r := range c.Requests {
		fmt.Fprintln(&requests, r)
	}
	a.Files = append(a.Files, txtar.File{Name: "requests", Data: []byte(requests.String())})
	return string(txtar.Format(a))
}

// ParseModelCase reads what [ModelCase.String] writes.
func ParseModelCase(text []byte) (ModelCase, error) {
	c := ModelCase{Files: map[string]string{}}
	for _, f := range txtar.Parse(text).Files {
		if f.Name != "requests" {
			c.Files[f.Name] = string(f.Data)
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			words := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(words) < 4 {
				return c, fmt.Errorf("%q is no request", line)
			}
			c.Requests = append(c.Requests, ModelRequest{words[0], words[1], words[2], words[3], words[4:]})
		}
	}
	if c.Files["nginx.conf"] == "" || len(c.Requests) == 0 {
		return c, fmt.Errorf("a case has a nginx.conf and requests")
	}
	return c, nil
}

// listens reports whether something listens on the ports that the requests go to.
func (c ModelCase) listens() bool {
	for _, r := range c.Requests {
		if !strings.Contains(c.Files["nginx.conf"], "@"+r.Port+"@") {
			return false
		}
	}
	return true
}
