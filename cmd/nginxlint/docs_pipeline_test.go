package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint"
)

// pipeline checks what a YAML file of a hook or pipeline calls: commands, hooks
// of this repository and its action.
func (f *docFolder) pipeline(n *yaml.Node) []error {
	var errs []error
	for i, child := range n.Content {
		if n.Kind != yaml.MappingNode || i%2 == 0 {
			errs = append(errs, f.pipeline(child)...)
			continue
		}
		switch key := n.Content[i-1].Value; key {
		case "run", "script":
			errs = append(errs, f.steps(child)...)
		case "hooks":
			if valueOf(n, "repo") == "https://"+lint.Home {
				errs = append(errs, f.hooks(child))
			}
		case "with":
			if action, _, _ := strings.Cut(valueOf(n, "uses"), "@"); "github.com/"+action == lint.Home {
				errs = append(errs, f.inputs(child))
			}
		}
		errs = append(errs, f.pipeline(child)...)
	}
	return errs
}

// valueOf is the value of a key of a mapping.
func valueOf(n *yaml.Node, key string) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1].Value
		}
	}
	return ""
}

// steps checks commands, one text or a list of them.
func (f *docFolder) steps(n *yaml.Node) []error {
	if n.Kind == yaml.ScalarNode {
		return f.instructions(n.Value)
	}
	var errs []error
	for _, child := range n.Content {
		errs = append(errs, f.steps(child)...)
	}
	return errs
}

// hooks checks that the hooks are among those of this repository, and that the
// flags they are given are nginxlint's.
func (f *docFolder) hooks(n *yaml.Node) error {
	var known, used []struct {
		ID   string
		Args []string
	}
	if err := f.manifest(".pre-commit-hooks.yaml", &known); err != nil {
		return err
	}
	if err := n.Decode(&used); err != nil {
		return err
	}
	var errs []error
	for _, hook := range used {
		found := false
		for _, k := range known {
			found = found || k.ID == hook.ID
		}
		if !found {
			errs = append(errs, fmt.Errorf("there is no hook %q", hook.ID))
		}
		if err := f.own(hook.Args); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// inputs checks that the action takes what it is given.
func (f *docFolder) inputs(n *yaml.Node) error {
	var action struct{ Inputs map[string]any }
	if err := f.manifest("action.yml", &action); err != nil {
		return err
	}
	var errs []error
	for i := 0; i+1 < len(n.Content); i += 2 {
		if _, ok := action.Inputs[n.Content[i].Value]; !ok {
			errs = append(errs, fmt.Errorf("the action has no input %q", n.Content[i].Value))
		}
	}
	return errors.Join(errs...)
}

// manifest reads a YAML file at the root of the repository.
func (f *docFolder) manifest(name string, to any) error {
	text, err := os.ReadFile(filepath.Join(f.repo, name))
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, to)
}

var groovyStep = regexp.MustCompile(`\bsh '([^']*)'`)

// groovy checks the commands of a Jenkinsfile.
func (f *docFolder) groovy(text string) []error {
	found := groovyStep.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return []error{errors.New("has no step that runs something")}
	}
	var errs []error
	for _, m := range found {
		errs = slices.Concat(errs, f.instructions(m[1]))
	}
	return errs
}
