// Package deploy reads what the files around a configuration say about how it
// is deployed: compose files and Dockerfiles that mount, copy or build the very
// file that is linted.
//
//	folders upward ─find.go─▶ compose files ─compose*.go─▶ services ─┐
//	                          Dockerfiles ─dockerfile.go─▶ stages ───┴─match.go─▶ Evidence
//
// Evidence is only ever added by a file that names this configuration. Whatever
// is missing, malformed or beyond what can be known from files makes the answer
// "unsure" and never a guess. Kubernetes is not read.
package deploy
