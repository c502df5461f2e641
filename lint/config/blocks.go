package config

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// blockNames are the blocks that can surround a fragment.
var blockNames = []string{"events", "http", "if", "limit_except", "location", "mail", "server", "stream", "upstream"}

// Blocks are the blocks that can surround a fragment, by name.
func Blocks() []string { return slices.Clone(blockNames) }

// inside is what stands between http and a block that is named on its own.
var inside = map[string]string{
	"server":       "http,server",
	"upstream":     "http,upstream",
	"location":     "http,server,location",
	"if":           "http,server,location,if",
	"limit_except": "http,server,location,limit_except",
}

// ParseBlocks reads a list of blocks with commas between them, outermost first,
// and returns the place inside the last one. "main" alone means none.
func ParseBlocks(list string) (blocks []string, at nginx.Context, err error) {
	at = nginx.Main
	if strings.Trim(list, " ") == "main" {
		return []string{}, at, nil
	}
	for block := range strings.SplitSeq(list, ",") {
		block = strings.Trim(block, " ")
		if block != "main" && !slices.Contains(blockNames, block) {
			return nil, 0, unknownBlock(block, list)
		}
		in := at.Child(block)
		if in == 0 {
			return nil, 0, misplacedBlock(block, blocks)
		}
		blocks, at = append(blocks, block), in
	}
	return blocks, at, nil
}

// blockError is an error about a list of blocks.
type blockError string

func (e blockError) Error() string { return string(e) }

func unknownBlock(block, list string) error {
	if block == "" {
		return blockError("empty word in " + strconv.Quote(list))
	}
	known := append([]string{"main"}, blockNames...)
	if near, ok := nearest(block, known); ok {
		return blockError("unknown block " + strconv.Quote(block) + `: did you mean "` + near + `"?`)
	}
	return blockError("unknown block " + strconv.Quote(block) + ": " + oneOf(known))
}

// misplacedBlock says that a block cannot stand inside others, and where it can.
func misplacedBlock(block string, outer []string) error {
	where := "at the top"
	if len(outer) > 0 {
		where = "in " + strings.Join(outer, ",")
	}
	message := `there is no "` + block + `" ` + where
	if instead, ok := inside[block]; ok {
		message += `: did you mean "` + instead + `"?`
	}
	return blockError(message)
}

// blocksShape is a list of blocks as --context takes it.
type blocksShape struct{}

func (blocksShape) schema() schema {
	return schema{"type": "string", "pattern": "^( *main *|" + blocksPattern(nginx.Main, " *") + ")$"}
}

// blocksPattern matches the lists of blocks that begin in a place; before is what
// may stand before a block.
func blocksPattern(at nginx.Context, before string) string {
	itself, others := "", []string{}
	for _, block := range blockNames {
		switch in := at.Child(block); in {
		case 0:
		case at:
			itself = block
		default:
			p := before + block + " *"
			if below := blocksPattern(in, ", *"); below != "" {
				p += "(" + below + ")?"
			}
			others = append(others, p)
		}
	}
	out := strings.Join(others, "|")
	if itself != "" {
		out = "(" + before + itself + " *)+(" + out + ")?|" + out
	}
	return out
}

func (blocksShape) decode(d *decoder, n *yaml.Node) ([]string, bool) {
	s, ok := d.text(n, `"http,server"`)
	if !ok {
		return nil, false
	}
	blocks, _, err := ParseBlocks(s)
	if err != nil {
		d.complain(n, "%v", err)
		return nil, false
	}
	return blocks, true
}

// declaration is what is said about a directive of another module.
type declaration struct {
	contexts nginx.Context
	block    bool
}

func declarationShape() object[declaration] {
	return object[declaration]{fields: []field[declaration]{
		key("contexts", "where it can stand, as nginx's documentation names the blocks; those of stream and mail as in \"stream,server\"", "[http, server]",
			list[nginx.Context]{contextShape{}, "[http, server]"},
			func(d *declaration, v []nginx.Context) {
				for _, c := range v {
					d.contexts |= c
				}
			}),
		key("block", "whether it has a block, whose content is not judged", "true", flag{}, func(d *declaration, v bool) { d.block = v }),
	}}
}

// declared makes the directives that were described.
func declared(entries []entry[declaration]) []*nginx.Directive {
	out := make([]*nginx.Directive, len(entries))
	for i, e := range entries {
		out[i] = nginx.Declare(e.key, e.value.contexts, e.value.block)
	}
	return out
}

// contextShape is a place that a directive can stand in.
type contextShape struct{}

// alone are the places with a name of one word.
var alone = map[string]nginx.Context{
	"main": nginx.Main, "events": nginx.Events, "http": nginx.HTTP, "server": nginx.Server, "location": nginx.Location,
	"upstream": nginx.Upstream, "if": nginx.ServerIf | nginx.LocationIf, "limit_except": nginx.LimitExcept,
	"stream": nginx.Stream, "mail": nginx.Mail,
}

func contextNames() []string {
	names := append([]string{"main"}, blockNames...)
	return append(names, "stream,server", "stream,upstream", "mail,server")
}

func (contextShape) schema() schema { return schema{"enum": contextNames()} }

func (contextShape) decode(d *decoder, n *yaml.Node) (nginx.Context, bool) {
	s, ok := d.text(n, "server")
	if !ok || !d.among(n, "block", s, contextNames(), oneOf(contextNames())) {
		return 0, false
	}
	at, ok := alone[s]
	if !ok {
		_, at, _ = ParseBlocks(s) // the names are those that it knows
	}
	return at, at != 0
}
