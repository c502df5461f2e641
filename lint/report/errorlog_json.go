package report

import (
	_ "embed" // for the schema
	"io"

	"github.com/nginxlint/nginxlint/lint/errorlog"
)

//go:embed errorlog_schema.json
var errorLogSchema string

// ErrorLogSchema is the JSON Schema (draft 2020-12) of what --error-log writes
// in the json format.
func ErrorLogSchema() string { return errorLogSchema }

// errorLogVersion is the version of that; see [jsonVersion].
const errorLogVersion = 1

type jsonErrorLog struct {
	Version int            `json:"version"`
	Tool    jsonTool       `json:"tool"`
	Log     jsonLog        `json:"log"`
	Groups  []jsonLogGroup `json:"groups"`
	Errors  []string       `json:"errors"`
}

type jsonLog struct {
	Bytes         int64            `json:"bytes"`
	Lines         int64            `json:"lines"`
	Unread        int64            `json:"not_nginx"`
	UnreadExample string           `json:"not_nginx_example"`
	Levels        map[string]int64 `json:"levels"`
	First         string           `json:"first"`
	Last          string           `json:"last"`
}

type jsonLogGroup struct {
	Message   string           `json:"message"`
	Kind      string           `json:"kind"`
	Severity  string           `json:"severity"`
	Level     string           `json:"level"`
	Text      string           `json:"text"`
	Count     int64            `json:"count"`
	First     string           `json:"first"`
	Last      string           `json:"last"`
	Busiest   *jsonBusy        `json:"busiest"`
	Effect    string           `json:"effect"`
	Means     string           `json:"means"`
	Help      string           `json:"help"`
	Command   string           `json:"command"`
	Servers   jsonTallies      `json:"servers"`
	Upstreams jsonTallies      `json:"upstreams"`
	About     jsonTallies      `json:"about"`
	Rest      bool             `json:"rest"`
	Location  string           `json:"location"`
	Group     string           `json:"upstream_group"`
	Unsure    bool             `json:"unsure"`
	Place     *jsonPlace       `json:"place"`
	Settings  []jsonLogSetting `json:"settings"`
	Findings  []jsonLogFinding `json:"findings"`
	Example   string           `json:"example"`
}

type jsonBusy struct {
	From    string `json:"from"`
	Seconds int64  `json:"seconds"`
	Count   int64  `json:"count"`
}

type jsonTallies struct {
	Names  []jsonTally `json:"names"`
	Others int64       `json:"others"`
}

type jsonTally struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

type jsonLogSetting struct {
	Directive string     `json:"directive"`
	Value     string     `json:"value"`
	Default   bool       `json:"default"`
	Place     *jsonPlace `json:"place"`
}

type jsonLogFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	URL      string `json:"url"`
	jsonPlace
}

// writeErrorLogJSON writes one object; [ErrorLogSchema] describes it.
func writeErrorLogJSON(w io.Writer, l ErrorLog, o Options) error {
	out := jsonErrorLog{
		Version: errorLogVersion,
		Tool:    jsonToolOf(o),
		Log: jsonLog{
			Bytes: l.Bytes, Lines: l.Lines, Unread: l.Broken, UnreadExample: l.BrokenExample,
			Levels: map[string]int64{}, First: clock(l.First), Last: clock(l.Last),
		},
		Groups: make([]jsonLogGroup, 0, len(l.Groups)),
		Errors: make([]string, 0, len(l.Errors)),
	}
	for i, n := range l.Levels {
		if n > 0 {
			out.Log.Levels[errorlog.Level(i).String()] = n
		}
	}
	for _, g := range l.Groups {
		out.Groups = append(out.Groups, jsonLogGroupOf(g, o))
	}
	for _, err := range l.Errors {
		out.Errors = append(out.Errors, err.Error())
	}
	return encode(w, out)
}

// clock is "" where there is no time.
func clock(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return errorlog.Clock(seconds)
}

func jsonLogGroupOf(g *errorlog.Group, o Options) jsonLogGroup {
	m := g.Message
	out := jsonLogGroup{
		Message: m.ID, Kind: string(m.Kind), Severity: m.Severity.String(), Level: g.Level.String(), Text: g.Text,
		Count: g.Count, First: clock(g.First), Last: clock(g.Last), Effect: m.Effect, Means: g.Means, Help: g.Do, Command: g.Ask,
		Servers: jsonTalliesOf(g.Servers, g.MoreServers), Upstreams: jsonTalliesOf(g.Upstreams, g.MoreUpstreams), About: jsonTalliesOf(g.Subjects, g.MoreSubjects),
		Rest: g.Rest, Unsure: g.Place.Unsure, Place: jsonNode(nodeOf(g.Place), o), Example: g.Example,
		Settings: make([]jsonLogSetting, 0, len(g.Settings)), Findings: make([]jsonLogFinding, 0, len(g.Findings)),
	}
	if g.Busy.Count > 0 {
		out.Busiest = &jsonBusy{clock(g.Busy.From), g.Busy.Seconds, g.Busy.Count}
	}
	if s := g.Place.Scope; s != nil {
		out.Location = s.Path()
	}
	if g.Place.Group != nil {
		out.Group = g.Place.Group.Name
	}
	for _, s := range g.Settings {
		out.Settings = append(out.Settings, jsonLogSetting{s.Name, s.Value, s.Node == nil, jsonNode(s.Node, o)})
	}
	for _, f := range g.Findings {
		out.Findings = append(out.Findings, jsonLogFinding{f.Rule.ID, f.Severity.String(), f.Message, f.Rule.URL(), jsonPlaceOf(f.Place, o)})
	}
	return out
}

func jsonTalliesOf(all []errorlog.Tally, more int64) jsonTallies {
	out := jsonTallies{Names: make([]jsonTally, 0, len(all)), Others: more}
	for _, t := range all {
		out.Names = append(out.Names, jsonTally(t))
	}
	return out
}
