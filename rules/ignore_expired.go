package rules

import (
	"fmt"
	"time"

	"github.com/nginxlint/nginxlint/lint"
)

var _ = add(&lint.Rule{
	ID:       "ignore-expired",
	Severity: lint.Warning,
	Category: lint.Correctness,
	Firm:     true,
	Unproved: "it is about comments for this linter, which nginx skips",
	Doc: lint.Doc{
		Summary: "a comment that hides findings no longer, for its day is over",
		Why: `With "until=2027-01-31" a comment hides findings up to and on that day. From the next day on they are shown again, and this finding says why: ` +
			"what was put off is due.",
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            # nginxlint:ignore localhost-upstream until=2020-12-31 -- moves to a machine of its own in winter
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
            # nginxlint:ignore localhost-upstream until=2199-12-31 -- moves to a machine of its own some day
            proxy_pass http://localhost:3000;
        }
    }
}
`,
		Silent: "On the day itself, by the clock of the machine that lints.",
	},
	OnIgnore: func(p *lint.Pass, ig *lint.Ignore) {
		if !ig.Expired {
			return
		}
		p.ReportPlace(lint.Finding{
			Place:   ig.Place,
			Message: fmt.Sprintf("this comment counted until %s and hides nothing any more", ig.Until.Format(time.DateOnly)),
			Help:    "mend what it put off, or decide anew until when",
			Subject: comment(ig),
		})
	},
})
