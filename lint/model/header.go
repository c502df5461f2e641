package model

import (
	"strings"
	"sync"
)

// headerIndex finds headers at levels that set many: every proxy below asks there
// for the same few names.
type headerIndex struct {
	mutex sync.Mutex
	of    map[headersKey]map[string]Header
}

type headersKey struct {
	at        *Scope
	directive Name
}

// last is the last header of each name, in lower case, that a level sets.
func (h *headerIndex) last(at *Scope, directive Name) map[string]Header {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	key := headersKey{at, directive}
	found, ok := h.of[key]
	if !ok {
		found = map[string]Header{}
		eachHeader(at, directive, func(one Header) bool {
			name := strings.ToLower(one.Name)
			if !one.IsVain(found[name]) {
				found[name] = one
			}
			return true
		})
		if h.of == nil {
			h.of = map[headersKey]map[string]Header{}
		}
		h.of[key] = found
	}
	return found
}

// Header is the last setting in effect of a header, whose name has no case, or
// of a parameter.
func (x *Proxy) Header(name string) (Header, bool) {
	at, directive := x.headers()
	if at != nil && at.index != nil {
		out, ok := x.cfg.headers.last(at, directive)[strings.ToLower(name)]
		return out, ok
	}
	var out Header
	eachHeader(at, directive, func(h Header) bool {
		if strings.EqualFold(h.Name, name) && !h.IsVain(out) {
			out = h
		}
		return true
	})
	return out, out.Node != nil
}

// IsVain reports whether a header changes nothing beside another one of its name
// and level: nginx sends both, and one that is empty not at all
// (ngx_http_proxy_create_request, src/http/modules/ngx_http_proxy_module.c). It
// does not take the other back. An empty parameter is sent.
func (h Header) IsVain(other Header) bool {
	return h.Value == "" && other.Value != "" && strings.HasSuffix(h.Node.Name, "_set_header")
}
