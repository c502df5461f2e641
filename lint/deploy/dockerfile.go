package deploy

import (
	"encoding/json"
	"strings"
)

// instruction is one logical line of a Dockerfile.
type instruction struct {
	name         string   // upper case
	args         string   // continuation lines joined, flags and comments removed
	flags        []string // --from=x, without the dashes
	json         []string // the arguments, if written as a JSON list of strings
	line, column int
	heredoc      string // the text of its here-documents
}

// maxInstructions is how many instructions of one Dockerfile are read.
const maxInstructions = 10000

// parseDockerfile reads a Dockerfile as its reference describes: parser
// directives, comments inside continued lines, here-documents, JSON and shell
// form. It never fails: what is no instruction is skipped by the evaluation.
func parseDockerfile(text string) (list []instruction, escape byte) {
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	escape = escapeDirective(lines)
	for i := 0; i < len(lines) && len(list) < maxInstructions; {
		line := strings.TrimRight(lines[i], "\r")
		body := strings.TrimLeft(line, " \t")
		if body == "" || body[0] == '#' {
			i++
			continue
		}
		start := i
		var logical string
		logical, i = joinLines(lines, i, escape)
		in := newInstruction(strings.TrimSpace(logical))
		in.line, in.column = start+1, 1+len(line)-len(body)
		if in.name == "RUN" || in.name == "COPY" || in.name == "ADD" {
			in.heredoc, i = heredocs(in.args, lines, i)
		}
		list = append(list, in)
	}
	return list, escape
}

// escapeDirective is the escape character: directives are comments at the very
// top of the file, before anything else.
func escapeDirective(lines []string) byte {
	for _, line := range lines {
		body, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		name, value, isDirective := strings.Cut(body, "=")
		if !ok || !isDirective {
			break
		}
		if strings.EqualFold(strings.TrimSpace(name), "escape") && strings.TrimSpace(value) == "`" {
			return '`'
		}
	}
	return '\\'
}

// joinLines joins the lines continued from i on and returns the index after
// the last. Comments and empty lines between them vanish.
func joinLines(lines []string, i int, escape byte) (string, int) {
	var b strings.Builder
	for first := true; i < len(lines); first = false {
		line := strings.TrimRight(lines[i], " \t\r")
		i++
		if body := strings.TrimLeft(line, " \t"); !first && (body == "" || body[0] == '#') {
			continue
		}
		if !strings.HasSuffix(line, string(escape)) {
			b.WriteString(line)
			break
		}
		b.WriteString(line[:len(line)-1])
	}
	return b.String(), i
}

func newInstruction(s string) instruction {
	end := strings.IndexAny(s, " \t")
	if end < 0 {
		end = len(s)
	}
	in := instruction{name: strings.ToUpper(s[:end]), args: strings.TrimSpace(s[end:])}
	for strings.HasPrefix(in.args, "--") {
		flag, rest, _ := strings.Cut(in.args, " ")
		in.flags = append(in.flags, flag[2:])
		in.args = strings.TrimSpace(rest)
	}
	if strings.HasPrefix(in.args, "[") {
		var list []string
		if json.Unmarshal([]byte(in.args), &list) == nil {
			in.json = list
		}
	}
	return in
}

// heredocs reads the here-documents that args begin and returns their text and
// the index after them.
func heredocs(args string, lines []string, i int) (string, int) {
	var b strings.Builder
	for rest := args; i < len(lines); {
		_, after, ok := strings.Cut(rest, "<<")
		if !ok {
			break
		}
		rest = after
		after, tabs := strings.CutPrefix(after, "-")
		word := strings.Trim(firstWord(after), `"'`)
		if word == "" || leadingName(word) != word {
			continue
		}
		for ; i < len(lines); i++ {
			line := strings.TrimRight(lines[i], "\r")
			if tabs {
				line = strings.TrimLeft(line, "\t")
			}
			if line == word {
				i++
				break
			}
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return b.String(), i
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t;|&>)"); i >= 0 {
		return s[:i]
	}
	return s
}

// flag returns the value of --name=value.
func (in *instruction) flag(name string) (string, bool) {
	for _, f := range in.flags {
		if key, value, _ := strings.Cut(f, "="); strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}

// words are the arguments of either form.
func (in *instruction) words() []string {
	if in.json != nil {
		return in.json
	}
	return splitWords(in.args)
}

// argv is what CMD or ENTRYPOINT runs: the shell form runs in a shell.
func (in *instruction) argv() []string {
	if in.json != nil {
		return in.json
	}
	if in.args == "" {
		return nil
	}
	return []string{"/bin/sh", "-c", in.args}
}
