package conf

// Tree is one configuration as nginx would read it: a root file with its
// includes expanded.
type Tree struct {
	// Root holds the main level; it is a node without a directive.
	Root *Node
	// RootFile is where reading began.
	RootFile *File
	// Files are all files that were read, in the order of their first reading.
	Files []*File
	// Problems are those of all files and includes, in the order met.
	Problems []Problem
	// Incomplete says that something may be defined where this tree cannot
	// see it: it began with a fragment, an include could not be read, or a
	// template decides what is in it.
	Incomplete bool
	// Context names the blocks that were put around a fragment, outermost
	// first, such as http, server. It is empty for a whole configuration.
	Context []string
	// Told says that [Options.Context] gave that, and that it is no guess.
	Told bool
	// Deployed says that the files lie where nginx reads them, or are what nginx
	// itself says it reads: nothing will be filled in or added before it does.
	Deployed bool
	// Dump says that the files are those that the output of "nginx -T" holds.
	Dump bool
}

// Set is everything that one run reads.
type Set struct {
	Trees []*Tree
	// Others are the paths that [Options.Doubt] left aside.
	Others []string
}
