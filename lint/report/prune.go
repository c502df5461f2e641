package report

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// pruned is v as plain JSON values without what SARIF takes as said anyway.
func pruned(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding the report: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("encoding the report: %w", err)
	}
	prune(out)
	return out, nil
}

func prune(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			prune(e)
		}
	case map[string]any:
		for name, e := range v {
			if name == "properties" {
				continue // a bag of the tool's own
			}
			prune(e)
			if isNoise(name, e) {
				delete(v, name)
			}
		}
	}
}

// isNoise reports whether a property means the same when it is left out: it has
// the default of the SARIF 2.1.0 schema. The SARIF library writes all of these,
// which triples the size and puts indexes of -1 into files that not every
// consumer takes for "none". Three arrays must be there even when empty.
func isNoise(name string, v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0 && name != "runs" && name != "results" && name != "rules"
	case map[string]any:
		return len(v) == 0
	}
	switch name {
	case "byteOffset", "charOffset", "executionOrder", "id", "index", "parentIndex", "rank", "ruleIndex":
		return v == json.Number("-1")
	case "enabled":
		return v == true
	case "isComprehensive":
		return v == false
	case "language":
		return v == "en-US"
	}
	return false
}
