package deploy

import (
	"path"
	"slices"
	"strings"
)

// onlyNginx reports whether running argv, entry point included, starts nothing
// that could listen but nginx. What it does not know it takes for something else.
func onlyNginx(argv []string) bool { return onlyNginxAt(argv, 0) }

func onlyNginxAt(argv []string, depth int) bool {
	if len(argv) == 0 {
		return true
	}
	if depth > maxNesting {
		return false
	}
	switch path.Base(argv[0]) {
	case "nginx", "nginx-debug", "openresty", "angie":
		return true
	case "docker-entrypoint.sh":
		// The official image's, which runs its arguments.
		return argv[0] == "/docker-entrypoint.sh" && onlyNginxAt(argv[1:], depth+1)
	case "tini", "dumb-init", "catatonit", "exec", "command", "nohup":
		rest := argv[1:]
		for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
			rest = rest[1:]
		}
		return onlyNginxAt(rest, depth+1)
	case "sh", "bash", "ash", "dash":
		for i, arg := range argv[1:] {
			if !strings.HasPrefix(arg, "-") {
				return false
			}
			if !strings.HasPrefix(arg, "--") && strings.HasSuffix(arg, "c") {
				return i+2 < len(argv) && harmlessScript(argv[i+2], depth+1)
			}
		}
	}
	return false
}

// harmless are commands that open no listening socket.
func harmless(name string) bool {
	switch name {
	case "envsubst", "sleep", "wait", "echo", "printf", "cat", "cp", "mv", "rm", "ln", "ls", "mkdir",
		"chown", "chmod", "sed", "grep", "tr", "cut", "touch", "tee", "trap", "export", "set", "cd", "shift",
		"test", "[", "[[", ":", "true", "false", "break", "continue", "exit", "kill", "date", "find",
		"done", "fi", "esac", "}", "{", "curl", "wget", "getent", "nslookup", "pwd", "id", "openssl":
		return true
	}
	return false
}

// harmlessScript reports whether every command of a shell script is nginx or
// known to open no listening socket.
func harmlessScript(script string, depth int) bool {
	commands, ok := splitShell(script)
	return ok && !slices.ContainsFunc(commands, func(words []string) bool { return !harmlessCommand(words, depth) })
}

func harmlessCommand(words []string, depth int) bool {
	for len(words) > 0 {
		switch w := words[0]; {
		case w == "while" || w == "until" || w == "do" || w == "if" || w == "then" || w == "else" || w == "elif" || w == "!":
			words = words[1:]
			continue
		case w == "for" || w == "done" || w == "fi":
			return true
		case assignment(w):
			words = words[1:]
			continue
		case w == "nc":
			return slices.Contains(words, "-z")
		case w == "openssl":
			return len(words) > 1 && words[1] != "s_server"
		case harmless(w):
			return true
		}
		return onlyNginxAt(words, depth)
	}
	return true
}

func assignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && leadingName(name) == name
}

// splitShell splits a script into its simple commands and those into words,
// quotes removed. It gives up (ok is false) on command substitution, here
// documents and open quotes.
func splitShell(script string) (commands [][]string, ok bool) {
	var words []string
	next := func() {
		if len(words) > 0 {
			commands, words = append(commands, words), nil
		}
	}
	for i := 0; i < len(script); {
		switch c := script[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == ';' || c == '&' || c == '|' || c == '\n' || c == '(' || c == ')':
			next()
			i++
		case c == '#':
			for i < len(script) && script[i] != '\n' {
				i++
			}
		case strings.HasPrefix(script[i:], "<<"):
			return nil, false
		case c == '<' || c == '>':
			words = append(words, string(c))
			i++
			for i < len(script) && (script[i] == '>' || script[i] == '&' || script[i] == '|') {
				i++
			}
		default:
			word, n, known := shellWord(script[i:], ";&|()<>")
			if !known {
				return nil, false
			}
			words = append(words, word)
			i += n
		}
	}
	next()
	return commands, true
}

// splitWords splits a command line as compose does where a list is expected:
// by quotes and white space, operators being ordinary characters.
func splitWords(s string) []string {
	var words []string
	for i := 0; i < len(s); {
		if strings.IndexByte(" \t\r\n", s[i]) >= 0 {
			i++
			continue
		}
		word, n, _ := shellWord(s[i:], "")
		words = append(words, word)
		i += n
	}
	return words
}

// shellWord reads one word of n bytes, up to white space or one of stops.
// known is false if an open quote or a command substitution is in it.
func shellWord(s, stops string) (word string, n int, known bool) {
	var b strings.Builder
	quote := byte(0)
	known = true
	open := false // a brace without its end was met
	i := 0
loop:
	for ; i < len(s); i++ {
		c := s[i]
		if quote != '\'' && (c == '`' || strings.HasPrefix(s[i:], "$(")) {
			known = false
		}
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case quote != 0:
			b.WriteByte(c)
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte(" \t\r\n", c) >= 0 || strings.IndexByte(stops, c) >= 0:
			break loop
		case !open && strings.HasPrefix(s[i:], "${"):
			end := closing(s[i:])
			if end < 0 {
				// No later brace closes either: do not look again.
				open, known = true, false
				end = 0
			}
			b.WriteString(s[i : i+end+1])
			i += end
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), i, known && quote == 0
}

// suspects reports whether a line of a Dockerfile installs or starts something
// that brings further processes into an nginx image: an init system that runs
// several, or a backend.
func suspects(line string) bool {
	line = strings.ToLower(line)
	for _, word := range [...]string{
		"supervisor", "s6-", "/init", "runit", "runsv", "monit", "circus", "honcho", "foreman", "forego",
		"overmind", "multirun", "fpm", "gunicorn", "uvicorn", "hypercorn", "daphne", "uwsgi", "fcgiwrap",
		"spawn-fcgi", "unicorn", "puma", "pm2", "npm start", "npm run start", "yarn start", "java -jar",
		"tomcat", "redis-server", "mysqld", "memcached", "dnsmasq", "unbound", "haproxy", "varnish",
		"stunnel", "oauth2-proxy", "docker-entrypoint.d", "sshd",
	} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}
