package conf

// ProblemKind tells what sort of trouble a [Problem] is.
type ProblemKind uint8

// The kinds of problems.
const (
	// Syntax is what nginx's parser refuses.
	Syntax ProblemKind = iota
	// IncludeMissing is an include of a file that is not there.
	IncludeMissing
	// IncludeUnreadable is an include of something that is there and cannot
	// be read as a configuration: a directory, a device, no permission.
	IncludeUnreadable
	// IncludeCycle is a file that includes itself, directly or not.
	IncludeCycle
	// Limit is input beyond what this program reads; see the Max constants.
	Limit
)

// Problem is trouble with the text of a configuration or with what it includes.
type Problem struct {
	Kind ProblemKind
	// Accepted says that nginx takes the text, though hardly as it was meant.
	Accepted bool
	File     *File
	Span     Span
	// Message says what nginx does or says, Help what to write instead.
	Message, Help string
	// Related are further places that explain the problem.
	Related []Note
	// Via is how the file was reached, nil in the root file.
	Via *Inclusion

	braces bool // it is about how many braces there are
}

// Note is a further place that belongs to a problem.
type Note struct {
	File    *File
	Span    Span
	Message string
}

// Limits on what is read. Beyond each there is a [Problem], never a crash.
const (
	// MaxFileSize is the largest file that is read, in bytes.
	MaxFileSize = 256 << 20
	// MaxDepth is how deep blocks may nest, in one file and across includes.
	// nginx itself recurses for each level and overflows its stack between 10,000
	// and 20,000.
	MaxDepth = 1000
	// MaxIncludeDepth is how deep includes may nest.
	MaxIncludeDepth = 100
	// MaxDirectives is how many directives of one file are read.
	MaxDirectives = 2_000_000
	// MaxWords is how many names and arguments of one file are read.
	MaxWords = 6_000_000
	// MaxProblems is how many problems of one file are told.
	MaxProblems = 100
	// MaxNodes bounds the expanded tree: files that include each other twice
	// double with every level. Beyond it each file is only read where it is
	// included first.
	MaxNodes = 2_500_000
	// MaxFiles is how many files one tree may read.
	MaxFiles = 200_000
)
