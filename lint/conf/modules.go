package conf

import crossplane "github.com/nginxinc/nginx-go-crossplane"

// Plus is what [Module] calls nginx's commercial build.
const Plus = "NGINX Plus"

// addedModules are crossplane's tables of directives that nginx's open source
// does not have, by the module that has them.
var addedModules = []struct {
	name  string
	match crossplane.MatchFunc
}{
	{"lua-nginx-module", crossplane.MatchLuaLatest},
	{"headers-more-nginx-module", crossplane.MatchHeadersMoreLatest},
	{"njs", crossplane.MatchNjsLatest},
	{"nginx-otel", crossplane.MatchOtelLatest},
	{"ngx_http_geoip2_module", crossplane.MatchGeoip2Latest},
	{"NGINX App Protect", crossplane.MatchAppProtectWAFv5},
	{"NGINX App Protect", crossplane.MatchAppProtectWAFv4},
	{Plus, crossplane.MatchNginxPlusLatest},
	{Plus, crossplane.MatchNginxPlusR31},
}

// Module returns the module that a directive belongs to which the newest open
// source release of nginx in crossplane's tables does not have: a third-party
// module, or [Plus]. It returns false for directives of nginx itself and for
// those that no table knows.
func Module(name string) (module string, ok bool) {
	if _, own := crossplane.MatchOssLatest(name); own {
		return "", false
	}
	for i := range addedModules {
		if _, ok := addedModules[i].match(name); ok {
			return addedModules[i].name, true
		}
	}
	return "", false
}
