package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

var _ = add(&lint.Rule{
	ID:       "input-limit",
	Severity: lint.Error,
	Category: lint.Correctness,
	Firm:     true,
	Always:   true,
	Unproved: "it is about this linter's own limits, not about nginx",
	Doc: lint.Doc{
		Summary: "more input than is read",
		Why: "Files over 256 MiB, blocks nested over 1,000 deep, includes nested over 100 deep and the like are not read to their end. " +
			"What lies beyond is not checked, and this finding says where that begins.",
		Links: []string{"https://nginx.org/en/docs/ngx_core_module.html#include"},
	},
	OnConfig: reportProblems(conf.Limit),
})
