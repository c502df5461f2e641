// Package setter checks a directive's arguments as nginx does while it reads its
// configuration: what the setter of that directive, a C function, refuses.
//
// It sees the arguments of one directive and nothing else; what needs the rest
// of the configuration (zones, duplicates, names of groups) is for rules over
// lint/model. Values that a template engine fills in must not be handed over.
//
// One file covers one family of modules; table.go brings them together.
package setter
