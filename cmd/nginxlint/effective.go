package main

import (
	"fmt"
	"io"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/effective"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/report"
)

// overviews are the formats of --effective.
var overviews = map[string]func(io.Writer, *report.Overview, report.Options) error{
	"text": report.Effective,
	"json": report.EffectiveJSON,
}

// effective shows what is in effect at the proxies.
func (c *command) effective(o *options, r *request) int {
	for _, out := range r.outputs {
		if overviews[out.format.Name] == nil {
			return c.fail(fmt.Errorf("--effective writes text or json, not %s", out.format.Name))
		}
	}
	in := c.load(r)
	result := lint.Run(in.set, c.lintOptions(r, in))
	result.Errors = append(in.errs, result.Errors...)
	v := &report.Overview{Result: result}
	if o.effective != everyProxy {
		v.Location = o.effective
	}
	if err := fill(v); err != nil {
		result.Errors = append(result.Errors, err)
	}
	spare := func(out output) error { return c.spare(r, out, result) }
	errs := c.writeOutputs(r, in, false, spare, func(out output, w io.Writer, options report.Options) error {
		return overviews[out.format.Name](w, v, options)
	})
	if errs = append(result.Errors, errs...); len(errs) > 0 {
		return c.fail(errs...)
	}
	return exitClean
}

// maxRows is about how many settings, headers, targets and findings are shown.
// There are some fifty at every proxy.
const maxRows = 500_000

// fill collects the proxies to show.
func fill(v *report.Overview) error {
	var proxies []*model.Proxy
	known := map[*model.Proxy]bool{}
	add := func(more []*model.Proxy) {
		for _, x := range more {
			if !known[x] {
				proxies = append(proxies, x)
			}
			known[x] = true
		}
	}
	for _, config := range v.Result.Configs {
		if v.Location == "" {
			add(config.Proxies)
			continue
		}
		u, err := effective.ParseLocation(v.Location)
		if err != nil {
			return fmt.Errorf("--effective: %w", err)
		}
		for _, a := range effective.Reach(config, u) {
			v.Arrivals = append(v.Arrivals, a)
			add(a.Proxies)
			for _, b := range a.Otherwise {
				add(b.Proxies)
			}
		}
	}
	viewer := effective.NewViewer(v.Result.Findings)
	rows := 0
	for i, x := range proxies {
		if rows > maxRows {
			return fmt.Errorf("--effective: only the first %d of %d proxies are shown: ask for those of a URL", i, len(proxies))
		}
		v.Views = append(v.Views, viewer.View(x))
		rows += v.Views[i].Size()
	}
	switch {
	case len(v.Result.Files) == 0:
		return nil // nothing was read, and the errors say why
	case v.Location == "" && len(proxies) == 0:
		return fmt.Errorf("--effective: there is no proxy_pass or the like in this configuration")
	case v.Location != "" && len(v.Arrivals) == 0:
		return fmt.Errorf("--effective: nginx listens for nothing like %s here, and no server has that name", v.Location)
	}
	return nil
}
