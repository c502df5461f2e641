// Package config reads nginxlint's own configuration file, .nginxlint.yaml.
//
// One table of keys (keys.go) says what the file may hold. The decoder, the JSON
// Schema, and the file that --init writes are all made from it, so that they
// cannot tell different stories. Whatever is wrong is told with its place, all
// of it at once; nothing that a file holds can make reading it slow or large.
package config
