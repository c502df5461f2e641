package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// headerBuffer is what the names of the directives for the header buffer have
// behind the protocol's.
const headerBuffer = "buffer_size"

// bufferNames are the directives of a protocol that nginx compares.
type bufferNames struct{ prefix, header, bufs, busy, write, temp string }

func bufferNamesOf(prefix string) *bufferNames {
	return &bufferNames{
		prefix: prefix, header: prefix + "_" + headerBuffer, bufs: prefix + "_buffers", busy: prefix + "_busy_buffers_size",
		write: prefix + "_temp_file_write_size", temp: prefix + "_max_temp_file_size",
	}
}

func (names *bufferNames) all() []string {
	return []string{names.header, names.bufs, names.busy, names.write, names.temp}
}

// first is the first of the directives, in the order of all, at a level.
func (names *bufferNames) first(s *model.Scope) *conf.Node {
	for _, name := range names.all() {
		if n := s.Own(name); n != nil {
			return n
		}
	}
	return nil
}

// bufferSetting is one of the settings at some level. Arithmetic is that of
// size_t on 64-bit systems.
type bufferSetting struct {
	name  string
	node  *conf.Node // nil for the default
	scope *model.Scope
	known bool
	count uint64 // of buffers
	bytes uint64 // of one buffer, or the size
}

// set reports whether it is set, to a value that is known.
func (b bufferSetting) set() bool { return b.known && b.node != nil }

// readBufferSetting reads a setting. The default is bytes, and 8 buffers of it.
func readBufferSetting(p *lint.Pass, s *model.Scope, name string, bytes uint64) bufferSetting {
	v := s.Effective(name)
	b := bufferSetting{name: name, node: v.Node, scope: v.Scope, known: scalarKnown(p, s, v), count: 8, bytes: bytes}
	if v.Node == nil {
		return b
	}
	last := 0
	if strings.HasSuffix(name, "_buffers") {
		last = 1
		count, ok := nginx.ParseNumber(v.Arg(0))
		b.known, b.count = b.known && ok && count > 0, uint64(count)
	}
	size, ok := v.SizeAt(last)
	b.known, b.bytes = b.known && ok && len(v.Node.Args) == last+1, uint64(size)
	if last == 1 && size == 0 {
		b.known = false // refused as such
	}
	return b
}

// bufferMismatch is one thing that nginx refuses.
type bufferMismatch struct {
	words    string          // nginx's own
	numbers  string          // what is compared
	help     string          // what to write instead
	involved []bufferSetting // what it comes from, what to mend first
}

// bufferMismatches compares the settings of a protocol at a level as nginx does
// (ngx_http_proxy_merge_loc_conf, src/http/modules/ngx_http_proxy_module.c, and
// its twins). nginx stops at the first and compares with the larger buffer only;
// here all are told, since what is inconsistent with one inner level may hide,
// at this one, behind what that level mends. What is not known takes no part.
func bufferMismatches(p *lint.Pass, s *model.Scope, names *bufferNames) []bufferMismatch {
	header, bufs := readBufferSetting(p, s, names.header, pageSize), readBufferSetting(p, s, names.bufs, pageSize)
	busy, write := readBufferSetting(p, s, names.busy, 0), readBufferSetting(p, s, names.write, 0)
	temp := readBufferSetting(p, s, names.temp, 1<<30)
	larger, smaller := header, bufs
	if !header.known || bufs.known && header.bytes < bufs.bytes {
		larger, smaller = bufs, header
	}
	var out []bufferMismatch
	if bufs.known && bufs.count < 2 {
		out = append(out, bufferMismatch{
			words:    fmt.Sprintf("there must be at least 2 %q", bufs.name),
			help:     fmt.Sprintf("give it more, such as \"%s 8 %s\"", bufs.name, showSize(bufs.bytes)),
			involved: []bufferSetting{bufs},
		})
	}
	for _, buf := range []bufferSetting{larger, smaller} {
		if !buf.known {
			continue
		}
		if busy.set() && busy.bytes < buf.bytes {
			out = append(out, names.tooSmall(busy, buf, "", matchingSizes(names.prefix, larger.bytes, bufs.count)))
		}
		if m, found := busyTooLarge(busy, buf, bufs); found {
			m.help = matchingSizes(names.prefix, larger.bytes, bufs.count)
			out = append(out, m)
		}
		if write.set() && write.bytes < buf.bytes {
			help := fmt.Sprintf("leave it out, which makes it twice the largest buffer, or set it to %s or more", showSize(larger.bytes))
			out = append(out, names.tooSmall(write, buf, "", help))
		}
		if temp.known && temp.bytes != 0 && temp.bytes < buf.bytes {
			help := fmt.Sprintf("set %q to 0, or to %s or more", temp.name, showSize(larger.bytes))
			out = append(out, names.tooSmall(temp, buf, "must be equal to zero to disable temporary files usage or ", help))
		}
	}
	return out
}

// matchingSizes are settings that fit together, to be written at one level.
func matchingSizes(prefix string, size, count uint64) string {
	if count < 4 {
		count = 8
	}
	return fmt.Sprintf("set what belongs together at one level, such as \"%[1]s_buffer_size %[2]s; %[1]s_buffers %[3]d %[2]s; %[1]s_busy_buffers_size %[4]s;\"",
		prefix, showSize(size), count, showSize(2*size))
}

// tooSmall is about a size that is less than a buffer, which it must not be, or
// must else be what alternative says.
func (names *bufferNames) tooSmall(b, buf bufferSetting, alternative, help string) bufferMismatch {
	how := ""
	if b.node == nil {
		how = ", the default,"
	}
	return bufferMismatch{
		words: fmt.Sprintf("%q %smust be equal to or greater than the maximum of the value of %q and one of the %q",
			b.name, alternative, names.header, names.bufs),
		numbers:  fmt.Sprintf("%s%s is less than %s", showSize(b.bytes), how, buf.label()),
		help:     help,
		involved: []bufferSetting{b, buf},
	}
}

// busyTooLarge compares the busy buffers, whose default is twice a buffer, with
// the room that the body's buffers leave.
func busyTooLarge(busy, buf, bufs bufferSetting) (bufferMismatch, bool) {
	size := busy.bytes
	switch {
	case busy.set():
	case busy.known:
		size = 2 * buf.bytes
	default: // it is as large as the buffer, or refused for not being so
		size = buf.bytes
	}
	room := (bufs.count - 1) * bufs.bytes
	if !bufs.known || bufs.count < 2 || size <= room {
		return bufferMismatch{}, false
	}
	involved, how := []bufferSetting{bufs, buf}, " or more"
	switch {
	case busy.set():
		involved, how = []bufferSetting{busy, bufs}, ""
	case busy.known:
		how = fmt.Sprintf(" (by default, twice %s)", buf.label())
	}
	return bufferMismatch{
		words:    fmt.Sprintf("%q must be less than the size of all %q minus one buffer", busy.name, bufs.name),
		numbers:  fmt.Sprintf("%s%s is more than %s (%d × %s%s)", showSize(size), how, showSize(room), bufs.count-1, showSize(bufs.bytes), bufs.origin()),
		involved: involved,
	}, true
}

// label names a setting with its value.
func (b bufferSetting) label() string {
	return fmt.Sprintf("%q of %s%s", b.name, showSize(b.bytes), b.origin())
}

// origin says where the default of a buffer comes from.
func (b bufferSetting) origin() string {
	if b.node != nil {
		return ""
	}
	return ", the default with memory pages of 4k"
}

// owner is the setting that makes it inconsistent: the innermost that is
// written, of several at one level the first involved.
func (m bufferMismatch) owner() bufferSetting {
	var out bufferSetting
	for _, b := range m.involved {
		if b.node != nil && (out.node == nil || b.scope != out.scope && out.scope.Contains(b.scope)) {
			out = b
		}
	}
	return out
}

// same reports whether the same settings clash in the same way.
func (m bufferMismatch) same(o bufferMismatch) bool {
	return m.words == o.words && slices.EqualFunc(m.involved, o.involved, func(a, b bufferSetting) bool { return a.node == b.node })
}
