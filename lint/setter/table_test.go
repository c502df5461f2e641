package setter

import (
	"testing"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// What Checks says nothing can be refused about is never refused.
func TestChecksKnowsWhatIsChecked(t *testing.T) {
	unchecked := 0
	for _, name := range nginx.Names() {
		for _, facts := range nginx.Lookup(name) {
			for _, v := range append(nginx.Releases(), nginx.Version{}) {
				if Checks(facts, v) {
					continue
				}
				unchecked++
				for _, args := range [][]string{{}, {""}, {"-1x", "${"}, {"$", "(", "9999999999999999999"}} {
					d := Directive{Name: name, Args: args, Context: facts.Contexts & -facts.Contexts, Facts: facts, Version: v}
					if r := Check(&d); r != nil {
						t.Fatalf("%s %q of %s: %s", name, args, v, r.Message)
					}
				}
			}
		}
	}
	if unchecked == 0 {
		t.Error("everything is checked")
	}
}
