package linttest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// WriteMissed writes what the judge misses to a file that people read: by nginx's message, most
// frequent first, each with the shortest example.
func WriteMissed(path, headline string, missed []Disagreement) error {
	var b bytes.Buffer
	for line := range strings.SplitSeq(headline, "\n") {
		fmt.Fprintf(&b, "# %s\n", line)
	}
	for _, d := range missed {
		fmt.Fprintf(&b, "\n%d\t%s\n", d.Count, d.Verdict.Pattern)
		fmt.Fprintf(&b, "    # %s: %s\n", d.Name, oneLine(d.What))
		fmt.Fprintf(&b, "    # nginx: %s (line %d)\n", oneLine(d.Verdict.Message), d.Verdict.Line)
		for line := range strings.Lines(d.Example()) {
			b.WriteString("    " + line)
		}
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// Example is the text without empty lines, which is what [Oracle.Reduce] leaves of what it drops.
func (d Disagreement) Example() string {
	var b strings.Builder
	for line := range strings.Lines(d.Text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	return b.String()
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

// ReadMissed reads the patterns that [WriteMissed] wrote, with their counts. A file that is not
// there holds none.
func ReadMissed(path string) (map[string]int, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	known := map[string]int{}
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		count, pattern, ok := strings.Cut(s.Text(), "\t")
		if n, err := strconv.Atoi(count); ok && err == nil {
			known[pattern] = n
		}
	}
	return known, nil
}
