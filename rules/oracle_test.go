package rules

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// The start-up oracle: nginxlint and "nginx -t" judge the same configurations. What nginx accepts
// must not be called an error, and nearly all that it refuses must be.
//
//	go test ./rules -run TestStartupOracle                                2,000 mutations, a few seconds
//	NGINXLINT_ORACLE=20000 go test ./rules -run TestStartupOracle -v      20,000 mutations
//	NGINXLINT_ORACLE=20000 go test ./rules -run TestStartupOracle -update the same, and renew the lists
//	                                                                      testdata/oracle/missed-VERSION.txt
//	NGINXLINT_ORACLE_SEED=7 …                                             other mutations
//	NGINXLINT_ORACLE_ONLY=limit_req …                                     only what changes or is refused for this
//	NGINXLINT_ORACLE_CORPUS=DIR go test ./rules -run TestCorpusOracle -v  the configurations below DIR
//	.ci/nginx-matrix run -run TestStartupOracle ./rules                   on every nginx
//
// With -v everything missed is listed, most frequent first, cut down to the directives that matter.
const (
	envOracle       = "NGINXLINT_ORACLE"
	envOracleSeed   = "NGINXLINT_ORACLE_SEED"
	envOracleOnly   = "NGINXLINT_ORACLE_ONLY"
	envOracleCorpus = "NGINXLINT_ORACLE_CORPUS"

	oracleDir = "../testdata/oracle"
	// The figures that hold.
	shareOfRefusals = 0.97
	shareOfQuick    = 0.95 // of the fewer trials of an ordinary run, which vary more
	quickTrials     = 2000
	seedNumber      = 1
)

// unseen are the rules about what nginx notices only when it really starts.
var unseen = []string{"listen-conflict"}

func TestStartupOracle(t *testing.T) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv(envOracle), strconv.Itoa(quickTrials)))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv(envOracleSeed), strconv.Itoa(seedNumber)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, ng := range linttest.Nginxes(t) {
		t.Run(ng.Name, func(t *testing.T) { startupOracle(t, ng, n, seed) })
	}
}

func startupOracle(t *testing.T, ng linttest.Nginx, n int, seed uint64) {
	o := newOracle(t, ng)
	broad, other := oracleSeeds(t, o)
	t.Logf("%s is %d; %d broad and %d other seeds", envOracleSeed, seed, len(broad), len(other))

	// Everything as it is: all seeds are accepted, and so nothing about them is an error.
	trials := make([]linttest.Trial, 0, n)
	for _, s := range slices.Concat(broad, other) {
		trials = append(trials, linttest.Trial{Name: s.Name, What: "as it is", Text: s.Text})
	}
	trials = append(trials, mutations(t, ng, broad, n*7/10, seed)...)
	own := len(trials)
	trials = append(trials, mutations(t, ng, other, n-n*7/10, seed)...)
	if only := os.Getenv(envOracleOnly); only != "" {
		trials = slices.DeleteFunc(trials, func(tr linttest.Trial) bool { return !strings.Contains(tr.What, only) })
		own = len(trials)
	}
	tally, err := o.Run(t.Context(), trials)
	if err != nil {
		t.Error(err)
	}
	t.Logf("%s: %s", ng.Version, tally)
	for _, d := range tally.Broken {
		t.Logf("nginx %s broke: %s: %s\n%s", ng.Version, d.Name, d.What, d.Verdict.Message)
	}
	falseAlarms(t, o, tally)
	least := shareOfQuick
	if n >= 10*quickTrials {
		least = shareOfRefusals
	}
	if tally.Share() < least {
		t.Errorf("%.2f %% of nginx's refusals are foretold, want %.0f %%", 100*tally.Share(), 100*least)
	}
	if os.Getenv(envOracleSeed) == "" && os.Getenv(envOracleOnly) == "" {
		keptMissed(t, o, ng, tally, trials[:own])
	}
	if testing.Verbose() {
		listMissed(t, o, tally)
	}
}

// falseAlarms fails for each.
func falseAlarms(t *testing.T, o *linttest.Oracle, tally *linttest.Tally) {
	t.Helper()
	if err := o.Reduce(t.Context(), tally.FalseAlarms); err != nil {
		t.Error(err)
	}
	for _, d := range tally.FalseAlarms {
		t.Errorf("%d times nginx accepts what is called an error: %s\n(%s: %s)\n%s", d.Count, slices.Concat(d.Judgement.Errors, d.Judgement.Timeless)[0], d.Name, d.What, d.Example())
	}
}

func listMissed(t *testing.T, o *linttest.Oracle, tally *linttest.Tally) {
	t.Helper()
	if err := o.Reduce(t.Context(), tally.Missed); err != nil {
		t.Error(err)
	}
	for _, d := range tally.Missed {
		t.Logf("%d missed: %s (line %d: %s)\n(%s: %s)\n%s", d.Count, d.Verdict.Pattern, d.Verdict.Line, d.Verdict.Message, d.Name, d.What, d.Example())
	}
}

// keptMissed compares what is missed with the list of what is known to be missed, or renews it.
// Only mutations of the oracle's own seeds count, so that a new fixture does not change the list.
func keptMissed(t *testing.T, o *linttest.Oracle, ng linttest.Nginx, tally *linttest.Tally, own []linttest.Trial) {
	t.Helper()
	path := filepath.Join(oracleDir, "missed-"+ng.Version+".txt")
	names := map[string]bool{}
	for _, tr := range own {
		names[tr.Name] = true
	}
	if *update {
		if err := o.Reduce(t.Context(), tally.Missed); err != nil {
			t.Fatal(err)
		}
		headline := fmt.Sprintf("Refusals of nginx %s that nginxlint does not foretell, by message.\nWritten by TestStartupOracle -update.\n%s", ng.Version, tally)
		if err := linttest.WriteMissed(path, headline, tally.Missed); err != nil {
			t.Fatal(err)
		}
		return
	}
	known, err := linttest.ReadMissed(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range tally.Missed {
		if known[d.Verdict.Pattern] == 0 && strings.HasPrefix(d.Name, "seeds/") {
			t.Errorf("a refusal that is newly missed (%s): %s\n(%s: %s)", path, d.Verdict.Message, d.Name, d.What)
		}
	}
}

func newOracle(t *testing.T, ng linttest.Nginx) *linttest.Oracle {
	t.Helper()
	dir, err := os.MkdirTemp("", "nginxlint-oracle")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	o, err := linttest.NewOracle(t.Context(), ng, dir, linttest.LintJudge(All(), unseen...))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestOracleJudgesOpenSource: what only NGINX Plus takes, or took first, is refused by the nginx
// that runs, and no error where it is not known which one does.
func TestOracleJudgesOpenSource(t *testing.T) {
	judge := linttest.LintJudge(All(), unseen...)
	for in, want := range map[string]string{
		"resolver 127.0.0.1; server 192.0.2.1;":                 "plus-only-directive: ",
		"resolver_timeout 3s; server 192.0.2.1;":                "plus-only-directive: ",
		"zone app 64k; server localhost:8080 resolve;":          "directive-version: ",
		"zone app 64k; server 192.0.2.1:8080 slow_start=30s;":   "plus-only-parameter: ",
		"zone app 64k; server 192.0.2.1:8080 max_conns=5 down;": "",
	} {
		text := "events {}\nhttp { resolver 127.0.0.1; upstream app { " + in + " } }\n"
		j, err := judge(text, t.TempDir(), nginx.V(1, 26, 3))
		if err != nil {
			t.Fatal(err)
		}
		if len(j.Timeless) > 0 {
			t.Errorf("%s: without a version %v", in, j.Timeless)
		}
		if foretold := strings.Join(j.Errors, "\n"); !strings.HasPrefix(foretold, want) || want == "" && foretold != "" {
			t.Errorf("%s: got %q, want %q", in, foretold, want)
		}
	}
}

// oracleSeeds returns the oracle's own seeds and all that the repository's fixtures and examples
// hold, as far as this nginx accepts them.
func oracleSeeds(t *testing.T, o *linttest.Oracle) (broad, other []linttest.Seed) {
	t.Helper()
	broad = configurations(t, oracleDir+"/seeds", "seeds/")
	for _, dir := range []string{"../testdata/rules", "../testdata/parser"} {
		other = append(other, configurations(t, dir, filepath.Base(dir)+"/")...)
	}
	for _, r := range All() {
		for _, text := range []string{r.Doc.Good, r.Doc.Bad} {
			if text != "" {
				other = append(other, linttest.Seed{Name: "example/" + r.ID, Text: text})
			}
		}
	}
	for i, s := range broad {
		adapted, dropped, err := o.Adapt(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range dropped {
			t.Logf("%s: dropped, as this nginx does not take it: %s", s.Name, message)
		}
		broad[i] = adapted
	}
	other, err := o.PrepareAll(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	return broad, other
}

// configurations reads all *.conf and *.txtar below a folder.
func configurations(t *testing.T, dir, prefix string) []linttest.Seed {
	t.Helper()
	var seeds []linttest.Seed
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		name := prefix + filepath.ToSlash(rel)
		switch filepath.Ext(path) {
		case ".conf":
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			seeds = append(seeds, linttest.Seed{Name: name, Text: string(text)})
		case ".txtar":
			found, err := linttest.Archive(path, t.TempDir())
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			for _, s := range found {
				seeds = append(seeds, linttest.Seed{Name: name + "/" + s.Name, Text: s.Text})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seeds
}

// mutations makes n mutations, the more of a seed the more there is in it.
func mutations(t *testing.T, ng linttest.Nginx, seeds []linttest.Seed, n int, number uint64) []linttest.Trial {
	t.Helper()
	v, err := nginx.ParseVersion(ng.Version)
	if err != nil {
		t.Fatal(err)
	}
	m, err := linttest.NewMutator(seeds, v, number)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for i := range seeds {
		total += m.Weight(i)
	}
	var trials []linttest.Trial
	for i := range seeds {
		trials = append(trials, m.Trials(i, (n*m.Weight(i)+total-1)/total)...)
	}
	return trials
}

// TestCorpusOracle judges other people's configurations. What is missing around them (certificates,
// included files, hosts) is replaced, and they listen to loopback addresses.
func TestCorpusOracle(t *testing.T) {
	dir := os.Getenv(envOracleCorpus)
	if dir == "" {
		t.Skipf("%s names no folder", envOracleCorpus)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var seeds []linttest.Seed
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		found, err := linttest.Configurations(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Logf("%s: %v", e.Name(), err)
		}
		for _, s := range found {
			seeds = append(seeds, linttest.Seed{Name: e.Name() + "/" + s.Name, Text: s.Text})
		}
	}
	for _, ng := range linttest.Nginxes(t) {
		t.Run(ng.Name, func(t *testing.T) { corpusOracle(t, ng, seeds) })
	}
}

func corpusOracle(t *testing.T, ng linttest.Nginx, seeds []linttest.Seed) {
	o := newOracle(t, ng)
	var trials []linttest.Trial
	for _, s := range seeds {
		text, v, err := o.Prepare(t.Context(), s.Text)
		if err != nil {
			t.Fatal(err)
		}
		trials = append(trials, linttest.Trial{Name: s.Name, What: v.Message, Text: text})
	}
	tally, err := o.Run(t.Context(), trials)
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d configurations: %s", len(seeds), tally)
	for pattern, n := range tally.Aside {
		t.Logf("left aside: %d: %s", n, pattern)
	}
	falseAlarms(t, o, tally)
	listMissed(t, o, tally)
}
