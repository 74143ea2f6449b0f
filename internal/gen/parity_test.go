package main

import (
	"bytes"
	"testing"

	"example.com/socket/internal/parity"
	"github.com/google/go-cmp/cmp"
)

func TestByOrigin(t *testing.T) {
	entries := []entry{
		{name: "N", origin: "beyond"},
		{name: "B", origin: "3.14"},
		{name: "Z", origin: "bluetooth"},
		{name: "A", origin: "3.11"},
		{name: "C", origin: "3.12"},
		{name: "D", origin: "3.12"},
		{name: "E", origin: "3.11"},
	}
	const want = "`A`, `E`; 3.12: `C`, `D`; 3.14: `B`; BlueZ: `Z`; no Python: `N`"
	if diff := cmp.Diff(want, byOrigin(entries)); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestWriteSection(t *testing.T) {
	tests := []struct {
		name    string
		section parity.Section
		want    string
	}{
		{
			name: "Python names",
			section: parity.Section{
				Subject: "m",
				Title:   "Functions",
				Text:    []string{"An *Error."},
				Rows: []parity.Row{
					{Names: []string{"f", "g"}, Symbols: []string{"F", "T.G"}, Platforms: []string{"unix"}, Remark: "A *T."},
					{Names: []string{"h"}, Since: "3.9", Platforms: []string{"windows"}, Remark: "No."},
				},
			},
			want: "\n### Functions\n\nAn \\*Error.\n\n" +
				"| Python | since | Go | platforms | remark |\n|---|---|---|---|---|\n" +
				"| `f`, `g` | | `F`, `T.G` | unix | A \\*T. |\n" +
				"| `h` | 3.9 | none | windows | No. |\n",
		},
		{
			name: "no Python names, no versions",
			section: parity.Section{
				Title: "Addresses",
				Rows:  []parity.Row{{Names: []string{"(host, port)"}, Symbols: []string{"Addr"}, Platforms: []string{"linux"}}},
			},
			want: "\n### Addresses\n\n" +
				"| What | Go | platforms | remark |\n|---|---|---|---|\n" +
				"| (host, port) | `Addr` | linux | |\n",
		},
		{
			name:    "constants",
			section: parity.Section{Subject: parity.Constants, Title: "Constants"},
			want: "\n### Constants\n\n" +
				"On Linux there are 3, under Python's names. Names that are newer than 3.11 follow the number of the first\n" +
				"Python that has them; those after \"BlueZ\" are in Pythons that were built with BlueZ's headers; \"no Python\" has\n" +
				"what scripts write as a number.\n\n" +
				"| group | Go type | count | names |\n|---|---|---|---|\n" +
				"| Families | `AddressFamily` | 2 | `AF_A`; 3.12: `AF_B` |\n" +
				"| Levels | `Proto` | 1 | `SOL_A` |\n" +
				"\n#### Constants on solaris, illumos\n\n2 of Linux's 3. \"all\" is all that Linux has in the group.\n\n" +
				"| group | count | names |\n|---|---|---|\n" +
				"| Families | 1 | `AF_A` |\n" +
				"| Levels | 1 | all |\n",
		},
	}
	families := section{goType: "AddressFamily", title: "Families.", constants: []entry{{name: "AF_A", origin: "3.11"}, {name: "AF_B", origin: "3.12"}}}
	levels := section{goType: "Proto", title: "Levels.", constants: []entry{{name: "SOL_A", origin: "3.11"}}}
	fewer := families
	fewer.constants = families.constants[:1]
	systems := []system{
		{[]string{"linux"}, []section{families, levels}},
		{[]string{"solaris", "illumos"}, []section{fewer, levels}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			writeSection(&b, tt.section, systems)
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("section (-want +got):\n%s", diff)
			}
		})
	}
}
