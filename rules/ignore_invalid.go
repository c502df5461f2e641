package rules

import "github.com/nginxlint/nginxlint/lint"

var _ = add(&lint.Rule{
	ID:       "ignore-invalid",
	Severity: lint.Error,
	Category: lint.Correctness,
	Firm:     true,
	Unproved: "it is about comments for this linter, which nginx skips",
	Doc: lint.Doc{
		Summary: "a comment that means to hide findings and cannot",
		Why: `A comment hides findings of the rules that it names, for a reason that it gives, as in "# nginxlint:ignore rule-id -- why this is meant to be so".

At the end of a line it counts for the statements on that line; of a block, for its head. On a line of its own it counts for the statement that follows and, if that is a block, for all that is written in it. "nginxlint:ignore-file", above the first directive, counts for the file. Several rules are separated by commas. "until=2027-01-31" before the "--" says on which day it counts for the last time. A finding with several places is hidden by a comment at its own, which is shown first.

A comment with a mistake in it would hide nothing, or not what it was meant to: an id that no rule has, a missing reason, a day that is none, a place where no directive follows. Findings about syntax and includes cannot be hidden, since nothing certain can be said about the rest then; nor can those about comments.`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            # nginxlint:ignore localhost-upstreams -- the application listens on both addresses
            proxy_pass http://localhost:3000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            # nginxlint:ignore localhost-upstream -- the application listens on both addresses
            proxy_pass http://localhost:3000;
        }
    }
}
`,
		Silent: `Comments that do not begin with "nginxlint:" and a word right behind it. What looks like a comment in quotes, in a word or in Lua code.`,
	},
	OnIgnore: func(p *lint.Pass, ig *lint.Ignore) {
		for _, fault := range ig.Faults {
			p.ReportPlace(lint.Finding{Place: fault.Place, Message: fault.Message, Help: fault.Help, Subject: comment(ig)})
		}
	},
})

// comment is the text of a comment.
func comment(ig *lint.Ignore) string { return ig.Place.File.Slice(ig.Place.Span) }
