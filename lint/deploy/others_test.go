package deploy

import "testing"

func TestOtherFiles(t *testing.T) {
	const mounted = "services:\n  web:\n    image: nginx\n    volumes:\n      - ./conf.d/a.conf:/etc/nginx/conf.d/a.conf\n"
	const built = "services:\n  web:\n    build: .\n"
	for name, test := range map[string]struct {
		files map[string]string
		want  bool
	}{
		"one file mounted":         {map[string]string{"compose.yaml": mounted}, false},
		"certificates mounted too": {map[string]string{"compose.yaml": mounted + "      - ./certs:/etc/nginx/certs\n"}, false},
		"pages mounted too":        {map[string]string{"compose.yaml": mounted + "      - ./www:/srv/www\n"}, false},
		"another file mounted":     {map[string]string{"compose.yaml": mounted + "      - ./b.conf:/etc/nginx/conf.d/b.conf\n"}, true},
		"a volume over the folder": {map[string]string{"compose.yaml": mounted + "      - conf:/etc/nginx\n"}, true},
		"the folder mounted":       {map[string]string{"compose.yaml": "services: {web: {image: nginx, volumes: ['./conf.d:/etc/nginx/conf.d']}}"}, false},
		"a full folder mounted": {map[string]string{
			"compose.yaml":  "services: {web: {image: nginx, volumes: ['./conf.d:/etc/nginx/conf.d']}}",
			"conf.d/b.conf": "server {}\n",
		}, true},
		"one file copied":     {map[string]string{"compose.yaml": built, "Dockerfile": "FROM nginx\nRUN rm /etc/nginx/conf.d/default.conf\nCOPY conf.d/a.conf /etc/nginx/conf.d/\nCOPY www /srv/www\n"}, false},
		"another file copied": {map[string]string{"compose.yaml": built, "Dockerfile": "FROM nginx\nCOPY conf.d/a.conf /etc/nginx/conf.d/\nCOPY b.conf /etc/nginx/conf.d/\n"}, true},
		"a pattern copied":    {map[string]string{"compose.yaml": built, "Dockerfile": "FROM nginx\nCOPY conf.d/*.conf /etc/nginx/conf.d/\n"}, true},
		"a file written":      {map[string]string{"compose.yaml": built, "Dockerfile": "FROM nginx\nCOPY conf.d/a.conf /etc/nginx/conf.d/\nRUN echo 'server {}' > /etc/nginx/conf.d/b.conf\n"}, true},
		"a file of another stage": {map[string]string{
			"compose.yaml": built,
			"Dockerfile":   "FROM busybox AS b\nFROM nginx\nCOPY conf.d/a.conf /etc/nginx/conf.d/\nCOPY --from=b /x /etc/nginx/conf.d/x.conf\n",
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := find(t, "conf.d/a.conf", test.files)
			if len(e.Containers) != 1 {
				t.Fatalf("%d containers, want 1", len(e.Containers))
			}
			if got := e.Containers[0].OtherFiles; got != test.want {
				t.Errorf("other files: %v, want %v", got, test.want)
			}
		})
	}
}
