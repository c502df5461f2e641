package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
)

func stepSummary(t *testing.T, r *lint.Result) string {
	t.Helper()
	var b strings.Builder
	if err := StepSummary(&b, r, sampleOptions()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestStepSummary(t *testing.T) {
	golden(t, "sample.stepsummary", stepSummary(t, sample(t)))
	golden(t, "edges.stepsummary", stepSummary(t, edges(t)))
	clean := sample(t)
	clean.Findings = nil
	golden(t, "clean.stepsummary", stepSummary(t, clean))
}

// Whatever texts hold, a row has four cells and the file no surprise.
func TestStepSummaryRowsAreRows(t *testing.T) {
	for name, r := range results(t) {
		rows := 0
		for line := range strings.Lines(stepSummary(t, r)) {
			if !strings.HasPrefix(line, "| ") {
				continue
			}
			rows++
			plain := strings.NewReplacer(`\\`, "", `\|`, "").Replace(line)
			if n := strings.Count(plain, "|"); n != 5 {
				t.Errorf("%s: %d bars in %s", name, n, line)
			}
			for _, mark := range []string{"<", "`", "*", "_"} {
				if strings.Count(line, mark) != strings.Count(line, `\`+mark) {
					t.Errorf("%s: a bare %s in %s", name, mark, line)
				}
			}
		}
		if n := len(r.Findings); n > 0 && n < 1000 && rows != n+2 {
			t.Errorf("%s: %d rows for %d findings", name, rows, n)
		}
	}
}

func TestStepSummaryEndsInTime(t *testing.T) {
	got := stepSummary(t, many(t, 10_000))
	if len(got) > maxStepSummary+10_000 || len(got) < maxStepSummary {
		t.Errorf("%d bytes", len(got))
	}
	if !strings.HasSuffix(got, " more problems.\n\n") || !strings.Contains(got, "\n\n… and ") {
		t.Errorf("it ends with %q", got[len(got)-100:])
	}
	rows := strings.Count(got, "\n| error |") + strings.Count(got, "\n| warning |") + strings.Count(got, "\n| info |")
	if !strings.Contains(got, "… and "+plural(10_000-rows, "more problem")+".") {
		t.Errorf("%d rows, and %q", rows, got[len(got)-100:])
	}
	if strings.Contains(got, "| info |") || !strings.Contains(got, "| error |") {
		t.Error("the loudest are not first")
	}
}

func TestStepSummaryReturnsTheWritersError(t *testing.T) {
	broken := brokenWriter{errors.New("disk full")}
	if err := StepSummary(broken, sample(t), Options{}); !errors.Is(err, broken.err) {
		t.Errorf("got error %v", err)
	}
}
