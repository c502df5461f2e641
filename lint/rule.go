package lint

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Home is where the project lives: the module path and, behind https://, the
// start of every address that the project prints.
const Home = "github.com/nginxlint/nginxlint"

// Severity is how loud a finding is.
type Severity uint8

// The severities, quiet to loud. Their order is part of the interface.
const (
	// Info is worth knowing.
	Info Severity = iota + 1
	// Warning fails under an ordinary event: a restart, a deploy, a DNS
	// change, a big header, one slow request.
	Warning
	// Error means that nginx refuses to start or every request there fails.
	Error
)

var severityNames = [...]string{Info: "info", Warning: "warning", Error: "error"}

// Severities lists all severities, quiet to loud.
func Severities() []Severity { return []Severity{Info, Warning, Error} }

// String is info, warning or error.
func (s Severity) String() string {
	if int(s) < len(severityNames) && s != 0 {
		return severityNames[s]
	}
	return "unknown"
}

// ParseSeverity reads info, warning or error.
func ParseSeverity(word string) (s Severity, ok bool) {
	for _, s := range Severities() {
		if s.String() == word {
			return s, true
		}
	}
	return 0, false
}

// Category says what a finding of a rule leads to.
type Category string

// The categories.
const (
	// BadGateway: nginx answers 502, 503 or 504, or an upstream error as 500.
	BadGateway Category = "bad-gateway"
	// Startup: nginx refuses to start or to reload.
	Startup Category = "startup"
	// Correctness: nginx does something else than its author meant.
	Correctness Category = "correctness"
	// Performance: it works, and costs more than it needs to.
	Performance Category = "performance"
)

// Doc is a rule's documentation.
type Doc struct {
	// Summary is one sentence without a full stop, lower case.
	Summary string
	// Why is what nginx does and why that hurts, in Markdown paragraphs.
	Why string
	// Log is the line nginx writes to its error log when it happens, or "".
	Log string
	// Bad is a configuration that the rule reports, Good its repaired twin
	// that is clean under all rules but other pedantic ones. Both are whole
	// configurations or fragments, and are run by a test.
	Bad, Good string
	// Silent says when the rule stays silent although a reader might expect it
	// to speak.
	Silent string
	// Links are pages of nginx's documentation and the like.
	Links []string
}

// Rule is one check.
type Rule struct {
	// ID is kebab-case, reads well after "found" and is never reused.
	ID string
	// Aliases are former ids, which keep working.
	Aliases []string
	// Severity is that of a finding that does not set its own.
	Severity Severity
	Category Category
	// Pedantic rules are off unless selected by id, or with all others.
	Pedantic bool
	// NeedsDeploy says that the rule is silent without files of a deployment
	// (compose, Dockerfile) next to the configuration.
	NeedsDeploy bool
	// Except are the flavours of nginx that the rule is not run for, since they
	// may do otherwise than nginx itself.
	Except []nginx.Flavour
	// Options are what can be set about the rule; it reads them by [Pass.Option].
	Options []Option
	// Firm says that neither a comment nor a baseline hides its findings: with
	// what they are about, the rest of the configuration cannot be judged.
	Firm bool
	// Always says that the rule runs whatever is selected, and is firm: of what
	// it finds, nginx or this program reads no further, so that "no problems"
	// would be said of what nobody looked at. [Select] cannot leave it out.
	Always bool
	Doc    Doc
	// Unproved says why there is no live proof; empty where there is one.
	Unproved string

	// On maps names of directives to a function called for each of their nodes.
	On map[string]func(*Pass, *conf.Node)
	// OnDirective is called for every directive that stands in a level of the
	// configuration, with that level; parameters of a map and directives of
	// blocks that nginx does not know are none.
	OnDirective func(*Pass, *model.Scope, *conf.Node)
	// OnProxy is called for every place that passes a request on.
	OnProxy func(*Pass, *model.Proxy)
	// OnUpstream is called for every upstream group.
	OnUpstream func(*Pass, *model.Upstream)
	// OnServer is called for every server, http and stream.
	OnServer func(*Pass, *model.Server)
	// OnScope is called for every level of the configuration, outermost first.
	OnScope func(*Pass, *model.Scope)
	// OnConfig is called once for each configuration, after all others.
	OnConfig func(*Pass, *model.Config)
	// OnIgnore is called for every comment that hides findings or means to, once
	// what all other rules found has been held against it. Comments belong to
	// files: the Pass has no Config then.
	OnIgnore func(*Pass, *Ignore)
}

// Silence says when the rule stays silent: what its documentation says, and the
// flavours of nginx that it is not run for.
func (r *Rule) Silence() string {
	switch len(r.Except) {
	case 0:
		return r.Doc.Silent
	case len(nginx.Relatives()):
		return strings.TrimSpace(r.Doc.Silent + " Where the configuration file names another flavour than nginx itself.")
	}
	names := make([]string, len(r.Except))
	for i, f := range r.Except {
		names[i] = string(f)
	}
	return strings.TrimSpace(r.Doc.Silent + " Where the configuration file names one of these flavours: " + strings.Join(names, ", ") + ".")
}

// URL is where the rule is documented.
func (r *Rule) URL() string { return "https://" + Home + "/blob/main/rules/doc/" + r.ID + ".md" }
