package linttest

import (
	"cmp"
	"os"
	"strconv"
	"testing"
)

// The model oracle: what the model says of requests, and what nginx does with them.
//
//	go test ./lint/linttest -run TestModelOracle                               200 configurations
//	NGINXLINT_MODEL_ORACLE=2000 go test ./lint/linttest -run TestModelOracle   2,000
//	NGINXLINT_MODEL_ORACLE_SEED=7 …                                            others
//	.ci/nginx-matrix run -run TestModelOracle ./lint/linttest                  on every nginx
const (
	envModelOracle     = "NGINXLINT_MODEL_ORACLE"
	envModelOracleSeed = "NGINXLINT_MODEL_ORACLE_SEED"
	modelQuick         = 200
	// How many differences are cut down and shown.
	maxModelDifferences = 10
)

func TestModelOracle(t *testing.T) {
	n, err := strconv.ParseUint(cmp.Or(os.Getenv(envModelOracle), strconv.Itoa(modelQuick)), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv(envModelOracleSeed), "1"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, ng := range Nginxes(t) {
		t.Run(ng.Name, func(t *testing.T) { modelOracle(t, ng, n, seed) })
	}
}

func modelOracle(t *testing.T, ng Nginx, n, seed uint64) {
	t.Logf("%s is %d", envModelOracleSeed, seed)
	o, err := NewModelOracle(ng, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	tally, err := o.Generate(t.Context(), seed, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("nginx %s: %s", ng.Version, tally)
	for _, why := range tally.Common(8) {
		t.Log("not foretold: " + why)
	}
	if len(tally.Differences) > maxModelDifferences {
		tally.Differences = tally.Differences[:maxModelDifferences]
	}
	if err := o.Reduce(t.Context(), tally.Differences); err != nil {
		t.Error(err)
	}
	for _, d := range tally.Differences {
		t.Errorf("case %d: %s\n%s", d.Number, d.What, d.Case)
	}
	if tally.Ran < n*95/100 {
		t.Errorf("only %d of %d configurations start", tally.Ran, n)
	}
	for _, why := range tally.Refusals {
		t.Log("refused: " + why)
	}
}
