// Package model is a configuration as nginx runs it.
//
//	tree ─Build─▶ scopes ─▶ servers, upstream groups ─▶ proxies and where they pass to
//
// A [Scope] is one level of the configuration and knows inheritance: what a
// directive's value is there, and where it was set. A [Proxy] is a place that
// passes requests on, whatever the protocol. A [Target] is where it passes them
// to: for an argument with variables there are as many as the variables have
// values. An [Upstream] is an upstream{} group, a [Server] a server{}. Which of
// them a request gets to is answered by [Address.ServerFor], [Server.LocationFor]
// and [Config.ProxiesIn].
//
// The model takes any tree. What nginx would refuse is left out or carries its
// error; rules say what is wrong with it.
package model
