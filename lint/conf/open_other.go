//go:build !unix

package conf

import "os"

func openNonBlocking(path string) (*os.File, error) { return os.Open(path) }
