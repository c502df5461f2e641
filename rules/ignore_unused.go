package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
)

var _ = add(&lint.Rule{
	ID:       "ignore-unused",
	Severity: lint.Warning,
	Category: lint.Correctness,
	Firm:     true,
	Unproved: "it is about comments for this linter, which nginx skips",
	Doc: lint.Doc{
		Summary: "a comment that hides no finding",
		Why: "The directive that a comment excuses was mended, moved or deleted, and the comment stayed. " +
			"It would hide the same mistake if it were made there again, without anyone having decided so.",
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            # nginxlint:ignore localhost-upstream -- the application listens on both addresses
            proxy_pass http://192.0.2.10:3000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:3000;
        }
    }
}
`,
		Silent: "Rules that did not run: left out by --select or --ignore, or without the files of a deployment that they look at. " +
			"Files of which not all is known: fragments, templates, files with mistakes in their syntax.",
	},
	OnIgnore: func(p *lint.Pass, ig *lint.Ignore) {
		help := "take the id out of the comment"
		if ig.BehindBrace() {
			help += "; to hide findings in all of the block, write the comment on a line of its own above it"
		}
		for _, id := range ig.Unused {
			p.ReportPlace(lint.Finding{
				Place:   id.Place,
				Message: fmt.Sprintf("there is no finding of %q here: this comment hides nothing, until the mistake is made again", id.Rule.ID),
				Help:    help,
				Subject: comment(ig),
			})
		}
	},
})
