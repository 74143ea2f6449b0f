//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket"
)

// serve runs the server on a free port, and returns where it listens, its next
// lines and its end.
func serve(t *testing.T, ctx context.Context, requests uint64) (url string, lines *bufio.Scanner, ended <-chan error) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	end := make(chan error, 1)
	go func() { end <- run(ctx, w, socket.Addr("127.0.0.1", 0), requests) }()
	lines = bufio.NewScanner(r)
	if !lines.Scan() {
		t.Fatal("the server printed nothing")
	}
	where, ok := strings.CutPrefix(lines.Text(), "listening on ")
	if !ok {
		t.Fatalf("the first line is %q", lines.Text())
	}
	return "http://" + where, lines, end
}

func wantEnd(t *testing.T, ended <-chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the server ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server doesn't end")
	}
}

func get(client *http.Client, url, path string) error {
	res, err := client.Get(url + path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	want := "GET " + path + ", asked from 127.0.0.1:"
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), want) {
		return fmt.Errorf("%s: %s %q, want %q", path, res.Status, body, want)
	}
	return nil
}

// Pages come over connections that are kept and over many at a time, and the
// server ends after the last that it was to answer.
func TestServe(t *testing.T) {
	const clients, each = 8, 25
	url, lines, ended := serve(t, t.Context(), clients*each)
	var wait sync.WaitGroup
	for i := range clients {
		wait.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 1}}
			defer client.CloseIdleConnections()
			for j := range each {
				if err := get(client, url, fmt.Sprintf("/%d/%d", i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	wantEnd(t, ended)
	seen := make(map[string]bool)
	for range clients * each {
		if !lines.Scan() {
			t.Fatal("the server printed too few lines")
		}
		seen[lines.Text()] = true
	}
	for i := range clients {
		for j := range each {
			if line := fmt.Sprintf("GET /%d/%d", i, j); !seen[line] {
				t.Errorf("the server didn't print %q", line)
			}
		}
	}
}

// The end of the context ends the server, though a connection is kept open.
func TestStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	url, _, ended := serve(t, ctx, 0)
	client := &http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	if err := get(client, url, "/page"); err != nil {
		t.Fatal(err)
	}
	stop()
	wantEnd(t, ended)
}
