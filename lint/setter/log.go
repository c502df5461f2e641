package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// logTable are the directives that say what is logged and where.
func logTable() map[string]check {
	return map[string]check{
		"error_log":           errorLog,
		"access_log":          accessLog,
		"log_format":          logFormat,
		"open_log_file_cache": openLogFileCache,
	}
}

var logLevels = []string{"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"}

var debugLevels = []string{"debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http", "debug_mail", "debug_stream"}

// errorLog is ngx_log_set_log and ngx_log_set_levels (src/core/ngx_log.c).
func errorLog(d *Directive) *Refusal {
	if size, ok := strings.CutPrefix(d.Args[0], "memory:"); ok {
		if _, ok := nginx.ParseSize(size); !ok {
			return refuse(0, "invalid buffer size %s", quote(size))
		}
	}
	if strings.HasPrefix(d.Args[0], "syslog:") {
		if r := syslog(d.Args[0]); r != nil {
			return r
		}
	}
	level, debug := false, false
	for i, v := range d.Args[1:] {
		switch {
		case slices.Contains(logLevels, v):
			if level || debug {
				return refuse(i+1, "duplicate log level %s", quote(v)).with("give one level; all more serious ones are logged too")
			}
			level = true
		case slices.Contains(debugLevels, v):
			if level {
				return refuse(i+1, "invalid log level %s", quote(v))
			}
			debug = true
		default:
			return suggest(refuse(i+1, "invalid log level %s", quote(v)), v, logLevels)
		}
	}
	return nil
}

var syslogFacilities = []string{
	"kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock", "authpriv", "ftp", "ntp", "audit", "alert", "cron",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

// syslog is ngx_syslog_parse_args (src/core/ngx_syslog.c).
func syslog(v string) *Refusal {
	seen := map[string]bool{}
	for parameter := range strings.SplitSeq(strings.TrimPrefix(v, "syslog:"), ",") {
		key, value, hasValue := strings.Cut(parameter, "=")
		switch {
		case parameter == "nohostname":
			continue
		case !hasValue || !slices.Contains([]string{"server", "facility", "severity", "tag"}, key):
			return refuse(0, "unknown syslog parameter %s", quote(parameter)).with("it takes server=, facility=, severity=, tag= and nohostname")
		case seen[key]:
			return refuse(0, "duplicate syslog %s", quote(key))
		}
		seen[key] = true
		if r := syslogParameter(key, value); r != nil {
			return r
		}
	}
	if !seen["server"] {
		return refuse(0, "no syslog server specified").with(`write "syslog:server=" and the address`)
	}
	return nil
}

func syslogParameter(key, value string) *Refusal {
	switch key {
	case "server":
		if _, err := nginx.ParseURL(value, nginx.URLOptions{DefaultPort: 514}); err != nil {
			return refuse(0, "%s in syslog server %s", err, quote(value))
		}
	case "facility":
		if !slices.Contains(syslogFacilities, value) {
			return suggest(refuse(0, "unknown syslog facility %s", quote(value)), value, syslogFacilities)
		}
	case "severity":
		if !slices.Contains(logLevels, value) {
			return suggest(refuse(0, "unknown syslog severity %s", quote(value)), value, logLevels)
		}
	case "tag":
		if len(value) > 32 {
			return refuse(0, "syslog tag length exceeds 32")
		}
		for i := range len(value) {
			if !isNameByte(value[i]) {
				return refuse(0, `syslog "tag" only allows alphanumeric characters and underscore`)
			}
		}
	}
	return nil
}

// accessLog is ngx_http_log_set_log and ngx_stream_log_set_log. Whether the
// format exists is for a rule.
func accessLog(d *Directive) *Refusal {
	path := d.Args[0]
	if len(d.Args) == 1 && path != "off" && d.Facts.Module == "ngx_stream_log_module" {
		return refuse(Whole, "log format is not specified").with("stream has no format of its own: define one with \"log_format\" and name it after the file")
	}
	switch {
	case path == "off":
		if len(d.Args) > 1 {
			return invalidParameter(d, 1).with(`write "access_log off;" and nothing else`)
		}
		return nil
	case strings.HasPrefix(path, "syslog:"):
		if r := syslog(path); r != nil {
			return r
		}
	default:
		if r := checkScript(d, 0); r != nil {
			return r
		}
	}
	buffered, flushed := false, false
	for i := 2; i < len(d.Args); i++ {
		if r := accessLogParameter(d, i); r != nil {
			return r
		}
		key, _, _ := strings.Cut(d.Args[i], "=")
		buffered = buffered || key == "buffer" || key == "gzip"
		flushed = flushed || key == "flush"
	}
	switch {
	case flushed && !buffered:
		return refuse(Whole, "no buffer is defined for access_log %s", quote(path)).with(`add "buffer=32k"`)
	case buffered && strings.HasPrefix(path, "syslog:"):
		return refuse(Whole, "logs to syslog cannot be buffered")
	case buffered && hasVariables(path):
		return refuse(Whole, "buffered logs cannot have variables in name")
	}
	return nil
}

// accessLogParameter checks one parameter after the format.
func accessLogParameter(d *Directive, i int) *Refusal {
	v := d.Args[i]
	key, value, hasValue := strings.Cut(v, "=")
	switch {
	case key == "buffer" && hasValue:
		if n, ok := nginx.ParseSize(value); !ok || n == 0 {
			return refuse(i, "invalid buffer size %s", quote(value))
		}
	case key == "flush" && hasValue:
		if n, ok := nginx.ParseMsec(value); !ok || n == 0 {
			return refuse(i, "invalid flush time %s", quote(value))
		}
	case key == "gzip":
		if n, ok := nginx.ParseNumber(value); hasValue && (!ok || n < 1 || n > 9) {
			return refuse(i, "invalid compression level %s", quote(value))
		}
	case key == "if" && hasValue:
		if message := script(value); message != "" {
			return refuse(i, "%s", message)
		}
	default:
		return invalidParameter(d, i).with("after the format it takes buffer=, flush=, gzip and if=")
	}
	return nil
}

// logFormat is ngx_http_log_set_format and ngx_http_log_compile_format with
// their twins of stream. Of http's formats one is there from the start.
func logFormat(d *Directive) *Refusal {
	if d.Args[0] == "combined" && d.Context.Has(nginx.HTTP) {
		return refuse(0, `duplicate "log_format" name "combined"`).with("this format is built in; choose another name")
	}
	for i, v := range d.Args[1:] {
		if escape, ok := valueOf(v, "escape"); ok && i == 0 {
			if !slices.Contains([]string{"default", "json", "none"}, escape) {
				return refuse(i+1, "unknown log format escaping %s", quote(escape)).with("it takes default, json or none")
			}
			continue
		}
		switch message, at := scriptAt(v); message {
		case "":
		case invalidName:
			return refuse(i+1, "invalid parameter %s", quote(v[at:])).with(`write a variable as "$name" or "${name}"; there is no escape for a dollar sign`)
		default:
			return refuse(i+1, "%s", message)
		}
	}
	return nil
}

// openLogFileCache is ngx_http_log_open_file_cache and its twin of stream.
func openLogFileCache(d *Directive) *Refusal {
	return fileCache(d, "max", "inactive", "min_uses", "valid")
}
