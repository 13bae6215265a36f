package inspector

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Group is the name under which objects that are held by the debugger are let go.
const Group = "heapdiff"

// evaluated is the answer of Runtime.evaluate and Runtime.callFunctionOn.
type evaluated struct {
	Result struct {
		Value    json.RawMessage `json:"value"`
		ObjectID string          `json:"objectId"`
	} `json:"result"`
	Exception *struct {
		Text      string `json:"text"`
		Exception struct {
			Description string `json:"description"`
		} `json:"exception"`
	} `json:"exceptionDetails"`
}

// ScriptError is an exception in an expression that was evaluated.
type ScriptError struct{ Text string }

func (e *ScriptError) Error() string { return "the program answers: " + e.Text }

// Evaluate runs an expression in the program, for limit at the most, and decodes
// its value into result. It works while the program's loop is blocked.
func (s *Session) Evaluate(ctx context.Context, expression string, limit time.Duration, result any) error {
	var e evaluated
	err := s.Call(ctx, "Runtime.evaluate", map[string]any{
		"expression":            expression,
		"includeCommandLineAPI": true, // gives require, in modules too
		"returnByValue":         true,
		"silent":                true,
		"timeout":               limit.Milliseconds(),
	}, &e)
	if err != nil {
		return err
	}
	return e.into(result)
}

// Object is something in the program that the debugger holds.
type Object struct {
	s  *Session
	id string
}

// Hold evaluates an expression and holds on to the object it gives; no global is
// set. ReleaseAll lets it go, and so does the end of the connection.
func (s *Session) Hold(ctx context.Context, expression string) (*Object, error) {
	var e evaluated
	err := s.Call(ctx, "Runtime.evaluate", map[string]any{
		"expression": expression, "includeCommandLineAPI": true, "silent": true, "objectGroup": Group,
	}, &e)
	if err == nil {
		err = e.into(nil)
	}
	if err != nil {
		return nil, err
	}
	if e.Result.ObjectID == "" {
		return nil, &ScriptError{"not an object"}
	}
	return &Object{s, e.Result.ObjectID}, nil
}

// Call calls a function, given as its source, with the object as this.
func (o *Object) Call(ctx context.Context, function string, result any) error {
	var e evaluated
	err := o.s.Call(ctx, "Runtime.callFunctionOn", map[string]any{
		"objectId": o.id, "functionDeclaration": function, "returnByValue": true, "silent": true,
	}, &e)
	if err != nil {
		return err
	}
	return e.into(result)
}

// Instances holds an array of all living objects that have the object as a
// prototype. The program stands still meanwhile.
func (o *Object) Instances(ctx context.Context) (*Object, error) {
	var found struct {
		Objects struct {
			ObjectID string `json:"objectId"`
		} `json:"objects"`
	}
	err := o.s.Call(ctx, "Runtime.queryObjects", map[string]any{"prototypeObjectId": o.id, "objectGroup": Group}, &found)
	if err != nil {
		return nil, err
	}
	return &Object{o.s, found.Objects.ObjectID}, nil
}

// ReleaseAll lets go of all objects that are held.
func (s *Session) ReleaseAll(ctx context.Context) error {
	return s.Call(ctx, "Runtime.releaseObjectGroup", map[string]string{"objectGroup": Group}, nil)
}

func (e *evaluated) into(result any) error {
	if x := e.Exception; x != nil {
		text := x.Exception.Description
		if text == "" {
			text = x.Text
		}
		return &ScriptError{firstLine(text)}
	}
	if result == nil {
		return nil
	}
	if len(e.Result.Value) == 0 {
		return &ScriptError{"nothing"}
	}
	if err := json.Unmarshal(e.Result.Value, result); err != nil {
		return fmt.Errorf("an answer that is not understood: %w", err)
	}
	return nil
}

func firstLine(s string) string {
	const most = 200
	for i, r := range s {
		if r == '\n' || i >= most {
			return s[:i]
		}
	}
	return s
}
