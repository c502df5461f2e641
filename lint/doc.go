// Package lint runs rules over nginx configurations.
//
// The way through the house:
//
//	bytes → lint/conf → tree → lint/model → the configuration as nginx runs it
//	      → rules (one walk serves all) → findings → policy → lint/report
//
// A [Rule] is a value: what it is, why, examples, and functions that are called
// for the things it subscribes to. It reports through a [Pass]. What is shown,
// how loud, in which order and how often is decided afterwards, by the policy.
// What a project has to say about that stands in a file that lint/config reads.
package lint
