package conf

import "strings"

// isLuaBlock reports whether the directive's body is Lua code rather than
// directives, as those of the Lua modules whose names end so.
func isLuaBlock(name string) bool {
	return strings.HasSuffix(name, "_by_lua_block")
}

// luaEnd returns the offset of the brace that closes a Lua body beginning at i,
// or -1. Braces in Lua's strings and comments do not count; like the Lua
// module's own lexer (ngx_http_lua_lex.c) it lets a short string run over lines.
func luaEnd(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch c := text[i]; c {
		case '{':
			depth++
			i++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
			i++
		case '"', '\'':
			i = luaString(text, i)
		case '[':
			if end := luaLong(text, i); end != 0 {
				i = end
			} else {
				i++
			}
		case '-':
			i = luaComment(text, i)
		default:
			i++
		}
		if i < 0 {
			return -1
		}
	}
	return -1
}

// luaString returns the offset behind the short string at i, or -1.
func luaString(text string, i int) int {
	q := text[i]
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case q:
			return i + 1
		}
	}
	return -1
}

// luaLong returns the offset behind the long bracket at i, -1 if it is never
// closed, 0 if there is none.
func luaLong(text string, i int) int {
	j := i + 1
	for j < len(text) && text[j] == '=' {
		j++
	}
	if j >= len(text) || text[j] != '[' {
		return 0
	}
	closing := "]" + text[i+1:j] + "]"
	end := strings.Index(text[j+1:], closing)
	if end < 0 {
		return -1
	}
	return j + 1 + end + len(closing)
}

// luaComment returns the offset behind the comment at i, or behind the minus
// sign if there is none; -1 if a long comment is never closed.
func luaComment(text string, i int) int {
	if !strings.HasPrefix(text[i:], "--") {
		return i + 1
	}
	i += 2
	if i < len(text) && text[i] == '[' {
		if end := luaLong(text, i); end != 0 {
			return end
		}
	}
	end := strings.IndexByte(text[i:], '\n')
	if end < 0 {
		return -1
	}
	return i + end
}
