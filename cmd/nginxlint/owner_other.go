//go:build !unix

package main

import "io/fs"

// keepOwner does nothing where files have no owner of that kind.
func keepOwner(string, fs.FileInfo) {}
