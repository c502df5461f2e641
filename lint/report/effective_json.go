package report

import (
	_ "embed" // for the schema
	"io"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/effective"
	"github.com/nginxlint/nginxlint/lint/model"
)

//go:embed effective.schema.json
var effectiveSchema string

// EffectiveJSONSchema is the JSON Schema (draft 2020-12) of [EffectiveJSON].
func EffectiveJSONSchema() string { return effectiveSchema }

type jsonEffective struct {
	Version  int           `json:"version"`
	Tool     jsonTool      `json:"tool"`
	Location string        `json:"location"`
	Arrivals []jsonArrival `json:"arrivals"`
	Proxies  []jsonProxy   `json:"proxies"`
	Errors   []string      `json:"errors"`
}

// jsonArrival is where a request gets to. Its proxies count from 0 in those of
// the whole.
type jsonArrival struct {
	Server    jsonBlock     `json:"server"`
	Default   bool          `json:"default"`
	Location  *jsonBlock    `json:"location"`
	Via       []jsonStep    `json:"via"`
	Note      string        `json:"note"`
	Doubt     string        `json:"doubt"`
	Answer    *jsonBlock    `json:"answer"`
	Proxies   []int         `json:"proxies"`
	Otherwise []jsonArrival `json:"otherwise"`
}

// jsonStep is a directive that sends a request to another location.
type jsonStep struct {
	jsonBlock

	When     string `json:"when"`
	File     string `json:"file"`
	Statuses []int  `json:"statuses"`
}

type jsonProxy struct {
	Pass            jsonSetting   `json:"pass"`
	Blocks          []jsonBlock   `json:"blocks"`
	Targets         []jsonTarget  `json:"targets"`
	TargetsComplete bool          `json:"targets_complete"`
	Choosers        []jsonChooser `json:"choosers"`
	Headers         []jsonSetting `json:"headers"`
	Settings        []jsonSetting `json:"settings"`
	Findings        []jsonFinding `json:"findings"`
}

// jsonBlock is a directive: a block, or one that decides about a request.
type jsonBlock struct {
	Name  string     `json:"name"`
	Args  []string   `json:"args"`
	Place *jsonPlace `json:"place"`
}

// jsonSetting is a value in effect; without a place it is nginx's default.
type jsonSetting struct {
	Name  string     `json:"name"`
	Value string     `json:"value"`
	Place *jsonPlace `json:"place"`
	// Since and Before tell of a default that depends on the release.
	Since  string `json:"since,omitempty"`
	Before string `json:"before,omitempty"`
}

type jsonTarget struct {
	Address string     `json:"address"`
	Group   string     `json:"group"`
	Backup  bool       `json:"backup"`
	Down    bool       `json:"down"`
	Lookup  string     `json:"lookup"`
	Place   *jsonPlace `json:"place"`
}

// jsonChooser is a directive that picks addresses.
type jsonChooser struct {
	Name  string     `json:"name"`
	Group string     `json:"group"`
	Place *jsonPlace `json:"place"`
}

// EffectiveJSON writes the same as one object; [EffectiveJSONSchema] describes it.
func EffectiveJSON(w io.Writer, v *Overview, o Options) error {
	out := jsonEffective{
		Version:  jsonVersion,
		Tool:     jsonToolOf(o),
		Location: v.Location,
		Arrivals: make([]jsonArrival, 0, len(v.Arrivals)),
		Proxies:  []jsonProxy{},
		Errors:   make([]string, 0, len(v.Result.Errors)),
	}
	names, all := map[*lint.Finding]string{}, newFingerprints(o)
	for i := range v.Result.Findings {
		f := &v.Result.Findings[i]
		names[f] = all.of(f)
	}
	at := make(map[*model.Proxy]int, len(v.Views))
	for i := range v.Views {
		at[v.Views[i].Proxy] = i
	}
	for i := range v.Arrivals {
		out.Arrivals = append(out.Arrivals, jsonArrivalOf(&v.Arrivals[i], at, o))
	}
	for _, err := range v.Result.Errors {
		out.Errors = append(out.Errors, err.Error())
	}
	return encodeList(w, out, "proxies", len(v.Views), func(i int) any { return jsonProxyOf(&v.Views[i], names, o) })
}

func jsonArrivalOf(a *effective.Arrival, at map[*model.Proxy]int, o Options) jsonArrival {
	out := jsonArrival{
		Server: jsonBlockOf(a.Server.Node, o), Default: a.Default, Via: []jsonStep{}, Note: a.Note, Doubt: a.Doubt,
		Proxies: []int{}, Otherwise: []jsonArrival{},
	}
	if in := a.Location.Location(); in != nil {
		b := jsonBlockOf(in.Node, o)
		out.Location = &b
	}
	for _, by := range a.Via {
		out.Via = append(out.Via, jsonStepOf(by, o))
	}
	for _, x := range a.Proxies {
		if i, shown := at[x]; shown {
			out.Proxies = append(out.Proxies, i)
		}
	}
	if a.Answer != nil && len(a.Proxies) == 0 {
		b := jsonBlockOf(a.Answer, o)
		out.Answer = &b
	}
	for i := range a.Otherwise {
		out.Otherwise = append(out.Otherwise, jsonArrivalOf(&a.Otherwise[i], at, o))
	}
	return out
}

func jsonStepOf(by effective.Step, o Options) jsonStep {
	out := jsonStep{
		jsonBlock: jsonBlock{Name: "index", Args: []string{effective.DefaultIndex}}, When: string(by.When), File: by.File, Statuses: []int{},
	}
	if by.Node != nil {
		out.jsonBlock = jsonBlockOf(by.Node, o)
	}
	out.Statuses = append(out.Statuses, by.Statuses...)
	return out
}

func jsonBlockOf(n *conf.Node, o Options) jsonBlock {
	return jsonBlock{Name: n.Name, Args: n.Values(), Place: jsonNode(n, o)}
}

func jsonProxyOf(v *effective.View, names map[*lint.Finding]string, o Options) jsonProxy {
	x := v.Proxy
	out := jsonProxy{
		Pass:   jsonSetting{Name: x.Pass.Name, Value: x.Target.Raw, Place: jsonNode(x.Pass, o)},
		Blocks: []jsonBlock{}, Targets: []jsonTarget{}, Findings: []jsonFinding{},
		TargetsComplete: v.AllKnown, Choosers: []jsonChooser{},
		Headers: jsonSettings(v.Headers, o), Settings: jsonSettings(v.Settings, o),
	}
	for n := x.Pass.Parent; n != nil && n.Directive != nil; n = n.Parent {
		out.Blocks = append(out.Blocks, jsonBlockOf(n, o))
	}
	for _, t := range v.Targets {
		j := jsonTarget{Address: t.Address, Lookup: string(t.Lookup), Place: jsonNode(t.Node, o)}
		if t.Group != nil {
			j.Group = t.Group.Name
		}
		if t.Peer != nil {
			j.Backup, j.Down = t.Peer.Backup, t.Peer.Down
		}
		out.Targets = append(out.Targets, j)
	}
	for _, c := range v.Choosers {
		out.Choosers = append(out.Choosers, jsonChooser{Name: c.Node.Name, Group: c.Group.Name, Place: jsonNode(c.Node, o)})
	}
	for _, f := range v.Findings {
		out.Findings = append(out.Findings, jsonFindingOf(f, names[f], o))
	}
	return out
}

func jsonSettings(settings []effective.Setting, o Options) []jsonSetting {
	out := make([]jsonSetting, 0, len(settings))
	for _, s := range settings {
		j := jsonSetting{Name: s.Name, Value: s.Value, Place: jsonNode(s.Node, o), Before: s.Before}
		if s.Before != "" {
			j.Since = s.Since.String()
		}
		out = append(out, j)
	}
	return out
}

// jsonNode is a node's place, nil for one that is written nowhere.
func jsonNode(n *conf.Node, o Options) *jsonPlace {
	if !written(n) {
		return nil
	}
	p := jsonPlaceOf(lint.At(n), o)
	return &p
}
