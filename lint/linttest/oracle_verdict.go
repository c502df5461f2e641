package linttest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// VerdictKind is how nginx -t ended.
type VerdictKind uint8

// The kinds of verdicts.
const (
	// Accepted: nginx would start.
	Accepted VerdictKind = iota
	// Refused: nginx objects to the configuration itself.
	Refused
	// Aside: nginx objects to something around it, which no reader of the configuration can know:
	// a name, a file, a module or a right that is not there.
	Aside
	// Broken: nginx crashed or did not come to an end.
	Broken
)

// Verdict is what nginx -t says about a configuration.
type Verdict struct {
	Kind VerdictKind
	// Message is nginx's, without the place.
	Message string
	// Line is the line it names, 0 for none.
	Line int
	// Pattern is the message with everything taken out that differs from case to case, and with
	// the directive at fault named.
	Pattern string
}

// surroundings are the messages that tell what is missing around a configuration.
var surroundings = regexp.MustCompile(strings.Join([]string{
	// Names.
	`^host not found in `, `could not be resolved`, `^getaddrinfo`,
	`^getpwnam\(`, `^getgrnam\(`,
	// Files and rights: the calls of the operating system, with its number for the failure.
	`\(\d+: [A-Z][^()]*\)$`, `^SSL_CTX_load_verify_locations\(`, `^cannot load certificate`, `BIO_new_file`,
	`^SSL_CTX_use_(certificate|PrivateKey)`, `^SSL_load_client_CA_file`, `^X509_LOOKUP`, `^PEM_read_bio`,
	`is not (a directory|regular file)`, `^"[^"]*" must be 48 or 80 bytes`,
	// Modules and platforms.
	`requires the "?ngx_`, `requires ngx_`, `is not supported on this platform`, `is not supported by this (OS|platform)`,
	`was built without`, `is not compatible with`, `^OpenSSL library`, `ENGINE_`, `is not supported( by|,| on)`,
	`^dlopen\(`, `^module "[^"]*" (version|is not)`,
	// Memory.
	`^failed to allocate`,
}, "|"))

var (
	logPrefix  = regexp.MustCompile(`^\d+#\d+: (\*\d+ )?`)
	logPlace   = regexp.MustCompile(`,? in (\S+):(\d+)$`)
	quotedWord = regexp.MustCompile(`"[^"]*"`)
	confPlace  = regexp.MustCompile(`/\S*nginx\.conf:\d+`)
	digits     = regexp.MustCompile(`\d+`)
	sslDetails = regexp.MustCompile(` \(SSL: .*\)`)
)

// read reads what nginx printed about a configuration.
func (b *bench) read(out, text string) Verdict {
	v := Verdict{Kind: Refused, Message: "no message"}
	level := "[emerg] "
	if !strings.Contains(out, level) {
		level = "[alert] " // failures of the operating system
	}
	for line := range strings.Lines(out) {
		_, message, ok := strings.Cut(line, level)
		if !ok {
			continue
		}
		message = logPrefix.ReplaceAllString(strings.TrimSpace(message), "")
		if m := logPlace.FindStringSubmatch(message); m != nil {
			message = strings.TrimSuffix(message, m[0])
			if m[1] == b.path("nginx.conf") {
				v.Line, _ = strconv.Atoi(m[2])
			}
		}
		v.Message = message
		break
	}
	v.Pattern = pattern(v.Message, text, v.Line)
	if surroundings.MatchString(v.Message) || unbuilt(v.Message, b.version) {
		v.Kind = Aside
	}
	return v
}

// unbuilt reports whether nginx does not know a directive because it was built without its module:
// one that its release has, or one of a known module of a third party.
func unbuilt(message string, v nginx.Version) bool {
	name, ok := strings.CutPrefix(message, `unknown directive "`)
	if !ok {
		return false
	}
	name = strings.TrimSuffix(name, `"`)
	if _, foreign := nginx.ThirdParty(name); foreign {
		return true
	}
	return slices.ContainsFunc(nginx.Lookup(name), func(d *nginx.Directive) bool { return d.KnownIn(v) })
}

// pattern is a message without what differs from case to case. Where each directive has reasons of
// its own for it, the directive is named.
func pattern(message, text string, line int) string {
	message = sslDetails.ReplaceAllString(message, "")
	own := ""
	if line > 0 && !generic.MatchString(message) {
		if name := directiveAt(text, line); name != "" {
			own = " [" + name + "]"
		}
	}
	message = quotedWord.ReplaceAllString(message, `"…"`)
	message = confPlace.ReplaceAllString(message, "…")
	return digits.ReplaceAllString(message, "N") + own
}

// generic are the messages that nginx has for all directives alike.
var generic = regexp.MustCompile(`^(un|invalid number of arguments|"[^"]*" directive is (duplicate|not allowed)|directive "[^"]*" (is not terminated|has no))`)

// directiveAt names the statement, or the block by its head, that stands at a line; "" where none
// does, as at a block's end, where nginx tells of what it found on merging levels.
func directiveAt(text string, line int) string {
	f, err := conf.Parse("nginx.conf", []byte(text), nil)
	if err != nil {
		return ""
	}
	name := ""
	for _, p := range places(f) {
		end := p.d.Span.End
		if p.d.IsBlock {
			end = p.d.Head.End
		}
		if !p.parameter && f.Position(p.d.NameSpan.Start).Line <= line && line <= f.Position(end).Line && nginx.Lookup(p.d.Name) != nil {
			name = p.d.Name
		}
	}
	return name
}
