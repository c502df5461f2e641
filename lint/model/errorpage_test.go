package model_test

import (
	"fmt"
	"testing"

	"github.com/nginxlint/nginxlint/lint/model"
)

func TestReadErrorPage(t *testing.T) {
	for text, want := range map[string]string{
		"404 /a":           `[404] "" /a true`,
		"502 504 =200 @b":  `[502 504] "=200" @b true`,
		"404 = /a":         `[404] "=" /a true`,
		"=200 404 /a":      `[] "" /a false`,
		"404 /$a":          `[404] "" /$a false`,
		"404":              `[] ""  false`,
		"= /a":             `[] "=" /a false`,
		"404 {{ page }}":   `[] ""  false`,
		"404 https://a/#b": `[404] "" https://a/#b true`,
	} {
		c := build(t, inHTTP("server { error_page "+text+"; }"))
		e, ok := model.ReadErrorPage(c.Servers[0].Scope.Own("error_page"))
		if got := fmt.Sprintf("%v %q %s %v", e.Codes, e.Response, e.Target, ok); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
