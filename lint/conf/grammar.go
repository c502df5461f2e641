package conf

// Grammar is what the parser must know about directives to repair a file whose
// punctuation is wrong. Repairs are made only where nginx refuses the file
// whatever was meant, so a Grammar never turns a valid file into an invalid one.
// A nil Grammar knows nothing and repairs less.
type Grammar interface {
	// Shape tells how directives of that name look, over all their contexts.
	Shape(name string) Shape
	// Forbidden reports that nginx knows both directives and never allows
	// child directly inside a block of parent ("" is the main level).
	Forbidden(child, parent string) bool
}

// Shape is how the directives of one name look.
type Shape struct {
	// Known says that nginx has such a directive; the other fields count only then.
	Known bool
	// Simple says that some form ends in ";", Block that some form has a body.
	Simple, Block bool
	// MaxArgs is the largest number of arguments of any form, -1 for no limit.
	MaxArgs int
	// Opaque says that the body holds parameters, not directives.
	Opaque bool
}

// noGrammar stands in for a nil Grammar.
type noGrammar struct{}

func (noGrammar) Shape(string) Shape            { return Shape{} }
func (noGrammar) Forbidden(string, string) bool { return false }
