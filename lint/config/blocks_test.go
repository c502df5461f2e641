package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/config"
)

func TestParseBlocks(t *testing.T) {
	tests := []struct {
		list string
		want []string
		err  string
	}{
		{"", nil, "empty word"},
		{"main", []string{}, ""},
		{"http,server,location,location", []string{"http", "server", "location", "location"}, ""},
		{"http", []string{"http"}, ""},
		{"http,server", []string{"http", "server"}, ""},
		{"http, server, location, if", []string{"http", "server", "location", "if"}, ""},
		{"stream,upstream", []string{"stream", "upstream"}, ""},
		{"events", []string{"events"}, ""},
		{"location", nil, `did you mean "http,server,location"?`},
		{"http,location", nil, `there is no "location" in http`},
		{"stream,location", nil, `there is no "location" in stream`},
		{"http,main", nil, `there is no "main" in http`},
		{"srever", nil, `did you mean "server"?`},
		{"http,", nil, "empty word"},
	}
	for _, tt := range tests {
		got, at, err := config.ParseBlocks(tt.list)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: error %v, want %q", tt.list, err, tt.err)
			}
		case err != nil || at == 0:
			t.Errorf("%q: %v", tt.list, err)
		case (got == nil) != (tt.want == nil) || !slices.Equal(got, tt.want):
			t.Errorf("%q: %#v, want %#v", tt.list, got, tt.want)
		}
	}
}
