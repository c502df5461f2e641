package conf_test

// repair is a text, what nginx refuses about it, and what the tree then holds.
type repair struct {
	name, text, tree string
	problems         []string
}

// repairs of statements and blocks that do not end where they should.
var repairs = []repair{
	{
		name: "semicolon before next line",
		text: "http {\n  server {\n    listen 80\n    server_name a;\n  }\n}\n",
		tree: "http { server { listen 80; server_name a; } }",
		problems: []string{
			`3:13-14 invalid parameter "server_name": there is no ";" at the end of this line`,
		},
	},
	{
		name: "semicolon before next line, too many args",
		text: "server {\n  root /x\n  index a;\n  listen 80;\n}\n",
		tree: "server { root /x; index a; listen 80; }",
		problems: []string{
			`2:9-10 invalid number of arguments in "root" directive: there is no ";" at the end of this line`,
		},
	},
	{
		name: "semicolon before unknown directive",
		text: "server {\n  root /x\n  frobnicate a;\n}\n",
		tree: "server { root /x frobnicate a; }",
	},
	{
		name: "semicolon before block",
		text: "server {\n  listen 80\n  location / {\n    root /x;\n  }\n}\n",
		tree: "server { listen 80; location / { root /x; } }",
		problems: []string{
			`2:11-12 directive "listen" is not terminated by ";": there is no ";" at the end of this line`,
		},
	},
	{
		name: "semicolon before regex block",
		text: "server {\n  root /srv\n  location ~ \\.php$ {\n    return 404;\n  }\n}\n",
		tree: `server { root /srv; location ~ \.php$ { return 404; } }`,
		problems: []string{
			`2:11-12 directive "root" is not terminated by ";": there is no ";" at the end of this line`,
		},
	},
	{
		name: "semicolon before brace",
		text: "server {\n  listen 80\n}\n",
		tree: "server { listen 80; }",
		problems: []string{
			`2:11-12 unexpected "}": directive "listen" has no ";"`,
		},
	},
	{
		name: "semicolon before brace on same line",
		text: "server { listen 80 }\nserver { listen 81; }\n",
		tree: "server { listen 80; } server { listen 81; }",
		problems: []string{
			`1:18-19 unexpected "}": directive "listen" has no ";"`,
		},
	},
	{
		name: "glued brace",
		text: "server { listen 80}\nhttp { root /x; }\n",
		tree: "server { listen 80; } http { root /x; }",
		problems: []string{
			`1:18-19 directive "listen" is not terminated by ";": there is no ";" at the end of this line`,
		},
	},
	{
		name: "glued brace then newline",
		text: "upstream a {\n  keepalive 8}\nserver {\n  listen 80;\n}\n",
		tree: "upstream a { keepalive 8; } server { listen 80; }",
		problems: []string{
			`2:13-14 directive "keepalive" is not terminated by ";": there is no ";" at the end of this line`,
		},
	},
	{
		name: "semicolon at end of file",
		text: "worker_processes 4;\npid /run/nginx.pid",
		tree: "worker_processes 4; pid /run/nginx.pid;",
		problems: []string{
			`2:1-19 unexpected end of file, expecting ";" or "}"`,
		},
	},
	{
		name: "semicolon missing twice",
		text: "server {\n  root /x\n  index a.html\n  autoindex on\n  listen 80;\n}\n",
		tree: "server { root /x; index a.html autoindex on listen 80; }",
		problems: []string{
			`2:9-10 invalid number of arguments in "root" directive: there is no ";" at the end of this line`,
			`3:14-15 there is no ";" at the end of this line: nginx takes the next line for arguments of "index" (accepted)`,
			`4:14-15 there is no ";" at the end of this line: nginx takes the next line for arguments of "index" (accepted)`,
		},
	},
	{
		name: "semicolon missing after proxy_pass",
		text: "location / {\n  proxy_pass http://a\n  proxy_set_header Host $host;\n}\n",
		tree: "location / { proxy_pass http://a; proxy_set_header Host $host; }",
		problems: []string{
			`2:21-22 invalid number of arguments in "proxy_pass" directive: there is no ";" at the end of this line`,
		},
	},
	{
		name: "brace at end, indented",
		text: "http {\n  server {\n    location / {\n      root /x;\n    }\n  server {\n    listen 81;\n  }\n}\n",
		tree: "http { server { location / { root /x; } } server { listen 81; } }",
		problems: []string{
			`2:3-9 unexpected end of file, expecting "}": the block "server" is never closed [6:3 "}" is missing before this]`,
		},
	},
	{
		name: "brace at end, forbidden child",
		text: "http {\nserver {\nlocation / {\nroot /x;\nserver {\nlisten 81;\n}\n}\n",
		tree: "http { server { location / { root /x; } } server { listen 81; } }",
		problems: []string{
			`2:1-7 unexpected end of file, expecting "}": the block "server" is never closed [5:1 "}" is missing before this]`,
			`3:1-11 unexpected end of file, expecting "}": the block "location" is never closed [5:1 "}" is missing before this]`,
		},
	},
	{
		name: "brace at end, last block",
		text: "events {}\nhttp {\n  server {\n    listen 80;\n  }\n",
		tree: "events {} http { server { listen 80; } }",
		problems: []string{
			`2:1-5 unexpected end of file, expecting "}": the block "http" is never closed [6:1 "}" is missing before this]`,
		},
	},
	{
		name: "several braces",
		text: "http {\n  server {\n    location / {\n      root /x;\n  server {\n    listen 81;\n  }\n",
		tree: "http { server { location / { root /x; } } server { listen 81; } }",
		problems: []string{
			`1:1-5 unexpected end of file, expecting "}": the block "http" is never closed [8:1 "}" is missing before this]`,
			`2:3-9 unexpected end of file, expecting "}": the block "server" is never closed [5:3 "}" is missing before this]`,
			`3:5-15 unexpected end of file, expecting "}": the block "location" is never closed [5:3 "}" is missing before this]`,
		},
	},
	{
		name: "brace missing before http",
		text: "events {\n  worker_connections 10;\nhttp {\n  server {\n    listen 80;\n  }\n}\n",
		tree: "events { worker_connections 10; } http { server { listen 80; } }",
		problems: []string{
			`1:1-7 unexpected end of file, expecting "}": the block "events" is never closed [3:1 "}" is missing before this]`,
		},
	},
	{
		name: "if without brace",
		text: "server {\n  if ($a) {\n    return 403;\n  location / {\n    root /x;\n  }\n}\n",
		tree: "server { if ($a) { return 403; } location / { root /x; } }",
		problems: []string{
			`2:3-10 unexpected end of file, expecting "}": the block "if" is never closed [4:3 "}" is missing before this]`,
		},
	},
	{
		name: "surplus at end",
		text: "http {\n  server {\n  }\n}\n}\n",
		tree: "http { server {} }",
		problems: []string{
			`5:1-2 unexpected "}"`,
		},
	},
	{
		name: "surplus in the middle",
		text: "http {\n  server {\n    listen 80;\n    }\n  }\n  server {\n    listen 81;\n  }\n}\n",
		tree: "http { server { listen 80; } server { listen 81; } }",
		problems: []string{
			`4:5-6 unexpected "}"`,
		},
	},
	{
		name: "surplus after location",
		text: "server {\n  location / {\n    root /x;\n  }\n  }\n  location /b {\n    root /y;\n  }\n}\n",
		tree: "server { location / { root /x; } location /b { root /y; } }",
		problems: []string{
			`5:3-4 unexpected "}"`,
		},
	},
	{
		name: "missing semicolon and brace",
		text: "http {\n  server {\n    listen 80\n    root /x;\n",
		tree: "http { server { listen 80; root /x; } }",
		problems: []string{
			`1:1-5 unexpected end of file, expecting "}": the block "http" is never closed [5:1 "}" is missing before this]`,
			`2:3-9 unexpected end of file, expecting "}": the block "server" is never closed [5:1 "}" is missing before this]`,
			`3:13-14 invalid parameter "root": there is no ";" at the end of this line`,
		},
	},
	{
		name: "comment instead of brace",
		text: "server {\n  listen 80; # }\n",
		tree: "server { listen 80; }",
		problems: []string{
			`1:1-7 unexpected end of file, expecting "}": the block "server" is never closed [3:1 "}" is missing before this]`,
		},
	},
	{
		name: "brace in quote",
		text: "server {\n  add_header X \"}\";\n",
		tree: "server { add_header X }; }",
		problems: []string{
			`1:1-7 unexpected end of file, expecting "}": the block "server" is never closed [3:1 "}" is missing before this]`,
		},
	},
	{
		name: "two independent errors",
		text: "server {\n  root /x\n  index a;\n}\nserver {\n  add_header X \"a\"b;\n}\n",
		tree: "server { root /x; index a; } server { add_header X ab; }",
		problems: []string{
			`2:9-10 invalid number of arguments in "root" directive: there is no ";" at the end of this line`,
			`6:19-20 unexpected "b"`,
		},
	},
	{
		name: "include without semicolon",
		text: "http {\n  include mime.types\n  default_type text/html;\n}\n",
		tree: "http { include mime.types; default_type text/html; }",
		problems: []string{
			`2:20-21 invalid number of arguments in "include" directive: there is no ";" at the end of this line`,
		},
	},
	{
		name: "upstream server without semicolon",
		text: "upstream a {\n  server 10.0.0.1:80\n  server 10.0.0.2:80;\n}\n",
		tree: "upstream a { server 10.0.0.1:80; server 10.0.0.2:80; }",
		problems: []string{
			`2:20-21 invalid parameter "server": there is no ";" at the end of this line`,
		},
	},
	{
		name: "glued brace behind a name",
		text: "upstream a {\n  server b;\n  ip_hash}\nuser x;\n",
		tree: "upstream a { server b; ip_hash; } user x;",
		problems: []string{
			`3:9-10 directive "ip_hash" is not terminated by ";": there is no ";" at the end of this line`,
		},
	},
	{
		name: "glued brace inside a value",
		text: "server {\n  set $a {b}\n;\n}\n",
		tree: "server { set $a { b}; } }",
		problems: []string{
			`2:3-9 directive "set" is not terminated by ";"`,
		},
	},
	{
		name: "lines of arguments",
		text: "server {\n  listen 443\n    ssl\n    http2;\n  server_name\n    a\n    root.example\n  index;\n  index a\n    root b;\n}\n",
		tree: "server { listen 443 ssl http2; server_name a root.example index; index a root b; }",
	},
	{
		name: "next line taken for arguments",
		text: "server {\n  server_name a.example\n  root /var/www;\n  listen 80;\n}\n",
		tree: "server { server_name a.example root /var/www; listen 80; }",
		problems: []string{
			`2:23-24 there is no ";" at the end of this line: nginx takes the next line for arguments of "server_name" (accepted)`,
		},
	},
	{
		name: "carriage returns",
		text: "server {\r\n  root /x\r\n  index a;\r\n  listen 80}\r\n",
		tree: "server { root /x; index a; listen 80; }",
		problems: []string{
			`2:9-10 invalid number of arguments in "root" directive: there is no ";" at the end of this line`,
			`4:11-12 directive "listen" is not terminated by ";": there is no ";" at the end of this line`,
		},
	},
	{
		name: "tabs against blanks",
		text: "http {\n\tserver {\n\t\tlisten 80;\n        server {\n\t\tlisten 81;\n\t}\n}\n",
		tree: "http { server { listen 80; } server { listen 81; } }",
		problems: []string{
			`2:2-8 unexpected end of file, expecting "}": the block "server" is never closed [4:9 "}" is missing before this]`,
		},
	},
	{
		name: "semicolon and brace in one line",
		text: "location / { proxy_pass http://a }\nlocation /b { proxy_pass http://b; }\n",
		tree: "location / { proxy_pass http://a; } location /b { proxy_pass http://b; }",
		problems: []string{
			`1:32-33 unexpected "}": directive "proxy_pass" has no ";"`,
		},
	},
}
