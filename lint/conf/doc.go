// Package conf turns the bytes of nginx configuration files into a tree.
//
// The way through it:
//
//	bytes ─lex.go─▶ statements, repaired ─crossplane.go─▶ directives ─expand.go─▶ nodes
//
// The lexer follows ngx_conf_read_token (nginx, src/core/ngx_conf_file.c) byte
// by byte, so every directive and every argument knows its exact place in the
// file. Crossplane builds the tree out of the lexer's tokens. Includes are then
// expanded: a [Directive] is what is written, a [Node] is where it takes effect.
//
// Nothing in a configuration is fatal here: what nginx would refuse becomes a
// [Problem] at its exact place, and everything around it is still in the tree.
package conf
