package conf_test

import "strings"

// wordRepairs are repairs of quotes, braces without a name, and what only looks
// like punctuation.
var wordRepairs = []repair{
	{
		name: "quote open to the end",
		text: "server {\n  add_header X \"abc;\n  root /x;\n}\n",
		tree: "server { add_header X abc; root /x; }",
		problems: []string{
			`2:16-17 unexpected end of file, expecting ";" or "}"`,
		},
	},
	{
		name: "quote open, later quotes",
		text: "server {\n  add_header X \"abc;\n  add_header Y \"def\";\n  root /x;\n}\n",
		tree: "server { add_header X abc; add_header Y def; root /x; }",
		problems: []string{
			`2:16-17 unexpected "d" after the next quote`,
		},
	},
	{
		name: "single quote open",
		text: "http {\n  log_format main '$remote_addr - '\n    '$status;\n  access_log /x 'main';\n}\n",
		tree: "http { log_format main $remote_addr -  $status; access_log /x main; }",
		problems: []string{
			`3:5-6 unexpected "m" after the next quote`,
		},
	},
	{
		name: "quote open before block",
		text: "server {\n  location ~ \"^/a {\n    return 200 \"x\";\n  }\n}\n",
		tree: "server { location ~ ^/a { return 200 x; } }",
		problems: []string{
			`2:14-15 unexpected "x" after the next quote`,
		},
	},
	{
		name: "quote open in name",
		text: "\"server {\n  listen 80;\n}\n",
		tree: "server { listen 80; }",
		problems: []string{
			`1:1-2 unexpected end of file, expecting ";" or "}"`,
		},
	},
	{
		name: "text after quote",
		text: "server {\n  add_header X \"a\"b;\n  root /x;\n}\n",
		tree: "server { add_header X ab; root /x; }",
		problems: []string{
			`2:19-20 unexpected "b"`,
		},
	},
	{
		name: "quote after quote",
		text: "server { add_header X \"a\"\"b\" always; root /x; }\n",
		tree: "server { add_header X ab always; root /x; }",
		problems: []string{
			`1:26-27 unexpected """`,
		},
	},
	{
		name: "comment after quote",
		text: "server {\n add_header X \"a\"# note\n;\n}\n",
		tree: "server { add_header X a; }",
		problems: []string{
			`2:18-19 unexpected "#"`,
		},
	},
	{
		name: "brace after quote",
		text: "server { add_header X \"a\"}\n",
		tree: "server { add_header X a; }",
		problems: []string{
			`1:25-26 unexpected "}": directive "add_header" has no ";"`,
		},
	},
	{
		name: "double semicolon",
		text: "server { listen 80;; root /x; }\n",
		tree: "server { listen 80; root /x; }",
		problems: []string{
			`1:20-21 unexpected ";"`,
		},
	},
	{
		name: "semicolon after block",
		text: "server { listen 80; };\nroot /x;\n",
		tree: "server { listen 80; } root /x;",
		problems: []string{
			`1:22-23 unexpected ";"`,
		},
	},
	{
		name: "semicolon first",
		text: ";\nuser a;\n",
		tree: "user a;",
		problems: []string{
			`1:1-2 unexpected ";"`,
		},
	},
	{
		name: "nameless block",
		text: "server {\n  {\n    root /x;\n  }\n  listen 80;\n}\n",
		tree: "server { root /x; listen 80; }",
		problems: []string{
			`2:3-4 unexpected "{"`,
		},
	},
	{
		name: "nameless block not closed",
		text: "server {\n  location /\n  {\n  {\n    root /x;\n  }\n  listen 80;\n}\n",
		tree: "server { location / { root /x; } listen 80; }",
		problems: []string{
			`4:3-4 unexpected "{"`,
		},
	},
	{
		name: "brace first",
		text: "{\nuser a;\n",
		tree: "user a;",
		problems: []string{
			`1:1-2 unexpected "{"`,
		},
	},
	{
		name: "quantifier",
		text: "server {\n  location ~ ^/a{2}$ {\n    return 404;\n  }\n}\n",
		tree: "server { location ~ ^/a{2}$ { return 404; } }",
		problems: []string{
			`2:17-20 unexpected "{": outside of quotes a brace begins a block, also in a regular expression`,
		},
	},
	{
		name: "quantifier in rewrite",
		text: "server {\n  rewrite ^/([0-9]{4,})/x$ /$1 last;\n  listen 80;\n}\n",
		tree: "server { rewrite ^/([0-9]{4,})/x$ /$1 last; listen 80; }",
		problems: []string{
			`2:19-23 unexpected "{": outside of quotes a brace begins a block, also in a regular expression`,
		},
	},
	{
		name: "quantifier in map",
		text: "map $uri $a {\n  ~^/\\d{3}$ 1;\n  default 0;\n}\n",
		tree: `map $uri $a { ~^/\d{3}$ 1; default 0; }`,
		problems: []string{
			`2:8-11 unexpected "{": outside of quotes a brace begins a block, also in a regular expression`,
		},
	},
	{
		name: "quantifier in server_name",
		text: "server { server_name ~^w{3}\\.a$; listen 80; }\n",
		tree: `server { server_name ~^w{3}\.a$; listen 80; }`,
		problems: []string{
			`1:25-28 unexpected "{": outside of quotes a brace begins a block, also in a regular expression`,
		},
	},
	{
		name: "dollar brace glued",
		text: "server {\n  location ~ \\.php${\n    return 404;\n  }\n  listen 80;\n}\n",
		tree: `server { location ~ \.php$ { return 404; } listen 80; }`,
		problems: []string{
			`2:20-21 directive "location" has no opening "{": behind a dollar sign a brace is part of the word`,
		},
	},
	{
		name: "block in map",
		text: "map $a $b {\n  x { y 1; }\n  default 0;\n}\nserver { listen 80; }\n",
		tree: "map $a $b { x { y 1; } default 0; } server { listen 80; }",
		problems: []string{
			`2:5-6 unexpected "{"`,
		},
	},
	{
		name: "simple directive with block",
		text: "server {\n  root /x {\n    index a;\n  }\n  listen 80;\n}\n",
		tree: "server { root /x { index a; } listen 80; }",
		problems: []string{
			`2:3-10 directive "root" is not terminated by ";"`,
		},
	},
	{
		name: "block directive without block",
		text: "server {\n  location /x;\n  listen 80;\n}\n",
		tree: "server { location /x; listen 80; }",
	},
	{
		name: "lua open",
		text: "server {\n  content_by_lua_block {\n    ngx.say(\"a)\n  }\n  listen 80;\n}\n",
		tree: "server { content_by_lua_block {…} listen 80; }",
		problems: []string{
			`2:3-25 unexpected end of file, expecting "}": the Lua code is never closed`,
		},
	},
	{
		name: "lua open, no quote",
		text: "server {\n  content_by_lua_block {\n    if x then {\n  }\n}\n",
		tree: "server { content_by_lua_block {…} }",
		problems: []string{
			`2:3-25 unexpected end of file, expecting "}": the Lua code is never closed`,
		},
	},
	{
		name: "lua then semicolon",
		text: "server {\n  content_by_lua_block { x() };\n  listen 80;\n}\n",
		tree: "server { content_by_lua_block {…} listen 80; }",
		problems: []string{
			`2:31-32 unexpected ";"`,
		},
	},
	{
		name: "byte order mark",
		text: "\xef\xbb\xbfuser a;\nevents {}\n",
		tree: "user a; events {}",
		problems: []string{
			"1:1-2 unknown directive: nginx takes the byte order mark (BOM) at the start of the file for part of the first word",
		},
	},
	{
		name: "byte order mark in a map file",
		text: "\xef\xbb\xbfä.example 1;\nb.example 2;\n",
		tree: "ä.example 1; b.example 2;",
		problems: []string{
			"1:1-2 unknown directive: nginx takes the byte order mark (BOM) at the start of the file for part of the first word (accepted)",
		},
	},
	{
		name: "NUL",
		text: "user a\x00b;\nevents {}\n",
		tree: "user a\x00b; events {}",
		problems: []string{
			"1:6-9 a NUL byte is part of this word, where nginx may cut it off or refuse it (accepted)",
		},
	},
	{
		name: "word too long",
		text: "user " + strings.Repeat("u", 5000) + ";\nevents {}\n",
		tree: "user " + strings.Repeat("u", 5000) + "; events {}",
		problems: []string{
			`1:6-5006 too long parameter "uuuuuuuuuu..."`,
		},
	},
	{
		name: "lua swallows a brace",
		text: "server {\n  access_by_lua_block {\n    local t = { 1, 2\n  }\n  location / {\n    root /x;\n  }\n}\n",
		tree: "server { access_by_lua_block {…} location / { root /x; } }",
		problems: []string{
			`2:3-24 unexpected end of file, expecting "}": the Lua code is never closed`,
		},
	},
	{
		name: "lua to the end",
		text: "server { content_by_lua_block { x = [[ } }\nserver { listen 80; }\n",
		tree: "server { content_by_lua_block {…} }",
		problems: []string{
			`1:10-32 unexpected end of file, expecting "}": the Lua code is never closed`,
		},
	},
	{
		name: "template in place of punctuation",
		text: "server {\n  listen {{ port }};\n{% if a %}\n  root /x;\n{% endif %}\n  {{ more }}\n}\n",
		tree: "server { listen {{ port }}; root /x; }",
	},
	{
		name: "comment too long",
		text: "# " + strings.Repeat("c", 5000) + "\nuser a;\n",
		tree: "user a;",
		problems: []string{
			`1:1-5003 too long parameter "# cccccccc..."`,
		},
	},
	{
		name: "quote too long",
		text: "server {\n  add_header X \"abc;\n" + strings.Repeat("  # filler\n", 500) + "  add_header Y \"def\";\n}\n",
		tree: "server { add_header X abc; add_header Y def; }",
		problems: []string{
			`2:16-17 unexpected "d" after the next quote`,
		},
	},
	{
		name: "include in a string",
		text: "include \"a.conf;\nuser b;\n",
		tree: "include a.conf; user b;",
		problems: []string{
			`1:9-10 unexpected end of file, expecting ";" or "}"`,
		},
	},
	{
		name: "blank glued to a backslash",
		text: "root C:\\;\nuser a;\n",
		tree: `root C:\;; user a;`,
		problems: []string{
			`1:9-10 invalid number of arguments in "root" directive: there is no ";" at the end of this line`,
		},
	},
}
