package nginx

// Declare returns a directive of a module that nginx does not come with, as its
// user describes it: where it can stand, no context at all meaning anywhere, and
// whether it has a block. It takes any arguments.
func Declare(name string, contexts Context, block bool) *Directive {
	if contexts == 0 {
		contexts = everywhere
	}
	const anyCount argCounts = 1<<(maxCounted+1) - 1
	return &Directive{
		Name: name, Module: "declared", Contexts: contexts, Type: TypeCustom, Block: block,
		args: anyCount | unlimited,
	}
}
