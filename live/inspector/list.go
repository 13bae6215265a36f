package inspector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Dialer opens the connections to a process, which may live in another network
// namespace. It has the shape of [net.Dialer.DialContext].
type Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// Page is one thing that an inspector's port offers: a process, a browser's page.
type Page struct {
	ID    string
	Type  string // "node", "page", …
	Title string
	URL   string // of its code

	// WebSocket is where to connect. It holds an id that is as good as a password:
	// it is not for reports.
	WebSocket string
}

// patience is how long a port may take to answer; it answers even while the
// program's own loop is blocked.
const patience = 3 * time.Second

// largestList bounds the answer.
const largestList = 4 << 20

// NotInspectorError says that something else answered.
type NotInspectorError struct {
	Addr string
	What string
}

func (e *NotInspectorError) Error() string {
	return fmt.Sprintf("%s is no inspector: %s", e.Addr, e.What)
}

// Hint is what to try.
func (e *NotInspectorError) Hint() string {
	return "heapdiff ps lists the inspectors that are open; node --inspect=127.0.0.1:9229 opens one"
}

// List asks the port at addr, which is host:port, what can be inspected there.
func List(ctx context.Context, addr string, dial Dialer) ([]Page, error) {
	var list []struct {
		ID    string `json:"id"`
		Type  string `json:"type"`
		Title string `json:"title"`
		URL   string `json:"url"`
		WS    string `json:"webSocketDebuggerUrl"`
	}
	if err := get(ctx, addr, "/json/list", dial, &list); err != nil {
		return nil, err
	}
	var pages []Page
	for _, p := range list {
		ws, err := url.Parse(p.WS)
		if err != nil || ws.Path == "" {
			continue // another debugger has it to itself
		}
		// Where it says it is, is not trusted: it is where it answered.
		here := url.URL{Scheme: "ws", Host: addr, Path: ws.Path}
		pages = append(pages, Page{ID: p.ID, Type: p.Type, Title: p.Title, URL: p.URL, WebSocket: here.String()})
	}
	return pages, nil
}

// Version is what a port says of its program.
type Version struct {
	Browser  string `json:"Browser"` // such as "node.js/v20.20.2"
	Protocol string `json:"Protocol-Version"`
}

// ReadVersion asks the port at addr what it is.
func ReadVersion(ctx context.Context, addr string, dial Dialer) (Version, error) {
	var v Version
	if err := get(ctx, addr, "/json/version", dial, &v); err != nil {
		return v, err
	}
	if v.Browser == "" && v.Protocol == "" {
		return v, &NotInspectorError{addr, "its answer names no program"}
	}
	return v, nil
}

func get(ctx context.Context, addr, path string, dial Dialer, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return &NotInspectorError{addr, "not an address"}
	}
	client := httpClient(dial)
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return connectError(addr, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return &NotInspectorError{addr, "it answers " + path + " with status " + resp.Status}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestList))
	if err != nil {
		return connectError(addr, err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return &NotInspectorError{addr, path + " is not the JSON of an inspector"}
	}
	return nil
}

// httpClient follows nothing and asks no proxy.
func httpClient(dial Dialer) *http.Client {
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	return &http.Client{
		Transport: &http.Transport{DialContext: dial, ResponseHeaderTimeout: patience},
		CheckRedirect: func(req *http.Request, _ []*http.Request) error {
			return fmt.Errorf("it redirects to %s, which is not followed", req.URL.Host)
		},
	}
}

// connectError leaves the request's address out of the cause, where it would
// stand twice, or with an id in it.
func connectError(addr string, err error) error {
	if inURL := new(url.Error); errors.As(err, &inURL) {
		err = inURL.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &NotInspectorError{addr, "it does not answer"}
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	text := err.Error()
	if strings.Contains(text, "malformed HTTP") {
		text = "it does not speak HTTP"
	}
	return &NotInspectorError{addr, text}
}
