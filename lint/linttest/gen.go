package linttest

import (
	"bytes"
	"fmt"
)

// Big returns a configuration as a controller would write it for that many
// sites: each an upstream group and a server with three locations, about 730
// bytes. It is valid, and the same for the same number.
func Big(servers int) []byte {
	var b bytes.Buffer
	b.Grow(servers*740 + 2000)
	b.WriteString(bigHead)
	for i := range servers {
		fmt.Fprintf(&b, bigServer, i, i/250%250, i%250)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

const bigHead = `worker_processes auto;
error_log /var/log/nginx/error.log warn;

events {
    worker_connections 8192;
}

http {
    default_type application/octet-stream;
    log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent "$http_referer" '
                    '"$http_user_agent" "$http_x_forwarded_for"';
    server_names_hash_max_size 65536;
    proxy_headers_hash_max_size 2048;
    keepalive_timeout 65s;

    map $http_upgrade $connection_upgrade {
        default upgrade;
        '' close;
    }

`

// bigServer takes the number of the site and the last two bytes of its address.
const bigServer = `    # site %[1]d
    upstream site-%[1]d {
        server 10.1.%[2]d.%[3]d:8080;
        keepalive 16;
    }
    server {
        listen 80;
        server_name site-%[1]d.example.com;
        access_log /var/log/nginx/site-%[1]d.log main;

        location / {
            proxy_pass http://site-%[1]d;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }
        location ~ "\.(?:png|svg)$" { # unchanging
            root /srv/site-%[1]d;
            expires 7d;
        }
        location = /socket {
            proxy_pass http://site-%[1]d;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }
    }
`
