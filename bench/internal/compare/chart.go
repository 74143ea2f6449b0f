package compare

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"example.com/socket/bench/internal/peer"
)

// The chart's measures, in pixels.
const (
	panelColumns = 3
	panelWidth   = 290
	labelWidth   = 62
	barWidth     = 130 // of the longest bar
	barHeight    = 14
	titleHeight  = 26
	panelGap     = 18
	headHeight   = 44
)

var barColours = map[string]string{
	peer.Ours: "#0969da", "net": "#8c959f", "x/sys": "#8c959f", "mdlayher": "#8c959f",
	"C": "#bf8700", "CPython": "#2da44e",
}

// WriteChart draws a small bar chart for each of the main works as an SVG picture.
// A bar is the time of an operation, ours and the peers'.
func (r *Report) WriteChart(w io.Writer) error {
	var panels []Row
	bars := 0
	for _, row := range r.Rows {
		if row.chart {
			panels = append(panels, row)
			bars = max(bars, 1+len(row.Peers))
		}
	}
	lines := (len(panels) + panelColumns - 1) / panelColumns
	panelHeight := titleHeight + bars*barHeight + panelGap
	var b strings.Builder
	width, height := panelColumns*panelWidth+panelGap, headHeight+lines*panelHeight
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" `+
		`font-family="sans-serif" font-size="11" fill="#1f2328">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="6" fill="#ffffff"/>`+"\n", width, height)
	text(&b, panelGap, 20, `font-size="13" font-weight="bold"`, "Time of an operation; shorter is better")
	text(&b, panelGap, 35, `fill="#59636e"`, fmt.Sprintf("%s, %s, %s, median of %d rounds", r.Date, r.Go, r.Machine, r.Rounds))
	for i, row := range panels {
		x := panelGap + i%panelColumns*panelWidth
		y := headHeight + i/panelColumns*panelHeight
		row.draw(&b, x, y)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (row Row) draw(b *strings.Builder, x, y int) {
	text(b, x, y+titleHeight-8, `font-weight="bold"`, row.Work[:1]+"  "+row.Name)
	longest := row.Ours.Median
	for _, p := range row.Peers {
		longest = max(longest, p.Median)
	}
	y += titleHeight
	for _, name := range peerNames {
		amount := row.Ours.Median
		if name != peer.Ours {
			p, ok := row.Peers[name]
			if !ok {
				continue
			}
			amount = p.Median
		}
		row.bar(b, x, y, name, amount, longest)
		y += barHeight
	}
}

func (row Row) bar(b *strings.Builder, x, y int, name string, amount, longest float64) {
	text(b, x, y+barHeight-4, "", name)
	width := barWidth * amount / longest
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n",
		x+labelWidth, y+1, width, barHeight-3, barColours[name])
	text(b, x+labelWidth+int(width)+5, y+barHeight-4, "", row.unit(amount))
}

// text writes a line of text, whatever is in it.
func text(b *strings.Builder, x, y int, attributes, s string) {
	fmt.Fprintf(b, `<text x="%d" y="%d" %s>`, x, y, attributes)
	xml.EscapeText(b, []byte(s))
	b.WriteString("</text>\n")
}
