package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "syntax",
	Severity: lint.Error,
	Category: lint.Startup,
	Firm:     true,
	Always:   true,
	Doc: lint.Doc{
		Summary: "text that nginx's parser refuses",
		Why: "nginx reads its configuration word by word and gives up at the first place that it cannot read: it does not start, and on a reload " +
			"it keeps the old configuration without telling anyone but the error log. The rest of the file is still checked here, as if the mistake were mended.",
		Log: `[emerg] unexpected "}" in /etc/nginx/nginx.conf:5`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        root /srv/www
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        root /srv/www;
    }
}
`,
		Silent: "Marks of template engines ({{ }}, {% %}, <% %>) are taken for values that are not known.",
		Links:  []string{"https://nginx.org/en/docs/beginners_guide.html#conf_structure"},
	},
	OnConfig: reportProblems(conf.Syntax),
})

// reportProblem turns trouble that the parser met into a finding.
func reportProblem(p *lint.Pass, problem *conf.Problem) {
	f := lint.Finding{
		Place:   lint.Place{File: problem.File, Span: problem.Span, Via: problem.Via},
		Message: problem.Message,
		Help:    problem.Help,
		Subject: problem.File.Line(problem.File.Position(problem.Span.Start).Line),
	}
	if problem.Accepted {
		f.Severity = lint.Warning
	}
	for _, n := range problem.Related {
		f.Related = append(f.Related, lint.Related{Place: lint.Place{File: n.File, Span: n.Span}, Message: n.Message})
	}
	p.ReportPlace(f)
}

// reportProblems reports the problems of one kind, of includes and of files.
func reportProblems(kind conf.ProblemKind) func(*lint.Pass, *model.Config) {
	return func(p *lint.Pass, c *model.Config) {
		for i := range c.Tree.Problems {
			if c.Tree.Problems[i].Kind == kind {
				reportProblem(p, &c.Tree.Problems[i])
			}
		}
		for _, f := range c.Tree.Files {
			for i := range f.Problems {
				if f.Problems[i].Kind == kind {
					reportProblem(p, &f.Problems[i])
				}
			}
		}
	}
}
