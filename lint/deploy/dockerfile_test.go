package deploy

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

func TestDockerfileThatCopiesTheFile(t *testing.T) {
	for _, test := range []struct {
		name, file, dockerfile string
		path, version          string // path "" for no evidence
		single                 bool
	}{
		{"file", "nginx.conf", "FROM nginx:1.25\nCOPY nginx.conf /etc/nginx/nginx.conf\n", "/etc/nginx/nginx.conf", "1.25", true},
		{"into a folder", "c/a.conf", "FROM nginx:1.25.3\nCOPY c/a.conf /etc/nginx/conf.d/\n", "/etc/nginx/conf.d/a.conf", "1.25.3", true},
		{"into a folder without slash", "nginx.conf", "FROM nginx\nADD nginx.conf /etc/nginx\n", "/etc/nginx/nginx.conf", "", true},
		{"folder's content", "c/d/a.conf", "FROM nginx\nCOPY ./c /etc/nginx\n", "/etc/nginx/d/a.conf", "", true},
		{"glob", "c/a.conf", "FROM nginx\nCOPY c/*.conf /etc/nginx/conf.d/\n", "/etc/nginx/conf.d/a.conf", "", true},
		{"glob that does not match", "c/a.conf", "FROM nginx\nCOPY c/*.tmpl /etc/nginx/conf.d/\n", "", "", false},
		{"whole context", "a.conf", "FROM nginx\nCOPY . /etc/nginx/conf.d\n", "/etc/nginx/conf.d/a.conf", "", true},
		{"excluded", "a.conf", "FROM nginx\nCOPY --exclude=*.conf . /etc/nginx/conf.d\n", "", "", false},
		{"JSON form", "a.conf", `FROM nginx` + "\n" + `COPY ["a.conf", "/etc/nginx/a.conf"]` + "\n", "/etc/nginx/a.conf", "", true},
		{"flags and case", "a.conf", "from --platform=linux/amd64 nginx As web\ncopy --chown=1:1 --link a.conf /etc/nginx/a.conf\n", "/etc/nginx/a.conf", "", true},
		{"working folder", "a.conf", "FROM nginx\nWORKDIR /etc\nWORKDIR nginx\nCOPY a.conf ./\n", "/etc/nginx/a.conf", "", true},
		{"arguments", "a.conf", "ARG V=1.24.0\nFROM nginx:${V}-alpine\nARG F=a\nENV D=/etc/nginx\nCOPY ${F}.conf $D/\n", "/etc/nginx/a.conf", "1.24.0", true},
		{"argument inherited", "a.conf", "ARG F=a.conf\nFROM nginx\nARG F\nCOPY $F /etc/nginx/\n", "/etc/nginx/a.conf", "", true},
		{"unknown argument", "a.conf", "ARG B\nFROM $B\nCOPY a.conf /etc/nginx/\n", "/etc/nginx/a.conf", "", false},
		{"stage of a stage", "a.conf", "FROM nginx:1.25 AS base\nCOPY a.conf /etc/nginx/\nFROM base\nRUN true\n", "/etc/nginx/a.conf", "1.25", true},
		{"from an earlier stage", "a.conf", "FROM node AS build\nCOPY . /app\nFROM nginx:1.25\nCOPY --from=build /app/a.conf /etc/nginx/conf.d/\n", "/etc/nginx/conf.d/a.conf", "1.25", true},
		{"from a stage's number", "a.conf", "FROM node\nCOPY . /app\nFROM nginx\nCOPY --from=0 /app /etc/nginx\n", "/etc/nginx/a.conf", "", true},
		{"from another image", "a.conf", "FROM nginx\nCOPY --from=acme/x a.conf /etc/nginx/\n", "", "", false},
		{"moved", "a.conf", "FROM nginx\nCOPY a.conf /tmp/a.conf\nRUN mv /tmp/a.conf /etc/nginx/conf.d/default.conf\n", "/tmp/a.conf", "", true},
		{"continued lines and comments", "a.conf", "# syntax=docker/dockerfile:1\nFROM nginx\nCOPY \\\n  # why\n\n  a.conf \\  \n  /etc/nginx/\n", "/etc/nginx/a.conf", "", true},
		{"other escape", "a.conf", "# escape=`\r\nFROM nginx\r\nCOPY a.conf `\r\n  /etc/nginx/\r\n", "/etc/nginx/a.conf", "", true},
		{"here-document is no instruction", "a.conf", "FROM nginx\nRUN <<EOF\nFROM scratch\nCMD supervisord\nEOF\nCOPY a.conf /etc/nginx/\n", "/etc/nginx/a.conf", "", false},
		{"supervisor", "a.conf", "FROM nginx\nRUN apk add supervisor\nCOPY a.conf /etc/nginx/\nCMD [\"supervisord\"]\n", "/etc/nginx/a.conf", "", false},
		{"PHP in the image", "a.conf", "FROM php:8.2-fpm\nRUN apt-get install nginx\nCOPY a.conf /etc/nginx/\n", "/etc/nginx/a.conf", "", false},
		{"PHP added", "a.conf", "FROM nginx\nRUN apk add php82-fpm\nCOPY a.conf /etc/nginx/\n", "/etc/nginx/a.conf", "", false},
		{"own entry point", "a.conf", "FROM nginx\nCOPY a.conf /etc/nginx/\nCOPY run.sh /\nENTRYPOINT [\"/run.sh\"]\n", "/etc/nginx/a.conf", "", false},
		{"entry point replaced", "a.conf", "FROM nginx\nCOPY a.conf /etc/nginx/\nCOPY x.sh /docker-entrypoint.sh\n", "/etc/nginx/a.conf", "", false},
		{"nginx as command", "a.conf", "FROM nginx\nCOPY a.conf /etc/nginx/\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n", "/etc/nginx/a.conf", "", true},
		{"shell form", "a.conf", "FROM nginx\nCOPY a.conf /etc/nginx/\nCMD envsubst < /t > /u && nginx -g 'daemon off;'\n", "/etc/nginx/a.conf", "", true},
		{"shell form with an application", "a.conf", "FROM nginx\nCOPY a.conf /etc/nginx/\nCMD node app.js & nginx\n", "/etc/nginx/a.conf", "", false},
		{"openresty", "a.conf", "FROM openresty/openresty:1.25.3.1-0-alpine\nCOPY a.conf /usr/local/openresty/nginx/conf/nginx.conf\n", "/usr/local/openresty/nginx/conf/nginx.conf", "1.25.3", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := find(t, test.file, map[string]string{"Dockerfile": test.dockerfile})
			if test.path == "" {
				if !e.Empty() {
					t.Fatalf("evidence = %+v, want none", e.Containers[0])
				}
				return
			}
			if e.Empty() {
				t.Fatal("no evidence")
			}
			c := e.Containers[0]
			if c.Path != test.path || c.NginxVersion != test.version || c.SingleProcess != test.single {
				t.Errorf("path %q, version %q, single %v; want %q, %q, %v",
					c.Path, c.NginxVersion, c.SingleProcess, test.path, test.version, test.single)
			}
			if c.OwnNetworkKnown || e.Alone() {
				t.Error("a Dockerfile does not say which network its container joins")
			}
		})
	}
}

func TestDockerfileContext(t *testing.T) {
	e := find(t, "web/conf/a.conf", map[string]string{"web/Dockerfile": "FROM nginx\n\n  COPY web/conf /etc/nginx/conf.d\n"})
	if e.Empty() || e.Containers[0].Path != "/etc/nginx/conf.d/a.conf" {
		t.Fatalf("evidence = %+v, want the repository as context", e)
	}
	if s := e.Containers[0].Source; s.Line != 3 || s.Column != 3 {
		t.Errorf("source = %+v, want 3:3", s)
	}
	e = find(t, "web/conf/a.conf", map[string]string{"docker/nginx.Dockerfile": "FROM nginx\nCOPY web/conf /etc/nginx/conf.d\n"})
	if e.Empty() || e.Containers[0].Name != "nginx.Dockerfile" {
		t.Errorf("evidence = %+v, want docker/nginx.Dockerfile", e)
	}
}

func TestComposeBuild(t *testing.T) {
	const dockerfile = `ARG V=1.20.0
FROM nginx:${V} AS web
EXPOSE 8080/tcp 9000-9002
COPY nginx.conf /etc/nginx/nginx.conf
FROM alpine
`
	e := find(t, "web/nginx.conf", map[string]string{
		"web/Dockerfile.prod": dockerfile,
		"compose.yaml": `services:
  proxy:
    image: acme/proxy
    build:
      context: ./web
      dockerfile: Dockerfile.prod
      target: web
      args: [V=1.26.1]
`,
	})
	if len(e.Containers) != 1 {
		t.Fatalf("%d containers, want the service alone", len(e.Containers))
	}
	c := e.Containers[0]
	if c.Name != "proxy" || !c.Built || c.Image != "nginx" || c.NginxVersion != "1.26.1" || !e.Alone() {
		t.Errorf("container = %+v", c)
	}
	if filepath.Base(c.Source.Path) != "Dockerfile.prod" || c.Source.Line != 4 {
		t.Errorf("source = %+v, want Dockerfile.prod:4", c.Source)
	}
	if want := []PortRange{{8080, 8080}, {9000, 9002}}; !slices.Equal(c.Expose, want) {
		t.Errorf("expose = %v, want %v", c.Expose, want)
	}

	// The same file in the image of one service and mounted by another.
	e = find(t, "nginx.conf", map[string]string{
		"Dockerfile": "FROM nginx\nCOPY nginx.conf /etc/nginx/\nRUN apk add supervisor\n",
		"compose.yaml": proxyService + `  built:
    build: .
`,
	})
	if len(e.Containers) != 2 || e.Alone() || e.NginxVersion() != "" {
		t.Errorf("%d containers, alone %v, version %q; want 2 that do not agree", len(e.Containers), e.Alone(), e.NginxVersion())
	}
}

func TestRootFileSystemMayBringAnInitSystem(t *testing.T) {
	e := find(t, "a.conf", map[string]string{"Dockerfile": "FROM nginx\nCOPY a.conf /etc/nginx/\nCOPY rootfs /\n"})
	if e.Empty() || e.Containers[0].SingleProcess {
		t.Errorf("evidence = %+v, want an image with more than nginx", e.Containers)
	}
}

func TestVolumeOverTheImagesFile(t *testing.T) {
	const dockerfile = "FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\n"
	for volume, want := range map[string]bool{
		"./dev:/etc/nginx":                       false,
		"./dev/nginx.conf:/etc/nginx/nginx.conf": false,
		"./html:/usr/share/nginx/html":           true,
		"data:/etc/nginx":                        true,
	} {
		e := find(t, "nginx.conf", map[string]string{
			"Dockerfile":   dockerfile,
			"compose.yaml": "services: {proxy: {build: ., volumes: ['" + volume + "']}}\n",
		})
		if len(e.Containers) != 1 || e.Containers[0].Compose != want {
			t.Errorf("%s: through compose = %v, want %v", volume, !want, want)
		}
	}
}

func TestNginxVersionOfImages(t *testing.T) {
	for image, want := range map[string]string{
		"nginx": "", "nginx:latest": "", "nginx:stable-alpine": "", "nginx:1": "",
		"nginx:1.25": "1.25", "nginx:1.25.3": "1.25.3", "nginx:1.25-alpine": "1.25", "nginx:1.25.3-alpine3.18-slim": "1.25.3",
		"nginx:1.25.3@sha256:0000": "1.25.3", "docker.io/library/nginx:1.25": "1.25", "public.ecr.aws/nginx/nginx:1.27": "1.27",
		"mirror.example:5000/library/nginx:1.25": "1.25", "localhost:5000/nginx:1.25": "", "acme/nginx:1.25": "",
		"nginxinc/nginx-unprivileged:1.25-alpine": "1.25", "bitnami/nginx:1.25.3-debian-11-r2": "1.25.3",
		"openresty/openresty:1.21.4.1-6-buster": "1.21.4", "linuxserver/nginx:version-1.24.0": "1.24.0",
		"nginx/nginx-prometheus-exporter:1.1.0": "", "nginx:alpine3.18": "", "nginx:1.x": "", "nginx:": "",
	} {
		if got := parseReference(image).nginxVersion(); got != want {
			t.Errorf("version of %q = %q, want %q", image, got, want)
		}
	}
}

func TestPorts(t *testing.T) {
	for text, want := range map[string]Port{
		"80":                     {Target: PortRange{80, 80}, Protocol: "tcp"},
		"8080:80":                {Published: PortRange{8080, 8080}, Target: PortRange{80, 80}, Protocol: "tcp"},
		"3000-3002:4000-4002":    {Published: PortRange{3000, 3002}, Target: PortRange{4000, 4002}, Protocol: "tcp"},
		"127.0.0.1::53/udp":      {HostIP: "127.0.0.1", Target: PortRange{53, 53}, Protocol: "udp"},
		"[::1]:6001:6002":        {HostIP: "::1", Published: PortRange{6001, 6001}, Target: PortRange{6002, 6002}, Protocol: "tcp"},
		"0.0.0.0:8080-8081:8080": {HostIP: "0.0.0.0", Published: PortRange{8080, 8081}, Target: PortRange{8080, 8080}, Protocol: "tcp"},
	} {
		if got, ok := parsePort(text); !ok || got != want {
			t.Errorf("parsePort(%q) = %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "80:", "0", "70000", "90-80", ":x:80"} {
		if p, ok := parsePort(text); ok {
			t.Errorf("parsePort(%q) = %+v, want none", text, p)
		}
	}
}

func TestInterpolate(t *testing.T) {
	vars := map[string]string{"A": "a", "E": "", "U": unknowable}
	for text, want := range map[string]string{
		"": "", "x": "x", "$A": "a", "${A}b": "ab", "$$A": "$A", "${N:-d}": "d", "${N-d}": "d", "${E:-d}": "d", "${E-d}": "",
		"${A:-d}": "a", "${A:?no}": "a", "${A:+alt}": "alt", "${N:-${A}}": "a", "${N:-${M:-x}}/y": "x/y", "a$": "a$", "$1": "$1",
	} {
		if got, known := interpolate(text, vars, composeSyntax); !known || got != want {
			t.Errorf("interpolate(%q) = %q, %v; want %q", text, got, known, want)
		}
	}
	for _, text := range []string{"$N", "${N}", "${N:?no}", "${N:+x}", "${U:-d}", "$U", "${", "${}", "${A#x}"} {
		if got, known := interpolate(text, vars, composeSyntax); known {
			t.Errorf("interpolate(%q) = %q, want it unknown", text, got)
		}
	}
	if got, known := interpolate(`\$A$A`, vars, syntax{escape: '\\'}); got != "$Aa" || !known {
		t.Errorf("in a Dockerfile: %q, %v", got, known)
	}
}

func BenchmarkFindNothing(b *testing.B) {
	root := tree(b, map[string]string{"a/b/c/nginx.conf": "events {}\n", "docker/x": "", "deploy/y": ""})
	path := filepath.Join(root, "a/b/c/nginx.conf")
	for b.Loop() {
		if e := Find(conf.Disk{}, path, []string{path}); !e.Empty() {
			b.Fatal("evidence from nowhere")
		}
	}
}
