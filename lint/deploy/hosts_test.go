package deploy

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

func TestKnowsHost(t *testing.T) {
	const compose = `services:
  proxy:
    image: nginx
    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']
    links: ['api:backend']
    external_links: [legacy]
    extra_hosts: ['host.docker.internal:host-gateway', 'db=10.0.0.5']
  api:
    image: node
    container_name: api-prod
    hostname: apihost
    networks:
      default:
        aliases: [rest]
`
	e := find(t, "nginx.conf", map[string]string{"compose.yaml": compose})
	for name, want := range map[string]Answer{
		"api": Yes, "API": Yes, "api.": Yes, "api-prod": Yes, "rest": Yes, "backend": Yes, "legacy": Yes,
		"host.docker.internal": Yes, "db": Yes, "localhost": Yes, "10.0.0.1": Yes, "[::1]": Yes, "proxy": Yes,
		"ap": No, "frontend": No, "apis": No,
		"api.example.com": Unsure, "gateway.docker.internal": Unsure, "shop-api-1": Unsure, "shop_api_1": Unsure,
		"stack_api": Unsure, "apihost": Unsure, "": Unsure, "$backend": Unsure,
	} {
		if got := e.KnowsHost(name); got != want {
			t.Errorf("KnowsHost(%q) = %v, want %v", name, got, want)
		}
	}
	c := e.Containers[0]
	if s := c.Find("backend"); s == nil || s.Name != "api" {
		t.Errorf("Find(backend) = %v, want api", s)
	}
	if c.ExtraHosts["db"] != "10.0.0.5" || c.ExtraHosts["host.docker.internal"] != "host-gateway" {
		t.Errorf("extra hosts = %v", c.ExtraHosts)
	}
}

func TestLinksInACircleEnd(t *testing.T) {
	e := find(t, "nginx.conf", map[string]string{"compose.yaml": proxyService + "    links: ['a:b', 'b:a']\n"})
	if s := e.Containers[0].Find("a"); s != nil {
		t.Errorf("Find(a) = %v, want nil", s)
	}
}

func TestUnknownHostIsUnsure(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"external network":         {"compose.yaml": proxyService + "    networks: [edge]\nnetworks: {edge: {external: true}}\n"},
		"external default network": {"compose.yaml": proxyService + "networks: {default: {name: web, external: true}}\n"},
		"external by old syntax":   {"compose.yaml": proxyService + "    networks: [edge]\nnetworks: {edge: {external: {name: x}}}\n"},
		"host network":             {"compose.yaml": proxyService + "    network_mode: host\n"},
		"broken file beside":       {"compose.yaml": proxyService, "compose.prod.yaml": "services: ["},
		"second document":          {"compose.yaml": proxyService + "---\nservices: {other: {image: x}}\n"},
		"remote include":           {"compose.yaml": proxyService + "include: ['https://example.org/x.git']\n"},
		"missing include":          {"compose.yaml": proxyService + "include: [gone.yml]\n"},
		"vague container name":     {"compose.yaml": proxyService + "  api: {image: x, container_name: '${P}-api'}\n"},
		"waits for another file's": {"compose.yaml": proxyService + "    depends_on: [api]\n"},
		"puts upon another file":   {"compose.yaml": proxyService + "  api: {ports: ['8000']}\n"},
		"other project has it":     {"compose.yaml": proxyService, "deploy/compose.yaml": "services: {zeta: {image: x}}\n"},
		"Dockerfile on its own":    {"Dockerfile": "FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\n"},
	} {
		t.Run(name, func(t *testing.T) {
			e := find(t, "nginx.conf", files)
			if e.Empty() {
				t.Fatal("no evidence")
			}
			if got := e.KnowsHost("zeta"); got != Unsure {
				t.Errorf("KnowsHost(zeta) = %v, want unsure", got)
			}
		})
	}
	e := find(t, "nginx.conf", map[string]string{"compose.yaml": proxyService + "networks: {edge: {external: true}}\n"})
	if got := e.KnowsHost("zeta"); got != No {
		t.Errorf("with an external network it does not join: %v, want no", got)
	}
}

func TestFilesOfOneFolderAreUnited(t *testing.T) {
	e := find(t, "nginx/nginx.conf", map[string]string{
		"docker-compose.yml":      "services:\n  proxy:\n    image: nginx:1.25\n    volumes: ['./nginx:/etc/nginx']\n    depends_on: [api]\n",
		"docker-compose.prod.yml": "include: [{path: db/services.yml}]\nservices:\n  proxy:\n    ports: ['8080:80', '127.0.0.1:443:443/tcp', {target: 81, published: '82'}]\n    restart: always\n  api:\n    image: node\n    expose: ['3000']\n    networks: [back]\n",
		"db/services.yml":         "services:\n  db: {image: 'postgres:16', depends_on: {api: {condition: service_healthy}}}\n",
		"compose.test.yaml":       "services:\n  probe: {extends: {file: db/services.yml, service: db}}\n",
	})
	if len(e.Containers) != 1 {
		t.Fatalf("%d containers, want 1", len(e.Containers))
	}
	c := e.Containers[0]
	var names []string
	for _, s := range c.Services {
		names = append(names, s.Name)
	}
	if want := []string{"api", "db", "probe"}; !slices.Equal(names, want) {
		t.Errorf("services = %v, want %v", names, want)
	}
	wantPorts := []Port{
		{Published: PortRange{8080, 8080}, Target: PortRange{80, 80}, Protocol: "tcp"},
		{HostIP: "127.0.0.1", Published: PortRange{443, 443}, Target: PortRange{443, 443}, Protocol: "tcp"},
		{Published: PortRange{82, 82}, Target: PortRange{81, 81}, Protocol: "tcp"},
	}
	if !slices.Equal(c.Ports, wantPorts) {
		t.Errorf("ports = %v, want %v", c.Ports, wantPorts)
	}
	if c.Restart != "always" || c.DependsOn["api"] != "service_started" || c.Incomplete {
		t.Errorf("restart %q, depends_on %v, incomplete %v", c.Restart, c.DependsOn, c.Incomplete)
	}
	api, db := c.Find("api"), c.Find("db")
	if !api.Expose[0].Contains(3000) || c.Shares(api) || !c.Shares(db) {
		t.Errorf("api = %+v, db = %+v", api, db)
	}
	if db.Image != "postgres" || db.Tag != "16" || db.DependsOn["api"] != "service_healthy" {
		t.Errorf("db = %+v", db)
	}
	if got := e.KnowsHost("zeta"); got != No {
		t.Errorf("KnowsHost(zeta) = %v, want no", got)
	}
}

func TestFilesThatDisagreeAreNotKnown(t *testing.T) {
	e := find(t, "nginx.conf", map[string]string{
		"docker-compose.yml":     proxyService,
		"docker-compose.dev.yml": "services: {proxy: {image: 'nginx:1.27', network_mode: host}}\n",
	})
	c := e.Containers[0]
	if c.OwnNetwork || c.OwnNetworkKnown || c.NginxVersion != "" || c.Image != "" || e.Alone() {
		t.Errorf("container = %+v, want nothing known", c)
	}
}

func TestEnvFileOverrulesDefaults(t *testing.T) {
	compose := strings.Replace(proxyService, "1.25.3-alpine", "${V:-1.25.3}", 1)
	for env, want := range map[string]string{
		"": "1.25.3", "V=1.27.1\n": "1.27.1", "export V = \"1.26\" # x\n": "1.26", "V=$W\n": "", "V='1.24.0'\r\n": "1.24.0",
	} {
		e := find(t, "nginx.conf", map[string]string{"compose.yaml": compose, ".env": env})
		if got := e.NginxVersion(); got != want {
			t.Errorf(".env %q: version = %q, want %q", env, got, want)
		}
	}
}

func TestPartOfAConfigurationProvesNothing(t *testing.T) {
	root := tree(t, map[string]string{
		"nginx.conf": "events {}\n", "conf.d/a.conf": "\n",
		"compose.yaml": "services: {proxy: {image: 'nginx:1.25', volumes: ['./conf.d:/etc/nginx/conf.d']}}\n",
	})
	files := []string{filepath.Join(root, "nginx.conf"), filepath.Join(root, "conf.d/a.conf")}
	e := Find(conf.Disk{}, files[0], files)
	if e.Empty() || e.Containers[0].Root || e.Alone() || e.KnowsHost("zeta") != Unsure {
		t.Errorf("evidence = %+v, want a container that proves nothing", e.Containers)
	}
	if e = Find(conf.Disk{}, files[1], files[1:]); !e.Alone() {
		t.Error("the fragment on its own is not alone")
	}
}

func TestOverlayIsRead(t *testing.T) {
	root := tree(t, map[string]string{"nginx.conf": "events {}\n"})
	fsys := conf.Overlay{Base: conf.Disk{}, Files: map[string][]byte{filepath.Join(root, "compose.yml"): []byte(proxyService)}}
	if e := Find(fsys, filepath.Join(root, "nginx.conf"), nil); !e.Alone() {
		t.Error("the overlay's compose file is not seen")
	}
}

func TestSearchEndsAtTheRepositoryRoot(t *testing.T) {
	outer := tree(t, map[string]string{
		"compose.yaml":        strings.Replace(proxyService, "./nginx.conf", "./repo/nginx.conf", 1),
		"repo/nginx.conf":     "events {}\n",
		"repo/.git/HEAD":      "\n",
		"repo/sub/nginx.conf": "events {}\n",
	})
	if e := Find(conf.Disk{}, filepath.Join(outer, "repo/nginx.conf"), nil); !e.Empty() {
		t.Errorf("evidence from outside the repository: %+v", e.Containers[0])
	}
	if e := Find(conf.Disk{}, "nginx.conf", nil); !e.Empty() {
		t.Error("evidence for a relative path")
	}
}
