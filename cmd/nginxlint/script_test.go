package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

var update = flag.Bool("update", false, "renew the expected output in the scripts")

// TestMain gives the scripts a command nginxlint that finds the machine's own
// configuration in the script's folder etc/nginx.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"nginxlint": func() {
			c := newCommand()
			c.now = func() time.Time { return linttest.Today }
			c.system = filepath.Join(os.Getenv("WORK"), "etc", "nginx")
			os.Exit(c.run(os.Args[1:])) //nolint:forbidigo // this is the main of another process
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}

// exits runs a command that must exit with a code:
//
//	exits 1 nginxlint nginx.conf
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arguments]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%q exits with %d, not %d", args[1:], got, want)
	}
}
