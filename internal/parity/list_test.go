package parity

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	const text = `
# a comment
= Module m
[m] Functions
> Some text.
f, g | 3.9 | F, T.G | linux | the remark
h    |     | H      |       |
[-] Addresses
(host, port) | | Addr | | `
	want := []Chapter{{
		Title: "Module m",
		Sections: []Section{{
			Subject: "m",
			Title:   "Functions",
			Text:    []string{"Some text."},
			Rows: []Row{
				{[]string{"f", "g"}, "3.9", []string{"F", "T.G"}, []string{"linux"}, "the remark"},
				{[]string{"h"}, "", []string{"H"}, []string{"unix"}, ""},
			},
		}, {
			Title: "Addresses",
			Rows:  []Row{{[]string{"(host, port)"}, "", []string{"Addr"}, []string{"unix"}, ""}},
		}},
	}}
	got, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parsed (-want +got):\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	const section = "= M\n[m] Functions\n"
	tests := []struct{ name, text, want string }{
		{"row before a section", "= M\nf | | F | |", "no section before"},
		{"text before a chapter", "> text", "no section before"},
		{"section before a chapter", "[m] Functions", "no chapter before"},
		{"unclosed header", "= M\n[m Functions", "bad section"},
		{"column missing", section + "f | | F |", "4 columns, want 5"},
		{"no name", section + " | | F | |", "no name"},
		{"no reason", section + "f | | | linux |", "neither a Go name nor a reason"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("parse: %v, want %q", err, tt.want)
			}
		})
	}
}
